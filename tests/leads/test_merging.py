"""Two rows that are one become one, with all that was theirs; and are taken apart again to the letter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps

from handoff.models import Notice, NoticeKind
from imports.models import (
    Decision,
    DuplicateSearch,
    ImportBatch,
    ImportRow,
    MatchedEntity,
    PossibleDuplicate,
    RowOutcome,
)
from intake.models import Visitor
from leads.enums import EARLY_STAGES, NOT_COUNTED_STAGES, OPEN_STAGES, STAGE_ORDER, SourceKind, Stage
from leads.models import (
    Account,
    Activity,
    Contact,
    FormerKey,
    Lead,
    Merge,
    Milestone,
    NurtureEnrolment,
    Opportunity,
    QualificationAnswer,
    StageChange,
    Suppression,
)
from leads.people import (
    Foresight,
    MergeRefused,
    Outcome,
    UndoRefused,
    clean,
    merge_accounts,
    merge_contacts,
    receive,
    undo_merge,
    walled,
)
from leads.people.wall import enforce
from scoring.models import DirtyLead, LeadScore
from scoring.rescoring import give_scores
from tests import factories

pytestmark = pytest.mark.django_db

# What a merge that was taken back leaves on purpose: its own record, histories, and marks for the scoring.
TRACES = {"leads.merge", "scoring.dirtylead"}
# And that the two are different from then on: of pairs only counts who they are.
PAIR = ("id", "left_contact_id", "right_contact_id", "left_account_id", "right_account_id")


def digest() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, to the letter."""
    found = {
        model._meta.label_lower: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in {"leads", "scoring", "imports", "intake", "handoff"}
        and model._meta.label_lower not in TRACES
        and not model.__name__.startswith("Historical")
    }
    pairs = PossibleDuplicate.objects.filter(decided_by=None, search__isnull=False).order_by("pk")
    return found | {"imports.possibleduplicate": list(pairs.values(*PAIR))}


def lead_of(contact: Contact, stage: Stage, *, at: datetime, **fields: Any) -> Lead:
    lead: Lead = factories.LeadFactory(
        contact=contact, stage=stage, created_at=at, updated_at=at, stage_entered_at=at, **fields
    )
    return lead


# --- Contacts ---------------------------------------------------------------------------------------------------


class TestTheKeptContact:
    def test_keeps_its_values_and_gets_those_that_it_lacks(self, now: datetime) -> None:
        kept = factories.ContactFactory(phone="+49301234567", city="", title="", seniority="unknown")
        gone = factories.ContactFactory(
            first_name="Adele", last_name=kept.last_name, phone="+49309999999", city="Ulm", title="CTO"
        )

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        kept.refresh_from_db()
        assert (kept.first_name, kept.phone) == ("Ada", "+49301234567")
        assert (kept.city, kept.title, kept.seniority) == ("Ulm", "CTO", "c_suite")
        assert not Contact.objects.filter(pk=gone.pk).exists()

    def test_takes_the_value_that_a_person_chose(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory(first_name="Adele")

        merge_contacts(
            kept=kept,
            absorbed=gone,
            by=None,
            now=now,
            choices={"first_name": "absorbed", "email": "absorbed"},
        )

        kept.refresh_from_db()
        assert (kept.first_name, kept.email, kept.email_key) == ("Adele", gone.email, gone.email_key)
        assert kept.name_key.startswith("adele")

    def test_never_gets_a_last_name_beside_another_first_name(self, now: datetime) -> None:
        kept = factories.ContactFactory(first_name="Ada", last_name="")
        gone = factories.ContactFactory(first_name="Bob", last_name="Smith")

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        kept.refresh_from_db()
        assert (kept.first_name, kept.last_name) == ("Ada", "")

    def test_is_known_by_the_address_of_the_other(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        (key,) = FormerKey.objects.filter(contact=kept)  # neither has a phone
        assert (key.kind, key.value) == ("email", gone.email_key)

    def test_is_found_by_a_list_that_has_the_address_of_the_other(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(city=""), factories.ContactFactory()
        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        listed = clean({"email": gone.email.upper(), "last_name": "Keller", "city": "Ulm"}, country="DE")
        source = factories.SourceFactory()

        (foreseen,) = Foresight(source=source).of([listed], now=now)
        received = receive(person=listed, source=source, by=None, now=now)

        assert foreseen.outcome == received.outcome == Outcome.UPDATED
        assert received.contact == kept
        assert received.contact.city == "Ulm"

    def test_has_the_field_history_of_both(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(city=""), factories.ContactFactory(city="Ulm")
        by = factories.UserFactory()

        merge_contacts(kept=kept, absorbed=gone, by=by, now=now)

        lines = Contact.history.filter(history_date=now).values_list("id", "history_type", "city")
        assert set(lines) == {(kept.pk, "~", "Ulm"), (gone.pk, "-", "Ulm")}
        assert Contact.history.filter(history_date=now, history_user=by).count() == 2

    def test_takes_over_what_other_apps_hang_on_the_other(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        third = factories.ContactFactory()
        batch = ImportBatch.objects.create(source_name="List", kind="event")
        row = ImportRow.objects.create(
            batch=batch, number=2, outcome=RowOutcome.CREATED, contact=gone, reasons=[], raw=[]
        )
        pair = PossibleDuplicate.objects.create(
            entity=MatchedEntity.PERSON, left_contact=gone, right_contact=third, probability=0.8
        )

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        row.refresh_from_db()
        pair.refresh_from_db()
        assert (row.contact, pair.left_contact) == (kept, kept)

    def test_refuses_to_be_merged_with_itself(self, now: datetime) -> None:
        kept = factories.ContactFactory()

        with pytest.raises(MergeRefused, match="Both are the same entry already"):
            merge_contacts(kept=kept, absorbed=kept, by=None, now=now)

    def test_says_who_was_faster(self, now: datetime) -> None:
        first, second = factories.ContactFactory(), factories.ContactFactory()
        by = factories.UserFactory(first_name="Noor", last_name="Haddad")
        merge_contacts(kept=first, absorbed=second, by=by, now=now)

        with pytest.raises(MergeRefused, match="Noor Haddad was faster"):
            merge_contacts(kept=second, absorbed=first, by=None, now=now)


class TestTheLeads:
    def test_that_have_ended_stay_two(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        ended = lead_of(gone, Stage.DISQUALIFIED, at=now)
        running = lead_of(kept, Stage.IDENTIFIED, at=now)

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        assert set(kept.leads.all()) == {ended, running}

    def test_that_are_open_become_one_with_the_root_of_the_older(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        older = lead_of(kept, Stage.IDENTIFIED, at=now - timedelta(days=30))
        further = lead_of(gone, Stage.MARKETING_QUALIFIED, at=now - timedelta(days=3))
        activity = factories.ActivityFactory(lead=older, at=now - timedelta(days=20))

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        (lead,) = kept.leads.all()
        assert (lead.pk, lead.stage) == (further.pk, Stage.MARKETING_QUALIFIED)
        assert (lead.source, lead.created_at) == (older.source, older.created_at)
        assert list(lead.activities.all()) == [activity]

    def test_have_reached_each_stage_once_and_at_the_earlier_moment(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        early, late = now - timedelta(days=9), now - timedelta(days=2)
        first = lead_of(kept, Stage.MARKETING_QUALIFIED, at=late)
        second = lead_of(gone, Stage.IDENTIFIED, at=early)
        Milestone.objects.create(lead=first, stage=Stage.IDENTIFIED, at=late)
        Milestone.objects.create(lead=second, stage=Stage.PREQUALIFIED, at=early)

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        assert dict(first.milestones.values_list("stage", "at")) == {
            Stage.IDENTIFIED: early,
            Stage.PREQUALIFIED: early,
            Stage.MARKETING_QUALIFIED: late,
        }

    def test_with_a_sale_each_are_not_thrown_together(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        for contact in (kept, gone):
            lead = lead_of(contact, Stage.SALES_QUALIFIED, at=now)
            Opportunity.objects.create(lead=lead, name="A sale")

        with pytest.raises(MergeRefused, match="End one of the two leads first"):
            merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        assert Contact.objects.filter(pk=gone.pk).exists()

    def test_leave_the_nurture_programme_where_sales_works_the_one_that_goes_on(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        lead_of(kept, Stage.SALES_ACCEPTED, at=now)
        nurtured = lead_of(gone, Stage.IDENTIFIED, at=now)
        enrolment = NurtureEnrolment.objects.create(
            lead=nurtured, programme=factories.NurtureProgrammeFactory(), entered_at=now
        )

        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        enrolment.refresh_from_db()
        assert (enrolment.lead.contact, enrolment.left_at) == (kept, now)
        undo_merge(merge=merge, by=None, now=now)
        enrolment.refresh_from_db()
        assert (enrolment.lead.contact, enrolment.left_at) == (gone, None)

    def test_are_scored_again(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        lead = lead_of(gone, Stage.IDENTIFIED, at=now)
        DirtyLead.objects.all().delete()

        merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        assert list(DirtyLead.objects.values_list("lead", flat=True)) == [lead.pk]


class TestWhoMustNotBeContacted:
    def test_stays_so_whichever_of_the_two_had_opted_out(self, now: datetime) -> None:
        out = now - timedelta(days=7)
        for mine, theirs in ((out, None), (None, out), (now, out)):
            kept = factories.ContactFactory(opted_out_at=mine)
            gone = factories.ContactFactory(opted_out_at=theirs)

            merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

            kept.refresh_from_db()
            assert kept.opted_out_at == out

    @pytest.mark.parametrize("kind", [Suppression.Kind.EMAIL, Suppression.Kind.DOMAIN])
    def test_stays_so_where_the_address_that_goes_is_on_the_list(self, now: datetime, kind: str) -> None:
        kept = factories.ContactFactory()
        gone = factories.ContactFactory(email="ada@elsewhere.example")
        value = gone.email if kind == Suppression.Kind.EMAIL else "elsewhere.example"
        Suppression.objects.create(kind=kind, value=value)

        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        kept.refresh_from_db()
        assert walled([kept]) == {kept.pk}
        undone = undo_merge(merge=merge, by=None, now=now)
        kept.refresh_from_db()
        assert walled([kept, undone.row]) == {undone.row.pk}  # type: ignore[list-item]

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("email", "Ada.Keller+x@Elsewhere.example"),
            ("phone", "+49 30 9999 999"),
            ("domain", "elsewhere.example"),
        ],
    )
    def test_is_held_by_an_entry_of_the_other_that_comes_later(
        self, now: datetime, kind: str, value: str
    ) -> None:
        kept = factories.ContactFactory(phone="+49301234567")
        gone = factories.ContactFactory(email="ada.keller@elsewhere.example", phone="+49309999999")
        stranger = factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        entry = Suppression(kind=kind, value=value)
        entry.save()
        assert walled([kept, stranger]) == {kept.pk}
        assert enforce([entry], by=None, now=now) == 1

        undone = undo_merge(merge=merge, by=None, now=now)
        assert isinstance(undone.row, Contact)
        assert walled([undone.row]) == {undone.row.pk}

    def test_is_held_by_the_domain_of_a_company_that_went_into_theirs(self, now: datetime) -> None:
        kept, gone = factories.AccountFactory(), factories.AccountFactory(domain="elsewhere.example")
        person = factories.ContactFactory(account=kept)
        Suppression.objects.create(kind=Suppression.Kind.DOMAIN, value="elsewhere.example")
        assert walled([person]) == set()

        merge_accounts(kept=kept, absorbed=gone, by=None, now=now)

        assert walled([person]) == {person.pk}

    def test_has_opted_out_as_both_when_that_came_after_the_merge(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        Contact.objects.filter(pk=kept.pk).update(opted_out_at=now)

        undo_merge(merge=merge, by=None, now=now)

        assert set(Contact.objects.values_list("opted_out_at", flat=True)) == {now}


class TestTakingItBack:
    def test_leaves_what_a_person_has_changed_since_and_says_so(self, now: datetime) -> None:
        kept = factories.ContactFactory(city="", country="")
        gone = factories.ContactFactory(city="Ulm", country="DE")
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        kept.refresh_from_db()
        kept.city = "Köln"
        kept.save()

        undone = undo_merge(merge=merge, by=None, now=now)

        kept.refresh_from_db()
        assert (kept.city, kept.country, undone.left) == ("Köln", "", ["city"])
        assert undone.row.city == "Ulm"

    def test_leaves_with_the_kept_contact_what_came_since(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        lead, other = (lead_of(contact, Stage.IDENTIFIED, at=now) for contact in (kept, gone))
        before = factories.ActivityFactory(lead=other)
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        since = factories.ActivityFactory(lead=lead)

        undo_merge(merge=merge, by=None, now=now)

        assert list(lead.activities.all()) == [since]
        assert list(Lead.objects.get(pk=other.pk).activities.all()) == [before]

    def test_is_done_once(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        by = factories.UserFactory(first_name="Noor", last_name="Haddad")
        undo_merge(merge=merge, by=by, now=now)

        with pytest.raises(UndoRefused, match="Noor Haddad has taken this merge back already"):
            undo_merge(merge=merge, by=None, now=now)

    def test_goes_through_a_chain_in_the_right_order_only(self, now: datetime) -> None:
        first, second, third = (factories.ContactFactory() for _ in range(3))
        for contact in (first, second, third):
            lead_of(contact, Stage.IDENTIFIED, at=now)
        before = digest()
        inner = merge_contacts(kept=first, absorbed=second, by=None, now=now)
        outer = merge_contacts(kept=third, absorbed=first, by=None, now=now)

        with pytest.raises(UndoRefused, match="Take that later merge back first"):
            undo_merge(merge=Merge.objects.get(pk=inner.pk), by=None, now=now)
        undo_merge(merge=outer, by=None, now=now)
        undo_merge(merge=Merge.objects.get(pk=inner.pk), by=None, now=now)

        assert digest() == before

    def test_is_refused_while_another_has_the_address(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        other = factories.ContactFactory(email=gone.email)

        with pytest.raises(UndoRefused, match=f"now belongs to .*#{other.pk}"):
            undo_merge(merge=merge, by=None, now=now)

    def test_is_refused_while_the_address_that_was_given_up_belongs_to_another(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now, choices={"email": "absorbed"})
        factories.ContactFactory(email=kept.email)

        with pytest.raises(UndoRefused, match="now belongs to"):
            undo_merge(merge=merge, by=None, now=now)

    def test_is_refused_where_a_person_would_have_two_open_leads(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        lead_of(kept, Stage.IDENTIFIED, at=now)
        further = lead_of(gone, Stage.MARKETING_QUALIFIED, at=now)
        merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        _end(further)
        again = lead_of(kept, Stage.IDENTIFIED, at=now)

        with pytest.raises(UndoRefused, match=f"opened since .#{again.pk}"):
            undo_merge(merge=merge, by=None, now=now)

    def test_finds_the_account_where_it_went_meanwhile(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        account, other = gone.account, factories.AccountFactory()
        people_merged = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
        companies_merged = merge_accounts(kept=other, absorbed=account, by=None, now=now)

        back = undo_merge(merge=people_merged, by=None, now=now).row
        assert isinstance(back, Contact)
        assert back.account == other
        undo_merge(merge=Merge.objects.get(pk=companies_merged.pk), by=None, now=now)
        assert Contact.objects.get(pk=gone.pk).account_id == account.pk

    def test_of_a_company_reaches_people_who_went_into_others_meanwhile(self, now: datetime) -> None:
        kept, gone = factories.ContactFactory(), factories.ContactFactory()
        account, other = gone.account, factories.AccountFactory()
        companies_merged = merge_accounts(kept=other, absorbed=account, by=None, now=now)
        people_merged = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

        undo_merge(merge=companies_merged, by=None, now=now)
        undo_merge(merge=Merge.objects.get(pk=people_merged.pk), by=None, now=now)

        assert Contact.objects.get(pk=gone.pk).account_id == account.pk


def _end(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.DISQUALIFIED)


# --- Accounts ---------------------------------------------------------------------------------------------------


class TestTheKeptAccount:
    def test_has_the_people_of_both_and_is_known_by_both_names(self, now: datetime) -> None:
        kept = factories.AccountFactory(name="Kiesel", industry="", city="Ulm")
        gone = factories.AccountFactory(name="Kiesel Werke", industry="Steel", city="Bonn")
        people = [factories.ContactFactory(account=account) for account in (kept, gone)]

        merge = merge_accounts(kept=kept, absorbed=gone, by=None, now=now)

        kept.refresh_from_db()
        assert (kept.name, kept.industry, kept.city) == ("Kiesel", "Steel", "Ulm")
        assert set(kept.contacts.all()) == set(people)
        assert set(kept.former_keys.values_list("kind", "value")) == {
            ("domain", gone.domain),
            ("company", gone.name_key),
        }
        undo_merge(merge=merge, by=None, now=now)
        assert Account.objects.get(pk=gone.pk).contacts.get() == people[1]
        assert not FormerKey.objects.exists()

    @pytest.mark.parametrize("column", ["domain", "company"])
    def test_is_found_by_a_list_that_has_the_domain_or_the_name_of_the_other(
        self, now: datetime, column: str
    ) -> None:
        kept = factories.AccountFactory(name="Kiesel", domain="")
        gone = factories.AccountFactory(name="Quarz Steine", domain="")
        if column == "domain":
            Account.objects.filter(pk=kept.pk).update(domain="kiesel.example")
            Account.objects.filter(pk=gone.pk).update(domain="quarz.example")
        merge_accounts(kept=kept, absorbed=gone, by=None, now=now)
        value = "quarz.example" if column == "domain" else "Quarz Steine GmbH"

        listed = clean({"last_name": "Keller", "first_name": "Ada", column: value}, country="DE")
        received = receive(person=listed, source=factories.SourceFactory(), by=None, now=now)

        assert received.contact is not None
        assert received.contact.account == kept

    def test_takes_the_name_where_it_had_only_its_domain(self, now: datetime) -> None:
        kept = factories.AccountFactory(name="kiesel.example", domain="kiesel.example")
        gone = factories.AccountFactory(name="Kiesel Werke", domain="")

        merge_accounts(kept=kept, absorbed=gone, by=None, now=now)

        kept.refresh_from_db()
        assert (kept.name, kept.domain) == ("Kiesel Werke", "kiesel.example")

    def test_has_its_leads_scored_again(self, now: datetime) -> None:
        kept, gone = factories.AccountFactory(), factories.AccountFactory()
        leads = [
            lead_of(factories.ContactFactory(account=account), Stage.IDENTIFIED, at=now)
            for account in (kept, gone)
        ]
        DirtyLead.objects.all().delete()

        merge_accounts(kept=kept, absorbed=gone, by=None, now=now)

        assert set(DirtyLead.objects.values_list("lead", flat=True)) == {lead.pk for lead in leads}


# --- At random --------------------------------------------------------------------------------------------------


class World:
    """People, companies and all that can hang on them, at random."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random, self.now = random, now
        self.sources = [factories.SourceFactory(kind=kind) for kind in SourceKind]
        self.users = [factories.UserFactory(role="sales_rep") for _ in range(2)]
        self.questions = [factories.QualificationQuestionFactory() for _ in range(2)]
        self.programme = factories.NurtureProgrammeFactory()
        self.kinds = [factories.ActivityTypeFactory(), factories.ActivityTypeFactory(demo_request=True)]
        self.batch = ImportBatch.objects.create(source_name="List", kind="event")
        self.accounts = [self._account(place) for place in range(4)]
        self.people = [self._person(place) for place in range(7)]
        search = DuplicateSearch.objects.create()
        for left, right in zip(self.people, self.people[1:], strict=False):
            PossibleDuplicate.objects.create(
                search=search,
                entity=MatchedEntity.PERSON,
                left_contact=left,
                right_contact=right,
                probability=random.random(),
                decision=random.choice(Decision.values),
            )

    def _some(self, *values: Any) -> Any:
        return self.random.choice(values)

    def _at(self) -> datetime:
        return self.now - timedelta(minutes=self.random.randrange(100_000), microseconds=7)

    def _account(self, place: int) -> Account:
        account: Account = factories.AccountFactory(
            name=f"Kiesel {place}",
            domain=self._some("", f"kiesel{place}.example"),
            industry=self._some("", "Steel"),
            employees=self._some(None, 20, 300),
            created_at=self._at(),
        )
        return account

    def _person(self, place: int) -> Contact:
        email = self._some("", f"ada{place}@kiesel.example")
        contact: Contact = factories.ContactFactory(
            account=self._some(None, *self.accounts),
            first_name=self._some("", "Ada", "Adele"),
            last_name=self._some("", "Keller", "Smith"),
            email=email,
            phone=self._some("", f"+4930123456{place}"),
            title=self._some("", "CTO"),
            seniority=self._some("unknown", "c_suite"),
            city=self._some("", "Ulm"),
            opted_out_at=self._some(None, None, self._at()),
            created_at=self._at(),
        )
        for number in range(2):
            ImportRow.objects.create(
                batch=self.batch,
                number=10 * place + number,
                outcome=RowOutcome.UPDATED,
                contact=contact,
                reasons=[],
                raw=[],
            )
        stages = [Stage.DISQUALIFIED] * self.random.randrange(2)
        if self.random.random() < 0.8:
            stages.append(self._some(*STAGE_ORDER[1:]))
        for stage in stages:
            self._lead(contact, stage)
        return contact

    def _lead(self, contact: Contact, stage: Stage) -> None:
        lead = lead_of(
            contact,
            stage,
            at=self._at(),
            source=self._some(*self.sources),
            owner=self._some(None, *self.users),
            passed_back_at=self._some(None, self._at()),
        )
        give_scores(lead_ids=[lead.pk], now=self.now)
        for earlier in EARLY_STAGES:
            if earlier != stage and self.random.random() < 0.7:
                Milestone.objects.create(lead=lead, stage=earlier, at=self._at())
        for number in range(self.random.randrange(3)):
            factories.ActivityFactory(
                lead=lead, type=self._some(*self.kinds), at=self._at(), idempotency_key=f"{lead.pk}/{number}"
            )
        for question in self.random.sample(self.questions, self.random.randrange(3)):
            QualificationAnswer.objects.create(lead=lead, question=question, answer="Yes", at=self._at())
        for _ in range(self.random.randrange(2)):
            NurtureEnrolment.objects.create(
                lead=lead, programme=self.programme, entered_at=self._at(), left_at=self._some(None, self.now)
            )
        StageChange.objects.create(
            lead=lead,
            transition="identify",
            from_stage=Stage.SUSPECT,
            to_stage=Stage.IDENTIFIED,
            at=self._at(),
            source=lead.source,
        )
        Visitor.objects.create(visitor_id=f"visitor-{lead.pk}", lead=lead, created_at=self._at())
        Notice.objects.create(
            user=self.users[0],
            kind=NoticeKind.LEAD_ASSIGNED,
            dedupe_key=f"notice-{lead.pk}",
            lead=lead,
            run_after=self.now,
            created_at=self.now,
        )
        if self.random.random() < 0.2:
            Opportunity.objects.create(lead=lead, name="A sale", amount="12.50")

    def merge_something(self) -> Merge | None:
        """One merge of two people or of two companies that are there, either way round."""
        try:
            if self.random.random() < 0.3:
                kept, absorbed = self._two(Account.objects.order_by("pk"))
                return merge_accounts(kept=kept, absorbed=absorbed, by=None, now=self.now)
            kept, absorbed = self._two(Contact.objects.order_by("pk"))
            chosen = {name: self._some("kept", "absorbed") for name in ("email", "account", "phone")}
            return merge_contacts(kept=kept, absorbed=absorbed, by=None, now=self.now, choices=chosen)
        except MergeRefused:
            return None

    def _two(self, rows: Any) -> Sequence[Any]:
        return self.random.sample(list(rows), 2)


def _holds(world: World) -> None:
    """What is true of any set of people: no count knows a person twice, and nothing is without its root."""
    running = Lead.objects.filter(stage__in=OPEN_STAGES).values_list("contact", flat=True)
    assert len(running) == len(set(running))
    assert not Lead.objects.exclude(source__in=[source.pk for source in world.sources]).exists()
    for contact in Contact.objects.filter(opted_out_at=None):
        for merge in contact.merges.filter(undone_at=None):
            assert merge.record["folds"][-1]["gone"]["opted_out_at"] is None


@pytest.mark.parametrize("seed", range(12))
def test_merges_taken_back_in_order_leave_everything_as_it_was(now: datetime, seed: int) -> None:
    world = World(Random(seed), now)
    states, merges = [digest()], []
    activities, changes = Activity.objects.count(), StageChange.objects.count()
    counted = _counted()

    for _ in range(6):
        if Contact.objects.count() > 2 and Account.objects.count() > 2 and (merge := world.merge_something()):
            merges.append(merge)
            states.append(digest())
            assert (Activity.objects.count(), StageChange.objects.count()) == (activities, changes)
            assert set(_counted()) <= set(counted)
            _holds(world)

    assert merges
    for merge in reversed(merges):
        assert digest() == states.pop()
        undo_merge(merge=Merge.objects.get(pk=merge.pk), by=None, now=now)
    assert digest() == states.pop()
    assert LeadScore.objects.count() == Lead.objects.count()


def _counted() -> list[tuple[str, datetime]]:
    """What reports count: the milestones of leads in the sense of the agreement."""
    found = Milestone.objects.exclude(stage__in=NOT_COUNTED_STAGES).values_list("stage", "at")
    return sorted(found)
