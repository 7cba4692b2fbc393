"""What a web process does, for the fault tests: writes rows, sends messages, and says what stands in the database.

Imported by `tests.faults.office`, in a process with a database, a folder and a broker of its own.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from imports import previewing, steering
from imports.models import ImportBatch, ImportRow
from leadops import jobs
from leadops.celery import app
from leadops.tasks import run_job
from leads.models import Activity, Contact, Lead, Milestone
from scoring import rescoring, versions
from scoring.models import LeadScore, RescoringRun, Rule
from tests import factories
from tests.imports.digest import digest as digest_of
from tests.imports.lists import csv_file, person, taken_in

LONG_AGO = timedelta(minutes=5)  # longer than a lease and than the sweep waits


def found() -> None:
    """An administrator, a scoring model, and a few leads to be scored."""
    now = timezone.now()
    ada = factories.UserFactory(username="ada", role="administrator", password="correct horse battery")
    factories.ActivityTypeFactory(key="event_badge_scan", name="Visited our stand")
    source = factories.SourceFactory()
    for _ in range(20):
        factories.LeadFactory(source=source)
    versions.bring_into_force(
        terms=versions.Terms("Fit", 60, 80, 60, 30),
        rules=[
            Rule(
                name="C-suite",
                points=40,
                kind="field",
                field="contact.seniority",
                operator="is",
                value="c_suite",
            )
        ],
        by=ada,
        now=now,
    )
    RescoringRun.jobs.all().delete()
    LeadScore.objects.update(total=0, fit=0)


def ask_for_rescoring() -> int:
    """A run over all leads, as the button asks for it. Its id."""
    LeadScore.objects.update(total=0, fit=0)
    return rescoring.request_rescoring(by=None, now=timezone.now()).pk


def bring_in(name: str, rows: int, by: str = "ada") -> int:
    """A list of `rows` people who were at an event, confirmed by the user. The id of its batch."""
    batch = _drafted(name, rows)
    now = timezone.now()
    previewing.preview(batch=batch, now=now)
    steering.confirm(
        batch=batch, mark_shown=batch.preview_mark, accepts_many_bad=False, by=_user(by), now=now
    )
    return batch.pk


def look_ahead(name: str, rows: int, by: str = "ada") -> int:
    """Such a list, not confirmed, with its preview asked for in the background. The id of its batch."""
    batch = _drafted(name, rows)
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=_user(by))
    batch.refresh_from_db()
    previewing.AT_ONCE = 0
    previewing.ask(batch=batch, now=timezone.now())
    return batch.pk


def cancel_preview(pk: int) -> None:
    previewing.cancel(batch=ImportBatch.jobs.get(pk=pk))


def _drafted(name: str, rows: int) -> ImportBatch:
    people = [
        person(place, e_mail=f"{name}-{place}@{name}.example", company=f"{name.capitalize()} Works")
        for place in range(rows)
    ]
    return taken_in(csv_file(people), now=timezone.now(), kind="event", source_name=name)


def _user(name: str) -> Any:
    found = get_user_model().objects.filter(username=name).first()
    return found or factories.UserFactory(username=name, role="marketing")


def load_here(name: str, rows: int) -> str:
    """Load such a list in this process, undisturbed. What `digest` says of it."""
    ImportBatch.jobs.get(pk=bring_in(name, rows)).perform(now=timezone.now())
    return digest(name)


def digest(name: str) -> str:
    """One hash of all that people care about, and of what became of each row of the list."""
    return digest_of(ImportBatch.objects.get(source_name=name))


def pause(pk: int) -> None:
    steering.pause(batch=ImportBatch.jobs.get(pk=pk), now=timezone.now())


def resume(pk: int) -> None:
    steering.resume(batch=ImportBatch.jobs.get(pk=pk), now=timezone.now())


def stop(pk: int) -> None:
    steering.stop(batch=ImportBatch.jobs.get(pk=pk), now=timezone.now())


def job(label: str, pk: int) -> dict[str, Any]:
    """The job's row."""
    row = apps.get_model(label).jobs.get(pk=pk)
    return {
        name: getattr(row, name)
        for name in ("state", "attempts", "lease_number", "rows_done", "rows_total", "error", "has_ended")
    }


def list_(pk: int) -> dict[str, Any]:
    """What the page of a list shows of it."""
    batch = ImportBatch.jobs.get(pk=pk)
    return {
        "state": batch.state,
        "attempts": batch.attempts,
        "cursor": batch.cursor,
        "rows_done": batch.rows_done,
        "counts": batch.counts,
        "rows": batch.rows.count(),
        "numbers": batch.rows.values("number").distinct().count(),
        "preview": batch.preview.get("counts", {}),
        "is_previewed": batch.previewed_at is not None,
    }


def scores() -> dict[int, int]:
    """How many leads have which score."""
    return dict(Counter(LeadScore.objects.values_list("total", flat=True)))


def people_of(name: str) -> dict[str, int]:
    """What a list has left behind: each number is that of its rows where nothing was lost or done twice."""
    of_lead = {"lead__source__name": name}
    rows = ImportRow.objects.filter(batch__source_name=name)
    return {
        "contacts": Contact.objects.filter(email_key__endswith=f"@{name}.example").count(),
        "leads": Lead.objects.filter(source__name=name).count(),
        "milestones": Milestone.objects.filter(**of_lead).count(),
        "activities": Activity.objects.filter(**of_lead).count(),
        "rows": rows.count(),
        "created": rows.filter(outcome="created").count(),
        "counted": ImportBatch.objects.get(source_name=name).created,
    }


def let_time_pass(label: str, pk: int) -> None:
    """As if the job's lease and its message were of some minutes ago."""
    past: datetime = timezone.now() - LONG_AGO
    rows = apps.get_model(label).jobs.filter(pk=pk)
    rows.update(hinted_at=past, run_after=past)
    rows.exclude(lease_until=None).update(lease_until=past)


def cut_connections() -> int:
    """Have the server end all connections to this database but this one, in whatever they are; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def sweep() -> int:
    """What beat asks for every ten seconds; says how many messages were sent again."""
    return jobs.sweep(now=timezone.now())


def send_again(label: str, pk: int, times: int) -> None:
    """The message of a job, several times."""
    for _ in range(times):
        run_job.delay(label, pk)


def throw_messages_away() -> int:
    """Empty the queue, as a broker does that forgets; how many messages were lost."""
    with app.connection_for_write() as connection:
        return connection.default_channel.queue_purge(app.conf.task_default_queue) or 0


def remove_queue() -> None:
    """Leave nothing of this test's at a broker that others use, too."""
    queue = app.conf.task_default_queue
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        app.amqp.queues[queue].bind(channel).declare()  # where no message was ever sent
        channel.queue_purge(queue)
        channel.queue_delete(queue)
        if hasattr(channel, "client"):  # Redis: what a killed worker had in hand, and the list of who listens
            client = channel.client
            for tag, message in client.hgetall("unacked").items():
                if f'"{queue}"'.encode() in message:
                    client.hdel("unacked", tag)
                    client.zrem("unacked_index", tag)
            client.delete(queue, f"_kombu.binding.{queue}", f"_kombu.binding_permanent.{queue}")
            for listener in client.smembers("_kombu.binding.celery.pidbox"):
                if queue.encode() in listener:
                    client.srem("_kombu.binding.celery.pidbox", listener)
        elif hasattr(channel, "exchange_delete"):
            channel.exchange_delete(queue)
