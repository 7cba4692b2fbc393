"""`match_file A.csv [B.csv]`: rows that are the same person, or the same company."""

import csv
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from imports.models import MatchedEntity
from leadops.commands import JsonCommand
from leadops.errors import LeadOpsError


class NotWritten(LeadOpsError):
    """The pairs could not be written."""


class Command(JsonCommand):
    help = "Find the rows of a file, or of two files, that are the same person or company."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("left", type=Path, metavar="A", help="a CSV, TSV or spreadsheet file")
        parser.add_argument(
            "right", type=Path, nargs="?", metavar="B", help="another: pairs between the two are looked for"
        )
        parser.add_argument("--entity", required=True, choices=MatchedEntity.values, help="what a row is")
        parser.add_argument("--out", required=True, type=Path, help="the CSV file for the pairs")
        parser.add_argument(
            "--ignore",
            action="append",
            default=[],
            metavar="COLUMN",
            help="a column that is not compared; may be repeated",
        )
        parser.add_argument(
            "--threshold",
            type=_probability,
            default=0.1,
            help="the lowest probability of a pair that is written, 0 to 1; 0.1 if not given",
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        from imports.matching.files import match_files  # numpy is for those who match

        started = time.monotonic()
        found = match_files(
            options["left"],
            options["right"],
            entity=options["entity"],
            ignore=options["ignore"],
            threshold=options["threshold"],
        )
        try:
            with options["out"].open("w", encoding="utf-8", newline="") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(["left_row", "right_row", "probability", "decision"])
                out.writerows(
                    (left + 1, right + 1, f"{probability:.6f}", verdict)
                    for left, right, probability, verdict in found.pairs
                )
        except OSError as refused:
            raise NotWritten(
                f"“{options['out']}” cannot be written: {refused.strerror}. Choose another file with --out."
            ) from refused
        return {
            "rows": found.rows,
            "pairs": len(found.pairs),
            "seconds": round(time.monotonic() - started, 3),
            "compared": found.compared,
            "left_out": [
                {"column": crowd.key, "value": crowd.value, "rows": crowd.rows} for crowd in found.crowds
            ],
        }


def _probability(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise ArgumentTypeError(f"“{text}” is no probability. Give a number from 0 to 1, such as 0.5.")
    return found
