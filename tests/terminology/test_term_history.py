"""Who renamed what, and the way back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terminology import agreements, labels, term_history
from terminology.editing import overrides, rename_terms
from terminology.models import Agreement, FormerLabel
from tests import factories

pytestmark = pytest.mark.django_db

HISTORY = "admin:terminology_label_history"
UNDO = "admin:terminology_undo_labels"


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops", first_name="Rita", last_name="Moreira")
    client.force_login(user)
    return user


@pytest.fixture
def _renamed(now: datetime, revops: Any) -> None:
    """Suspect was renamed twice, the second time together with Customer."""
    rename_terms(texts={"stage.suspect": "Cold name"}, by=revops, now=now)
    rename_terms(
        texts={"stage.suspect": "Raw name", "stage.customer": "Client"},
        by=revops,
        now=now + timedelta(hours=1),
    )


def change_of(key: str, text: str) -> FormerLabel:
    return FormerLabel.objects.get(key=key, text=text)


@pytest.mark.usefixtures("_renamed")
def test_tells_who_changed_what_from_what_to_what() -> None:
    latest, first = term_history.saves(list(term_history.changes()))

    assert {(change.name, change.before, change.after) for change in latest.changes} == {
        ("“Suspect”", "Cold name", "Raw name"),
        ("“Customer”", "Customer", "Client"),
    }
    assert [(change.before, change.after, change.is_latest) for change in first.changes] == [
        ("Suspect", "Cold name", False)
    ]
    assert str(latest.by) == str(first.by) != ""
    assert len(latest.undoable) == 2


@pytest.mark.usefixtures("_renamed")
def test_the_page_shows_the_changes_with_names_and_buttons(client: Any) -> None:
    page = client.get(reverse(HISTORY)).content.decode()

    assert "<strong>Rita Moreira</strong>" in page
    assert "<del>Cold name</del> → <ins>Raw name</ins>" in page
    assert "Undo all 2" in page
    assert "Back to “Suspect”" in page


@pytest.mark.usefixtures("_renamed")
def test_undoes_one_change_and_keeps_the_way_forward(client: Any) -> None:
    change = change_of("stage.suspect", "Cold name")

    answer = client.post(reverse(UNDO), {"change": change.pk}, follow=True)

    assert "1 label is in force on every page from now on." in answer.content.decode()
    assert overrides() == {"stage.suspect": "Cold name", "stage.customer": "Client"}
    newest = term_history.saves(list(term_history.changes()))[0].changes[0]
    assert (newest.before, newest.after) == ("Raw name", "Cold name")


@pytest.mark.usefixtures("_renamed")
def test_undoes_everything_that_was_saved_in_one_go(client: Any) -> None:
    save = term_history.saves(list(term_history.changes()))[0]

    client.post(reverse(UNDO), {"change": save.undoable, "key": "stage.suspect"})

    assert overrides() == {"stage.suspect": "Cold name"}


@pytest.mark.usefixtures("_renamed")
def test_going_back_to_the_default_drops_the_override(client: Any) -> None:
    client.post(reverse(UNDO), {"change": change_of("stage.suspect", "Suspect").pk})

    assert "stage.suspect" not in overrides()


def test_an_undone_definition_waits_for_both_teams(client: Any, revops: Any, now: datetime) -> None:
    rename_terms(texts={"stage.suspect.definition": "A name we bought."}, by=revops, now=now)

    client.post(reverse(UNDO), {"change": FormerLabel.objects.get().pk})

    assert overrides() == {"stage.suspect.definition": "A name we bought."}
    assert agreements.content(Agreement.objects.get(), "terms") == {}


@pytest.mark.usefixtures("_renamed")
def test_is_refused_when_another_term_has_taken_the_label(client: Any, revops: Any, now: datetime) -> None:
    rename_terms(texts={"stage.identified": "Cold name"}, by=revops, now=now)

    answer = client.post(reverse(UNDO), {"change": change_of("stage.suspect", "Cold name").pk}, follow=True)

    assert "“Cold name” is already the label of “Marketing identified lead”" in answer.content.decode()
    assert overrides()["stage.suspect"] == "Raw name"


@pytest.mark.usefixtures("_renamed")
@pytest.mark.parametrize("change", ["999999", "x", "", "9" * 40])
def test_a_change_that_is_not_known_is_a_sentence(client: Any, change: str) -> None:
    answer = client.post(reverse(UNDO), {"change": change}, follow=True)

    assert "That change is not known." in answer.content.decode()


@pytest.mark.usefixtures("_renamed")
def test_only_by_post_and_by_those_who_may(client: Any) -> None:
    change = change_of("stage.suspect", "Cold name")
    assert client.get(reverse(UNDO), {"change": change.pk}).status_code == 405

    client.force_login(factories.UserFactory(role="sales_rep"))

    assert client.post(reverse(UNDO), {"change": change.pk}).status_code == 403
    assert "Undo" not in client.get(reverse(HISTORY)).content.decode()
    assert overrides()["stage.suspect"] == "Raw name"


def test_a_long_history_is_read_in_the_same_few_queries(client: Any, revops: Any, now: datetime) -> None:
    for place in range(3):
        texts = {key: f"Our {place} {number}" for number, key in enumerate(labels.REGISTRY)}
        rename_terms(texts=texts, by=revops, now=now + timedelta(hours=place))
    client.get(reverse(HISTORY))

    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(HISTORY), {"page": 2}).status_code == 200

    assert len(asked) <= 13
