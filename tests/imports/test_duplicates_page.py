"""The pages on which a person decides about pairs: list, side by side, in bulk, and taking it back."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports import deciding
from imports.models import Decision, DuplicateSearch, ImportBatch, ImportRow, MatchedEntity, PossibleDuplicate
from imports.pages import duplicates
from leadops.jobs import JobState
from leads.enums import Stage
from leads.models import Account, Contact, Merge, Opportunity, Team, TeamMember
from leads.people import merge_contacts, undo_merge
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("imports:duplicates")


def pair_of(
    left: Any = None, right: Any = None, *, probability: float = 0.9, **fields: Any
) -> PossibleDuplicate:
    return PossibleDuplicate.objects.create(
        entity=MatchedEntity.PERSON,
        left_contact=left or factories.ContactFactory(),
        right_contact=right or factories.ContactFactory(),
        probability=probability,
        **fields,
    )


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(factories.UserFactory(role="marketing", first_name="Noor", last_name="Haddad"))
    return client


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def page_of(pair: PossibleDuplicate) -> str:
    return reverse("imports:duplicate", args=[pair.pk])


class TestTheListOfPairs:
    def test_shows_the_surest_first_and_only_what_waits(self, marketer: Client) -> None:
        less, more = pair_of(probability=0.6), pair_of(probability=0.97)
        pair_of(decision=Decision.DIFFERENT)

        rows = marketer.get(LIST).context["rows"]

        assert list(rows) == [more, less]

    def test_is_limited_to_a_kind_a_probability_and_a_list(self, marketer: Client) -> None:
        pair, _ = pair_of(probability=0.97), pair_of(probability=0.6)
        company = PossibleDuplicate.objects.create(
            entity=MatchedEntity.COMPANY,
            left_account=factories.AccountFactory(),
            right_account=factories.AccountFactory(),
            probability=0.7,
        )
        batch = ImportBatch.objects.create(kind="event", source_name="Fair")
        ImportRow.objects.create(
            batch=batch, number=2, outcome="created", contact=pair.right_contact, reasons=[], raw=[]
        )

        def found(query: str) -> list[Any]:
            return list(marketer.get(f"{LIST}?{query}").context["rows"])

        assert found("least=95") == found(f"batch={batch.pk}") == [pair]
        assert found("entity=company") == [company]
        assert len(found("entity=x&least=7&batch=²&page=nine")) == 2

    def test_asks_the_same_few_questions_of_the_database_for_one_pair_and_for_many(
        self, marketer: Client
    ) -> None:
        pair_of()
        marketer.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as few:
            marketer.get(LIST)
        for _ in range(8):
            pair_of()

        with CaptureQueriesContext(connection) as many:
            marketer.get(LIST)

        assert len(many) <= len(few) < 25

    def test_merges_all_that_are_sure_by_a_button_apart_from_those_for_ticked_pairs(
        self, marketer: Client
    ) -> None:
        pair_of(probability=0.99)

        text = marketer.get(LIST).content.decode()

        assert '<button type="submit" form="pairs" class="lo-button" name="decision" value="all">' in text
        assert text.count('value="all"') == 1
        assert '<form method="post" class="lo-card" id="pairs" data-rows>' in text

    def test_decides_on_the_ticked_pairs(self, marketer: Client) -> None:
        first, second, third = pair_of(), pair_of(), pair_of()

        marketer.post(LIST, {"decision": "same", "rows": [first.pk, second.pk, "x"]})
        marketer.post(LIST, {"decision": "different", "rows": [third.pk]})

        decisions = PossibleDuplicate.objects.order_by("pk").values_list("decision", flat=True)
        assert list(decisions) == ["same", "same", "different"]
        assert Merge.objects.count() == 2

    def test_says_why_a_pair_could_not_be_merged_and_leaves_it_open(
        self, marketer: Client, now: datetime
    ) -> None:
        pair = pair_of()
        for contact in (pair.left_contact, pair.right_contact):
            lead = factories.LeadFactory(contact=contact, stage=Stage.SALES_QUALIFIED)
            Opportunity.objects.create(lead=lead, name="A sale")

        answer = marketer.post(LIST, {"decision": "same", "rows": [pair.pk]})

        assert "End one of the two leads first" in said(answer)
        pair.refresh_from_db()
        assert pair.decision == Decision.OPEN

    def test_starts_a_search_and_shows_how_far_it_is(self, marketer: Client) -> None:
        marketer.post(reverse("imports:search_duplicates"), {"entity": "company"})

        search = DuplicateSearch.objects.get()
        assert search.entity == MatchedEntity.COMPANY
        assert "It waits for a worker." in marketer.get(f"{LIST}?entity=company").content.decode()
        found = marketer.get(reverse("imports:search_progress", args=[search.pk])).json()
        assert (found["state"], found["percent"]) == ("queued", 0)

    def test_says_of_a_search_that_found_nothing_that_it_found_nothing_new(self, marketer: Client) -> None:
        pair_of()
        DuplicateSearch.objects.create(state=JobState.RUNNING, rows_total=35)

        text = marketer.get(LIST).content.decode()

        assert "Looking at 35 pairs. New pairs: merged 0, to be decided 0." in text


class TestSideBySide:
    def test_shows_both_and_what_speaks_for_it(self, marketer: Client) -> None:
        left = factories.ContactFactory(city="Ulm", phone="")
        right = factories.ContactFactory(city="Bonn", phone="+4930123456")
        factories.ActivityFactory(lead=factories.LeadFactory(contact=right))
        pair = pair_of(
            left,
            right,
            evidence=[
                {"field": "first_name", "left": "Ada", "right": "Ada", "weight": 7},
                {"field": "city", "left": "ulm", "right": "bonn", "weight": -4},
                {"field": "company", "left": "a", "right": "b", "weight": -1},
            ],
        )

        context = marketer.get(page_of(pair)).context

        lines = {line.name: line for line in context["lines"]}
        assert str(lines["first_name"].verdict) == "Nearly proof"
        assert str(lines["city"].verdict) == "Speaks clearly against it"
        assert lines["city"].can_be_chosen
        assert lines["phone"].takes_right
        assert str(lines["account"].verdict) == "Speaks against it"
        assert [side.activities for side in context["sides"]] == [0, 1]

    def test_counts_no_more_pairs_than_a_person_wants_to_know(
        self, marketer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pair = pair_of()
        assert "pairs wait" not in marketer.get(page_of(pair)).content.decode()
        pair_of()
        assert "2 pairs wait" in marketer.get(page_of(pair)).content.decode()

        monkeypatch.setattr(duplicates, "_COUNTED_AT_MOST", 1)

        assert "1+ pairs wait" in marketer.get(page_of(pair)).content.decode()

    def test_takes_the_values_that_were_chosen(self, marketer: Client) -> None:
        left, right = factories.ContactFactory(city="Ulm"), factories.ContactFactory(city="Bonn")
        pair = pair_of(left, right)

        marketer.post(page_of(pair), {"decision": "same", "take-city": "right", "take-email": "left"})

        left.refresh_from_db()
        assert (left.city, left.email) == ("Bonn", left.email)
        pair.refresh_from_db()
        assert pair.merge == Merge.objects.get()
        assert pair.decided_by == pair.merge.by

    @pytest.mark.parametrize("decision", ["same", "different", "later"])
    def test_goes_on_to_the_next_pair_by_itself(self, marketer: Client, decision: str) -> None:
        first, second = pair_of(probability=0.9), pair_of(probability=0.8)

        answer = marketer.post(page_of(first), {"decision": decision, "least": "80"})

        last = "" if decision == "later" else f"&last={first.pk}"
        assert answer["Location"] == f"{page_of(second)}?least=80{last}"

    def test_goes_back_to_the_list_after_the_last_pair(self, marketer: Client) -> None:
        pair = pair_of()

        answer = marketer.post(page_of(pair), {"decision": "later"})

        assert answer["Location"] == LIST
        assert "That was the last pair" in said(answer)

    def test_takes_the_last_decision_back(self, marketer: Client) -> None:
        first, second = pair_of(probability=0.9), pair_of(probability=0.8)
        right = first.right_contact
        marketer.post(page_of(first), {"decision": "same"})
        page = marketer.get(f"{page_of(second)}?last={first.pk}").content.decode()
        assert reverse("imports:take_back", args=[first.pk]) in page

        answer = marketer.post(reverse("imports:take_back", args=[first.pk]))

        first.refresh_from_db()
        assert answer["Location"] == page_of(first)
        assert (first.decision, first.right_contact, first.merge) == (Decision.OPEN, right, None)
        assert Contact.objects.filter(pk=right.pk).exists()
        assert list(PossibleDuplicate.objects.open()) == [first, second]

    def test_tells_the_second_of_two_who_decide_at_once_who_was_faster(
        self, marketer: Client, now: datetime
    ) -> None:
        pair = pair_of()
        other = factories.UserFactory(first_name="Sami", last_name="Haddad")
        deciding.say_different(pair=pair, by=other, now=now)

        answer = marketer.post(page_of(pair), {"decision": "same"})

        assert "Sami Haddad was faster and has decided: “Different”" in said(answer)
        assert not Merge.objects.exists()

    def test_refuses_what_is_no_decision(self, marketer: Client) -> None:
        pair = pair_of()

        answer = marketer.post(page_of(pair), {"decision": "perhaps"})

        assert "Say whether the two are the same or different" in said(answer)

    def test_merges_companies(self, marketer: Client) -> None:
        left, right = factories.AccountFactory(city=""), factories.AccountFactory(city="Ulm")
        pair = PossibleDuplicate.objects.create(
            entity=MatchedEntity.COMPANY, left_account=left, right_account=right, probability=0.9
        )
        assert marketer.get(page_of(pair)).status_code == 200

        marketer.post(page_of(pair), {"decision": "same", "entity": "company"})

        assert Account.objects.get().city == "Ulm"

    @pytest.mark.parametrize("role", ["sales_rep", "read_only"])
    def test_is_closed_to_whoever_may_not_decide(self, client: Client, role: str) -> None:
        client.force_login(factories.UserFactory(role=role))
        pair = pair_of()

        assert client.get(page_of(pair)).status_code == 403
        assert client.post(page_of(pair), {"decision": "same"}).status_code == 403
        assert client.post(reverse("imports:take_back", args=[pair.pk])).status_code == 403


class TestTakenApart:
    def test_the_two_are_different_from_then_on(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now, probability=0.99)

        undo_merge(merge=merge, by=None, now=now)

        pair = PossibleDuplicate.objects.get()
        assert (pair.left_contact, pair.right_contact) == (kept, gone)
        assert (pair.decision, pair.probability) == (Decision.DIFFERENT, 0.99)

    def test_a_known_pair_is_not_written_twice(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        pair = pair_of(gone, kept)
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        undo_merge(merge=merge, by=None, now=now)

        assert PossibleDuplicate.objects.get() == pair
        pair.refresh_from_db()
        assert pair.decision == Decision.DIFFERENT

    def test_a_pair_whose_two_went_into_one_is_not_asked_about(self, now: datetime) -> None:
        pair = pair_of()

        merge_contacts(kept=pair.left_contact, absorbed=pair.right_contact, by=None, now=now)

        assert not PossibleDuplicate.objects.open().exists()

    def test_from_the_list_of_merges(self, marketer: Client, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now, probability=0.99)
        page = marketer.get(reverse("imports:merges") + "?by=machine")
        assert [item["merge"] for item in page.context["shown"]] == [merge]

        answer = marketer.post(reverse("imports:undo_merge", args=[merge.pk]))

        assert f"Taken apart again: {gone} (#{gone.pk})." in said(answer)
        assert Contact.objects.filter(pk=gone.pk).exists()
        again = marketer.post(reverse("imports:undo_merge", args=[merge.pk]))
        assert "Noor Haddad has taken this merge back already" in said(again)

    def test_from_the_page_of_the_contact(self, marketer: Client, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        undo = reverse("imports:undo_merge", args=[merge.pk])
        assert undo in marketer.get(reverse("admin:leads_contact_change", args=[kept.pk])).content.decode()

        answer = marketer.post(undo, {"from": "row"})

        assert answer["Location"] == reverse("admin:leads_contact_change", args=[gone.pk])


class TestThePageOfAContact:
    def test_names_who_may_be_the_same(self, marketer: Client) -> None:
        pair = pair_of()

        for contact in (pair.left_contact, pair.right_contact):
            page = marketer.get(reverse("admin:leads_contact_change", args=[contact.pk])).content.decode()
            assert page_of(pair) in page

    def test_says_nothing_of_it_to_whoever_may_not_decide(self, client: Client) -> None:
        pair = pair_of()
        client.force_login(factories.UserFactory(role="read_only"))

        page = client.get(reverse("admin:leads_contact_change", args=[pair.left_contact_id])).content.decode()

        assert page_of(pair) not in page

    def test_that_went_into_another_leads_there(self, marketer: Client, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        answer = marketer.get(reverse("admin:leads_contact_change", args=[gone.pk]))

        assert answer["Location"] == reverse("admin:leads_contact_change", args=[kept.pk])

    def test_has_the_history_of_both(self, marketer: Client, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory(city="Ulm")
        gone.city = "Bonn"
        gone.save()
        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        answer = marketer.get(reverse("admin:leads_contact_history", args=[kept.pk]))

        lines = answer.context["page_obj"]
        assert {line.id for line in lines} == {kept.pk, gone.pk}
        assert "Bonn" in answer.content.decode()


class TestASalesManager:
    """Decides about the people of the managed teams, and about nobody else."""

    @pytest.fixture
    def manager(self) -> User:
        return factories.UserFactory(role="sales_manager", first_name="Annika", last_name="Strand")

    @pytest.fixture
    def desk(self, client: Client, manager: User) -> Client:
        client.force_login(manager)
        return client

    @pytest.fixture
    def team(self, manager: User) -> Team:
        team: Team = factories.TeamFactory()
        TeamMember.objects.create(team=team, user=manager)
        return team

    def _of(self, team: Team | None) -> Contact:
        contact: Contact = factories.LeadFactory(team=team).contact
        return contact

    def test_sees_the_pairs_of_two_visible_people_only(self, desk: Client, team: Team) -> None:
        mine = pair_of(self._of(team), self._of(team))
        half = pair_of(self._of(team), self._of(None))
        pair_of(self._of(None), self._of(None))
        PossibleDuplicate.objects.create(
            entity=MatchedEntity.COMPANY,
            left_account=self._of(team).account,
            right_account=self._of(team).account,
            probability=0.9,
        )

        listed = desk.get(LIST)

        assert list(listed.context["rows"]) == [mine]
        assert not list(desk.get(f"{LIST}?entity=company").context["rows"])
        assert "Look for duplicates" not in listed.content.decode()
        assert desk.get(page_of(mine)).status_code == 200
        assert desk.get(page_of(half)).status_code == 404

    def test_decides_on_them_and_takes_it_back(self, desk: Client, manager: User, team: Team) -> None:
        mine = pair_of(self._of(team), self._of(team))
        foreign = pair_of(self._of(None), self._of(team))

        desk.post(LIST, {"decision": "same", "rows": [mine.pk, foreign.pk]})

        mine.refresh_from_db()
        foreign.refresh_from_db()
        assert (mine.decision, mine.decided_by) == (Decision.SAME, manager)
        assert foreign.decision == Decision.OPEN
        desk.post(reverse("imports:take_back", args=[mine.pk]))
        assert Merge.objects.get().undone_by == manager

    def test_sees_and_takes_back_the_merges_of_visible_people_only(
        self, desk: Client, team: Team, now: datetime
    ) -> None:
        mine, foreign = (
            merge_contacts(
                kept=self._of(of), absorbed=factories.ContactFactory(), by=None, now=now, probability=0.99
            )
            for of in (team, None)
        )

        shown = desk.get(reverse("imports:merges")).context["shown"]

        assert [item["merge"] for item in shown] == [mine]
        assert desk.post(reverse("imports:undo_merge", args=[foreign.pk])).status_code == 404
        desk.post(reverse("imports:undo_merge", args=[mine.pk]))
        assert set(Merge.objects.filter(undone_at=None)) == {foreign}

    def test_is_not_told_of_leads_of_others_that_hang_on_a_visible_person(
        self, desk: Client, team: Team
    ) -> None:
        pair = pair_of(self._of(team), self._of(team))
        other = factories.LeadFactory(contact=pair.left_contact, stage=Stage.DISQUALIFIED, team=None)

        left = desk.get(page_of(pair)).context["sides"][0]

        assert other not in left.leads
        assert len(left.leads) == 1

    def test_finds_the_pair_on_the_page_of_a_contact(self, desk: Client, team: Team) -> None:
        pair = pair_of(self._of(team), self._of(team))

        page = desk.get(reverse("admin:leads_contact_change", args=[pair.left_contact_id])).content.decode()

        assert page_of(pair) in page
