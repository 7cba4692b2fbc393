"""Which rows of a table are the same person, or the same company: blocking, comparing, weights learned without labels.

Nothing here knows the database. Rows come in as columns of texts (`Table`), pairs go out (`Matches`).
"""
