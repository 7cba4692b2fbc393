"""Whatever comes: a sentence and a place, never a server error, and nothing stored that was not meant."""

import json
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from intake.models import ApiToken
from leads.models import Activity, Contact, Lead
from tests import factories
from tests.intake.conftest import BATCH, EVENTS, Post, event

pytestmark = pytest.mark.django_db


def test_answers_every_file_of_the_json_test_suite_with_a_sentence(shared_data: Path, post: Post) -> None:
    files = sorted((shared_data / "json_acid").glob("*.json"))
    wrong = []
    for path in files:
        for address in (EVENTS, BATCH):
            response = post(path.read_bytes(), to=address)
            statuses = {"y": (422,), "n": (400,), "i": (400, 422)}[path.name[0]]
            fault = response.json()["error"]
            if response.status_code not in statuses or not fault["message"].endswith("."):
                wrong.append((path.name, address, response.status_code, fault))

    assert len(files) > 150
    assert not wrong
    assert not Activity.objects.exists()


PERSON = {"email": "ines.roth@kiesel-werke.example"}


@pytest.mark.parametrize(
    ("body", "pointer", "sentence"),
    [
        ([], "", "Send a JSON object here."),
        (None, "", "Send a JSON object here."),
        ("event", "", "Send a JSON object here."),
        ({}, "/type", "This field is required."),
        ({"type": None, "person": PERSON}, "/type", "Send text here."),
        ({"type": "", "person": PERSON}, "/type", "This must not be empty."),
        ({"type": 7, "person": PERSON}, "/type", "Send text here."),
        (event(type="x" * 41), "/type", "This text is too long: 40 characters are the most."),
        (event(key="k"), "/key", "There is no such field. Leave it out, or put it into “details”."),
        (event(__proto__={"admin": True}), "/__proto__", "There is no such field."),
        (event(person=[PERSON]), "/person", "Send a JSON object here."),
        (event(person="ines"), "/person", "Send a JSON object here."),
        (event(person={}), "", "The event does not say who did it."),
        (event(person={"email": None}), "", "The event does not say who did it."),
        (event(person={"email": ["a@kiesel.example"]}), "/person/email", "Send text here."),
        (event(person={"email": "a" * 255}), "/person/email", "This text is too long: 254 characters"),
        (event(person={**PERSON, "employees": "200"}), "/person/employees", "Send a whole number here."),
        (event(person={**PERSON, "employees": 2.5}), "/person/employees", "Send a whole number here."),
        (event(person={**PERSON, "employees": True}), "/person/employees", "Send a whole number here."),
        (
            event(person={**PERSON, "employees": -1}),
            "/person/employees",
            "This number is too small: 0 is the least.",
        ),
        (event(person={**PERSON, "employees": 2**62}), "/person/employees", "This number is too large"),
        (event(person={**PERSON, "opted_out": "no"}), "/person/opted_out", "Send true or false here."),
        (event(person={**PERSON, "is_admin": True}), "/person/is_admin", "There is no such field."),
        (event(person={**PERSON, "phone": "call me"}), "/person/phone", "“call me”"),
        (event(person={**PERSON, "a/b~": 1}), "/person/a~1b~0", "There is no such field."),
        (event(visitor_id=""), "/visitor_id", "Send letters, digits and signs of ASCII here"),
        (event(visitor_id="a b"), "/visitor_id", "Send letters, digits and signs of ASCII here"),
        (event(visitor_id="v\n"), "/visitor_id", "Send letters, digits and signs of ASCII here"),
        (event(visitor_id="x" * 101), "/visitor_id", "Send letters, digits and signs of ASCII here"),
        (event(at=1773308400), "/at", "Send date and time as text, such as “2026-03-12T09:30:00+01:00”."),
        (event(at="yesterday"), "/at", "This is no date and time in ISO 8601"),
        (event(at="2026-02-30T10:00:00Z"), "/at", "This is no date and time in ISO 8601"),
        (event(at="2026-03-12T09:30:00"), "/at", "The offset from UTC is missing."),
        (event(at="2026-03-12"), "/at", "The offset from UTC is missing."),
        (event(at="9999-12-31T23:59:59-14:00"), "/at", "The moment lies before 1990."),
        (event(at="0001-01-01T00:00:00+14:00"), "/at", "The moment lies before 1990."),
        (event(at="9999-12-31T23:59:59Z"), "/at", "An event can't lie in the future."),
        (event(subject="x" * 201), "/subject", "This text is too long: 200 characters are the most."),
        (event(note="x" * 10_001), "/note", "This text is too long: 10000 characters are the most."),
        (event(url="javascript:alert(1)"), "/url", "This is no address of a web page."),
        (event(url="https://"), "/url", "This is no address of a web page."),
        (event(url="http://[::1"), "/url", "This is no address of a web page."),
        (event(url="https://kiesel.example/a b"), "/url", "This is no address of a web page."),
        (event(url=5), "/url", "Send text here."),
        (event(details=[]), "/details", "Send a JSON object here."),
        (event(details={"url": "x"}), "/details", "Send “url” beside “details” and not in it."),
        (event(details={"a": "x" * 16_000}), "/details", "“details” is too long: 16000 characters of JSON"),
    ],
)
def test_refuses_a_wrong_field_with_its_place(body: Any, pointer: str, sentence: str, post: Post) -> None:
    response = post(body)

    fault = response.json()["error"]
    assert response.status_code == 422
    assert fault["pointer"] == pointer
    assert fault["message"].startswith(sentence)
    assert fault["message"].endswith(".")
    assert not Activity.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
    ],
)
def test_refuses_another_kind_of_body(
    content_type: str, client: Client, issued: tuple[ApiToken, str]
) -> None:
    headers = {"Authorization": f"Bearer {issued[1]}"}

    response = client.post(EVENTS, data=b"{}", content_type=content_type, headers=headers)

    assert response.status_code == 415
    assert response.json()["error"]["message"] == (
        "Send JSON in UTF-8, with the header “Content-Type: application/json”."
    )


def test_refuses_a_compressed_body(post: Post) -> None:
    response = post(b"\x1f\x8b", **{"Content-Encoding": "gzip"})

    assert response.status_code == 415
    assert response.json()["error"]["message"] == "Send the body as it is, without Content-Encoding."


def test_refuses_a_body_of_more_than_a_megabyte(post: Post) -> None:
    response = post(b'{"type":"' + b"x" * (1024 * 1024) + b'"}')

    assert response.status_code == 413
    assert response.json()["error"]["message"] == (
        "The body is larger than 1,048,576 bytes. Send fewer events at once."
    )


class Endless(BytesIO):
    """A body that never ends, and remembers how much of it was taken."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None, "Somebody asks for all of it."
        assert size >= 0, "Somebody asks for all of it."
        self.taken += size
        return b" " * size


@pytest.mark.parametrize(
    ("meta", "status", "most"),
    [
        ({"CONTENT_LENGTH": str(2 * 1024**3)}, 413, 0),
        ({"CONTENT_LENGTH": "9" * 5000}, 413, 0),
        ({"CONTENT_LENGTH": "²"}, 400, 0),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411, 0),
        ({"CONTENT_LENGTH": "-5"}, 400, 0),
        ({"CONTENT_LENGTH": "a lot"}, 400, 0),
        ({"CONTENT_LENGTH": str(1024 * 1024)}, 400, 1024 * 1024),
    ],
    ids=["two gigabytes", "5000 digits", "superscript", "chunked", "negative", "no number", "just so"],
)
def test_reads_no_more_of_a_body_than_it_takes(
    meta: dict[str, str], status: int, most: int, issued: tuple[ApiToken, str]
) -> None:
    body = Endless()
    request = RequestFactory().post(EVENTS)
    own = {
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {issued[1]}",
        "wsgi.input": body,
    }
    request = type(request)({**request.META, **meta, **own})

    response = resolve(EVENTS).func(request)

    assert response.status_code == status
    assert json.loads(response.content)["error"]["message"].endswith(".")
    assert body.taken <= most


def test_a_body_that_breaks_off_is_refused(issued: tuple[ApiToken, str]) -> None:
    class Cut(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("Connection reset by peer")

    request = RequestFactory().post(EVENTS, data=b"{}", content_type="application/json")
    meta = {**request.META, "wsgi.input": Cut(), "HTTP_AUTHORIZATION": f"Bearer {issued[1]}"}

    response = resolve(EVENTS).func(type(request)(meta))

    assert response.status_code == 400
    assert json.loads(response.content)["error"]["message"] == "The body broke off. Send it again."


FREE_TEXTS = ("first_name", "last_name", "title", "company", "website", "industry", "city", "linkedin_url")


def strings(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "strings" / "naughty_dev.json").read_text())
    return found


def test_stores_naughty_strings_as_normal_text_or_refuses_them(
    shared_data: Path, post: Post, client: Client, download: Any
) -> None:
    naughty = strings(shared_data)
    lead = factories.LeadFactory()
    for place, text in enumerate(naughty):
        # Each in a field of a person of its own, and all in the texts of one person's events.
        sent = [
            event(person={"email": f"n{place}.{field}@kiesel{place}.example", field: text})
            for field in FREE_TEXTS
        ]
        sent += [
            event(person={"email": text}),
            event(person={"phone": text}),
            event(person={"email": f"c{place}@kiesel{place}.example", "country": text}),
            event(visitor_id=text),
            event(type=text),
            event(at=text),
            event(url=text),
            event(key=text),
            event(person={"email": lead.contact.email}, subject=text),
            event(person={"email": lead.contact.email}, note=text),
            event(person={"email": lead.contact.email}, details={"answer": text, f"q {text}": [text]}),
        ]
        response = post({"events": sent}, to=BATCH)
        assert response.status_code == 200, text
        for result in response.json()["results"]:
            assert result["status"] in (200, 201) or result["error"]["message"].endswith((".", "!", "?")), (
                text
            )

    assert lead.activities.count() > len(naughty)
    stored = [
        str(value)
        for model in (Contact, Activity)
        for row in model.objects.all().values()
        for value in row.values()
        if isinstance(value, str)
    ]
    assert all(unicodedata.is_normalized("NFC", text) for text in stored)
    assert not any(ord(character) < 32 and character != "\n" for text in stored for character in text)


def test_pages_show_naughty_strings_as_text(
    shared_data: Path, post: Post, client: Client, download: Any
) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    naughty = strings(shared_data)
    seen = b""
    for start in range(0, len(naughty), 50):
        lead = factories.LeadFactory()
        mine = {"email": lead.contact.email}
        texts = naughty[start : start + 50]
        response = post(
            {
                "events": [event(person=mine, subject=text[:200], note=text) for text in texts]
                + [
                    event(person={"email": f"n{start + n}@kiesel.example", "first_name": text, "title": text})
                    for n, text in enumerate(texts)
                ]
            },
            to=BATCH,
        )
        assert response.json()["counts"]["recorded"] >= len(texts)

        page = client.get(f"/admin/leads/lead/{lead.pk}/change/")

        assert page.status_code == 200
        seen += page.content

    for number in range(1, Lead.objects.count() // 50 + 2):
        page = client.get("/admin/leads/lead/", {"p": number})
        assert page.status_code == 200
        seen += page.content
    assert b"<script>alert(" not in seen.lower()
    assert b"&lt;script&gt;alert(" in seen.lower()
