"""What is exported can be imported again, and is the same."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from leadops.exports import export_file
from leads.models import Account, Contact, Lead
from leads.people import clean, receive_many
from leads.resources import ContactResource, LeadResource
from terminology import labels
from terminology.editing import rename_terms
from tests import factories
from tests.imports.lists import loaded

pytestmark = pytest.mark.django_db

PEOPLE = [
    {
        "email": "ada@kiesel-werke.example",
        "first_name": "=Ada",
        "last_name": "+Roth",
        "title": "@CEO",
        "phone": "030 23125001",
        "company": "-Kiesel & Söhne",
        "website": "www.kiesel-werke.example",
        "industry": "=Steel",
        "employees": "1200",
        "city": "-Nord",
    },
    {
        "email": "zoe@fjord.example",
        "first_name": "Zoë",
        "last_name": "'=Ødegård",
        "title": "'Head' of \"R&D\", Nord",
        "country": "Norway",
        "phone": "+47 22 12 34 56",
        "company": "Fjord AS",
        "linkedin_url": "https://linkedin.com/in/zoe",
        "employees": "-",
    },
    {"first_name": "Bo", "last_name": "Lind", "phone": "+4670 174 06 05", "company": "Tarn", "city": "Växjö"},
    {"email": "x.y@gmail.com", "first_name": "一郎", "last_name": "山田", "title": "＝1+1"},
]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def digest() -> list[Any]:
    people = Contact.objects.order_by("email", "last_name").values_list(
        "email",
        "first_name",
        "last_name",
        "phone",
        "title",
        "seniority",
        "country",
        "city",
        "linkedin_url",
        "account__name",
    )
    accounts = Account.objects.order_by("name").values_list(
        "name", "domain", "website", "industry", "employees"
    )
    return [*people, *accounts]


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("resource", [ContactResource, LeadResource])
@pytest.mark.parametrize("renamed", [False, True])
def test_an_exported_list_is_the_same_after_it_was_imported(
    now: datetime, extension: str, resource: type[Any], renamed: bool
) -> None:
    if renamed:
        texts = {"leads.contact.title": "Rolle", "leads.account.name": "Firma", "leads.contact.email": "Post"}
        rename_terms(texts=texts, by=None, now=now)
        labels.refresh()
    source = factories.SourceFactory()
    receive_many(people=[clean(raw, country="DE") for raw in PEOPLE], source=source, by=None, now=now)
    before = digest()
    rows = resource._meta.model.objects.all()
    response = export_file(
        resource=resource(),
        rows=rows,
        extension=extension,
        by=factories.UserFactory(role="marketing"),
        now=now,
    )
    exported = b"".join(response.streaming_content)  # while there is somebody to export
    Lead.objects.all().delete()
    Contact.objects.all().delete()
    Account.objects.all().delete()

    batch = loaded(BytesIO(exported), name=f"export.{extension}", now=now)

    assert (batch.created, batch.rejected) == (4, 0)
    assert digest() == before
