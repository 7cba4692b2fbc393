import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from imports.models import ImportBatch
from leads.models import Account, Contact, Lead, Source
from tests import factories
from tests.imports.lists import HEADERS, csv_file, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list of a header in row 2, two people, one of them twice, and one that is none."""
    rows = [person(1), person(2), person(1), person(3, e_mail="ines")]
    text = csv_file([[*row, "Otto"] for row in rows], headers=[*HEADERS, "Owner"]).getvalue()
    path = tmp_path / "partners.csv"
    path.write_bytes("Partners of Österreich\n".encode("cp1252") + text)
    return path


def run(path: Path, *options: str, kind: str = "partner", source: str = "Partners") -> dict[str, Any]:
    out = StringIO()
    call_command("import_list", str(path), "--kind", kind, "--source", source, "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


EXPECTED = {
    "rows": 4,
    "created": 2,
    "updated": 0,
    "unchanged": 0,
    "merged": 1,
    "suppressed": 0,
    "rejected": 1,
    "encoding": "cp1252",
    "delimiter": ",",
    "header_row": 2,
    "columns": {
        "First name": "first_name",
        "Last name": "last_name",
        "E-mail": "email",
        "Phone": "phone",
        "Job title": "title",
        "Company": "company",
    },
    "ignored": ["Owner"],
    "reasons": {
        "e-mail: “…” is not an e-mail address: it has no @ sign. Correct it or leave the cell empty.": 1
    },
}


def test_loads_a_list_and_tells_all_about_it_in_one_object(path: Path) -> None:
    found = run(path)

    batch = ImportBatch.objects.get()
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert found["batch"] == batch.pk
    assert set(found) == {*EXPECTED, "batch", "seconds"}
    assert found["seconds"] > 0
    assert Lead.objects.filter(source__name="Partners").count() == 2


def test_a_dry_run_tells_the_same_and_writes_nothing(path: Path, tmp_path: Path) -> None:
    found = run(path, "--dry-run", "--rejects", str(tmp_path / "bad.csv"))

    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert (found["batch"], found["dry_run"]) == (None, True)
    assert [model.objects.count() for model in (ImportBatch, Contact, Account, Source)] == [0, 0, 0, 0]
    assert not (tmp_path / "media").exists()
    assert len((tmp_path / "bad.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_the_dry_run_of_many_chunks_equals_the_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.lookahead.CHUNK", 3)
    path = tmp_path / "list.csv"
    path.write_bytes(
        csv_file(
            [
                person(number % 5, e_mail="" if number % 4 else f"i{number}@kiesel-werke.example")
                for number in range(40)
            ]
        ).getvalue()
    )
    counts = ("created", "updated", "unchanged", "merged", "suppressed", "rejected")

    foreseen = run(path, "--dry-run")
    found = run(path)

    assert [foreseen[name] for name in counts] == [found[name] for name in counts]
    assert found["merged"] > 10


def test_writes_the_rejected_rows_to_a_file(path: Path, tmp_path: Path) -> None:
    run(path, "--rejects", str(tmp_path / "bad.csv"))

    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [*HEADERS, "Owner", "Row", "What is wrong"]
    assert rows[1][:3] == ["Ines", "Rothda", "ines"]
    assert rows[1][-2:] == [
        "6",
        "E-mail: “ines” is not an e-mail address: it has no @ sign. Correct it or leave the cell empty.",
    ]


def test_says_for_a_person_what_the_object_says(path: Path) -> None:
    out = StringIO()

    call_command("import_list", str(path), "--kind", "partner", "--source", "Partners", stdout=out)

    assert "created: 2" in out.getvalue()


def test_a_purchased_list_without_its_papers_is_refused(path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        run(path, "--vendor", "Listworks", kind="purchased")

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "A purchased list must say where it comes from. Add the date of purchase and the lawful basis on which we may "
        "hold these people's details."
    )
    assert not ImportBatch.objects.exists()


def test_a_purchased_list_keeps_its_papers_on_the_source(path: Path) -> None:
    papers = (
        "--vendor",
        "Listworks",
        "--cost",
        "1200",
        "--currency",
        "eur",
        "--basis",
        "Legitimate interest",
    )

    run(path, *papers, "--purchased-on", "2026-03-01", kind="purchased")

    source = Source.objects.get()
    assert (source.kind, source.vendor, source.cost, source.currency) == (
        "purchased_list",
        "Listworks",
        1200,
        "EUR",
    )
    assert (source.basis, str(source.purchased_on)) == ("Legitimate interest", "2026-03-01")


def test_all_or_nothing_refuses_with_a_sentence_and_still_writes_the_rejects(
    path: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as refusal:
        run(path, "--all-or-nothing", "--rejects", str(tmp_path / "bad.csv"))

    assert refusal.value.returncode == 1
    assert str(refusal.value).startswith("1 of 4 rows are rejected, so nothing was loaded.")
    assert not Lead.objects.exists()
    assert len((tmp_path / "bad.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_a_mapping_can_be_given_as_a_file(path: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps({"E-mail": "email", "Last name": "last_name", "Owner": "city"}), encoding="utf-8"
    )

    found = run(path, "--mapping", str(mapping))

    assert found["columns"] == {"E-mail": "email", "Last name": "last_name", "Owner": "city"}
    assert Contact.objects.filter(city="Otto", first_name="").count() == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "is no mapping. Use “auto”, or a JSON file that gives each header its field"),
        ("[1]", "must hold one JSON object that gives each header its field, as texts."),
        ('{"Mail": "email"}', "The list has no column “Mail”. Choose among the columns of the file."),
        (
            '{"E-mail": "owner"}',
            "“owner” is not a field of an import. Choose another for the column “E-mail”.",
        ),
        ('{"Company": "company"}', "No column says who the people are."),
    ],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_mapping_that_cannot_be_used_is_refused(
    path: Path, tmp_path: Path, content: str | None, sentence: str, dry: tuple[str, ...]
) -> None:
    mapping = tmp_path / "mapping.json"
    if content is not None:
        mapping.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        run(path, "--mapping", str(mapping), *dry)

    assert sentence in str(refusal.value)
    assert refusal.value.returncode == 1
    assert not ImportBatch.objects.exists()
    assert not [kept for kept in (tmp_path / "media").rglob("*") if kept.is_file()]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        run(tmp_path / "nowhere.csv")

    assert str(refusal.value).endswith(
        "nowhere.csv” cannot be read: No such file or directory. Check the path."
    )


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    with pytest.raises(CommandError) as refusal:
        run(path)

    assert str(refusal.value).startswith("This file is an image, not a list.")
    assert not ImportBatch.objects.exists()


def test_wrong_usage_has_status_two(path: Path) -> None:
    with pytest.raises(CommandError) as wrong:
        call_command("import_list", str(path), "--kind", "stolen", "--source", "Partners")

    assert wrong.value.returncode in (1, 2)
    assert "invalid choice: 'stolen'" in str(wrong.value)


def test_a_known_person_is_updated_or_overwritten(path: Path, now: datetime) -> None:
    factories.LeadFactory(
        contact=factories.ContactFactory(email="ines.roth1@kiesel-werke.example", title="CEO", city="")
    )

    assert run(path)["created"] == 1
    assert Contact.objects.get(email="ines.roth1@kiesel-werke.example").title == "CEO"
    assert run(path, "--overwrite")["updated"] == 1
    assert Contact.objects.get(email="ines.roth1@kiesel-werke.example").title == "Buyer"


def test_a_list_whose_encoding_is_not_certain_waits_for_the_choice(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes("First name,E-mail\nMöller,m@kiesel-werke.example\n".encode("mac-roman"))

    for options in ((), ("--dry-run",)):
        with pytest.raises(CommandError) as refusal:
            run(path, *options)
        assert refusal.value.returncode == 1
        assert str(refusal.value).startswith(
            "The encoding of the file is not certain, and names must not be spoilt. "
        )
        assert "Name the right one with --encoding, such as --encoding " in str(refusal.value)
    assert not ImportBatch.objects.exists()

    assert run(path, "--encoding", "macintosh")["encoding"] == "mac-roman"
    assert Contact.objects.get().first_name == "Möller"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--cost", "NaN"], "Cost: "),
        (["--cost", "1e40"], "Cost: "),
        (["--cost", "-5"], "below zero"),
        (["--effort-hours", "123456789"], "Effort in hours: "),
        (["--currency", "EUROS"], "Currency: "),
        (["--vendor", "V" * 201], "Vendor: "),
        (["--country", "ZZZZ"], "“ZZZZ” is no country."),
        (["--source", "S" * 201], "Name of the list: "),
        (["--rejects", "no/such/folder/bad.csv"], "cannot be written: No such file or directory."),
    ],
)
@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_what_the_page_would_not_take_the_command_refuses_before_anything_is_kept(
    path: Path, options: list[str], sentence: str, dry_run: list[str]
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(path, *options, *dry_run)

    assert not ImportBatch.objects.exists()
    assert not Source.objects.exists()


def test_a_mapping_that_is_nothing_but_brackets_is_refused_with_a_sentence(
    path: Path, tmp_path: Path
) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 200_000)

    with pytest.raises(CommandError, match="is no mapping"):
        run(path, "--mapping", str(deep))
