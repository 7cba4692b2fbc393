"""Words of the pages from a file to a loaded list."""

from typing import Final

from django.utils.functional import lazy
from django.utils.text import capfirst

from terminology.labels import current, term

NOT_CONFIRMED: Final = term("imports.importbatch.draft", "Not confirmed")
WRONG: Final = term("import.wrong", "What is wrong")
REMARKS: Final = term("import.remarks", "Remarks")
WHY_KEPT: Final = term("import.why_kept", "Why it stays")
# What became of somebody when the list was taken back: label and colour.
UNDO_RESULTS: Final = {
    "deleted": (term("undo_result.deleted", "Removed"), "amber"),
    "restored": (term("undo_result.restored", "As before"), "green"),
    "kept": (term("undo_result.kept", "Stays"), "sky"),
}
LEAVE_OUT: Final = term("import.leave_out", "leave out")

TAKEN_FROM: Final = term("import.taken_from", "Take the columns from")
GUESSED_ANEW: Final = term("import.guessed_anew", "What the columns look like")
# What is unusual about a row, by its mark.
MARKS: Final = {
    "nonsense": term("row_mark.nonsense", "Made up"),
    "test": term("row_mark.test", "Test entry"),
    "role": term("row_mark.role", "Mailbox of a team"),
    "disposable": term("row_mark.disposable", "Throw-away address"),
    "free": term("row_mark.free", "Free mail"),
    "homoglyph": term("row_mark.homoglyph", "Letters of another alphabet"),
    "swapped": term("row_mark.swapped", "Names swapped"),
    "example_phone": term("row_mark.example_phone", "Example number"),
}
ALL_MARKS: Final = term("row_mark.all", "Everything")
STAYS: Final = term("import.stays", "Stay in")

BESIDE_COLUMNS: Final = term("import.beside_columns", "beside the columns")

FILE: Final = capfirst(lazy(current, str)("imports.importbatch.file"))

# The pages ask for these by their keys.
term("import_step.upload", "Upload")
term("import_step.columns", "Columns")
term("import_step.preview", "Preview")
term("import_step.load", "Load")
term("import.file_with_people", "A file with people")
term("import.column", "Column in the file")
term("import.values", "Values")
term("import.is_our", "Is our")
term("import.because", "Because")
term("import.taken", "Taken")
term("import.known_values", "Known values")
term("import.for_all_rows", "Values for all rows")
term("import.left_out", "Left out")
term("import.ignored", "Ignored")
term("page.download_rejects", "Download rejected rows")
term("page.load_list", "Load the list")
term("page.put_away", "Put the list away")
term("page.pause", "Pause")
term("page.resume", "Go on")
term("page.cancel_preview", "Back to the columns")
term("page.use_preset", "Use these")
term("page.let_in", "Let in")
term("page.let_in_again", "Let in again")
term("page.leave_rows_out", "Leave out")
term("import.unusual", "What is unusual")
term("import.who", "Who")
term("import.all_lists", "All lists")
term("page.accepted_rows", "Accepted rows")
term("page.rejected_rows", "Rejected rows")
term("page.all_rows", "All rows with outcome")
term("page.kept_rows", "Rows that stayed")
term("page.undo_import", "Take the list back")
term("import.result_files", "Files")

# Duplicates
DUPLICATES: Final = term("duplicate.panel", "One entry or two")
ALL_PAIRS: Final = term("duplicate.all_pairs", "All pairs")
DIFFERS: Final = term("duplicate.differs", "Differs")
SPEAKS_FOR: Final = (
    term("duplicate.speaks_for", "Speaks for it"),
    term("duplicate.speaks_clearly_for", "Speaks clearly for it"),
    term("duplicate.nearly_proof", "Nearly proof"),
)
SPEAKS_AGAINST: Final = (
    term("duplicate.speaks_against", "Speaks against it"),
    term("duplicate.speaks_clearly_against", "Speaks clearly against it"),
    term("duplicate.speaks_strongly_against", "Speaks strongly against it"),
)
term("menu.merges", "What was merged")
term("page.same", "Same")
term("page.different", "Different")
term("page.later", "Later")
term("page.undo_merge", "Take back")
term("page.look_for_duplicates", "Look for duplicates")
term("page.decide_one_by_one", "Decide one by one")
term("page.merge_all_sure", "Merge all that are surely the same")
term("page.stop_merging", "Stop merging")
term("duplicate.how_sure", "How sure")
term("duplicate.first", "First entry")
term("duplicate.second", "Second entry")
term("duplicate.why", "What speaks")
term("duplicate.field", "Compared field")
term("duplicate.says", "What it says")
term("duplicate.went_into", "Went into")
term("duplicate.by_machine", "Merged by LeadOps")
term("duplicate.by_anybody", "All merges")
term("duplicate.merged_from", "Merged from")
term("duplicate.may_be_same", "May be the same")
term("import.changes_of_known", "What would change of known people")
term("import.field", "Field")
term("import.filled", "Blank is filled")
term("import.replaced", "Value is replaced")
