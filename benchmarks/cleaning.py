"""How often the cleaning is right, on public test sets, in per cent; beside the marks of the folder's README.

Of each set only half lies in the folder; the other half is kept back, so a rule that only fits single rows is no gain.
"""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.shared import shared_data
from leadops.errors import LeadOpsError
from leads import normalise
from leads.normalise.email import DISPOSABLE, FREE

_LEVELS = {"C-Suite": "c_suite", "VP": "vp", "Director": "director", "Manager": "manager", "Other": "other"}


def run() -> list[dict[str, Any]]:
    """One line for each kind of value; none where the folder of shared data is absent."""
    folder = shared_data()
    if folder is None:
        print(
            "  There is no folder of shared data on this machine (LEADOPS_SHARED_DATA), so nothing is compared."
        )
        return []
    return [
        _line("job titles: the level", _titles(folder), naive=85.6, note="naive: 5 keyword rules"),
        _line("full names: first and family name", _names(folder), naive=_share(_names_at_blank(folder))),
        _line("e-mail addresses: taken and normal form", _addresses(folder), note="against email-validator"),
        _line("e-mail addresses: ERR never taken", _wrong_addresses(folder), note="is_email"),
        _line("phone numbers: E.164 or refused", _phones(folder), note="4 spellings of each"),
        _line("registrable domains", _domains(folder), note="vectors of the public suffix list"),
        _line("throw-away domains", _kinds(folder, "disposable_email_domains.txt", {DISPOSABLE})),
        _line("free mail", _kinds(folder, "free_email_domains.txt", {FREE, DISPOSABLE})),
        _line("legal forms left out of the key", _legal_forms(folder), note="of 3 letters and more"),
    ]


def _line(
    figure: str, right: Iterable[bool], *, naive: float | None = None, note: str = ""
) -> dict[str, Any]:
    share = _share(right)
    line = {"figure": figure, "ours": share, "naive": naive, "unit": "% right", "note": note}
    return line | ({"ratio": share / naive} if naive else {})


def _share(right: Iterable[bool]) -> float:
    answers = list(right)
    return sum(answers) / len(answers) * 100


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _json(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _or_refused(normal_form: Callable[[], str]) -> str:
    try:
        return normal_form()
    except LeadOpsError:
        return ""


def _titles(folder: Path) -> list[bool]:
    rows = _rows(folder / "titles/title_level_dev.csv")
    return [normalise.seniority(row["title"]) == _LEVELS[row["level"]] for row in rows]


def _named(folder: Path) -> list[tuple[str, tuple[str, str]]]:
    cases = _json(folder / "names/person_names_dev.json")
    return [
        (
            case["input"],
            (" ".join(filter(None, [case.get("first"), case.get("middle")])), case.get("last") or ""),
        )
        for case in cases
    ]


def _names(folder: Path) -> list[bool]:
    return [normalise.split_name(text) == parts for text, parts in _named(folder)]


def _names_at_blank(folder: Path) -> list[bool]:
    return [text.rpartition(" ")[::2] == parts for text, parts in _named(folder)]


def _addresses(folder: Path) -> list[bool]:
    """Names beside an address and line breaks behind it come with a cell; these are compared without."""
    cases = _json(folder / "email/email_validator_dev.json")
    return [
        _or_refused(lambda text=case["input"]: normalise.normalise_email(text))
        == (case["expected"]["normalized"].lower() if isinstance(case["expected"], dict) else "")
        for case in cases
        if isinstance(case["expected"], dict) or not case["input"].startswith('"')
        if not case["input"].endswith((">", "\n"))
    ]


def _wrong_addresses(folder: Path) -> list[bool]:
    """A line break at an end comes with the cell and is no part of the address."""
    cases = _json(folder / "email/isemail_dev.json")
    wrong = [case["address"] for case in cases if case["category"] == "ISEMAIL_ERR"]
    return [
        not _or_refused(lambda text=text: normalise.normalise_email(text))
        for text in wrong
        if text == text.strip()
    ]


def _phones(folder: Path) -> list[bool]:
    found = []
    for row in _rows(folder / "phone/phone_examples_dev.csv"):
        expected = row["e164"] if row["validity"] == "valid" else ""
        for way, country in (
            ("national", row["region"]),
            ("international", ""),
            ("rfc3966", ""),
            ("dialled_from_us", "US"),
        ):
            if text := row[way]:
                number = _or_refused(
                    lambda text=text, country=country: normalise.normalise_phone(text, country=country)
                )
                found.append(number == expected)
    return found


def _domains(folder: Path) -> list[bool]:
    lines = (folder / "lists/psl_tests_dev.txt").read_text(encoding="utf-8").splitlines()
    vectors = [line.split() for line in lines if line and not line.startswith(("//", "null"))]
    return [
        normalise.registrable_domain(text)
        == ("" if domain == "null" else normalise.registrable_domain(domain) or "?")
        for text, domain in vectors
    ]


def _kinds(folder: Path, name: str, kinds: set[str]) -> list[bool]:
    domains = (folder / "lists" / name).read_text(encoding="utf-8").split()
    return [normalise.email_kind(f"ann.lee@{domain}") in kinds for domain in domains]


def _legal_forms(folder: Path) -> list[bool]:
    terms = {row["term"] for row in _rows(folder / "lists/company_legal_terms.csv")}
    return [
        normalise.company_key(f"Northwind Works {term}") == "northwind works"
        for term in sorted(terms)
        if len(term.replace(".", "")) > 2
    ]
