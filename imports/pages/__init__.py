"""The pages of lists: from a file to a loaded list, the review pile, duplicates side by side."""
