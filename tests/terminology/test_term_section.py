"""Terms as a section of an agreement: read, checked, told and brought into force part by part."""

from datetime import datetime
from typing import Any

import pytest

from leads.models import Contact
from terminology import labels, sections, term_section
from terminology.editing import BadLabel, former_texts, rename_terms
from terminology.models import TermOverride
from terminology.sections import Stamp
from tests import factories

pytestmark = pytest.mark.django_db


def nothing_else(section: str) -> sections.Parts:
    return {}


@pytest.fixture
def _german(settings: Any) -> None:
    settings.LEADOPS = settings.LEADOPS | {"LANGUAGES": ["en", "de"]}


def test_is_registered_and_first() -> None:
    assert sections.sections()[0].key == "terms"
    assert str(sections.section("terms").title) == "Terms"


@pytest.mark.usefixtures("_german")
def test_reads_every_text_by_its_part(now: datetime) -> None:
    rename_terms(texts={"leads.contact.title": "Role", "leads.contact.title@de": "Rolle"}, by=None, now=now)

    assert term_section.read() == {"leads.contact.title": "Role", "leads.contact.title@de": "Rolle"}


@pytest.mark.usefixtures("_german")
def test_what_is_written_is_read_again_and_former_texts_stay_known(now: datetime) -> None:
    rename_terms(texts={"leads.contact.title": "Role", "leads.contact.city": "Town"}, by=None, now=now)
    wanted = {"leads.contact.title": "Position held", "stage.suspect@de": "Kalter Name"}
    boss = factories.UserFactory(role="revops")

    term_section.write(
        wanted,
        changed={"leads.contact.title", "stage.suspect@de", "leads.contact.city"},
        stamp=Stamp(agreement=None, by=boss, now=now),
    )

    assert term_section.read() == wanted
    assert set(TermOverride.objects.values_list("changed_by", flat=True)) == {boss.pk}
    assert former_texts(keys=["leads.contact.title"])["leads.contact.title"] == ["Role", "job title"]


def test_two_labels_may_be_exchanged_when_a_whole_section_is_written(now: datetime) -> None:
    exchanged = {"leads.contact.first_name": "last name", "leads.contact.last_name": "first name"}

    term_section.check(exchanged, nothing_else)
    term_section.write(exchanged, changed=set(exchanged), stamp=Stamp(agreement=None, by=None, now=now))
    labels.refresh()

    assert str(Contact._meta.get_field("first_name").verbose_name) == "last name"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"leads.contact.title": "LAST NAME"}, "is already the label of “last name”"),
        ({"leads.contact.title": "x" * 81}, "has 81 characters; 80 is the most"),
        ({"leads.contact.shoe_size": "Shoe size"}, "There is no term “leads.contact.shoe_size”"),
        ({"leads.contact.title": 7}, "is no text"),
        ({"leads.contact.title@tlh": "pat"}, "LeadOps does not speak “tlh” here"),
    ],
)
def test_checks_without_writing(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadLabel) as refusal:
        term_section.check(parts, nothing_else)

    assert sentence in str(refusal.value)
    assert not TermOverride.objects.exists()


@pytest.mark.parametrize(
    ("part", "before", "after", "sentence"),
    [
        (
            "leads.contact.title",
            "Role",
            "Position held",
            "“Job title” is now called “Position held” (before: “Role”)",
        ),
        ("leads.contact.title", None, "Role", "“Job title” is now called “Role”"),
        (
            "leads.contact.title",
            "Role",
            None,
            "“Job title” has its default text again (before: “Role”)",
        ),
        ("leads.account.name", None, "Firm", "“Name” (Account) is now called “Firm”"),
        ("stage.suspect@de", None, "Name", "“Suspect” in German is now called “Name”"),
        (
            "stage.marketing_qualified.short",
            None,
            "Hot",
            "“MQL” (short for “Marketing qualified lead”) is now called “Hot”",
        ),
        (
            "stage.customer.definition",
            None,
            "Pays.",
            "The definition of “Customer” now reads “Pays.”",
        ),
    ],
)
def test_tells_a_change_in_prose(part: str, before: str | None, after: str | None, sentence: str) -> None:
    assert term_section.tell(part, before, after) == [sentence]


def test_only_what_a_stage_means_needs_signatures_always() -> None:
    assert not term_section.is_cosmetic("stage.suspect.definition")
    assert not term_section.is_cosmetic("stage.suspect.definition@de")
    assert term_section.is_cosmetic("stage.suspect.short")
    assert term_section.is_cosmetic("leads.challenge.definition")  # a field of that name


def test_a_blueprint_says_what_differs_from_the_defaults() -> None:
    said = {"stage.suspect": "Suspect", "stage.customer": "Closed won", "leads.lead": ""}

    assert term_section.from_blueprint(said) == {"stage.customer": "Closed won"}
