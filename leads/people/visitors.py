"""Visitors who say who they are."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from leads.models import Activity, Contact, Lead, Milestone
from leads.people.arrivals import Outcome, Received
from leads.people.person import Person
from leads.people.reception import receive
from leads.signals import leads_touched


def recognise_visitor(*, lead: Lead, person: Person, by: User | None, now: datetime) -> Received:
    """An anonymous visitor has given their details: the person takes over the visitor's lead, source and history.

    Where the person already has a lead, the visitor's activities and first contact move to that one, and the visitor's
    row goes. Of a suppressed person nothing is taken over. Raises IntegrityError or Lead.DoesNotExist only when the
    same visitor is recognised twice at once (the caller repeats).
    """
    with transaction.atomic():
        visitor: Lead = Lead.objects.select_for_update().get(pk=lead.pk)
        known = Contact.objects.select_for_update(no_key=True).filter(email_key=person.email)
        before = known.exclude(email_key="").first()
        had_lead = before is not None and before.leads.exists()
        received = receive(person=person, source=visitor.source, by=by, now=now)
        own = received.lead
        if received.outcome is Outcome.SUPPRESSED or own is None:
            return received
        # Only a lead that was born just now may give way; somebody matched by telephone or name has had theirs before.
        if received.outcome is Outcome.CREATED or (before is not None and not had_lead):
            own.delete()
            visitor.contact = received.contact
            visitor.updated_at = now
            visitor.save(update_fields=["contact", "updated_at"])
            own = visitor
        else:
            _move_history(of=visitor, to=own)
            visitor.delete()
        leads_touched.send(sender=Lead, lead_ids=[own.pk])
        return replace(received, lead=own)


def _move_history(*, of: Lead, to: Lead) -> None:
    """The activities of one lead become the other's, and the stages that it reached first."""
    Activity.objects.filter(lead=of).update(lead=to)
    reached = Milestone.objects.filter(lead=of).values_list("stage", "at")
    Milestone.objects.bulk_create(
        [Milestone(lead=to, stage=stage, at=at) for stage, at in reached], ignore_conflicts=True
    )
