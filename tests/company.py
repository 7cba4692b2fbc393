"""A small company with one row of everything that has a page, made by the jobs themselves where that matters."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from handoff import notices, routing
from handoff.models import Notice, NoticeKind, RoutingRule, ServiceLevel
from imports import presets, previewing
from imports.models import DuplicateSearch, ImportBatch, MatchedEntity, MergeRun, PossibleDuplicate
from intake import tokens
from intake.models import ApiToken, Outcome, ReceivedEvent
from leadops.jobs import JobState
from leadops.roles import ROLES
from leads import challenges, lifecycle
from leads.criteria import create_set
from leads.enums import OpportunityStage, PassBackPoint, Stage
from leads.models import (
    CallToAction,
    DefinitionExample,
    Lead,
    LiftedEntry,
    NurtureEnrolment,
    Opportunity,
    OpportunityStageSetting,
    QualificationAnswer,
    StageChange,
    StageSetting,
    SubStatus,
    Suppression,
    TeamMember,
)
from leads.people import merge_contacts
from scoring import rescoring, versions
from scoring.models import RescoringRun, Rule
from terminology import agreements, sections
from tests import factories
from tests.imports.lists import csv_file, loaded, person, taken_in


@dataclass
class Company:
    """Who works here, and one row of each model by its label; the rows are such as every role may see."""

    users: dict[str, Any]
    team: Any
    lead: Lead  # the rep's, marketing qualified
    sold: Lead  # the rep's, sales qualified, with an opportunity
    opportunity: Opportunity
    draft: ImportBatch  # a list whose columns are known and whose preview is made
    batch: ImportBatch  # a loaded list with a rejected row
    rows: dict[str, Any] = field(default_factory=dict)

    def notice_of(self, role: str) -> Notice:
        """A notice for the person of this role."""
        found: Notice = Notice.objects.filter(user=self.users[role]).latest("pk")
        return found


def found(*, now: datetime, word: str = "Kiesel") -> Company:
    """The company, founded just before `now`. `word` stands in every text that a person or a sender can write."""
    at = now - timedelta(hours=2)
    team = factories.TeamFactory(name=f"{word} North")
    users = {
        role: factories.UserFactory(
            username=role, role=role, first_name=word[:140], last_name=word[:140], team=team
        )
        for role in ROLES
    }
    TeamMember.objects.exclude(user=users["sales_rep"]).update(receives_leads=False)
    source = factories.SourceFactory(
        name=f"{word} fair", vendor=word[:200], basis=word[:200], terms=word[:500], cost=1200, effort_hours=3
    )
    source.notice_due_on = (now + timedelta(days=8)).date()
    source.save()
    mql = factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.title", "operator": "contains", "value": word[:200]},
        {"kind": "activity", "activity_types": "engagement", "at_least": 1},
        text=f"As {word} agreed.",
    )
    types = {
        key: factories.ActivityTypeFactory(key=key, name=f"{word} {key}"[:100], **traits)
        for key, traits in {
            "visit": {"is_engagement": True},
            "talk": {"is_two_way": True, "is_conversation": True, "is_logged_by_reps": True},
        }.items()
    }
    reasons = {
        kind: factories.ReasonFactory(**trait, text=f"{word} {kind}"[:120])
        for kind, trait in {
            "pass_back": {},
            "disqualify": {"disqualify": True},
            "reopen": {"reopen": True},
            "loss": {"loss": True},
        }.items()
    }
    question = factories.QualificationQuestionFactory(question=f"Is {word} able to pay?", help=word)
    programme = factories.NurtureProgrammeFactory(name=f"{word} monthly"[:100])
    account = factories.AccountFactory(
        name=f"{word} Works"[:200], domain="kiesel-werke.example", industry=word[:120], city=word[:120]
    )

    def lead_in(stage: Stage, **fields: Any) -> Lead:
        contact = factories.ContactFactory(
            account=account,
            first_name=word[:100],
            last_name=word[:100],
            title=f"Chief {word}"[:200],
            city=word[:120],
        )
        lead: Lead = factories.LeadFactory(
            **{
                "contact": contact,
                "source": source,
                "stage": stage,
                "team": team,
                "owner": users["sales_rep"],
                "created_at": at,
                "stage_entered_at": at,
                **fields,
            }
        )
        for kind in types.values():
            factories.ActivityFactory(
                lead=lead, type=kind, at=at, subject=f"{word} wrote"[:200], body=word, by=users["sales_rep"]
            )
        return lead

    routing_criteria = create_set(
        name=f"Routing {word}"[:120],
        content={
            "match": "all",
            "conditions": [
                {"kind": "field", "field": "contact.title", "operator": "is", "value": word[:200]}
            ],
        },
    )
    rule = RoutingRule.objects.create(name=f"{word} first"[:120], team=team, criteria=routing_criteria)
    everything = RoutingRule.objects.create(name="Everything else", team=team, position=9)
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=1)

    waiting = lead_in(Stage.MARKETING_QUALIFIED, owner=None)
    assignment = routing.route(lead=waiting, now=at)
    lead = lead_in(Stage.MARKETING_QUALIFIED)
    free = lead_in(Stage.MARKETING_QUALIFIED, owner=None, team=team)
    sold = lead_in(Stage.SALES_ACCEPTED)
    lifecycle.answer(lead=sold, answers={question: f"{word} pays"}, by=users["sales_rep"], now=at)
    lifecycle.qualify_sales(lead=sold, by=users["sales_rep"], now=at, note=f"{word} is sure.")
    opportunity = Opportunity.objects.get(lead=sold)
    opportunity.signed_by = opportunity.signed_authority = word[:200]
    opportunity.amount = 40_000
    opportunity.save()
    back = lead_in(Stage.SALES_ACCEPTED)
    lifecycle.pass_back(
        lead=back,
        by=users["sales_rep"],
        now=at,
        reason=reasons["pass_back"],
        point=PassBackPoint.AFTER_CALL,
        note=f"{word} is away.",
    )
    factories.LeadFactory(anonymous=True, source=source, created_at=at)

    company = Company(
        users=users,
        team=team,
        lead=lead,
        sold=sold,
        opportunity=opportunity,
        draft=_draft(word, now=at),
        batch=_loaded(word, now=at, by=users["marketing"]),
    )
    for role, user in users.items():
        notices.notify_many(
            notices=[
                notices.New(
                    user_id=user.pk,
                    kind=NoticeKind.LEAD_ASSIGNED,
                    dedupe_key=f"test:{role}",
                    lead_id=lead.pk,
                    facts={"stage": lead.stage, "by": None},
                )
            ],
            now=at,
        )
    token = ApiToken(name=f"{word} forms"[:100], source=source)
    tokens.issue(token=token, by=users["revops"], now=at)
    model = versions.bring_into_force(
        terms=versions.Terms(f"{word} model"[:100], 60, 80, 60, 30),
        rules=[
            Rule(
                name=f"{word} at the top"[:100],
                points=40,
                kind="field",
                field="contact.title",
                operator="contains",
                value=word[:200],
            )
        ],
        by=users["revops"],
        now=at,
    )
    rescoring.rescore(Lead.objects.all(), now=at)
    challenge = challenges.raise_challenge(
        lead=lead,
        by=users["sales_rep"],
        criterion=f"{word} is at the top",
        evidence=f"{word} is not at the top.",
        is_story=True,
        now=at,
    )
    company.rows = {
        **_agreements(users, word=word, now=at),
        "leads.challenge": challenge,
        "leads.definitionexample": DefinitionExample.objects.create(
            stage=lead.stage, lead=lead, why=word[:300], added_by=users["revops"], added_at=at
        ),
        "leads.calltoaction": CallToAction.objects.create(
            activity_type=types["visit"], kind="button", name=word[:120], place=word[:300]
        ),
        "leads.lead": lead,
        "leads.contact": lead.contact,
        "leads.account": account,
        "leads.opportunity": opportunity,
        "leads.activity": lead.activities.first(),
        "leads.stagechange": StageChange.objects.get(lead=back),
        "leads.source": source,
        "leads.team": team,
        "leads.suppression": Suppression.objects.create(
            kind=Suppression.Kind.EMAIL, value="out@kiesel-werke.example", reason=word[:200]
        ),
        "leads.liftedentry": LiftedEntry.objects.create(
            kind=Suppression.Kind.EMAIL,
            value="in@kiesel-werke.example",
            listed_because=word[:200],
            listed_at=at,
            reason=word[:300],
            evidence=word,
            by=users["revops"],
            at=at,
        ),
        "leads.definition": mql,
        "leads.criteriaset": mql.criteria,
        "leads.stagesetting": StageSetting.objects.create(
            stage=Stage.SALES_ACCEPTED, equivalent_to=Stage.SALES_QUALIFIED
        ),
        "leads.substatus": SubStatus.objects.create(name=f"{word} calls"[:60], stage=Stage.SALES_ACCEPTED),
        "leads.activitytype": types["talk"],
        "leads.reason": reasons["pass_back"],
        "leads.nurtureprogramme": programme,
        "leads.qualificationquestion": question,
        "leads.opportunitystagesetting": OpportunityStageSetting.objects.create(
            stage=OpportunityStage.DISCOVERY, probability=12
        ),
        "scoring.scoringmodel": model,
        "scoring.rescoringrun": RescoringRun.jobs.latest("pk"),
        "imports.importbatch": company.batch,
        "imports.mappingpreset": presets.remember(batch=company.draft, by=users["marketing"], now=at),
        "intake.apitoken": token,
        "intake.receivedevent": ReceivedEvent.objects.create(
            token=token,
            idempotency_key=word[:200],
            body_hash="0" * 64,
            outcome=Outcome.RECORDED,
            response={"outcome": word},
            received_at=at,
        ),
        "handoff.routingrule": rule,
        "handoff.servicelevel": ServiceLevel.objects.get(),
        "handoff.assignment": assignment,
        "auth.user": users["read_only"],
        "auth.group": Group.objects.get(name="read_only"),
    }
    company.rows |= _duplicates(word, lead=lead, now=at)
    assert None not in company.rows.values()
    assert everything.pk
    assert free.pk
    assert NurtureEnrolment.objects.filter(lead=back).exists()
    assert QualificationAnswer.objects.exists()
    return company


def _duplicates(word: str, *, lead: Lead, now: datetime) -> dict[str, Any]:
    """Two people who may be one, a search that is under way, and a merge of the machine."""
    twin = factories.ContactFactory(account=lead.contact.account, first_name=word[:100], city=word[:120])
    gone = factories.ContactFactory(first_name=word[:100], last_name=word[:100])
    search = DuplicateSearch.objects.create(
        left_out=[{"field": "city", "value": word, "rows": 900}], state=JobState.RUNNING, rows_total=10
    )
    return {
        "pair": PossibleDuplicate.objects.create(
            entity=MatchedEntity.PERSON,
            left_contact=lead.contact,
            right_contact=twin,
            probability=0.97,
            evidence=[
                {"field": "first_name", "left": word, "right": word, "weight": 7.5},
                {"field": "email", "left": word, "right": word, "weight": -3.5},
            ],
            search=search,
        ),
        "search": search,
        "merging": MergeRun.objects.create(state=JobState.RUNNING, rows_total=10, refusals={word: 2}),
        "merge": merge_contacts(kept=lead.contact, absorbed=gone, by=None, now=now, probability=0.999),
    }


def _draft(word: str, *, now: datetime) -> ImportBatch:
    """A list that somebody is about to confirm."""
    rows = [person(number, company=word, job_title=word) for number in range(500, 503)]
    batch = taken_in(csv_file(rows), now=now, name=f"{word[:100]}.csv", source_name=f"{word} partners"[:200])
    previewing.preview(batch=batch, now=now)
    return batch


def _loaded(word: str, *, now: datetime, by: Any) -> ImportBatch:
    """A list of three people, two of whom could be taken in."""
    rows = [
        person(900, first_name=word, company=word, job_title=word),
        person(901),
        person(902, e_mail=f"{word} at home"),
    ]
    batch = loaded(csv_file(rows), now=now, name=f"{word[:100]}.csv", source_name=f"{word} list"[:200])
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=by)
    batch.refresh_from_db()
    return batch


def _agreements(users: dict[str, Any], *, word: str, now: datetime) -> dict[str, Any]:
    """One agreement in force, and one that is proposed, disputed and not signed yet."""
    mql = Stage.MARKETING_QUALIFIED.value
    in_force = agreements.bring_in_unsigned(
        title=word[:120], changes={"sla": {mql: {"first_response_hours": 8}}}, why=word, by=None, now=now
    )
    draft = agreements.draft(title=f"{word} again"[:120], note=word, by=users["revops"], now=now)
    definition = sections.section("definitions").read()[mql]
    draft = agreements.put_all(
        agreement=draft,
        changes={
            "sla": {mql: {"first_response_hours": 4}},
            "definitions": {mql: {**definition, "text": f"{word}, or so."}},
        },
        by=users["revops"],
        revision=draft.revision,
        now=now,
    )
    agreements.comment(agreement=draft, by=users["sales_rep"], text=f"{word}? Never.", now=now)
    proposed = agreements.propose(agreement=draft, by=users["marketing"], revision=draft.revision, now=now)
    return {"terminology.agreement": proposed, "agreement in force": in_force}
