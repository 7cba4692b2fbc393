from imports.models.batch import (
    SOURCE_KINDS,
    TAKEN_IN,
    ColumnRule,
    FileEnd,
    ImportBatch,
    ImportKind,
    ImportRow,
    Phase,
    Review,
    RowOutcome,
    file_place,
)
from imports.models.duplicates import (
    SURE_FROM,
    Decision,
    DuplicateSearch,
    MatchedEntity,
    MergeRun,
    PossibleDuplicate,
)
from imports.models.presets import MappingPreset

__all__ = [
    "SOURCE_KINDS",
    "SURE_FROM",
    "TAKEN_IN",
    "ColumnRule",
    "Decision",
    "DuplicateSearch",
    "FileEnd",
    "ImportBatch",
    "ImportKind",
    "ImportRow",
    "MappingPreset",
    "MatchedEntity",
    "MergeRun",
    "Phase",
    "PossibleDuplicate",
    "Review",
    "RowOutcome",
    "file_place",
]
