"""Which rows: adjectives for the lists, and `visible_to`, which every list, lookup, export and report goes through."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from leadops.roles import ADMINISTRATOR, MARKETING, READ_ONLY, REVOPS, SALES_MANAGER, SALES_REP, has_role
from leads.enums import OPEN_STAGES, Stage

Person = User | AnonymousUser

SEE_ALL = (ADMINISTRATOR, REVOPS, MARKETING, READ_ONLY)


def sees_everything(user: Person) -> bool:
    """Whether the user's role has no limit on rows."""
    return has_role(user, *SEE_ALL)


def lead_visibility(user: Person, *, prefix: str = "") -> Q:
    """The filter behind every `visible_to`; `prefix` leads to the lead ("lead__"). For users who do not see everything.

    A rep sees own leads and those of the rep's teams that nobody owns; a manager sees all of the managed teams.
    """
    from leads.models import TeamMember

    if not has_role(user, SALES_REP, SALES_MANAGER):
        return Q(pk__in=[])
    teams = TeamMember.objects.filter(user=user.pk).values("team")
    own = Q(**{f"{prefix}owner_id": user.pk})
    if has_role(user, SALES_MANAGER):
        members = TeamMember.objects.filter(team__in=teams).values("user")
        return own | Q(**{f"{prefix}team__in": teams}) | Q(**{f"{prefix}owner__in": members})
    return own | Q(**{f"{prefix}owner__isnull": True, f"{prefix}team__in": teams})


class LeadQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """The leads that `user` may know of."""
        return self if sees_everything(user) else self.filter(lead_visibility(user))

    def open(self) -> Self:
        """Leads that still run."""
        return self.filter(stage__in=OPEN_STAGES)

    def in_stage(self, *stages: Stage) -> Self:
        return self.filter(stage__in=stages)

    def unassigned(self) -> Self:
        return self.filter(owner=None)

    def with_people(self) -> Self:
        """With everything that a row of a list shows, in the same query."""
        return self.select_related("contact__account", "source", "owner", "team")

    def searched(self, text: str) -> Self:
        """Leads whose person or company holds every word of `text`."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(contact__first_name__icontains=word)
                | Q(contact__last_name__icontains=word)
                | Q(contact__email__icontains=word)
                | Q(contact__account__name__icontains=word)
                | Q(contact__phone__icontains=word)
            )
        return found


class OfLeadQuerySet(models.QuerySet[Any]):
    """Rows that belong to one lead each, and are as visible as it is."""

    def visible_to(self, user: Person) -> Self:
        return self if sees_everything(user) else self.filter(lead_visibility(user, prefix="lead__"))


class ActivityQuerySet(OfLeadQuerySet):
    pass


class StageChangeQuerySet(OfLeadQuerySet):
    pass


class MilestoneQuerySet(OfLeadQuerySet):
    pass


class OpportunityQuerySet(OfLeadQuerySet):
    pass


class ContactQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """The people with a lead that `user` may know of."""
        if sees_everything(user):
            return self
        from leads.models import Lead

        return self.filter(Exists(Lead.objects.filter(lead_visibility(user), contact=OuterRef("pk"))))

    def named(self, words: str) -> Self:
        """People whose full name holds `words`."""
        return self.alias(full=Concat("first_name", Value(" "), "last_name")).filter(full__icontains=words)


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """The companies of the people whom `user` may know of."""
        if sees_everything(user):
            return self
        from leads.models import Lead

        return self.filter(
            Exists(Lead.objects.filter(lead_visibility(user), contact__account=OuterRef("pk")))
        )


class MergeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """What went into the people whom `user` may know of; of companies only for those who see everything."""
        if sees_everything(user):
            return self
        from leads.models import Contact

        return self.filter(kept_contact__in=Contact.objects.visible_to(user).values("pk"))


class SourceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """Sources name lists and events, not people: all who work here see them."""
        return self if user.is_active else self.none()


class TeamQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> Self:
        """All teams for those who see everything; one's own for the others."""
        return self if sees_everything(user) else self.filter(members__user_id=user.pk).distinct()


class DefinitionQuerySet(models.QuerySet[Any]):
    def in_force(self, *, now: datetime) -> Self:
        """For each stage the definition that holds at `now`."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=now), in_force_from__lte=now)
