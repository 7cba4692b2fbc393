import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads import people
from leads.normalise import linkedin_page

SALES = "https://www.linkedin.com/sales/lead/ACwAAAB1c2VyLWtleQ,NAME_SEARCH,x1Yz"
TRACKING = "?trk=people-guest_people_search-card&lipi=urn%3Ali%3Apage%3A" + "d" * 400


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("https://www.linkedin.com/in/ann-lee", "https://www.linkedin.com/in/ann-lee"),
        ("https://linkedin.com/in/ann-lee/", "https://linkedin.com/in/ann-lee/"),
        ("https://de.linkedin.com/in/ann-lee", "https://www.linkedin.com/in/ann-lee"),
        ("http://www.linkedin.com/in/ann-lee/en-us?originalSubdomain=de", "https://www.linkedin.com/in/ann-lee"),
        ("linkedin.com/in/ann-lee/de/", "https://www.linkedin.com/in/ann-lee"),
        ("www.linkedin.com/mwlite/in/ann-lee", "https://www.linkedin.com/in/ann-lee"),
        ("https://www.linkedin.com/in/j%C3%BCrgen-roth-1a2b" + TRACKING, "https://www.linkedin.com/in/j%C3%BCrgen-roth-1a2b"),
        ("https://fr.linkedin.com/company/acme?trk=top", "https://www.linkedin.com/company/acme"),
        (SALES, SALES),
        (SALES + "?_ntb=" + "t" * 500, SALES),
        ("http://linkedin.com/sales/people/ACwAAAB,name,tok/", "https://www.linkedin.com/sales/people/ACwAAAB,name,tok"),
        ("https://www.linkedin.com/profile/view?id=123", "https://www.linkedin.com/profile/view?id=123"),
        ("https://www.linkedin.com/pub/ann/1/2b/345", "https://www.linkedin.com/pub/ann/1/2b/345"),
        ("https://www.linkedin.com/posts/ann" + TRACKING, "https://www.linkedin.com/posts/ann"),
        ("https://www.xing.com/profile/Ann_Lee", "https://www.xing.com/profile/Ann_Lee"),
        ("Ann on LinkedIn", "Ann on LinkedIn"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_page_loses_language_and_tracking_and_nothing_else(text: str, page: str) -> None:
    assert linkedin_page(text) == page


@given(st.text(max_size=60))
def test_a_page_of_any_text_comes_out_the_same_again(text: str) -> None:
    page = linkedin_page(f"https://de.linkedin.com/in/{text}")

    assert linkedin_page(page) == page


def test_a_page_in_a_row_never_refuses_the_person() -> None:
    raw = {"email": "ann@acme.example", "linkedin_url": SALES + "?_ntb=" + "t" * 500}

    assert people.clean(raw, country="DE").linkedin_url == SALES


def test_a_page_that_stays_too_long_is_left_out_and_told() -> None:
    raw = {"email": "ann@acme.example", "linkedin_url": "https://www.linkedin.com/in/" + "a" * 400}

    person = people.clean(raw, country="DE")

    assert (person.email, person.linkedin_url) == ("ann@acme.example", "")
    assert person.flaws == (
        (
            "linkedin_url",
            "“https://www.linkedin.com/in/aaaaaaaaaaaa…” has 428 characters, 300 is the most. Shorten it.",
        ),
    )
