"""Forgetting a person: a search through every text of the database finds nothing, and the counts stay."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.db.models.functions import Cast

from handoff import notices
from handoff.models import NoticeKind
from imports.models import ImportBatch, ImportRow
from leads import people
from leads.enums import Stage
from leads.models import Activity, Contact, Lead, LiftedEntry, Merge, Milestone, StageChange, Suppression
from leads.people import erasing
from leads.people.erasing import ErasingRefused
from tests import factories
from tests.imports.lists import csv_file, loaded, person

pytestmark = pytest.mark.django_db

NEEDLES = ("ines.roth@", "ines.roth+", "23125000", "Ines Röth", "röth, ines", "linkedin.com/in/ines")


def hits(needles: Iterable[str] = NEEDLES) -> list[str]:
    """Where in the database one of the texts stands, in whatever case, in plain text or in JSON."""
    found = []
    for model in apps.get_models():
        if not model._meta.managed or model._meta.label_lower == "auth.user":
            continue
        for column in erasing.text_columns(model):
            values = model._base_manager.annotate(searched=Cast(column.name, TextField()))
            for text in values.exclude(searched=None).values_list("searched", flat=True):
                plain = text.encode().decode("unicode_escape") if "\\u" in text else text
                found += [
                    f"{model._meta.label}.{column.name}: {plain}"
                    for needle in needles
                    if needle.lower() in plain.lower()
                ]
    return found


@pytest.fixture
def known(now: datetime, settings: Any, tmp_path: Any) -> Contact:
    """Somebody who came by a list, was merged, worked, talked about and listed."""
    settings.MEDIA_ROOT = tmp_path / "media"
    row = person(
        1, first_name="Ines", last_name="Röth", e_mail="Ines.Roth@kiesel.example", phone="+49 30 23125000"
    )
    batch = loaded(csv_file([row, person(2), person(3, first_name="Ida", e_mail="x@")]), now=now)
    contact = Contact.objects.get(email="ines.roth@kiesel.example")
    contact.linkedin_url = "https://linkedin.com/in/ines"
    contact.save()
    other = factories.ContactFactory(first_name="Ines", last_name="Röth", email="ines.roth@private.example")
    admin = factories.UserFactory(role="administrator")
    people.merge_contacts(kept=contact, absorbed=other, by=admin, now=now)
    contact.refresh_from_db()
    lead = Lead.objects.filter(contact=contact).latest("pk")
    factories.ActivityFactory(
        lead=lead, subject="Call with Ines Röth", body="INES.ROTH@kiesel.example said no"
    )
    StageChange.objects.create(
        lead=lead, transition="identify", from_stage="suspect", to_stage="identified", at=now, actor=admin,
        note="Ines Röth answered", source=lead.source, confirmed=[{"criterion": "x", "because": "Ines Röth is COO"}],
    )  # fmt: skip
    elsewhere = factories.LeadFactory()
    factories.ActivityFactory(lead=elsewhere, subject="Ask ines röth", body="+493023125000 or Röth, Ines")
    notices.notify_many(
        notices=[
            notices.New(
                user_id=admin.pk,
                kind=NoticeKind.IMPORT_FINISHED,
                dedupe_key="x",
                facts={"name": "Ines Röth", "job": ""},
            )
        ],
        now=now,
    )
    LogEntry.objects.create(
        user=admin, content_type=ContentType.objects.get_for_model(Contact), object_id=str(contact.pk),
        object_repr="Ines Röth", action_flag=CHANGE, change_message="Changed ines.roth@kiesel.example",
    )  # fmt: skip
    LiftedEntry.objects.create(
        kind="email",
        value="ines.roth@kiesel.example",
        listed_at=now,
        reason="x",
        evidence="Ines Röth",
        by=admin,
        at=now,
    )
    assert batch.file
    return contact


def test_nothing_of_the_person_is_found_and_what_happened_stays(
    known: Contact, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    admin = factories.UserFactory(role="administrator")
    before = (
        Lead.objects.count(),
        Milestone.objects.count(),
        Activity.objects.count(),
        ImportRow.objects.count(),
    )
    changes = list(StageChange.objects.values_list("transition", "actor", "at"))
    file = ImportBatch.objects.get().file
    storage, name = file.storage, file.name
    assert len(hits()) > 15

    with django_capture_on_commit_callbacks(execute=True):
        done = erasing.erase(contact=known, by=admin, now=now)

    assert hits() == []
    assert (done.contacts, done.hashes) == (1, 3)
    assert (
        Lead.objects.count(), Milestone.objects.count(), Activity.objects.count(), ImportRow.objects.count()
    ) == before  # fmt: skip
    assert list(StageChange.objects.values_list("transition", "actor", "at")) == changes
    assert Merge.objects.count() == 1
    assert LogEntry.objects.filter(user=admin, change_message="Erased the person.").exists()
    assert not storage.exists(name)
    known.refresh_from_db()
    assert known.opted_out_at == now
    assert known.history.exists()


def test_the_next_list_does_not_bring_the_person_back(known: Contact, now: datetime) -> None:
    erasing.erase(contact=known, by=None, now=now)
    rows = [
        person(1, first_name="Ines", last_name="Röth", e_mail="INES.ROTH+new@Kiesel.example"),
        person(5, first_name="Ines", last_name="Röth", e_mail="ines.roth@private.example"),
        person(6, first_name="Ines", last_name="Röth", e_mail="", phone="+49 30 23125000"),
        person(7),
    ]

    batch = loaded(
        csv_file(rows), now=now + timedelta(days=1), source_name="Another", kind="purchased", mapping=None
    )

    assert (batch.suppressed, batch.created) == (3, 1)
    assert any("not taken in again" in key for key in batch.reasons)
    assert not [hit for hit in hits() if "imports.ImportBatch" not in hit]


def test_a_namesake_keeps_the_name(known: Contact, now: datetime) -> None:
    namesake = factories.ContactFactory(first_name="Ines", last_name="Röth", email="other@fjord.example")
    note = factories.ActivityFactory(lead=factories.LeadFactory(contact=namesake), body="Ines Röth will call")

    erasing.erase(contact=known, by=None, now=now)

    note.refresh_from_db()
    assert note.body == "Ines Röth will call"
    assert not hits(["ines.roth@kiesel", "23125000"])


def test_a_merge_with_somebody_erased_is_not_taken_back(known: Contact, now: datetime) -> None:
    erasing.erase(contact=known, by=None, now=now)

    with pytest.raises(people.UndoRefused, match="erased"):
        people.undo_merge(merge=Merge.objects.get(), by=None, now=now)


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "marketing", "revops", "read_only"])
def test_only_an_administrator_erases(known: Contact, now: datetime, role: str) -> None:
    with pytest.raises(ErasingRefused, match="role"):
        erasing.erase(contact=known, by=factories.UserFactory(role=role), now=now)

    assert hits()


@pytest.mark.parametrize("who", ["INES.Roth+x@kiesel.example", "ines.roth@private.example", "+493023125000"])
def test_the_command_finds_the_person_by_address_or_number(known: Contact, who: str) -> None:
    out = StringIO()

    call_command("erase_person", who, "--json", stdout=out)

    assert '"contacts": 1' in out.getvalue()
    assert hits() == []


def test_somebody_who_stands_only_in_a_file_is_forgotten_too(now: datetime) -> None:
    batch = loaded(csv_file([person(1, e_mail="only.here@kiesel.example"), person(2)]), now=now)
    Lead.objects.all().delete()
    Contact.objects.all().delete()
    assert batch.rows.exists()

    call_command("erase_person", "only.here@kiesel.example", stdout=StringIO())

    assert not hits(["only.here"])
    assert Suppression.objects.filter(kind="erased").count() == 1


def test_nobody_is_erased_by_a_slip() -> None:
    with pytest.raises(CommandError, match="Say whom"):
        call_command("erase_person", "12", stdout=StringIO())


def test_a_lead_of_somebody_erased_still_opens(known: Contact, now: datetime, client: Any) -> None:
    client.force_login(factories.UserFactory(role="administrator"))
    lead = Lead.objects.filter(contact=known).latest("pk")
    erasing.erase(contact=known, by=None, now=now)

    assert client.get(f"/admin/leads/lead/{lead.pk}/change/").status_code == 200
    assert lead.stage in Stage.values
