"""Labels that differ by language."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from leads.enums import Stage
from leads.models import Contact
from terminology import labels
from terminology.editing import BadLabel, former_texts, overrides, rename_terms
from terminology.models import TermOverride
from tests import factories

pytestmark = pytest.mark.django_db

EDITOR = "admin:terminology_termoverride_changelist"


@pytest.fixture(autouse=True)
def _german(settings: Any) -> None:
    settings.LEADOPS = settings.LEADOPS | {"LANGUAGES": ["en", "de"]}
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:5],
        "django.middleware.locale.LocaleMiddleware",
        *settings.MIDDLEWARE[5:],
    ]


def rename(now: datetime, texts: dict[str, str]) -> int:
    changed = rename_terms(texts=texts, by=None, now=now)
    labels.refresh()
    return changed


def title() -> str:
    return str(Contact._meta.get_field("title").verbose_name)


def test_each_language_shows_its_own_text_and_else_the_one_for_all(now: datetime) -> None:
    rename(
        now, {"leads.contact.title": "Role", "leads.contact.title@de": "Rolle", "stage.suspect": "Cold name"}
    )

    with override("de"):
        assert (title(), str(Stage.SUSPECT.label)) == ("Rolle", "Cold name")
    with override("de-at"):
        assert title() == "Rolle"
    with override("en"):
        assert title() == "Role"
    with override("fr"):
        assert title() == "Role"
    with override(None):
        assert title() == "job title"


def test_a_text_that_says_the_same_as_the_one_for_all_is_none_of_its_own(now: datetime) -> None:
    rename(now, {"leads.contact.title": "Role"})

    assert rename(now, {"leads.contact.title@de": "Role"}) == 0
    assert rename(now, {"leads.contact.title@de": "job title"}) == 1  # the default would not be shown else
    assert overrides() == {"leads.contact.title": "Role", "leads.contact.title@de": "job title"}


@pytest.mark.parametrize(
    ("texts", "where"),
    [
        ({"stage.suspect@de": "Customer"}, " in German"),
        ({"stage.suspect@de": "Kunde"}, " in German"),
        ({"stage.suspect": "Kunde"}, " in German"),  # German reads it too
        ({"stage.suspect": "Customer"}, ""),
    ],
)
def test_labels_clash_within_a_language(now: datetime, texts: dict[str, str], where: str) -> None:
    if "Kunde" in texts.values():
        rename(now, {"stage.customer@de": "Kunde"})

    with pytest.raises(BadLabel) as refusal:
        rename(now, texts)

    assert f"is already the label of “Customer”{where}. Two of a kind may not share a label" in str(
        refusal.value
    )


def test_two_languages_may_use_one_word_for_different_things(now: datetime) -> None:
    assert rename(now, {"stage.customer@de": "Gift", "stage.suspect@en": "Gift"}) == 2


def test_a_former_text_of_any_language_stays_known(now: datetime) -> None:
    rename(now, {"leads.contact.title@de": "Rolle"})
    rename(now, {"leads.contact.title@de": "Position"})

    assert former_texts(keys=["leads.contact.title"])["leads.contact.title"] == ["Rolle", "job title"]


def test_migrations_see_no_difference_with_a_thousand_texts_in_each_of_two_languages(now: datetime) -> None:
    keys = list(labels.REGISTRY)
    keys += [f"gone.term_{number}" for number in range(1000 - len(keys))]
    TermOverride.objects.bulk_create(
        TermOverride(key=key, language=language, text=f"{language} {number}")
        for language in ("en", "de")
        for number, key in enumerate(keys[:1000])
    )
    labels.forget()
    labels.refresh()

    for language in ("en", "de"):
        with override(language):
            assert title().startswith(f"{language} ")
            out = StringIO()
            call_command("makemigrations", check=True, dry_run=True, stdout=out)
            assert "No changes detected" in out.getvalue()


def test_the_editor_edits_one_language_and_shows_what_is_shown_without(client: Any, now: datetime) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    rename(now, {"stage.suspect": "Cold name"})
    address = reverse(EDITOR) + "?language=de&group=stage"

    client.post(address, {"term:stage.suspect@de": "Kalter Name", "was:stage.suspect@de": ""})
    page = client.get(address).content.decode()

    assert overrides() == {"stage.suspect": "Cold name", "stage.suspect@de": "Kalter Name"}
    assert 'name="term:stage.suspect@de" value="Kalter Name"' in page
    assert 'placeholder="Cold name"' in page
    assert "German only" in page


def test_the_next_page_speaks_the_language_of_its_reader(client: Any, now: datetime) -> None:
    factories.LeadFactory()
    client.force_login(factories.UserFactory(role="revops"))
    rename_terms(texts={"leads.lead.plural@de": "Anfragen"}, by=None, now=now)

    german = client.get("/admin/leads/lead/", headers={"Accept-Language": "de"}).content.decode()
    english = client.get("/admin/leads/lead/", headers={"Accept-Language": "en"}).content.decode()

    assert "Anfragen" in german
    assert "Anfragen" not in english


def test_with_one_language_there_is_no_choice_of_languages(client: Any, settings: Any) -> None:
    settings.LEADOPS = settings.LEADOPS | {"LANGUAGES": ["en"]}
    client.force_login(factories.UserFactory(role="revops"))

    page = client.get(reverse(EDITOR)).content.decode()

    assert "Every language" not in page
