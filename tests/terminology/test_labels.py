import threading
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from celery.signals import task_prerun
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from leads.enums import Stage
from leads.models import Contact
from scoring.models import DirtyLead
from terminology import labels
from terminology.editing import BadLabel, former_texts, rename_terms
from terminology.labels import Form
from terminology.models import FormerLabel, LabelVersion, TermOverride
from tests import factories

pytestmark = pytest.mark.django_db


def rename(now: datetime, **texts: str) -> int:
    changed = rename_terms(
        texts={key.replace("__", "."): text for key, text in texts.items()}, by=None, now=now
    )
    labels.refresh()
    return changed


def test_a_renamed_field_shows_on_the_next_refresh(now: datetime) -> None:
    rename(now, leads__contact__title="Position held")

    assert str(Contact._meta.get_field("title").verbose_name) == "Position held"


def test_a_renamed_stage_shows_in_choices_and_displays(now: datetime) -> None:
    rename(now, stage__suspect="Cold name")

    assert str(Stage.SUSPECT.label) == "Cold name"
    assert factories.LeadFactory(stage=Stage.SUSPECT).get_stage_display() == "Cold name"


def test_an_empty_text_brings_the_default_back(now: datetime) -> None:
    rename(now, leads__contact__title="Position held")
    rename(now, leads__contact__title="")

    assert str(Contact._meta.get_field("title").verbose_name) == "job title"
    assert not TermOverride.objects.exists()
    assert former_texts(keys=["leads.contact.title"]) == {
        "leads.contact.title": ["Position held", "job title"]
    }


def test_migrations_do_not_see_renamed_labels(now: datetime) -> None:
    rename(now, leads__contact__title="Position held", stage__suspect="Cold name", leads__lead="enquiry")

    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert "No changes detected" in out.getvalue()
    with override(None):
        assert str(Contact._meta.get_field("title").verbose_name) == "job title"


def test_another_process_costs_one_query_until_something_changes(now: datetime) -> None:
    rename(now, leads__contact__title="Position held")

    with CaptureQueriesContext(connection) as quiet:
        labels.refresh()
    rename_terms(texts={"leads.contact.city": "Town"}, by=None, now=now)
    with CaptureQueriesContext(connection) as moved:
        labels.refresh()

    assert (len(quiet), len(moved)) == (1, 2)
    assert str(Contact._meta.get_field("city").verbose_name) == "Town"


def test_the_next_page_shows_the_new_label(client: Any, now: datetime) -> None:
    factories.LeadFactory()
    client.force_login(factories.UserFactory(role="revops"))
    rename_terms(texts={"leads.lead.plural": "enquiries"}, by=None, now=now)

    page = client.get("/admin/leads/lead/").content.decode()

    assert "enquiries" in page.lower()


def test_help_texts_are_escaped_where_templates_trust_them(now: datetime) -> None:
    rename(now, leads__contact__country__help="<script>alert(1)</script>")

    help_text = str(Contact._meta.get_field("country").help_text)

    assert help_text == "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("leads.contact.shoe_size", "Shoe size", "There is no term “leads.contact.shoe_size”"),
        ("leads.contact.title", "x" * 81, "has 81 characters; 80 is the most"),
        ("leads.contact.title", "Job\u202etitle", "holds a character that can't be seen"),
        ("leads.contact.title", "Job\u0000title", "holds a character that can't be seen"),
        ("leads.contact.title", "LAST NAME", "is already the label of “last name”"),
        ("stage.suspect", "customer", "is already the label of “Customer”"),
        ("stage.suspect.short", "mql", "is already the label of “MQL”"),
    ],
)
def test_refuses_a_label_that_can_not_be_used(now: datetime, key: str, text: str, sentence: str) -> None:
    with pytest.raises(BadLabel) as refusal:
        rename_terms(texts={key: text}, by=None, now=now)

    assert sentence in str(refusal.value)
    assert not TermOverride.objects.exists()


def test_two_labels_may_be_exchanged(now: datetime) -> None:
    assert rename(now, leads__contact__first_name="last name", leads__contact__last_name="first name") == 2


def test_the_same_text_again_is_no_change(now: datetime) -> None:
    rename(now, leads__contact__title="Position held")
    version = LabelVersion.objects.get().version

    assert rename(now, leads__contact__title="Position held") == 0
    assert LabelVersion.objects.get().version == version
    assert FormerLabel.objects.count() == 1


NEVER_SHOWN = (LabelVersion, DirtyLead)
OURS = ("terminology", "leads", "scoring", "imports", "intake", "handoff")


def test_every_name_and_help_text_of_our_models_is_a_term() -> None:
    """History models show the fields of what they are the history of; the two of `NEVER_SHOWN` have no page."""
    missing = []
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        if model in NEVER_SHOWN or model.__name__.startswith("Historical"):
            continue
        base = f"{model._meta.app_label}.{model._meta.model_name}"
        wanted = [base, f"{base}.plural"]
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if not field.auto_created:
                wanted.append(f"{base}.{field.name}")
                wanted += [f"{base}.{field.name}.help"] if field.help_text else []
        missing += [key for key in wanted if key not in labels.REGISTRY]

    assert not missing


def test_every_stage_has_its_three_texts() -> None:
    keys = {f"stage.{stage.value}{part}" for stage in Stage for part in ("", ".short", ".definition")}

    assert keys <= set(labels.REGISTRY)


def test_a_worker_that_slept_through_a_change_uses_the_new_label(now: datetime) -> None:
    """The change is made as by another process: this one is told nothing, and its next task begins."""
    labels.refresh()
    TermOverride.objects.create(key="stage.suspect", text="Cold name")
    LabelVersion.objects.update_or_create(pk=1, defaults={"version": 7})
    before = str(Stage.SUSPECT.label)

    task_prerun.send(sender=None, task_id="1", task=None)

    assert (before, str(Stage.SUSPECT.label)) == ("Suspect", "Cold name")


def test_a_field_that_is_called_help_or_definition_is_no_prose() -> None:
    assert labels.form_of("leads.qualificationquestion.help") is Form.LABEL
    assert labels.form_of("leads.challenge.definition") is Form.LABEL
    assert labels.form_of("leads.contact.country.help") is Form.HELP
    assert labels.form_of("stage.suspect.definition") is Form.DEFINITION
    assert labels.form_of("stage.suspect.short") is Form.SHORT
    assert labels.form_of("leads.lead.plural") is Form.PLURAL


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_take_the_same_label_at_once_one_is_refused(now: datetime) -> None:
    """Each has read the labels before the other saved; whoever comes second sees what the first one did."""
    refused = []
    ready = threading.Barrier(2)

    def take(key: str) -> None:
        try:
            with override("en"):
                ready.wait()
                rename_terms(texts={key: "Prospect"}, by=None, now=now)
        except BadLabel:
            refused.append(key)
        finally:
            connection.close()

    people = [threading.Thread(target=take, args=[key]) for key in ("stage.suspect", "stage.identified")]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert len(refused) == 1
    assert TermOverride.objects.count() == 1
