from datetime import datetime, timedelta
from typing import Any

import pytest

from leads import activities
from leads.activities import ActivityRefused, NewActivity
from leads.models import Activity
from leads.signals import leads_touched
from tests import factories

pytestmark = pytest.mark.django_db


def test_records_what_a_rep_did(now: datetime) -> None:
    lead, rep = factories.LeadFactory(), factories.UserFactory()
    kind = factories.ActivityTypeFactory(conversation=True)

    written = activities.record(
        lead=lead, type=kind, at=now, now=now, by=rep, subject="Intro call", body="Wants a demo."
    )

    assert Activity.objects.get() == written
    assert (written.lead, written.by, written.subject) == (lead, rep, "Intro call")


def test_the_same_key_is_recorded_once(now: datetime) -> None:
    lead, kind = factories.LeadFactory(), factories.ActivityTypeFactory()

    first = activities.record(lead=lead, type=kind, at=now, now=now, idempotency_key="form-17")
    second = activities.record(
        lead=lead, type=kind, at=now, now=now, idempotency_key="form-17", subject="again"
    )

    assert first == second
    assert Activity.objects.count() == 1


def test_the_same_key_twice_in_one_call_is_recorded_once(now: datetime) -> None:
    lead, kind = factories.LeadFactory(), factories.ActivityTypeFactory()
    new = NewActivity(lead_id=lead.pk, type_id=kind.pk, at=now, idempotency_key="row-1")

    first, second = activities.record_many(activities=[new, new], now=now)

    assert first == second
    assert Activity.objects.count() == 1


def test_rows_with_and_without_a_key_come_back_saved(now: datetime) -> None:
    lead, kind = factories.LeadFactory(), factories.ActivityTypeFactory()

    written = activities.record_many(
        activities=[
            NewActivity(lead_id=lead.pk, type_id=kind.pk, at=now, idempotency_key="row-1"),
            NewActivity(lead_id=lead.pk, type_id=kind.pk, at=now),
        ],
        now=now,
    )

    assert sorted(row.pk for row in written) == sorted(Activity.objects.values_list("pk", flat=True))


def test_refuses_the_future(now: datetime) -> None:
    lead, kind = factories.LeadFactory(), factories.ActivityTypeFactory()

    with pytest.raises(ActivityRefused, match="can't lie in the future"):
        activities.record(lead=lead, type=kind, at=now + timedelta(hours=1), now=now)

    assert not Activity.objects.exists()


def test_marks_each_lead_once(now: datetime) -> None:
    told: list[list[int]] = []

    def listen(lead_ids: list[int], **kwargs: Any) -> None:
        told.append(lead_ids)

    lead, kind = factories.LeadFactory(), factories.ActivityTypeFactory()
    leads_touched.connect(listen)
    try:
        activities.record_many(
            activities=[NewActivity(lead_id=lead.pk, type_id=kind.pk, at=now)] * 3, now=now
        )
    finally:
        leads_touched.disconnect(listen)

    assert told == [[lead.pk]]
