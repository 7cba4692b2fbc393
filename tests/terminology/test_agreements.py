"""Drafting, proposing, signing, coming into force, being overtaken, rolling back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from leads.criteria import normal_content
from leads.enums import Stage
from leads.guards import definition_in_force
from leads.models import Definition
from leads.sections import tell_criteria
from terminology import agreements, blueprints, labels, sections
from terminology.agreements import AgreementRefused, DraftMoved
from terminology.models import Agreement, AgreementState, EntryKind, Side
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED.value


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops", first_name="Rita", last_name="Sol")


@pytest.fixture
def marketer() -> User:
    return UserFactory(role="marketing", also="marketing_signatory")


@pytest.fixture
def seller() -> User:
    return UserFactory(role="sales_manager", also="sales_signatory")


@pytest.fixture
def vocabulary(now: datetime) -> None:
    """What was agreed a month ago: a score of 60 makes an MQL."""
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now - timedelta(days=30))


def mql(at_least: int, **more: Any) -> dict[str, Any]:
    """The definition in force with another threshold."""
    condition = {"kind": "score", "field": "score.total", "operator": "gte", "value": str(at_least)}
    present = sections.section("definitions").read()[MQL]
    return {**present, "criteria": {"match": "all", "conditions": [condition]}, **more}


def drafted(by: User, now: datetime, at_least: int = 70, **more: Any) -> Agreement:
    made = agreements.draft(title="Fewer, better MQLs", by=by, now=now)
    return agreements.put(
        agreement=made,
        section="definitions",
        parts={MQL: mql(at_least, **more)},
        by=by,
        revision=made.revision,
        now=now,
    )


def proposed(by: User, now: datetime, at_least: int = 70, **more: Any) -> Agreement:
    made = drafted(by, now, at_least, **more)
    return agreements.propose(agreement=made, by=by, revision=made.revision, now=now)


def signed(agreement: Agreement, *people: tuple[Side, User], now: datetime) -> Agreement:
    for side, user in people:
        agreement = agreements.sign(
            agreement=agreement, side=side, by=user, content_hash=agreements.hash_of(agreement), now=now
        )
    return agreement


def threshold(now: datetime) -> str:
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    assert definition is not None
    assert definition.criteria is not None
    return definition.criteria.criteria.get().value


@pytest.mark.usefixtures("vocabulary")
def test_a_draft_says_in_prose_what_it_changes(revops: User, now: datetime) -> None:
    made = drafted(revops, now)

    assert agreements.prose(made.changes) == [("Definitions", ["MQL: Score is at least 60 → 70"])]
    assert made.state == AgreementState.DRAFT
    assert threshold(now) == "60"


@pytest.mark.usefixtures("vocabulary")
def test_is_in_force_with_both_signatures_and_not_before(
    revops: User, marketer: User, seller: User, now: datetime
) -> None:
    made = proposed(revops, now)

    made = signed(made, (Side.MARKETING, marketer), now=now)
    half_way = threshold(now)
    made = signed(made, (Side.SALES, seller), now=now)

    assert half_way == "60"
    assert threshold(now) == "70"
    assert (made.state, made.version) == (AgreementState.IN_FORCE, 2)
    assert Agreement.objects.get(version=1).state == AgreementState.SUPERSEDED
    definition = Definition.objects.get(stage=MQL, superseded_at=None)
    assert (definition.version, definition.agreement) == (2, made)
    assert made.document is not None
    assert made.document["definitions"][MQL]["criteria"]["conditions"][0]["value"] == "70"
    assert made.content_hash == agreements.document_hash(sections.read_all())


@pytest.mark.usefixtures("vocabulary")
def test_a_changed_proposal_is_a_draft_without_signatures(
    revops: User, marketer: User, now: datetime
) -> None:
    made = signed(proposed(revops, now), (Side.MARKETING, marketer), now=now)

    made = agreements.put(
        agreement=made,
        section="definitions",
        parts={MQL: mql(75)},
        by=revops,
        revision=made.revision,
        now=now,
    )

    assert made.state == AgreementState.DRAFT
    assert not made.signatures.exists()


@pytest.mark.usefixtures("vocabulary")
def test_signs_only_what_was_read(revops: User, marketer: User, now: datetime) -> None:
    made = proposed(revops, now)
    seen = agreements.hash_of(made)
    made = agreements.put(
        agreement=made, section="definitions", parts={MQL: mql(5)}, by=revops, revision=made.revision, now=now
    )
    made = agreements.propose(agreement=made, by=revops, revision=made.revision, now=now)

    with pytest.raises(DraftMoved, match="Read what it says now, then sign"):
        agreements.sign(agreement=made, side=Side.MARKETING, by=marketer, content_hash=seen, now=now)

    assert not made.signatures.exists()


@pytest.mark.usefixtures("vocabulary")
def test_nobody_signs_for_the_other_side(marketer: User, revops: User, now: datetime) -> None:
    both = UserFactory(role="administrator")
    made = proposed(marketer, now)
    marketer.groups.add(*UserFactory(also="sales_signatory").groups.all())
    marketer = User.objects.get(pk=marketer.pk)

    with pytest.raises(AgreementRefused, match="You proposed this, so somebody of “Sales” has to sign"):
        signed(made, (Side.SALES, marketer), now=now)
    with pytest.raises(AgreementRefused, match="You don't sign for “Marketing”"):
        signed(made, (Side.MARKETING, revops), now=now)
    with pytest.raises(AgreementRefused, match="You have signed for “Marketing”"):
        signed(made, (Side.MARKETING, both), (Side.SALES, both), now=now)

    assert threshold(now) == "60"


@pytest.mark.usefixtures("vocabulary")
def test_the_second_who_saves_is_told_what_changed(revops: User, marketer: User, now: datetime) -> None:
    made = drafted(revops, now)
    opened = made.revision
    agreements.put(
        agreement=made, section="definitions", parts={MQL: mql(80)}, by=revops, revision=opened, now=now
    )

    with pytest.raises(DraftMoved) as refusal:
        agreements.put(
            agreement=made, section="definitions", parts={MQL: mql(90)}, by=marketer, revision=opened, now=now
        )

    assert "Rita Sol, 12 Mar 09:30: MQL: Score is at least 70 → 80" in str(refusal.value)
    made.refresh_from_db()
    assert made.changes["definitions"][MQL]["after"]["criteria"]["conditions"][0]["value"] == "80"


@pytest.mark.usefixtures("vocabulary")
def test_waits_for_its_date(revops: User, marketer: User, seller: User, now: datetime) -> None:
    made = drafted(revops, now)
    at = now + timedelta(days=2)
    made = agreements.describe(
        agreement=made,
        title=made.title,
        note="From Saturday on",
        comes_into_force_at=at,
        by=revops,
        revision=made.revision,
        now=now,
    )
    made = agreements.propose(agreement=made, by=revops, revision=made.revision, now=now)
    made = signed(made, (Side.MARKETING, marketer), (Side.SALES, seller), now=now)

    early = agreements.bring_due_into_force(now=at - timedelta(seconds=1)), threshold(at)
    due = agreements.bring_due_into_force(now=at), threshold(at)

    assert made.state == AgreementState.SIGNED
    assert (early, due) == ((0, "60"), (1, "70"))
    assert agreements.bring_due_into_force(now=at) == 0


@pytest.mark.usefixtures("vocabulary")
def test_one_that_is_overtaken_has_to_be_read_and_signed_again(
    revops: User, marketer: User, seller: User, now: datetime
) -> None:
    later = signed(proposed(revops, now, 90), (Side.MARKETING, marketer), now=now)
    other = agreements.draft(title="Elsewhere", by=revops, now=now)
    other = agreements.put(
        agreement=other,
        section="sla",
        parts={MQL: {"first_response_hours": 2}},
        by=revops,
        revision=1,
        now=now,
    )

    signed(proposed(revops, now, 70), (Side.MARKETING, marketer), (Side.SALES, seller), now=now)

    later.refresh_from_db()
    assert later.state == AgreementState.DRAFT
    assert not later.signatures.exists()
    assert agreements.prose(later.changes) == [("Definitions", ["MQL: Score is at least 70 → 90"])]
    assert later.entries.filter(kind=EntryKind.OVERTAKEN, text__contains="Fewer, better MQLs").exists()
    before = other.revision
    other.refresh_from_db()
    assert other.revision == before


@pytest.mark.usefixtures("vocabulary")
def test_rolls_back_by_a_proposal_that_both_sign(
    revops: User, marketer: User, seller: User, now: datetime
) -> None:
    people = ((Side.MARKETING, marketer), (Side.SALES, seller))
    made = signed(proposed(revops, now), *people, now=now)

    back = agreements.roll_back(agreement=made, by=revops, now=now)
    unsigned = threshold(now)
    back = signed(back, *people, now=now)

    assert (unsigned, threshold(now)) == ("70", "60")
    assert (back.rolls_back, back.version) == (made, 3)
    with pytest.raises(AgreementRefused, match="changed again since"):
        agreements.roll_back(agreement=made, by=revops, now=now)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("criteria", "sentence"),
    [
        ({"match": "all", "conditions": []}, "has no criteria"),
        (
            {"match": "all", "conditions": [{"kind": "activity", "activity_types": "waltz"}]},
            "There is no activity type “waltz”",
        ),
        (
            {"match": "all", "conditions": [{"kind": "field", "field": "x.y", "operator": "is"}]},
            "There is no field “x.y”",
        ),
    ],
)
def test_refuses_criteria_that_cannot_be_asked(
    revops: User, now: datetime, criteria: dict[str, Any], sentence: str
) -> None:
    made = agreements.draft(title="Odd", by=revops, now=now)

    with pytest.raises(Exception, match=sentence):
        agreements.put(
            agreement=made,
            section="definitions",
            parts={MQL: mql(60, criteria=criteria)},
            by=revops,
            revision=1,
            now=now,
        )

    made.refresh_from_db()
    assert made.changes == {}


def test_a_blueprint_over_a_live_system_is_a_draft_with_its_differences(revops: User, now: datetime) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)

    made = blueprints.draft_blueprint(name="c-suite", by=revops, now=now)

    assert made.state == AgreementState.DRAFT
    told = dict(agreements.prose(made.changes))
    assert {"Terms", "Definitions", "Scoring", "Reasons"} <= set(told)
    labels.refresh()
    assert labels.current("stage.anonymous.short") == "MAL"


@pytest.mark.parametrize("name", [one.name for one in blueprints.available()])
@pytest.mark.parametrize("over", [one.name for one in blueprints.available()])
def test_what_is_in_force_is_what_the_blueprint_says(now: datetime, name: str, over: str) -> None:
    blueprints.use_blueprint(name=over, by=None, now=now)
    blueprints.use_blueprint(name=name, by=None, now=now)

    _, said = blueprints.read(name)
    found = sections.read_all()
    for key, parts in said.items():
        assert found[key] == parts, key


def test_what_changes_nothing_leaves_the_draft(revops: User, now: datetime) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    made = drafted(revops, now)

    made = agreements.put(
        agreement=made,
        section="definitions",
        parts={MQL: mql(60)},
        by=revops,
        revision=made.revision,
        now=now,
    )

    assert made.changes == {}
    with pytest.raises(AgreementRefused, match="changes nothing yet"):
        agreements.propose(agreement=made, by=revops, revision=made.revision, now=now)


def test_one_that_can_not_come_into_force_does_not_hold_up_the_next(
    revops: User, marketer: User, seller: User, now: datetime
) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    people = ((Side.MARKETING, marketer), (Side.SALES, seller))
    asked = {"match": "all", "conditions": [{"kind": "activity", "activity_types": "demo_request"}]}
    doomed = dated(revops, now, "definitions", {MQL: mql(0, criteria=normal_content(asked))}, days=1)
    sound = dated(revops, now, "sla", {MQL: {"first_response_hours": 2}}, days=2)
    doomed, sound = (signed(one, *people, now=now) for one in (doomed, sound))
    agreements.bring_in_unsigned(
        title="Gone", changes={"activity_types": {"demo_request": None}}, why="", by=None, now=now
    )

    done = agreements.bring_due_into_force(now=now + timedelta(days=3))

    doomed.refresh_from_db()
    sound.refresh_from_db()
    assert (done, doomed.state, sound.state) == (1, AgreementState.DRAFT, AgreementState.IN_FORCE)
    story = doomed.entries.get(kind=EntryKind.OVERTAKEN).text
    assert "There is no activity type “demo_request”" in story


def dated(by: User, now: datetime, section: str, parts: dict[str, Any], *, days: int) -> Agreement:
    made = agreements.draft(title=f"In {days} days", by=by, now=now)
    made = agreements.put(
        agreement=made, section=section, parts=parts, by=by, revision=made.revision, now=now
    )
    made = agreements.describe(
        agreement=made,
        title=made.title,
        note="",
        comes_into_force_at=now + timedelta(days=days),
        by=by,
        revision=made.revision,
        now=now,
    )
    return agreements.propose(agreement=made, by=by, revision=made.revision, now=now)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("key", ["scoring", "checklist"])
def test_rolls_back_all_of_it_where_a_part_was_taken_away(revops: User, now: datetime, key: str) -> None:
    before = sections.section(key).read()
    first, *_, last = (part for part in before if part != "model")
    reworded = {"help": "Reworded."} if key == "checklist" else {"points": 1}
    made = agreements.bring_in_unsigned(
        title="Shorter",
        changes={key: {first: None, last: {**before[last], **reworded}}},
        why="",
        by=None,
        now=now,
    )

    back = agreements.roll_back(agreement=made, by=revops, now=now)

    assert sections.apply(sections.section(key).read(), back.changes[key]) == before
    assert "left as it is" not in back.note


@pytest.mark.usefixtures("vocabulary")
def test_without_its_first_agreement_nothing_is_scored(
    revops: User, marketer: User, seller: User, now: datetime
) -> None:
    back = agreements.roll_back(agreement=Agreement.objects.in_force().get(), by=revops, now=now)

    signed(back, (Side.MARKETING, marketer), (Side.SALES, seller), now=now)

    assert sections.section("scoring").read() == {}
    assert sections.section("definitions").read() == {}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("10115, 10117", "10115, 10119", "Industry is one of 10115 or 10117 → 10119"),
        (
            "10115, 10117",
            "10115, 10117, 10119",
            "new: Industry is one of 10115, 10117 or 10119; no longer: Industry is one of 10115 or 10117",
        ),
    ],
)
@pytest.mark.django_db
def test_lists_of_numbers_are_told_apart(before: str, after: str, told: str) -> None:
    def asking(value: str) -> dict[str, Any]:
        row = {"kind": "field", "field": "account.industry", "operator": "in", "value": value}
        return {"match": "all", "conditions": [row]}

    assert tell_criteria(asking(before), asking(after)) == [told]
