"""What is said of a list beside its columns: values for all rows, rules, the order of dates; and cells in parts."""

import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from imports import drafting, previewing, steering
from imports.answers import AnswerRefused, constants_of, rules_of
from imports.cleaning import told
from imports.mapping import current_labels, has_lost_digits, match_columns, missing, to_raw
from imports.models import ImportBatch, ImportKind, ImportRow
from leads.models import Activity, Contact, Suppression
from leads.people.spelling import erased_hash
from tests import factories
from tests.imports.lists import HEADERS, csv_file, loaded, person, taken_in

EVENT = ["First name", "Last name", "E-mail", "Visit date"]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


def event(*dates: str) -> Any:
    return csv_file(
        [["Ines", "Roth", f"i{n}@kiesel.example", day] for n, day in enumerate(dates)], headers=EVENT
    )


def run(path: Path, *options: str, kind: str = "partner") -> dict[str, Any]:
    out = StringIO()
    call_command("import_list", str(path), "--kind", kind, "--source", "P", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def written(tmp_path: Path, file: Any) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(file.getvalue())
    return path


# --- Values for all rows ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("dry", [False, True])
def test_a_value_for_all_rows_stands_where_the_row_has_none(tmp_path: Path, dry: bool) -> None:
    rows = [person(1), person(2, e_mail="otto@bergbau.example", company="")]
    path = written(tmp_path, csv_file(rows))
    options = ["--set", "company=Bergbau AG", "--set", "country=Österreich"]

    found = run(path, *options, *(["--dry-run"] if dry else []))

    assert found["created"] == 2
    if not dry:
        people = Contact.objects.order_by("email").values_list("account__name", "country")
        assert list(people) == [("Kiesel-Werke GmbH", "AT"), ("Bergbau AG", "AT")]


def test_a_row_wins_over_the_value_for_all_rows() -> None:
    mapping = {"A": "email", "B": "country"}

    assert to_raw({"A": "a@b.example", "B": "FR"}, mapping, constants={"country": "DE"})["country"] == "FR"
    assert to_raw({"A": "a@b.example", "B": ""}, mapping, constants={"country": "DE"})["country"] == "DE"


def test_a_country_for_all_rows_is_that_of_their_phones(db: None, now: datetime) -> None:
    batch = taken_in(csv_file([person(1, phone="01 5131500")]), now=now)
    drafting.set_columns(batch=batch, mapping=batch.columns, constants={"country": "AT"})
    steering.begin(batch=batch, now=now)
    batch.perform(now=now)

    assert Contact.objects.get().phone == "+4315131500"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"email": "a@b.example"},
            "“email” can't have one value for the whole file. These can: company, website,",
        ),
        ({"country": "Narnia"}, "“Narnia” is no country. Write two letters, such as DE, or its name."),
        ({"employees": "many"}, "“many” is no number of employees. Write one such as 250 or 51-200."),
        ({"company": "x" * 201}, "The company for the whole file is too long: 200 characters are the most."),
        ({"attended_at": "2026-03-12"}, "“attended_at” can't have one value for the whole file."),
        ({"opted_out": "perhaps"}, "“perhaps” says neither yes nor no."),
        ({"may_contact": "no"}, "“may_contact” can't have one value for the whole file."),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(said: dict[str, str], sentence: str) -> None:
    with pytest.raises(AnswerRefused) as refusal:
        constants_of(said, kind=ImportKind.PARTNER)

    assert str(refusal.value).startswith(sentence)


def test_an_event_has_one_date_for_all_rows() -> None:
    assert constants_of({"attended_at": "2026-03-12"}, kind=ImportKind.EVENT) == {"attended_at": "2026-03-12"}
    with pytest.raises(AnswerRefused, match="is not a date that is certain"):
        constants_of({"attended_at": "03/04/2026"}, kind=ImportKind.EVENT)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--set", "country"], "“country” says nothing. Write a field and its value, as in --set country=DE."),
        (["--set", "country="], "“country=” says nothing."),
        (["--rule", "title"], "“title” says nothing. Write a field and its value, as in --rule title=overwrite."),
        (["--rule", "title=sometimes"], "“sometimes” is no rule. Use one of overwrite, fill, never."),
        (["--rule", "email=never"], "“email” is no field of a known person that a list can change. These are: first"),
    ],
)  # fmt: skip
def test_options_that_say_nothing_are_refused(tmp_path: Path, options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refusal:
        run(written(tmp_path, csv_file([person(1)])), *options)

    assert sentence in str(refusal.value)
    assert refusal.value.returncode == 1
    assert not ImportBatch.objects.exists()


def test_a_rule_for_a_full_name_is_one_for_both_halves() -> None:
    assert rules_of({"full_name": "never", "mobile": "overwrite", "city": ""}) == {
        "first_name": "never", "last_name": "never", "phone": "overwrite",
    }  # fmt: skip


@pytest.mark.django_db
def test_rules_and_values_are_set_on_the_page(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)
    form = {f"column_{place}": target for place, target in enumerate(batch.columns.values())}

    marketing.post(
        reverse("imports:columns", args=[batch.pk]),
        form
        | {
            "next": "1",
            "rule_4": "never",
            "rule_5": "fill",
            "constant_country": "Austria",
            "constant_city": " ",
        },
    )

    batch.refresh_from_db()
    assert (batch.rules, batch.constants) == ({"title": "never"}, {"country": "AT"})
    page = marketing.get(reverse("imports:columns", args=[batch.pk])).content.decode()
    assert '<option value="never" selected>' in page


@pytest.mark.django_db
def test_a_value_that_is_none_gets_a_sentence_on_the_page(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)
    form = {f"column_{place}": target for place, target in enumerate(batch.columns.values())}

    answer = marketing.post(
        reverse("imports:columns", args=[batch.pk]), form | {"next": "1", "constant_country": "Narnia"}
    )

    assert [str(message) for message in answer.context["messages"]] == [
        "“Narnia” is no country. Write two letters, such as DE, or its name."
    ]


# --- Dates --------------------------------------------------------------------------------------------------------

QUESTION = (
    "Dates such as “03/04/2026” in the column “Visit date” can be read in two ways. Say whether the day stands first "
    "(3 April 2026) or the month (4 March 2026)."
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["03/04/2026", "04/13/2026"], "mdy"),
        (["03/04/2026", "13/04/2026", "14/04/2026", "04/13/2026"], "dmy"),
        (["2026-04-03", "2026-05-03"], "dmy"),
        (["03.04.2026"], "dmy"),
        (["04/04/2026"], "dmy"),
        ([""], "dmy"),
        (["03/04/2026"], ""),
        (["03/04/2026", "13/04/2026", "04/13/2026"], ""),
    ],
)
def test_a_column_that_settles_its_dates_is_not_asked(now: datetime, dates: list[str], order: str) -> None:
    batch = taken_in(event(*dates), now=now, kind=ImportKind.EVENT)

    assert batch.date_order == order
    assert bool(batch.date_question) == (order == "")


@pytest.mark.django_db
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_the_command_asks_how_dates_are_meant(tmp_path: Path, dry: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refusal:
        run(written(tmp_path, event("03/04/2026", "05/06/2026")), *dry, kind="event")

    assert str(refusal.value) == f"{QUESTION} Add --dates dmy or --dates mdy."
    assert refusal.value.returncode == 1
    assert not ImportBatch.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("order", "month"), [("dmy", 4), ("mdy", 3)])
def test_dates_are_read_as_was_answered(tmp_path: Path, order: str, month: int) -> None:
    factories.ActivityTypeFactory(key="event_badge_scan")

    run(written(tmp_path, event("03/04/2026")), "--dates", order, kind="event")

    assert Activity.objects.get().at.month == month


@pytest.mark.django_db
def test_the_page_of_columns_is_not_left_without_an_answer(marketing: Client, now: datetime) -> None:
    batch = taken_in(event("03/04/2026"), now=now, kind=ImportKind.EVENT)
    address = reverse("imports:columns", args=[batch.pk])
    form = {f"column_{place}": target for place, target in enumerate(batch.columns.values())} | {"next": "1"}

    page = marketing.get(address).content.decode()
    unanswered = marketing.post(address, form, follow=True)
    answered = marketing.post(address, form | {"date_order": "mdy"})

    assert "“03/04/2026” is 3 April 2026 (day first, usual in Germany)" in page
    assert "checked" not in page.split("lo-import-dates")[1].split("</fieldset>")[0]
    assert unanswered.redirect_chain[-1][0] == f"{address}#dates"
    assert "Say below how they are meant." in unanswered.content.decode()
    assert answered.url == reverse("imports:preview", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.date_order == "mdy"


@pytest.mark.django_db
def test_nothing_is_confirmed_without_an_answer(now: datetime) -> None:
    batch = taken_in(event("03/04/2026"), now=now, kind=ImportKind.EVENT)

    with pytest.raises(drafting.DatesUnclear) as refusal:
        steering.begin(batch=batch, now=now)

    assert str(refusal.value) == QUESTION
    batch.refresh_from_db()
    assert batch.is_draft


@pytest.mark.django_db
def test_an_answer_for_one_column_is_none_for_another(now: datetime) -> None:
    file = csv_file(
        [["i@kiesel.example", "03/04/2026", "05/06/2026"]], headers=["E-mail", "Visit date", "Came"]
    )
    batch = taken_in(file, now=now, kind=ImportKind.EVENT)
    drafting.set_columns(
        batch=batch, mapping={"E-mail": "email", "Visit date": "attended_at"}, date_order="dmy"
    )
    assert batch.date_order == "dmy"

    drafting.set_columns(batch=batch, mapping={"E-mail": "email", "Came": "attended_at"})

    assert (batch.date_order, batch.date_question["examples"]) == ("", ["05/06/2026"])


@pytest.mark.django_db
def test_an_answer_is_remembered_with_the_columns(marketing: Client, now: datetime) -> None:
    batch = taken_in(event("03/04/2026"), now=now, kind=ImportKind.EVENT)
    form = {f"column_{place}": target for place, target in enumerate(batch.columns.values())} | {"next": "1"}
    marketing.post(reverse("imports:columns", args=[batch.pk]), form | {"date_order": "mdy"})

    assert taken_in(event("05/06/2026"), now=now, kind=ImportKind.EVENT).date_order == "mdy"
    assert taken_in(event("05/06/2026", "13/06/2026"), now=now, kind=ImportKind.EVENT).date_order == "dmy"


@pytest.mark.django_db
def test_impossible_dates_of_a_mixed_column_are_errors_of_their_rows(now: datetime) -> None:
    batch = loaded(
        event("03/04/2026", "13/04/2026", "14/04/2026", "04/13/2026"), now=now, kind=ImportKind.EVENT
    )

    assert (batch.created, batch.rejected) == (3, 1)
    row = ImportRow.objects.get(outcome="rejected")
    assert row.reasons[0]["sentence"].startswith("“04/13/2026” is not a date.")


# --- Parts of a field, and fields in one cell ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"first_name": "Ann", "middle_name": "Marie"}, {"first_name": "Ann Marie"}),
        ({"first_name": "Ann Marie", "middle_name": "Marie"}, {"first_name": "Ann Marie"}),
        ({"phone": "23125001", "phone_area": "030"}, {"phone": "030 23125001"}),
        ({"phone": "030 23125001", "phone_area": "030"}, {"phone": "030 23125001"}),
        ({"phone": "23125001", "phone_area": "30", "phone_country": "49"}, {"phone": "+49 30 23125001"}),
        ({"phone": "+43 1 5131500", "phone_country": "49"}, {"phone": "+43 1 5131500"}),
        ({"mobile": "171 1234567", "phone_country": "+49"}, {"mobile": "+49 171 1234567"}),
        ({"address": "12 Main St, Springfield, IL 62704, USA"}, {"city": "Springfield", "country": "US"}),
        ({"address": "12 Main St, Springfield, IL 62704, USA", "city": "Peoria"}, {"city": "Peoria", "country": "US"}),
        ({"address": "Somewhere"}, {}),
        ({"full_name": "Jane Roe <jane@kiesel.example>"}, {"full_name": "Jane Roe", "email": "jane@kiesel.example"}),
        ({"full_name": "jane@kiesel.example"}, {"email": "jane@kiesel.example"}),
        ({"full_name": "Jane @ Kiesel"}, {"full_name": "Jane @ Kiesel"}),
        ({"phone": "4.93023125001E+11"}, {"phone": "493023125001"}),
        ({"phone": "4.93E+11"}, {"phone": "4.93E+11"}),
        ({"full_name": "Jane Roe\nHead of Sales"}, {"full_name": "Jane Roe"}),
        ({"full_name": "Jane\nRoe"}, {"full_name": "Jane\nRoe"}),
        ({"full_name": "Jane Roe\njane@kiesel.example"}, {"full_name": "Jane Roe", "email": "jane@kiesel.example"}),
        ({"email": "jane [at] kiesel [dot] example"}, {"email": "jane@kiesel.example"}),
        ({"email": "jane(at)kiesel.example"}, {"email": "jane@kiesel.example"}),
        ({"email": "jane@kiesel.example'"}, {"email": "jane@kiesel.example"}),
        ({"city": "10115 Berlin"}, {"city": "Berlin"}),
        ({"city": "6 October City"}, {"city": "6 October City"}),
        ({"email": "see (below)"}, {"email": "see (below)"}),
        ({"phone": "030 23125001<tel:+493023125001>"}, {"phone": "030 23125001"}),
        (
            {"phone": "T: +49 30 23125001 M: +49 171 39200001"},
            {"phone": "+49 30 23125001", "phone_beside": "+49 171 39200001"},
        ),
        ({"phone": "Fax 030 23125009, Tel. 030 23125001"}, {"phone": "030 23125001"}),
    ],
)  # fmt: skip
def test_parts_come_together_and_cells_apart(cells: dict[str, str], expected: dict[str, str]) -> None:
    assert to_raw(cells, {name: name for name in cells}) == expected


def test_two_columns_make_one_name_and_one_note() -> None:
    mapping = {"A": "last_name", "B": "last_name", "C": "note", "D": "note", "E": "first_name"}

    assert missing(mapping) == []
    assert to_raw({"A": "García", "B": "Lorca", "C": "Met", "D": "Called", "E": "Ana"}, mapping) == {
        "last_name": "García Lorca", "note": "Met\nCalled", "first_name": "Ana",
    }  # fmt: skip


def test_a_part_without_its_whole_is_refused() -> None:
    assert missing({"Vorwahl": "phone_area", "Mail": "email"}) == [
        "The column “Vorwahl” is only a part of phone, which no column holds. Choose that column too, or leave this "
        "one out."
    ]


@pytest.mark.django_db
def test_a_second_address_in_the_cell_is_told_and_not_taken(now: datetime) -> None:
    cell = "ines@kiesel.example; roth@kiesel.example"

    batch = loaded(csv_file([person(1, e_mail=cell)]), now=now)

    assert Contact.objects.get().email == "ines@kiesel.example"
    assert [reason["sentence"] for reason in ImportRow.objects.get(batch=batch).reasons] == [
        "The cell holds several addresses. The first one is taken, “roth@kiesel.example” is not."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cell",
    [
        "ines@kiesel.example; roth@kiesel.example",
        "ines@kiesel.example, Roth <ROTH+news@kiesel.example>",
        "ines@kiesel.example / ann@kiesel.example / roth@kiesel.example",
        "Ines Kiesel <ines@kiesel.example>\nroth @ kiesel.example",
        "ines@kiesel.example roth\uff20kiesel.example",
        "ines@kiesel.example (roth@kiesel.example)",
        "ines@kiesel.example | r\u043eth@kiesel.example",  # with a Cyrillic letter
    ],
)
@pytest.mark.parametrize("entry", [("email", "roth@kiesel.example"), ("erased", "roth@kiesel.example")])
def test_every_address_of_a_cell_is_looked_up_on_the_do_not_contact_list(
    now: datetime, cell: str, entry: tuple[str, str]
) -> None:
    kind, value = entry
    value = erased_hash("email", value) if kind == "erased" else value
    Suppression.objects.create(kind=kind, value=value, created_at=now)

    batch = loaded(csv_file([person(1, e_mail=cell), person(2, e_mail="other@kiesel.example")]), now=now)

    assert (batch.suppressed, batch.created) == (1, 1)
    assert Contact.objects.get().email == "other@kiesel.example"


@pytest.mark.django_db
def test_a_domain_of_the_list_holds_whose_second_address_is_there(now: datetime) -> None:
    Suppression.objects.create(kind="domain", value="kiesel.example", created_at=now)

    batch = loaded(csv_file([person(1, e_mail="ines@quarz.example, ines@mail.kiesel.example")]), now=now)

    assert (batch.suppressed, batch.created) == (1, 0)


@pytest.mark.django_db
def test_the_number_that_is_not_kept_is_looked_up_too(now: datetime) -> None:
    Suppression.objects.create(kind="phone", value="+4915112345678", created_at=now)
    rows = [[*person(1, phone="030 23125001"), "0151 12345678"], [*person(2, phone="030 23125002"), ""]]

    batch = loaded(csv_file(rows, headers=[*HEADERS, "Mobile"]), now=now)

    assert (batch.suppressed, batch.created) == (1, 1)


@pytest.mark.django_db
def test_every_number_of_a_cell_is_looked_up_on_the_do_not_contact_list(now: datetime) -> None:
    Suppression.objects.create(kind="phone", value="+4915112345678", created_at=now)

    batch = loaded(csv_file([person(1, phone="030 23125001 / 0151 12345678")]), now=now)

    assert (batch.suppressed, batch.created) == (1, 0)


@pytest.mark.django_db
def test_an_opt_out_is_entered_under_every_address_of_the_cell(now: datetime) -> None:
    known = factories.ContactFactory(email="roth@kiesel.example")
    rows = [
        [*person(1, e_mail="ines@kiesel.example; roth@kiesel.example"), "yes"],
        [*person(2, e_mail="roth@kiesel.example"), ""],
    ]

    batch = loaded(csv_file(rows, headers=[*HEADERS, "Opted out"]), now=now)

    known.refresh_from_db()
    assert batch.suppressed == 2
    assert known.opted_out_at is not None
    assert set(Suppression.objects.values_list("value", flat=True)) == {
        "ines@kiesel.example",
        "roth@kiesel.example",
    }


@pytest.mark.parametrize(
    ("header", "values", "target"),
    [
        ("Address", ["12 Main St, Springfield, IL 62704, USA", "1 Elm St, Peoria, IL 61601, USA"], "address"),
        ("Location", ["Berlin, Germany", "Remote", "Paris, France"], "address"),
        ("Address", ["12 Main St", "1 Elm St"], None),
        ("Address", [], None),
        ("Country code", ["+49", "+43"], "phone_country"),
        ("Country code", ["DE", "AT"], "country"),
        ("Vorwahl", ["030", "0711"], "phone_area"),
    ],
)
def test_guesses_parts_by_header_and_values(header: str, values: list[str], target: str | None) -> None:
    sample = [{header: text, "Phone": "23125001"} for text in values]

    found = match_columns([header, "Phone"], sample=sample, labels=current_labels())

    assert found[header].target == target


@pytest.mark.parametrize(
    ("header", "other", "target"),
    [
        ("Nom", "Prénom", "last_name"), ("Name", "Vorname", "last_name"), ("Nombre", "Apellidos", "first_name"),
        ("Nome", "Cognome", "first_name"), ("Name", "Phone", "full_name"),
    ],
)  # fmt: skip
def test_a_bare_name_is_the_half_that_is_missing(header: str, other: str, target: str) -> None:
    assert match_columns([header, other], sample=[], labels=current_labels())[header].target == target


def test_a_bare_name_with_whole_names_in_it_is_the_whole() -> None:
    sample = [{"Name": "Ann Lee", "Surname": "Lee"}, {"Name": "Bob Roy", "Surname": "Roy"}]

    assert (
        match_columns(["Name", "Surname"], sample=sample, labels=current_labels())["Name"].target
        == "full_name"
    )


# --- Numbers that a spreadsheet rounded ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lost"),
    [("4.477E+11", True), ("1.2E+19", True), ("4,4771E+11", True), ("1234567890123450000", True),
     ("4.47712345678E+11", False), ("447712345678", False), ("007", False), ("1234567890123456", False), ("", False)],
)  # fmt: skip
def test_lost_digits_are_seen(text: str, lost: bool) -> None:
    assert has_lost_digits(text) is lost


@pytest.mark.django_db
def test_the_page_warns_of_a_column_of_rounded_numbers(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1, phone="4.477E+11"), person(2, phone="030 23125001")]), now=now)

    page = marketing.get(reverse("imports:columns", args=[batch.pk])).content.decode()

    assert (
        "A spreadsheet has rounded 1 of 2 numbers here, such as “4.477E+11”: their last digits are lost."
        in page
    )


@pytest.mark.django_db
def test_a_rounded_phone_is_left_out_and_told(now: datetime) -> None:
    batch = loaded(csv_file([person(1, phone="4.477E+11")]), now=now)

    assert Contact.objects.get().phone == ""
    assert "has lost digits" in ImportRow.objects.get(batch=batch).reasons[0]["sentence"]


@pytest.mark.django_db
def test_a_list_of_which_nobody_may_be_contacted_lets_nobody_in_whatever_its_cells_say(now: datetime) -> None:
    rows = [[*person(number), flag] for number, flag in enumerate(["no", "", "yes", "false"])]
    batch = taken_in(csv_file(rows, headers=[*HEADERS, "Opted out"]), now=now)
    mapping = batch.columns | {"Opted out": "opted_out"}
    drafting.set_columns(batch=batch, mapping=mapping, constants={"opted_out": "yes"})
    steering.begin(batch=batch, now=now)
    assert batch.perform(now=now)

    assert batch.suppressed == 4
    assert not Contact.objects.filter(opted_out_at=None).exists()


# --- Addresses in columns left out --------------------------------------------------------------------------------

SECOND = "private@quarz.example"


def held_by_second_address(now: datetime, header: str, cell: str = SECOND, **fields: Any) -> ImportBatch:
    Suppression.objects.get_or_create(value=SECOND, defaults={"reason": "asked", "created_at": now})
    rows = [[*person(1), cell], *([*person(number), f"i{number}@quarz.example"] for number in range(2, 6))]
    batch = taken_in(csv_file(rows, headers=[*HEADERS, header]), now=now, **fields)
    assert not batch.columns[header]
    return batch


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Email 2", "Secondary E-mail", "Private E-Mail", "Other email address", "Kontakt (alt)"]
)
@pytest.mark.parametrize("cell", [SECOND, "Private+fair@Quarz.example", f"Ines <{SECOND}>; x@tarn.example"])
def test_an_address_in_a_column_left_out_is_looked_up_and_the_column_told(
    now: datetime, header: str, cell: str
) -> None:
    batch = held_by_second_address(now, header, cell)
    previewing.preview(batch=batch, now=now)
    (shown,) = batch.preview["shown"]["suppressed"]
    steering.begin(batch=batch, now=now)
    batch.perform(now=now)

    assert (batch.suppressed, batch.created) == (1, 4)
    row = ImportRow.objects.get(batch=batch, outcome="suppressed")
    assert [told(reason) for reason in row.reasons] == [f"{header}: On the do-not-contact list (asked)."]
    assert shown["reasons"] == row.reasons
    assert not Contact.objects.filter(email__endswith="@quarz.example").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Account owner email", "E-mail of the assistant", "Betreuer (E-Mail)", "Note on the fair"]
)
def test_the_address_of_somebody_else_in_a_column_left_out_keeps_nobody_out(
    now: datetime, header: str
) -> None:
    Suppression.objects.create(value=SECOND, created_at=now)
    rows = [
        [*person(number), f"met {number} {SECOND}" if "Note" in header else SECOND] for number in range(5)
    ]
    mapping = {header: "", "E-mail": "email", "Last name": "last_name"}

    batch = loaded(csv_file(rows, headers=[*HEADERS, header]), now=now, mapping=mapping)

    assert (batch.suppressed, batch.created) == (0, 5)


@pytest.mark.django_db
def test_an_opt_out_is_not_entered_under_the_address_in_a_column_left_out(now: datetime) -> None:
    rows = [[*person(1), SECOND, "yes"], [*person(2), "ines2@quarz.example", ""]]

    loaded(csv_file(rows, headers=[*HEADERS, "Email 2", "Opted out"]), now=now)

    assert Suppression.objects.get().value == "ines.roth1@kiesel-werke.example"


@pytest.mark.django_db
def test_of_somebody_erased_whose_address_is_in_a_column_left_out_nothing_is_kept(now: datetime) -> None:
    Suppression.objects.create(kind="erased", value=erased_hash("email", SECOND), created_at=now)
    rows = [[*person(1), SECOND], [*person(2), "ines2@quarz.example"]]

    batch = loaded(csv_file(rows, headers=[*HEADERS, "Email 2"]), now=now)

    row = ImportRow.objects.get(batch=batch, outcome="suppressed")
    assert row.raw == []
    assert SECOND not in str(row.reasons)
