from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.normalise import company_domain, registrable_domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Example.co.uk:8080/about?x=1#y", "example.co.uk"),
        ("example.com.", "example.com"),
        ("EXAMPLE.COM", "example.com"),
        ("//shop.example.com/a", "example.com"),
        ("http:/example.com", "example.com"),
        ("ann@mail.example.com", "example.com"),
        ("https://ann:secret@example.com/@ann", "example.com"),
        ("www.example.com, www.example.org", "example.com"),
        ("MÜNCHEN.example", "münchen.example"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("例え。example.com", "example.com"),
        ("acme.test", "acme.test"),
        ("acme.github.io", "acme.github.io"),
    ],
)
def test_the_domain_is_what_somebody_registered(text: str, domain: str) -> None:
    assert registrable_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "none",
        "acme",
        "co.uk",
        "com",
        ".com",
        "localhost",
        "printer.local",
        "192.168.0.1",
        "https://10.0.0.1:80/",
        "http://[2001:db8::1]/",
        "a..b.com",
        "-a.com",
        "xn--.com",
        "two words",
        "http://",
        "@",
        "ex ample.com",
        "a" * 300 + ".com",
    ],
)
def test_there_is_no_domain_in_what_nobody_registered(text: str) -> None:
    found = registrable_domain(text)

    assert found == ""


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_domain_that_is_its_own_domain_or_none(text: str) -> None:
    found = registrable_domain(text)

    assert registrable_domain(found) == found


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"acme(?:\.[a-zé]{1,3}){0,3}\.(?:com|co\.uk|de|example)", fullmatch=True))
def test_how_a_domain_is_written_does_not_matter(host: str) -> None:
    plain = registrable_domain(host)

    assert plain
    for written in (
        host.upper(),
        f"https://{host}/",
        f"ann@{host}",
        f"{host}.",
        f" {host}:443 ",
        f"http://{host}?q=a.b",
    ):
        assert registrable_domain(written) == plain


@pytest.mark.parametrize(
    ("email", "website", "domain"),
    [
        ("ann@example.org", "https://www.example.com/de", "example.com"),
        ("ann@mail.example.org", "", "example.org"),
        ("info@example.org", "", "example.org"),
        ("ann@gmail.com", "", ""),
        ("info@gmail.com", "", ""),
        ("ann@mailinator.com", "", ""),
        ("ann@gmail.com", "example.com", "example.com"),
        ("ann@example.org", "gmail.com", "example.org"),
        ("ann@example.org", "https://www.linkedin.com/company/example", "example.org"),
        ("ann@gmail.com", "https://www.linkedin.com/company/example", ""),
        ("ann@linkedin.com", "www.linkedin.com", "linkedin.com"),
        ("ann@example.org", "n/a", "example.org"),
        ("", "", ""),
    ],
)
def test_a_company_is_known_by_a_domain_of_its_own(email: str, website: str, domain: str) -> None:
    assert company_domain(email=email, website=website) == domain


def test_agrees_with_the_test_vectors_of_the_public_suffix_list(shared_data: Path) -> None:
    lines = (shared_data / "lists/psl_tests_dev.txt").read_text(encoding="utf-8").splitlines()
    vectors = [line.split() for line in lines if line and not line.startswith("//")]
    # Ours is always the Unicode spelling; the vectors keep the one they were given.
    expected = {
        text: "" if domain == "null" else registrable_domain(domain)
        for text, domain in vectors
        if text != "null"
    }

    found = {text: registrable_domain(text) for text in expected}

    assert len(found) > 30
    assert found == expected
    assert all(bool(found[text]) == (domain != "null") for text, domain in vectors if text != "null")
