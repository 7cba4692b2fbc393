"""Objects for tests, with traits. Leads are written in a given stage: the tests' only way past the door."""

from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from leads.enums import Channel, ReasonKind, SourceKind, Stage
from leads.models import (
    Account,
    Activity,
    ActivityType,
    Contact,
    CriteriaSet,
    Criterion,
    Definition,
    Lead,
    Milestone,
    NurtureProgramme,
    QualificationQuestion,
    Reason,
    Source,
    Team,
    TeamMember,
)


class UserFactory(factory.django.DjangoModelFactory):
    """A person who logs in; `role="sales_rep"` puts them in the role's group, `team=` makes them a member."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = factory.Faker("first_name")
    last_name = factory.Faker("last_name")
    email = factory.LazyAttribute(lambda user: f"{user.username}@leadops.example")
    password = factory.django.Password("correct horse battery")
    is_staff = True

    @factory.post_generation
    def role(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))

    @factory.post_generation
    def also(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        """A second group, such as `marketing_signatory`."""
        if extracted:
            self.groups.add(Group.objects.get(name=extracted))

    @factory.post_generation
    def team(self: Any, create: bool, extracted: Team | None, **kwargs: Any) -> None:
        if extracted:
            TeamMember.objects.create(team=extracted, user=self)


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Autumn fair {n}")
    kind = SourceKind.EVENT

    class Params:
        purchased = factory.Trait(
            kind=SourceKind.PURCHASED_LIST,
            vendor="Listworks",
            cost=1200,
            currency="EUR",
            basis="Legitimate interest",
        )


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Northwind Works {n}")
    domain = factory.Sequence(lambda n: f"northwind-works-{n}.example")
    industry = "Manufacturing"
    employees = 420
    country = "DE"


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(AccountFactory)
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Keller{n}")
    email = factory.Sequence(lambda n: f"ada.keller{n}@northwind-works.example")
    title = "Chief Operating Officer"
    seniority = "c_suite"
    function = "operations"
    country = "DE"


class LeadFactory(factory.django.DjangoModelFactory):
    """A lead as it stands in `stage`, with the milestone of that stage."""

    class Meta:
        model = Lead
        skip_postgeneration_save = True

    contact = factory.SubFactory(ContactFactory)
    source = factory.SubFactory(SourceFactory)
    stage = Stage.IDENTIFIED

    class Params:
        anonymous = factory.Trait(contact=None, stage=Stage.ANONYMOUS)
        purchased = factory.Trait(
            source=factory.SubFactory(SourceFactory, purchased=True), stage=Stage.SUSPECT
        )

    @factory.post_generation
    def milestone(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        Milestone.objects.create(lead=self, stage=self.stage, at=self.created_at)


class ActivityTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ActivityType
        django_get_or_create = ["key"]

    key = "content_download"
    name = factory.LazyAttribute(lambda kind: kind.key.replace("_", " ").capitalize())
    channel = Channel.WEB
    is_engagement = True

    class Params:
        demo_request = factory.Trait(key="demo_request", is_hand_raiser=True, is_two_way=True)
        conversation = factory.Trait(
            key="call_conversation",
            channel=Channel.PHONE,
            is_two_way=True,
            is_conversation=True,
            is_logged_by_reps=True,
        )
        appointment = factory.Trait(
            key="first_appointment",
            channel=Channel.MEETING,
            is_two_way=True,
            is_conversation=True,
            is_appointment=True,
            is_logged_by_reps=True,
        )
        attempt = factory.Trait(
            key="call_attempt", channel=Channel.PHONE, is_engagement=False, is_logged_by_reps=True
        )


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    lead = factory.SubFactory(LeadFactory)
    type = factory.SubFactory(ActivityTypeFactory)
    at = factory.LazyFunction(timezone.now)


class ReasonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reason
        django_get_or_create = ["kind", "key"]

    kind = ReasonKind.PASS_BACK
    key = "not_a_decision_maker"
    text = "Not a decision maker"

    class Params:
        disqualify = factory.Trait(kind=ReasonKind.DISQUALIFY, key="out_of_business", text="Out of business")
        reopen = factory.Trait(kind=ReasonKind.REOPEN, key="came_back", text="Came back to us")
        loss = factory.Trait(kind=ReasonKind.LOSS, key="no_budget", text="No budget")


class NurtureProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NurtureProgramme

    name = factory.Sequence(lambda n: f"Monthly insights {n}")


class QualificationQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QualificationQuestion

    key = factory.Sequence(lambda n: f"question-{n}")
    question = "Is there a budget?"


def define(stage: Stage, *conditions: dict[str, Any], match: str = "all", **fields: Any) -> Definition:
    """A definition of `stage` in force since long ago, with `conditions` as in a blueprint."""
    criteria = CriteriaSet.objects.create(name=f"{stage} criteria", match=match)
    for place, content in enumerate(conditions):
        Criterion.from_dict(content, criteria=criteria, position=place).save()
    return Definition.objects.create(
        **{
            "stage": stage,
            "text": "As agreed.",
            "criteria": criteria,
            "in_force_from": timezone.now().replace(year=2020),
            **fields,
        }
    )
