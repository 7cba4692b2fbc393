"""The pages of agreements, as RevOps and the two signatories use them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.enums import Stage
from terminology import agreements, blueprints
from terminology.editing import rename_terms
from terminology.models import Agreement, AgreementState
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED.value
LIST = "admin:terminology_agreement_changelist"


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "revops": UserFactory(role="revops"),
        "marketing": UserFactory(role="marketing", also="marketing_signatory", last_name="Marketer"),
        "sales": UserFactory(role="sales_manager", also="sales_signatory", last_name="Seller"),
        "rep": UserFactory(role="sales_rep"),
    }


@pytest.fixture
def at_desk(people: dict[str, User]) -> Callable[[str], Client]:
    def log_in(who: str) -> Client:
        client = Client()
        client.force_login(people[who])
        return client

    return log_in


@pytest.fixture
def draft(people: dict[str, User]) -> Agreement:
    now = timezone.now()
    made = agreements.draft(title="Faster answers", by=people["revops"], now=now)
    return agreements.put(
        agreement=made,
        section="sla",
        parts={MQL: {"first_response_hours": 4}},
        by=people["revops"],
        revision=made.revision,
        now=now,
    )


def door(name: str, agreement: Agreement, *more: Any) -> str:
    return reverse(f"admin:terminology_agreement_{name}", args=[agreement.pk, *more])


def sign(client: Client, agreement: Agreement, side: str) -> Any:
    agreement.refresh_from_db()
    body = {"side": side, "content_hash": agreements.hash_of(agreement)}
    return client.post(door("sign", agreement), body, follow=True)


def test_goes_from_draft_to_document(at_desk: Callable[[str], Client], draft: Agreement) -> None:
    revops, rep = at_desk("revops"), at_desk("rep")
    page = revops.get(door("change", draft))
    assert "MQL: new: first response within 4 h" in page.text

    revops.post(door("propose", draft), {"revision": draft.revision})
    rep.post(door("comment", draft), {"text": "Four hours at night?"})
    half = sign(at_desk("marketing"), draft, "marketing")
    done = sign(at_desk("sales"), draft, "sales")
    document = at_desk("rep").get(reverse("admin:terminology_agreement_in_force"))

    assert "Four hours at night?" in half.text
    assert "Signed for “Marketing”." in half.text
    assert "Version 1 is in force from now on." in done.text
    assert "First response within 4 h" in document.text
    assert "Marketer" in document.text
    draft.refresh_from_db()
    assert draft.content_hash in document.text


def test_the_document_can_be_taken_along(at_desk: Callable[[str], Client], now: datetime) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    found = Agreement.objects.in_force().get()
    client = at_desk("rep")

    markdown = client.get(door("download", found, "md"))
    machine = client.get(door("download", found, "json"))
    other = client.get(door("download", found, "exe"))

    assert "## Definitions" in markdown.text
    assert "attachment" in machine.headers["Content-Disposition"]
    content = json.loads(machine.text)
    assert agreements.document_hash(content["content"]) == content["content_hash"] == found.content_hash
    assert other.status_code == 404


def test_a_stale_page_signs_nothing_and_keeps_what_was_typed(
    at_desk: Callable[[str], Client], draft: Agreement, people: dict[str, User]
) -> None:
    revops = at_desk("revops")
    seen = draft.revision
    agreements.put(
        agreement=draft,
        section="sla",
        parts={MQL: {"first_response_hours": 6}},
        by=people["sales"],
        revision=seen,
        now=timezone.now(),
    )

    answer = revops.post(
        door("describe", draft), {"title": "My better title", "note": "", "revision": seen}, follow=True
    )

    assert "It was changed since you opened the page, so nothing was saved." in answer.text
    assert "MQL: first response within 4 h → 6 h" in answer.text
    assert 'value="My better title"' in answer.text
    draft.refresh_from_db()
    assert draft.title == "Faster answers"


def test_says_to_each_why_they_cannot_sign(
    at_desk: Callable[[str], Client], draft: Agreement, people: dict[str, User]
) -> None:
    early = at_desk("marketing").get(door("change", draft))
    at_desk("marketing").post(door("propose", draft), {"revision": draft.revision})

    revops = at_desk("revops")
    page = revops.get(door("change", draft))
    forbidden = revops.post(door("sign", draft), {"side": "sales", "content_hash": "x"})

    assert "Can be signed once it is proposed." in early.text
    assert "sign for “Sales”. Ask one of its signatories." in page.text
    assert forbidden.status_code == 403


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"title": " ", "note": ""}, "This field is required."),
        ({"title": "x" * 121, "note": ""}, "at most 120 characters"),
        ({"title": "x", "note": "y" * 4001}, "at most 4000 characters"),
        ({"title": "x", "note": "", "comes_into_force_at": "yesterday"}, "Enter a valid date/time."),
        ({"title": "x", "note": "", "comes_into_force_at": "2020-01-01T00:00"}, "Its date has passed."),
    ],
)
def test_refuses_a_title_or_a_date_that_makes_no_sense(
    at_desk: Callable[[str], Client], draft: Agreement, body: dict[str, str], sentence: str
) -> None:
    answer = at_desk("revops").post(door("describe", draft), body | {"revision": draft.revision})

    assert answer.status_code == 200
    assert sentence in answer.text
    draft.refresh_from_db()
    assert draft.title == "Faster answers"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_refuses_a_comment_that_says_nothing_or_too_much(
    at_desk: Callable[[str], Client], draft: Agreement, text: str
) -> None:
    answer = at_desk("rep").post(door("comment", draft), {"text": text})

    assert "comment" in answer.text
    assert answer.status_code == 200
    assert not draft.entries.filter(kind="comment").exists()


def test_keeps_a_comment_without_the_sign_that_no_database_takes(
    at_desk: Callable[[str], Client], draft: Agreement
) -> None:
    rep = at_desk("rep")

    kept = rep.post(door("comment", draft), {"text": "Four\x00 hours?"}, follow=True)
    refused = rep.post(door("comment", draft), {"text": "\x00"})

    assert kept.status_code == 200
    assert [entry.text for entry in draft.entries.filter(kind="comment")] == ["Four hours?"]
    assert "The comment is empty." in refused.text


def test_a_blueprint_over_what_was_agreed_opens_a_draft(
    at_desk: Callable[[str], Client], now: datetime
) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)

    answer = at_desk("revops").post(
        reverse("admin:terminology_use_blueprint"), {"name": "c-suite"}, follow=True
    )

    assert "Nothing changes before both teams have signed it." in answer.text
    assert Agreement.objects.get(state=AgreementState.DRAFT).changes["definitions"]
    assert Agreement.objects.in_force().get().version == 1


def test_who_signed_what_is_no_longer_so_is_told(
    at_desk: Callable[[str], Client], people: dict[str, User]
) -> None:
    now = timezone.now()
    made = agreements.draft(title="A word", by=people["revops"], now=now)
    made = agreements.put(
        agreement=made,
        section="terms",
        parts={"leads.lead": "prospect"},
        by=people["revops"],
        revision=made.revision,
        now=now,
    )
    made = agreements.propose(agreement=made, by=people["revops"], revision=made.revision, now=now)
    sign(at_desk("marketing"), made, "marketing")
    rename_terms(texts={"leads.lead": "chance"}, by=people["revops"], now=now)

    answer = sign(at_desk("sales"), made, "sales")

    assert "It is a draft again." in answer.text
    assert "Signed for “Sales”." not in answer.text
    made.refresh_from_db()
    assert (made.state, made.signatures.count()) == (AgreementState.DRAFT, 0)


@pytest.mark.parametrize("name", ["a" * 300, "../settings", "", "mal-to-sql.json"])
def test_a_blueprint_that_is_none_is_refused_with_the_names_of_those_there_are(
    at_desk: Callable[[str], Client], name: str
) -> None:
    answer = at_desk("revops").post(reverse("admin:terminology_use_blueprint"), {"name": name}, follow=True)

    assert answer.status_code == 200
    assert "Choose one of: c-suite, hubspot-intent, lead-genius, mal-to-sql, suspect-to-sql." in answer.text


def test_withdrawn_and_old_ones_stay_to_be_read(
    at_desk: Callable[[str], Client], draft: Agreement, now: datetime
) -> None:
    revops = at_desk("revops")

    revops.post(door("withdraw", draft))
    again = revops.post(door("propose", draft), {"revision": draft.revision})
    listed = revops.get(reverse(LIST))

    assert "It is “Withdrawn” and stands as it is." in again.text
    assert "Faster answers" in listed.text
    assert "comes into force" not in revops.get(door("change", draft)).text


def test_lists_cost_the_same_for_one_and_for_twenty(
    at_desk: Callable[[str], Client],
    people: dict[str, User],
    draft: Agreement,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    client = at_desk("revops")
    client.get(reverse(LIST))
    for place in range(20):
        agreements.draft(title=f"Draft {place}", by=people["revops"], now=timezone.now() - timedelta(days=1))

    with django_assert_max_num_queries(20):
        client.get(reverse(LIST))
    with django_assert_max_num_queries(40):
        client.get(door("change", draft))
