from typing import Any

import pytest
from django.urls import reverse

from terminology.models import TermOverride
from tests import factories

pytestmark = pytest.mark.django_db

EDITOR = "admin:terminology_termoverride_changelist"


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


def test_renames_what_was_typed_and_leaves_the_rest(client: Any, revops: Any) -> None:
    answer = client.post(
        reverse(EDITOR) + "?group=stage",
        {"term:stage.suspect": "Cold name", "term:stage.customer": "", "csrfmiddlewaretoken": "x"},
        follow=True,
    )

    assert "1 label is in force on every page from now on." in answer.content.decode()
    assert TermOverride.objects.get().changed_by == revops
    assert 'value="Cold name"' in answer.content.decode()


def test_shows_why_a_label_is_refused_and_keeps_what_was_typed(client: Any, revops: Any) -> None:
    answer = client.post(reverse(EDITOR) + "?group=stage", {"term:stage.suspect": "Customer"})

    page = answer.content.decode()
    assert "“Customer” is already the label of “Customer”" in page
    assert 'name="term:stage.suspect" value="Customer"' in page
    assert not TermOverride.objects.exists()


def test_finds_a_term_by_its_word(client: Any, revops: Any) -> None:
    page = client.get(reverse(EDITOR), {"q": "job title"}).content.decode()

    assert "term:leads.contact.title" in page
    assert "term:leads.contact.city" not in page


def test_a_rep_may_not_change_words(client: Any) -> None:
    client.force_login(factories.UserFactory(role="sales_rep"))

    assert client.post(reverse(EDITOR), {"term:stage.suspect": "Mine"}).status_code == 403
    assert client.post(reverse("admin:terminology_use_blueprint"), {"name": "c-suite"}).status_code == 403
    assert client.get(reverse("admin:terminology_blueprints")).status_code == 403
    assert not TermOverride.objects.exists()


def test_a_blueprint_is_loaded_by_post_only(client: Any, revops: Any) -> None:
    assert client.get(reverse("admin:terminology_use_blueprint")).status_code == 405

    answer = client.post(
        reverse("admin:terminology_use_blueprint"), {"name": "../../etc/passwd"}, follow=True
    )

    assert "There is no blueprint" in answer.content.decode()
