import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports import drafting, presets
from imports.models import ImportBatch, MappingPreset
from leads.models import Contact
from terminology import labels, where_used
from terminology.editing import rename_terms
from tests import factories
from tests.imports.lists import HEADERS, csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db

ODD = ["Wer", "Familie", "Adresse im Netz", "Ruf", "Als", "Haus"]
CORRECTED = {
    "Wer": "first_name",
    "Familie": "last_name",
    "Adresse im Netz": "email",
    "Als": "title",
    "Haus": "company",
}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


def odd_list(*more: str, numbers: int = 2) -> Any:
    return csv_file(
        [[*person(n), *more] for n in range(numbers)], headers=[*ODD, *(f"Neu {n}" for n in range(len(more)))]
    )


def set_on_the_page(client: Client, batch: ImportBatch, mapping: dict[str, str], **more: str) -> Any:
    headers = batch.file_shape.headers
    form = {f"column_{place}": mapping.get(header, "") for place, header in enumerate(headers)}
    return client.post(reverse("imports:columns", args=[batch.pk]), form | {"next": "1"} | more)


def columns_page(client: Client, batch: ImportBatch) -> str:
    return client.get(reverse("imports:columns", args=[batch.pk])).content.decode()


def kept(now: datetime, **fields: Any) -> MappingPreset:
    """What somebody said of the odd list."""
    batch = taken_in(odd_list(), now=now, mapping=CORRECTED, **fields)
    return presets.remember(batch=batch, by=None, now=now)


# --- Memory -------------------------------------------------------------------------------------------------------


def test_corrections_are_kept_and_used_for_the_next_list_with_these_headers(
    marketing: Client, now: datetime
) -> None:
    batch = taken_in(odd_list(), now=now, source_name="Autumn fair")
    assert set_on_the_page(marketing, batch, CORRECTED).url == reverse("imports:preview", args=[batch.pk])

    after = taken_in(odd_list(numbers=5), now=now, source_name="Spring fair")

    assert {header: field for header, field in after.columns.items() if field} == CORRECTED
    assert after.preset_name == "Autumn fair"
    page = columns_page(marketing, after)
    assert "Columns as you set them on " in page
    assert "for “Autumn fair”." in page


def test_what_was_only_guessed_is_not_kept(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)

    set_on_the_page(marketing, batch, batch.columns)

    assert not MappingPreset.objects.exists()


def test_order_and_case_of_the_headers_make_no_other_list(now: datetime) -> None:
    kept(now)
    rows = [person(1)[::-1]]

    after = taken_in(csv_file(rows, headers=[header.upper() for header in reversed(ODD)]), now=now)

    assert after.columns["ADRESSE IM NETZ"] == "email"


def test_nearly_the_same_headers_are_known_and_the_new_ones_guessed(marketing: Client, now: datetime) -> None:
    kept(now, source_name="Autumn fair")

    after = taken_in(csv_file([[*person(1), "Essen"]], headers=[*ODD, "Stadt"]), now=now)

    assert after.columns["Haus"] == "company"
    assert after.columns["Stadt"] == "city"
    assert "for “Autumn fair”. 1 is new and was guessed." in columns_page(marketing, after)


def test_a_list_with_few_headers_in_common_is_another_one(now: datetime) -> None:
    kept(now)

    after = taken_in(csv_file([["a", "b", "c", "d"]], headers=["Wer", "Haus", "Name", "Mail"]), now=now)

    assert after.preset_name == ""
    assert after.columns["Haus"] == ""


def test_what_was_said_of_one_vendor_is_not_used_for_another(now: datetime) -> None:
    kept(now, vendor="Listworks")

    assert taken_in(odd_list(), now=now, vendor="Other House").preset_name == ""
    assert taken_in(odd_list(), now=now, vendor="listworks").preset_name == "Partner list"


@pytest.mark.parametrize("form", [{"start_over": "1"}, {"use_preset": "1", "preset": ""}])
def test_a_person_can_start_over(marketing: Client, now: datetime, form: dict[str, str]) -> None:
    kept(now)
    after = taken_in(odd_list(), now=now)

    marketing.post(reverse("imports:columns", args=[after.pk]), form)

    after.refresh_from_db()
    assert after.preset_name == ""
    assert after.columns["Haus"] == ""


def test_a_later_correction_replaces_the_earlier_one(marketing: Client, now: datetime) -> None:
    kept(now)
    after = taken_in(odd_list(), now=now, source_name="Spring fair")

    set_on_the_page(marketing, after, CORRECTED | {"Als": "industry"})

    preset = MappingPreset.objects.get()
    assert (preset.columns["Als"], preset.name) == ("industry", "Partner list")


def test_uses_are_counted_when_a_list_is_loaded(now: datetime) -> None:
    preset = kept(now)

    loaded(odd_list(), now=now + timedelta(days=3))

    preset.refresh_from_db()
    assert (preset.uses, preset.used_at) == (1, now + timedelta(days=3))


def test_values_for_the_whole_file_are_not_taken_to_the_next_list_unasked(now: datetime) -> None:
    batch = taken_in(odd_list(), now=now)
    drafting.set_columns(
        batch=batch, mapping=CORRECTED, constants={"country": "Austria"}, rules={"title": "never"}
    )
    presets.remember(batch=batch, by=None, now=now)

    after = taken_in(odd_list(), now=now)
    chosen = taken_in(odd_list(), now=now)
    drafting.choose_preset(batch=chosen, name="partner LIST")

    assert (after.constants, after.rules) == ({}, {"title": "never"})
    assert (chosen.constants, chosen.rules) == ({"country": "AT"}, {"title": "never"})


def test_an_export_of_a_program_is_named_on_the_page(marketing: Client, now: datetime) -> None:
    headers = ["Record ID", "First Name", "Last Name", "Email", "Contact owner", "Lifecycle Stage"]
    batch = taken_in(
        csv_file([["1", "Ines", "Roth", "ines@kiesel.example", "Otto", "lead"]], headers=headers), now=now
    )

    page = columns_page(marketing, batch)

    assert "Looks like an export of HubSpot." in page
    assert (batch.columns["Contact owner"], batch.columns["Lifecycle Stage"]) == ("", "")
    assert drafting.protected(batch) == ["Record ID", "Contact owner", "Lifecycle Stage"]


def test_a_correction_of_an_export_is_kept_under_the_program(marketing: Client, now: datetime) -> None:
    headers = ["Record ID", "First Name", "Last Name", "Email", "Contact owner", "Lifecycle Stage", "Memo"]
    row = ["1", "Ines", "Roth", "ines@kiesel.example", "Otto", "lead", "Essen"]
    batch = taken_in(csv_file([row], headers=headers), now=now, source_name="HubSpot")

    set_on_the_page(marketing, batch, batch.columns | {"Memo": "city"})

    preset = MappingPreset.objects.get()
    assert (preset.vendor, preset.name) == ("HubSpot", "HubSpot (list.csv)")
    assert taken_in(csv_file([row], headers=headers), now=now).columns["Memo"] == "city"


# --- By name ------------------------------------------------------------------------------------------------------


def run(path: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "import_list", str(path), "--kind", "partner", "--source", "P", "--json", *options, stdout=out
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.mark.parametrize("name", ["hubspot", "HubSpot", "HUBSPOT"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_program_is_chosen_by_name(tmp_path: Path, name: str, dry: tuple[str, ...]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("First Name,Last Name,Email,Associated Company\nInes,Roth,ines@kiesel.example,Kiesel\n")

    found = run(path, "--mapping", name, *dry)

    assert found["columns"] == {
        "First Name": "first_name", "Last Name": "last_name", "Email": "email", "Associated Company": "company",
    }  # fmt: skip


def test_a_kept_preset_is_chosen_by_name(tmp_path: Path, now: datetime) -> None:
    kept(now, vendor="Listworks", source_name="Autumn fair")
    path = tmp_path / "list.csv"
    path.write_bytes(odd_list().getvalue())

    assert run(path, "--vendor", "Other House")["columns"] == {"Adresse im Netz": "email"}
    assert run(path, "--vendor", "Other House", "--mapping", "autumn FAIR")["columns"] == CORRECTED


def test_a_name_that_is_none_says_which_there_are(tmp_path: Path, now: datetime) -> None:
    kept(now, source_name="Autumn fair")
    ImportBatch.objects.all().delete()
    path = tmp_path / "list.csv"
    path.write_bytes(csv_file([person(1)]).getvalue())

    with pytest.raises(CommandError) as refusal:
        run(path, "--mapping", "hubspott")

    assert str(refusal.value).startswith(
        "There is no preset “hubspott”. There are “Salesforce”, “HubSpot”, “Pipedrive”, “Zoho”, “Mailchimp”, "
        "“LinkedIn”, “Apollo”, “Eventbrite”, “Google”, “Autumn fair”. Use one of these, “auto”, or a JSON file"
    )
    assert refusal.value.returncode == 1
    assert not ImportBatch.objects.exists()


def test_a_preset_that_has_nothing_to_do_with_the_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Wer,Wo\nInes,ines@kiesel.example\n")

    with pytest.raises(CommandError) as refusal:
        run(path, "--mapping", "mailchimp")

    assert str(refusal.value) == (
        "The list has none of the columns of Mailchimp. Choose another preset, or let them be guessed."
    )


# --- The list of presets ------------------------------------------------------------------------------------------


def test_presets_are_listed_renamed_and_deleted(marketing: Client, now: datetime) -> None:
    preset = kept(now, source_name="Autumn fair")
    page = reverse("admin:imports_mappingpreset_change", args=[preset.pk])

    assert "Autumn fair" in marketing.get(reverse("admin:imports_mappingpreset_changelist")).content.decode()
    assert "Adresse im Netz: e-mail" in marketing.get(page).content.decode()
    marketing.post(page, {"name": "Every fair", "vendor": "Listworks"})

    preset.refresh_from_db()
    assert (preset.name, preset.vendor, preset.columns["Haus"]) == ("Every fair", "Listworks", "company")
    marketing.post(reverse("admin:imports_mappingpreset_delete", args=[preset.pk]), {"post": "yes"})
    assert not MappingPreset.objects.exists()


@pytest.mark.parametrize(
    ("name", "vendor", "sentence"),
    [
        (
            "hubspot",
            "",
            "“HubSpot” is the name of a preset that ships with LeadOps. Give this one another name.",
        ),
        ("Fair", "Listworks", "There is already a preset for these headers of this vendor."),
    ],
)
def test_a_name_or_vendor_that_is_taken_gets_a_sentence(
    marketing: Client, now: datetime, name: str, vendor: str, sentence: str
) -> None:
    kept(now, vendor="Listworks")
    preset = kept(now)

    answer = marketing.post(
        reverse("admin:imports_mappingpreset_change", args=[preset.pk]), {"name": name, "vendor": vendor}
    )

    assert sentence in answer.content.decode()
    preset.refresh_from_db()
    assert preset.vendor == ""


def test_the_term_editor_shows_which_presets_use_a_word(now: datetime) -> None:
    kept(now, source_name="Autumn fair")

    uses = [text for place in where_used.where_used("leads.account.name") for text, _ in place.uses]

    assert "Preset Autumn fair: the column “Haus”" in uses


# --- What changed in between --------------------------------------------------------------------------------------


def test_a_field_stays_the_field_when_its_label_is_given_to_another(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1, job_title="Buyer")]), now=now)
    set_on_the_page(marketing, batch, batch.columns)
    batch.refresh_from_db()
    rename_terms(texts={"leads.contact.title": "Place", "leads.contact.city": "Job title"}, by=None, now=now)
    labels.refresh()

    marketing.post(reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark})
    batch.refresh_from_db()
    assert batch.perform(now=timezone.now())

    assert list(Contact.objects.values_list("title", "city")) == [("Buyer", "")]


@pytest.mark.parametrize("change", ["constants", "rules"])
def test_a_preview_of_other_values_or_rules_confirms_nothing(
    marketing: Client, now: datetime, change: str
) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)
    set_on_the_page(marketing, batch, batch.columns)
    batch.refresh_from_db()
    ImportBatch.objects.filter(pk=batch.pk).update(**{change: {"title": "never"}})

    marketing.post(reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark})

    batch.refresh_from_db()
    assert batch.is_draft


def test_the_headers_of_tests_are_what_they_seem() -> None:
    assert len(ODD) == len(HEADERS)
