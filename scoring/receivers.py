"""What scoring does inside the transactions of others: a score for each new lead, a mark for each touched one."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from leads.models import Account, ActivityType, Contact, Lead, Source
from scoring import rescoring
from scoring.models import ScoringModel


def on_leads_created(*, lead_ids: list[int], **kwargs: Any) -> None:
    """New leads get their row, and are scored with the next tick."""
    now = timezone.now()
    rescoring.give_scores(lead_ids=lead_ids, now=now)
    rescoring.mark_dirty(lead_ids=lead_ids, now=now)


def on_leads_touched(*, lead_ids: list[int], **kwargs: Any) -> None:
    rescoring.mark_dirty(lead_ids=lead_ids, now=timezone.now())


# Rows that somebody saved by hand. What is written in bulk (lists, the API) says by itself which leads it touched.


def on_contact_saved(*, instance: Contact, created: bool, **kwargs: Any) -> None:
    """A person's title, e-mail or country may decide a rule."""
    if not created:
        _mark(contact=instance)


def on_account_saved(*, instance: Account, created: bool, **kwargs: Any) -> None:
    """So may the size or industry of a company, for everybody there."""
    if not created:
        _mark(contact__account=instance)


def on_source_saved(*, instance: Source, created: bool, **kwargs: Any) -> None:
    """So may the kind of a source, for every lead that came from it."""
    if not created:
        _mark(source=instance)


def on_activity_type_saved(*, instance: ActivityType, created: bool, **kwargs: Any) -> None:
    """Whether a type counts as engagement or as a hand-raiser may decide rules for any lead."""
    if not created and ScoringModel.objects.in_force().exists():
        rescoring.request_rescoring(by=None, now=timezone.now())


def on_agreement_in_force(*, sections: set[str], by: User | None, now: datetime, **kwargs: Any) -> None:
    """Another definition, another stage in use: who meets it now is found in one run over every lead.

    A change of the rules themselves asks for its run where their next version is made.
    """
    if sections & {"definitions", "stages"} and ScoringModel.objects.in_force().exists():
        rescoring.request_rescoring(by=by, now=now)


def _mark(**filters: Any) -> None:
    ids = Lead.objects.filter(**filters).order_by().values_list("pk", flat=True)
    rescoring.mark_dirty(lead_ids=ids, now=timezone.now())
