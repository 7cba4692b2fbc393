"""Forgetting a person: a search through every text of the database finds nothing, and the counts stay."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff import notices
from handoff.models import NoticeKind
from imports import previewing
from imports.models import ImportBatch, ImportRow
from leads import people
from leads.enums import Stage
from leads.models import Activity, Contact, Lead, LiftedEntry, Merge, Milestone, StageChange, Suppression
from leads.people import erasing
from leads.people.erasing import ErasingRefused
from tests import factories
from tests.imports.lists import csv_file, loaded, person, taken_in

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
        done = erasing.erase(contact=known, reason="Letter of 3 March", by=admin, now=now)

    assert hits() == []
    assert (done.contacts, done.hashes) == (1, 3)
    assert (
        Lead.objects.count(), Milestone.objects.count(), Activity.objects.count(), ImportRow.objects.count()
    ) == before  # fmt: skip
    assert list(StageChange.objects.values_list("transition", "actor", "at")) == changes
    assert Merge.objects.count() == 1
    entry = LogEntry.objects.get(user=admin, change_message="Erased the person. Letter of 3 March")
    assert (entry.object_repr, entry.object_id) == (f"#{known.pk}", str(known.pk))
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


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "marketing", "read_only"])
def test_only_revops_and_administrators_erase(known: Contact, now: datetime, role: str) -> None:
    with pytest.raises(ErasingRefused, match="role"):
        erasing.erase(contact=known, reason="Letter", by=factories.UserFactory(role=role), now=now)

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


def test_whoever_was_taken_apart_again_stays_when_the_other_is_erased(now: datetime) -> None:
    kept = factories.ContactFactory(first_name="Ines", last_name="Röth", email="ines.roth@kiesel.example")
    other = factories.ContactFactory(
        first_name="Bo", last_name="Alm", email="bo.alm@fjord.example", city="Tromsø"
    )
    lead = factories.LeadFactory(contact=other)
    merge = people.merge_contacts(kept=kept, absorbed=other, by=None, now=now)
    people.undo_merge(merge=merge, by=None, now=now)

    erasing.erase(contact=kept, by=None, now=now)

    other.refresh_from_db()
    lead.refresh_from_db()
    assert (other.first_name, other.email, other.city) == ("Bo", "bo.alm@fjord.example", "Tromsø")
    assert other.opted_out_at is None
    assert Suppression.objects.filter(kind="erased").count() == 1


def test_a_merge_that_was_taken_back_keeps_nothing_of_whoever_is_erased(now: datetime) -> None:
    kept = factories.ContactFactory(email="bo.alm@fjord.example")
    gone = factories.ContactFactory(
        first_name="Zelda", last_name="Quast", email="z@kiesel.example", title="Glaziermistress"
    )
    merge = people.merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    people.undo_merge(merge=merge, by=None, now=now)

    erasing.erase(contact=Contact.objects.get(pk=gone.pk), by=None, now=now)

    assert hits(["Zelda", "Quast", "Glaziermistress"]) == []
    with pytest.raises(people.UndoRefused):
        people.undo_merge(merge=merge, by=None, now=now)


@pytest.mark.parametrize("of", ["known", "admin"])
def test_the_pages_of_merges_open_after_somebody_merged_was_erased(
    known: Contact, now: datetime, client: Any, of: str
) -> None:
    erasing.erase(contact=known, by=None, now=now)
    client.force_login(factories.UserFactory(role="administrator"))

    page = "/admin/imports/merges/" if of == "admin" else f"/admin/leads/contact/{known.pk}/change/"
    answer = client.get(page)

    assert answer.status_code == 200
    assert f"/admin/imports/merges/{Merge.objects.get().pk}/undo/" not in answer.text


def test_rows_without_a_contact_and_drafts_forget_the_person_whole(
    now: datetime, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    Suppression.objects.create(kind="email", value="z.quast@kiesel.example", created_at=now)
    zelda = person(
        1, first_name="Zelda", last_name="Quast", e_mail="z.quast@kiesel.example", job_title="Glazier"
    )
    ended = loaded(csv_file([zelda, person(2)]), now=now)
    draft = taken_in(csv_file([zelda, person(3)]), now=now, source_name="Draft")
    previewing.preview(batch=draft, now=now)
    assert ended.suppressed == 1
    storage, names = ended.file.storage, [ended.file.name, draft.file.name]

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(contact=None, address="Z.Quast@kiesel.example", by=None, now=now)

    assert hits(["Zelda", "Quast", "Glazier"]) == []
    assert hits(["rothc"]) != []  # the others stay
    assert not any(storage.exists(name) for name in names)
    draft.refresh_from_db()
    assert (draft.state, draft.file_end, draft.preview_mark) == ("cancelled", "erased", "")


def test_what_needs_the_file_of_a_list_with_somebody_erased_says_so(
    now: datetime, settings: Any, tmp_path: Any, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    batch = loaded(csv_file([person(1), person(2)]), now=now)
    ImportBatch.jobs.filter(pk=batch.pk).update(state="cancelled", phase="loading")
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(contact=Contact.objects.latest("pk"), by=None, now=now)
    client.force_login(factories.UserFactory(role="marketing"))
    address = f"/admin/imports/list/{batch.pk}"

    told = client.post(f"{address}/start-again/", follow=True).text

    assert "Somebody on this list asked to be forgotten, so the uploaded file is gone." in told
    assert "start-again" not in told
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    for page in ("/", "/all-rows.csv", "/accepted-rows.xlsx", "/take-back/"):
        answer = client.get(address + page)
        assert answer.status_code == 200
        assert b"".join(answer)
    assert client.post(f"{address}/take-back/").status_code == 302
    batch.refresh_from_db()
    batch.perform(now=timezone.now() + timedelta(seconds=1))
    assert batch.is_taken_back


def test_a_draft_whose_file_is_gone_is_refused_with_a_sentence(
    now: datetime, settings: Any, tmp_path: Any, client: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    batch = taken_in(csv_file([person(1), person(2)]), now=now)
    previewing.preview(batch=batch, now=now)
    batch.file.storage.delete(batch.file.name)
    client.force_login(factories.UserFactory(role="marketing"))

    answer = client.post(
        f"/admin/imports/list/{batch.pk}/confirm/", {"mark": batch.preview_mark}, follow=True
    )

    assert "The uploaded file is gone" in answer.text


# --- The page -------------------------------------------------------------------------------------------------------


def page_of(contact: Contact) -> str:
    return reverse("admin:leads_contact_erase", args=[contact.pk])


@pytest.mark.parametrize("role", ["revops", "administrator"])
def test_the_page_says_what_goes_and_stays_and_a_get_changes_nothing(
    known: Contact, client: Client, role: str
) -> None:
    client.force_login(factories.UserFactory(role=role))
    before = hits()

    link = client.get(reverse("admin:leads_contact_change", args=[known.pk]))
    answer = client.get(page_of(known))

    assert page_of(known) in link.text
    assert answer.status_code == 200
    for sentence in (
        "Nobody can take this back.",
        "Notes, calls and the texts of activities go, and so do the cells of imported rows.",
        "Uploaded files in which the person stands are deleted",
        "What happened stays, without the person: 1 lead, 1 stage change and 1 activity.",
        "A keyed hash stays (do-not-contact list), from which nobody can be read",
    ):
        assert sentence in answer.text
    assert hits() == before
    assert not Suppression.objects.filter(kind="erased").exists()


def test_the_page_erases_with_a_reason_and_leaves_no_name_anywhere(
    known: Contact, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    by = factories.UserFactory(role="revops")
    client.force_login(by)

    without = client.post(page_of(known), {"reason": " "})
    assert hits()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page_of(known), {"reason": "Ticket 4711 of 3 March"}, follow=True)

    assert "This field is required" in without.text
    assert "The person was erased, and no list brings them back." in answer.text
    assert "Röth" not in answer.text
    assert hits() == []
    entry = LogEntry.objects.get(user=by)
    assert (entry.object_repr, entry.change_message) == (
        f"#{known.pk}",
        "Erased the person. Ticket 4711 of 3 March",
    )
    assert set(Suppression.objects.filter(kind="erased").values_list("reason", "created_by")) == {
        ("Erased at the person's wish: Ticket 4711 of 3 March", by.pk)
    }


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Mrs. röth asked by telephone", "Röth"),
        ("Mail from x@kiesel.example", "@"),
        ("Called from +493023125000", "+493023125000"),
    ],
)
def test_a_reason_that_tells_who_it_was_is_refused(
    known: Contact, client: Client, reason: str, told: str
) -> None:
    client.force_login(factories.UserFactory(role="revops"))

    answer = client.post(page_of(known), {"reason": reason})

    assert f"it must not tell who it was. Leave “{told}” out" in answer.text
    assert hits()
    assert not LogEntry.objects.filter(change_message__startswith="Erased").exists()


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "marketing", "read_only"])
def test_the_page_is_not_for_other_roles(known: Contact, client: Client, role: str) -> None:
    client.force_login(factories.UserFactory(role=role))

    assert client.get(page_of(known)).status_code == 403
    assert client.post(page_of(known), {"reason": "Letter"}).status_code == 403
    assert page_of(known) not in client.get(reverse("admin:leads_contact_change", args=[known.pk])).text
    assert hits()


def test_nobody_erases_whom_they_may_not_see(known: Contact, client: Client) -> None:
    rep = factories.UserFactory(role="sales_rep")
    rep.user_permissions.add(Permission.objects.get(codename="erase_contact"))
    client.force_login(rep)

    assert client.post(page_of(known), {"reason": "Letter"}).status_code == 404
    assert hits()


def test_the_page_needs_the_token_of_its_form(known: Contact) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.UserFactory(role="revops"))

    assert client.post(page_of(known), {"reason": "Letter"}).status_code == 403
    assert hits()


def test_who_was_erased_already_is_told_so(known: Contact, now: datetime, client: Client) -> None:
    by = factories.UserFactory(role="revops")
    client.force_login(by)
    erasing.erase(contact=known, reason="Letter", by=by, now=now)

    page = client.get(reverse("admin:leads_contact_change", args=[known.pk])).text
    again = client.post(page_of(known), {"reason": "Letter"}, follow=True)

    assert "This person was erased." in page
    assert page_of(known) not in page
    assert "has been erased already" in again.text
    with pytest.raises(ErasingRefused, match="already"):
        erasing.erase(contact=known, reason="Letter", by=by, now=now)
    assert LogEntry.objects.filter(change_message__startswith="Erased the person.").count() == 1


def test_the_command_keeps_its_reason_with_the_hash(known: Contact) -> None:
    call_command("erase_person", str(known.pk), "--reason", "Letter of 3 March", stdout=StringIO())

    assert hits() == []
    assert Suppression.objects.filter(reason="Erased at the person's wish: Letter of 3 March").exists()
