from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports.mapping import match_columns, missing, to_raw
from imports.mapping.permissions import asks_for_leave, is_leave_header, is_out_header, is_refusal
from imports.vendors import recognise
from tests.factories import UserFactory
from tests.imports.lists import HEADERS, csv_file, person, taken_in


def out_of(header: str, *cells: str, others: Sequence[str] = ("Email",)) -> list[bool]:
    """For each of the cells below a header whether it opts the person out."""
    headers = [*others, header]
    rows = [
        {**dict.fromkeys(others, ""), "Email": f"a{place}@kiesel.example", header: cell}
        for place, cell in enumerate(cells)
    ]
    found = match_columns(headers, sample=rows, labels={}, vendor=recognise(headers))
    mapping = {header: match.target for header, match in found.items()}
    assert missing(mapping) == []
    return ["opted_out" in to_raw(row, mapping) for row in rows]


@pytest.mark.parametrize(
    ("header", "no", "yes"),
    [
        ("GDPR consent", "no", "yes"), ("Opt-in", "nein", "ja"), ("OPT_IN", "N", "Y"),
        ("May we contact you?", "No, thanks", "Yes"), ("I agree to be contacted", "N", "Y"),
        ("Einwilligung", "widerrufen", "erteilt"), ("Dürfen wir Sie per E-Mail kontaktieren?", "Nein", "Ja"),
        ("Werbung erlaubt", "Nein", "Ja"), ("Consentement", "refusé", "accordé"), ("Consenso privacy", "NO", "SI"),
        ("Acepta publicidad", "No", "Sí"), ("Zgoda na kontakt", "nie", "tak"), ("Toestemming", "nee", "ja"),
        ("Souhlas se zasíláním", "ne", "ano"), ("Согласие на обработку", "нет", "да"),
        ("配信希望", "希望しない", "希望する"), ("Marketing permission", "Denied", "Granted"),
    ],
)  # fmt: skip
def test_a_plain_no_to_a_question_for_leave_is_an_opt_out(header: str, no: str, yes: str) -> None:
    assert out_of(header, no, yes, "", yes) == [True, False, False, False]


def test_a_false_that_a_program_writes_for_everybody_says_nothing() -> None:
    assert out_of("Marketing consent", "FALSE", "FALSE", "") == [False, False, False]
    assert out_of("Opt-in", "0", "1") == [False, False]


@pytest.mark.parametrize("header", ["Newsletter", "Subscribed to newsletter", "Odběr novinek"])
def test_who_does_not_take_one_newsletter_may_still_be_written_to(header: str) -> None:
    assert out_of(header, "no", "yes", "no") == [False, False, False]


def test_what_is_no_answer_says_nothing() -> None:
    assert out_of("Permission", "Weekly digest", "Monthly", "no") == [False, False, False]
    assert out_of("Marketing permission", "No permissions set", "Express", "Express") == [False, False, False]
    assert not asks_for_leave([])


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Has unsubscribed?", "Yes", "No"), ("Opted out of email: Marketing Information", "true", "false"),
        ("Kontaktsperre", "J", "N"), ("Werbesperre", "x", ""), ("Ne souhaite pas être contacté", "X", ""),
        ("Uitgeschreven", "ja", "nee"), ("Vill ej ha utskick", "x", "nej"), ("Framelding", "Ja", "Nej"),
        ("Descadastrado", "Sim", "Não"), ("Leiratkozott", "igen", "nem"), ("수신거부", "Y", "N"),
        ("Unsubscribe Date", "2026-03-04", ""), ("Suppression reason", "complaint", ""), ("Robinson list", "yes", "no"),
    ],
)  # fmt: skip
def test_a_column_of_those_who_have_opted_out_is_heard(header: str, yes: str, no: str) -> None:
    assert out_of(header, yes, no) == [True, False]


def test_a_status_is_heard_in_other_languages_and_among_other_words() -> None:
    assert out_of("Statut marketing par e-mail", "Abonné", "Désabonné", "Nettoyé") == [False, True, True]
    assert out_of("Status", "abonniert", "ausgetragen") == [False, True]
    assert out_of("Lead Status", "New", "Working", "Unsubscribed", "Qualified") == [False, False, True, False]
    assert out_of("Lead Status", "New", "Working", "Qualified") == [False, False, False]
    assert out_of("Status", "Active", "Active") == [False, False]


def test_a_status_of_people_who_all_are_active_does_not_hold_back_the_others() -> None:
    headers = ["Email", "Status"]
    found = match_columns(
        headers, sample=[{"Email": "ann@kiesel.example", "Status": "Active"}], labels={}, vendor=None
    )

    raw = to_raw(
        {"Email": "bob@kiesel.example", "Status": "Inactive"},
        {header: match.target for header, match in found.items()},
    )

    assert "opted_out" not in raw


@pytest.mark.parametrize(
    "header",
    [
        "SMS opt out",
        "HasOptedOutOfFax",
        "Fax Opt Out",
        "SMS Marketing Status",
        "Unsubscribe link",
        "Campaign consent",
    ],
)
def test_other_ways_than_by_mail_are_left_alone(header: str) -> None:
    assert not is_out_header(header)
    assert not is_leave_header(header)
    assert out_of(header, "Unsubscribed", "Subscribed") == [False, False]


def test_a_program_s_own_columns_are_heard_too() -> None:
    zoho = ["Email", "Record Id", "Lead Owner", "Email Opt Out", "Unsubscribed Mode"]
    mailchimp = ["Email", "MEMBER_RATING"]
    eventbrite = ["Email", "Order #", "Ticket Type"]

    assert out_of("Unsubscribed Time", "2026-04-01 10:00:00", "", others=zoho) == [True, False]
    assert out_of("Email Marketing Status", "Subscribed", "Cleaned", others=mailchimp) == [False, True]
    assert out_of("Marketing consent", "No", "Yes", others=eventbrite) == [True, False]


@pytest.mark.parametrize("text", ["No", "nein", "No, thank you", "Nein danke", "Withdrawn", "unsubscribed"])
def test_a_refusal_is_a_plain_no(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text", ["", "yes", "maybe", "No answer", "not asked", "Norway", "pending", "No permissions set"]
)
def test_what_is_not_plainly_a_no_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.django_db
def test_the_page_of_columns_offers_it_and_says_what_a_no_does(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory(username="marta", role="marketing"))
    rows = [[*person(1), "no"], [*person(2), "yes"]]
    batch = taken_in(csv_file(rows, headers=[*HEADERS, "GDPR consent"]), now=timezone.now())

    page = client.get(reverse("imports:columns", args=[batch.pk])).content.decode()

    assert batch.columns["GDPR consent"] == "may_contact"
    assert '<option value="may_contact" selected>May be contacted (a no opts out)</option>' in page
    assert "A plain no in it counts as an opt-out, a yes changes nothing." in page
    assert 'name="constant_may_contact"' not in page


def test_an_empty_list_of_a_program_and_a_person_who_never_subscribed_are_no_opt_outs() -> None:
    assert out_of("Email Suppressions", "[]", "['UNSUBSCRIBE']") == [False, True]
    assert out_of("Email Marketing Consent", "NEVER_SUBSCRIBED", "UNSUBSCRIBED", "SUBSCRIBED") == [
        False,
        True,
        False,
    ]


def test_leave_that_was_withdrawn_is_an_opt_out() -> None:
    assert out_of("Consent withdrawn on", "2026-02-02", "") == [True, False]
    assert out_of("Einwilligung widerrufen am", "01.02.2026", "") == [True, False]
    assert out_of("GDPR status", "Consent given", "Objection", "No answer yet") == [False, True, False]
    assert out_of("Consent given on", "2026-02-02", "") == [False, False]


def test_leave_to_record_a_talk_is_none_to_write() -> None:
    assert out_of("Recording Consent", "No", "Yes") == [False, False]


def test_words_that_an_order_or_a_registration_has_too_are_no_opt_outs_alone() -> None:
    assert out_of("Estado", "Confirmado", "Cancelado") == [False, False]
    assert out_of("Estado", "Suscrito", "Cancelado") == [False, True]
    assert out_of("Anmeldestatus", "bestätigt", "abgemeldet") == [False, False]


def test_ticks_and_crosses_are_answers() -> None:
    assert out_of("Permission to e-mail", "✓", "✗", "✓") == [False, True, False]


def test_whoever_has_not_accepted_a_policy_may_still_be_written_to() -> None:
    assert out_of("Privacy policy accepted", "No", "Yes") == [False, False]
