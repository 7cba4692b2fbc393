import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from intake import tokens
from intake.models import ApiToken, ReceivedEvent
from leads.models import Source
from tests import factories
from tests.intake.conftest import Post, event

pytestmark = pytest.mark.django_db

ADD = "/admin/intake/apitoken/add/"
LIST = "/admin/intake/apitoken/"


@pytest.fixture
def revops(client: Client) -> Client:
    client.force_login(factories.UserFactory(role="revops"))
    return client


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def form(source: Source, **fields: str) -> dict[str, str]:
    return {
        "name": "Web site forms",
        "source": str(source.pk),
        "country": "",
        "may_record_events": "on",
        "may_read_labels": "on",
        "expires_at_0": "",
        "expires_at_1": "",
        **fields,
    }


def test_shows_a_new_token_once(revops: Client, web: Source) -> None:
    made = revops.post(ADD, form(web, country="de"), follow=True)

    token = ApiToken.objects.get()
    text = re.search(r"lo_[0-9a-f]{8}_[\w-]{43}", made.content.decode())
    assert text is not None
    assert f"The token is {text[0]} – copy it now, it is not shown again." in said(made)
    assert tokens.recognise(text=text[0], now=timezone.now()) == token
    assert (token.country, token.created_by.groups.get().name) == ("DE", "revops")
    for address in (LIST, f"{LIST}{token.pk}/change/"):
        page = revops.get(address).content.decode()
        assert f"lo_{token.prefix}_…" in page
        assert text[0] not in page
        assert token.token_hash not in page


def test_says_that_there_is_no_such_country(revops: Client, web: Source) -> None:
    page = revops.post(ADD, form(web, country="XX"))

    assert "“XX” is no country. Type its two letters, such as DE." in page.content.decode()
    assert not ApiToken.objects.exists()


def test_a_change_leaves_the_token_as_it_is(
    revops: Client, issued: tuple[ApiToken, str], now: object
) -> None:
    token, text = issued

    revops.post(f"{LIST}{token.pk}/change/", form(token.source, name="Webinars"))

    found = tokens.recognise(text=text, now=timezone.now())
    assert (found, str(found)) == (token, "Webinars")


def test_revokes_by_a_button_on_the_page(revops: Client, post: Post, token: ApiToken) -> None:
    page = revops.post(
        f"{LIST}{token.pk}/change/",
        form(token.source, name=token.name, intake_apitoken_revoke_this="1"),
        follow=True,
    )

    assert f"“{token}” is revoked. Requests with it are refused from now on." in said(page)
    assert LogEntry.objects.filter(object_id=str(token.pk), change_message="Revoked.").exists()
    assert post(event()).status_code == 401


def test_revokes_several_by_an_action_of_the_list(revops: Client, post: Post, token: ApiToken) -> None:
    page = revops.post(LIST, {"action": "revoke_chosen", "_selected_action": [token.pk]}, follow=True)

    assert "1 tokens revoked. Requests with them are refused from now on." in said(page)
    assert post(event()).status_code == 401


def test_revokes_nothing_when_the_page_is_only_read(revops: Client, token: ApiToken) -> None:
    revops.get(f"{LIST}{token.pk}/change/", {"intake_apitoken_revoke_this": "1"})
    revops.get(LIST, {"action": "revoke_chosen", "_selected_action": token.pk})

    token.refresh_from_db()
    assert token.revoked_at is None


def test_shows_in_the_list_which_tokens_are_in_force(revops: Client, web: Source) -> None:
    now = timezone.now()
    for name, expires_at in (("Old", now - timedelta(days=1)), ("New", now + timedelta(days=1))):
        tokens.issue(token=ApiToken(name=name, source=web, expires_at=expires_at), by=None, now=now)
    gone = ApiToken(name="Gone", source=web)
    tokens.issue(token=gone, by=None, now=now)
    tokens.revoke(tokens=[gone], now=now)

    page = revops.get(LIST).content.decode()

    assert all(f">{state}<" in page for state in ("Expired", "In force", "Revoked"))


def test_a_token_is_never_deleted(revops: Client, token: ApiToken) -> None:
    assert revops.post(f"{LIST}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ApiToken.objects.exists()


def test_shows_received_events_without_what_they_said(revops: Client, post: Post) -> None:
    post(event(subject="Guide to peak loads"), key="form-17")
    received = ReceivedEvent.objects.get()

    listed = revops.get("/admin/intake/receivedevent/").content.decode()
    page = revops.get(f"/admin/intake/receivedevent/{received.pk}/change/").content.decode()

    assert "form-17" in listed
    assert "form-17" in page
    assert "ines.roth" not in listed + page
    assert "Guide to peak loads" not in listed + page
    assert received.body_hash not in listed + page
    assert revops.post(f"/admin/intake/receivedevent/{received.pk}/change/", {}).status_code == 403


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "marketing", "read_only"])
def test_only_revops_sees_tokens_and_received_events(role: str, client: Client, token: ApiToken) -> None:
    client.force_login(factories.UserFactory(role=role))

    for address in (LIST, ADD, f"{LIST}{token.pk}/change/", "/admin/intake/receivedevent/"):
        assert client.get(address).status_code == 403
    page = client.get("/admin/leads/lead/").content.decode()
    assert "/admin/intake/" not in page


def test_stands_in_the_menu_of_revops(revops: Client, db: None) -> None:
    page = revops.get("/admin/leads/lead/").content.decode()

    assert "/admin/intake/apitoken/" in page
    assert "/admin/intake/receivedevent/" in page
