"""A person as they arrive: what the texts of one row come to in normal form, or what is wrong with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final

from leadops.errors import LeadOpsError
from leads import normalise
from leads.enums import EmailKind, Seniority
from leads.normalise.marks import EXAMPLE_PHONE, HOMOGLYPH, NONSENSE, SWAPPED
from leads.normalise.text import shown
from leads.people.spelling import read_address

# The columns' lengths; a name grows when it is folded ("ﬃ" is three letters).
LONGEST_NAME_KEY: Final = 201
LONGEST_COMPANY_KEY: Final = 200

# Column name, the sentence about it. The caller puts its own label in front.
Problem = tuple[str, str]


def name_key_of(first: str, last: str) -> str:
    """What two spellings of one name share, as long as its column takes."""
    return normalise.person_key(first, last)[:LONGEST_NAME_KEY]


def company_key_of(name: str) -> str:
    """What two spellings of one company share, as long as its column takes."""
    return normalise.company_key(name)[:LONGEST_COMPANY_KEY]


class PersonRefused(LeadOpsError):
    """The row can't become a person; `problems` holds (field, sentence) pairs.

    `marks` are of `normalise.HELD_BACK` where the row is in order but for looking like nobody: a person may let it in.
    """

    def __init__(self, problems: Sequence[Problem], *, marks: tuple[str, ...] = ()) -> None:
        super().__init__(" ".join(sentence for _, sentence in problems))
        self.problems = list(problems)
        self.marks = marks


@dataclass(slots=True)  # not frozen: that costs two microseconds for each row of a list
class Person:
    """A person as they arrive, in normal form: keys, E.164 phone, ISO country, registrable domain."""

    email: str = ""
    email_kind: str = EmailKind.NONE.value
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    title: str = ""
    seniority: str = Seniority.UNKNOWN.value
    function: str = "unknown"
    country: str = ""
    city: str = ""
    linkedin_url: str = ""
    company: str = ""
    domain: str = ""
    website: str = ""
    industry: str = ""
    employees: int | None = None
    opted_out: bool = False
    # Other mailboxes and numbers of the row in normal form: nothing of them is kept, but whoever must not be contacted
    # under one of them is not let in under the first.
    beside: tuple[str, ...] = ()
    # What was left out, since it could not be read and the rest stands without it.
    flaws: tuple[Problem, ...] = ()
    marks: tuple[str, ...] = ()  # of `normalise.MARKS`: what is unusual
    # What the person and the company are matched by; worked out where they are not given.
    name_key: str = ""
    company_key: str = ""

    def __post_init__(self) -> None:
        if not self.name_key:
            self.name_key = name_key_of(self.first_name, self.last_name)
        if self.company and not self.company_key:
            self.company_key = company_key_of(self.company)

    def values(self) -> tuple[Any, ...]:
        """All of the person as plain values: `Person(*values)` is the person again."""
        return _VALUES(self)


_VALUES: Final = attrgetter(*(field.name for field in fields(Person)))

_YES: Final = {"yes", "y", "true", "1", "x", "ja", "oui", "si", "sí"}
_LONGEST: Final = {
    "first_name": 100,
    "last_name": 100,
    "title": 200,
    "city": 120,
    "company": 200,
    "industry": 120,
    "website": 300,
    "linkedin_url": 300,
}
_BESIDE: Final = frozenset({"email_beside", "phone_beside", "mobile"})
_LONGEST_OTHER: Final = 10_000  # a note
_NAMES: Final = ("full_name", "first_name", "last_name")
_WORDS_OF_SENTENCE: Final = (
    8  # at least, half of which in small letters, in a name without address and number
)
_LONGEST_CODE: Final = 3  # letters of a country's code, which short names look like
_SHORTEST_LIMIT: Final = min(_LONGEST.values())


def clean(raw: Mapping[str, str], *, country: str, is_let_in: bool = False) -> Person:
    """The person that the texts of one row describe.

    `raw` has canonical keys (email, first_name, last_name, full_name, phone, mobile, title, company, website, domain,
    industry, employees, country, city, linkedin_url, opted_out, and email_beside and phone_beside for others in the
    same cells, one to a line); missing ones are blank, others are left alone.
    `country` (ISO 3166) is that of telephone numbers without a prefix when the row names none. A number that can't be
    dialled is left out, and told in `flaws`, where an e-mail address reaches the person. Raises `PersonRefused` with
    every problem of the row; with `is_let_in` a person has seen that it looks like nobody, and lets it in.
    """
    texts = normalise.clean_texts(raw)
    read = texts.get
    first, last = read("first_name", ""), read("last_name", "")
    if texts.get("full_name") and not (first and last):
        first, last = normalise.split_name(texts["full_name"])
    elif "," in first + last and not (first and last):
        first, last = normalise.split_name(first or last)  # "Doe, John" in one of the two columns
    else:
        first, last = normalise.bare_parts(first, last)
    first, last = normalise.tidy_name(first), normalise.tidy_name(last)
    flaws: list[Problem] = []
    if "linkedin.com" in read("linkedin_url", "").lower():
        texts["linkedin_url"] = _linkedin(texts["linkedin_url"], flaws)
    problems = _too_long(texts, first=first, last=last)
    home = normalise.country_code(read("country", "")) if "country" in texts else ""
    # As it came: in an address a line break is no blank.
    email = _attempt("email", read_address, raw.get("email", "").strip(), problems)
    undiallable: list[Problem] = []
    phone = _attempt_phone(texts, country=home or country, problems=undiallable)
    # A name with a number that nobody has is held back like other nonsense, and not refused for good.
    made_up = [] if email or phone else _made_up(texts, undiallable)
    if not email and not (made_up and (first or last)):
        problems += undiallable
    if not (email or phone or (first or last)):
        problems.append(
            (
                "email",
                "The row has neither an e-mail address nor a telephone number nor a name. Add one of them.",
            )
        )
    if problems:
        raise PersonRefused(problems)
    title = read("title", "")
    website = read("website", "")
    kind = normalise.email_kind(email)
    level, function = normalise.read_title(title)
    person = Person(
        email=email,
        email_kind=kind,
        first_name=first,
        last_name=last,
        phone=phone,
        title=title,
        seniority=level,
        function=function,
        country=home,
        city=read("city", ""),
        linkedin_url=read("linkedin_url", ""),
        company=read("company", ""),
        domain=normalise.company_domain(email=email, website=website or read("domain", "")),
        website=website,
        industry=read("industry", ""),
        employees=normalise.employees_count(texts["employees"]) if "employees" in texts else None,
        opted_out=read("opted_out", "").casefold() in _YES,
        beside=_beside(raw, texts, phone=phone, country=home or country)
        if not _BESIDE.isdisjoint(texts)
        else (),
        flaws=(*undiallable, *flaws),
    )
    mark, why = normalise.find_nonsense(first, last, email, key=person.name_key)
    if not (why or email or phone):
        why = _why_no_person(texts)
    doubts = [("last_name" if last else "first_name", why)] if why else made_up
    if doubts and not is_let_in:
        raise PersonRefused(doubts, marks=(mark or NONSENSE,))
    person.marks = _marks(person, mark or (NONSENSE if made_up else ""))
    return person


def _beside(raw: Mapping[str, str], texts: Mapping[str, str], *, phone: str, country: str) -> tuple[str, ...]:
    """Further addresses and numbers of the row; what is none is nobody's and left out."""
    found: list[str] = []
    for text in raw.get("email_beside", "").splitlines():
        found += filter(None, [_attempt("email", read_address, text, [])])
    for text in (texts.get("mobile", ""), *raw.get("phone_beside", "").splitlines()):
        number = _attempt("phone", lambda text: normalise.normalise_phone(text, country=country), text, [])
        found += [number] if number and number != phone else []
    return tuple(dict.fromkeys(found))


def _linkedin(text: str, flaws: list[Problem]) -> str:
    """The page in its short form; one that is too long all the same is left out, since the rest stands without it."""
    page = normalise.linkedin_page(text)
    longest = _LONGEST["linkedin_url"]
    if len(page) <= longest:
        return page
    flaws.append(
        ("linkedin_url", f"“{page[:40]}…” has {len(page):,} characters, {longest:,} is the most. Shorten it.")
    )
    return ""


def _why_no_person(texts: Mapping[str, str]) -> str:
    """Why a name without address and number is no person but a heading or the end of a list, "" if it is not."""
    name = " ".join(filter(None, (texts.get(part, "") for part in _NAMES)))
    others = [text for part, text in texts.items() if text and part not in _NAMES]
    if normalise.is_list_note(name) and (normalise.is_sure_note(name) or not others):
        return f"{shown(name)} looks like a sum or a note below a list, and not like a person."
    if not others and len(name) > _LONGEST_CODE and normalise.country_code(name):
        return (
            f"{shown(name)} is a country, as a heading between people is, and nothing else stands in the row."
        )
    if not all(map(normalise.is_sum_value, others)):
        return ""  # a company, a title: people may be called Summe
    if normalise.is_sum_label(name):
        return f"{shown(name)} looks like a sum or a note below a list, and not like a person."
    if len(words := name.split()) >= _WORDS_OF_SENTENCE and 2 * sum(map(str.islower, words)) >= len(words):
        return f"{shown(name)} looks like a sentence, and not like a name."
    return ""


def _made_up(texts: Mapping[str, str], undiallable: Sequence[Problem]) -> list[Problem]:
    """What to say of the numbers that cannot be dialled, if all of them are made up."""
    numbers = [(name, texts[name]) for name, _ in undiallable]
    if not all(normalise.is_made_up_phone(text) for _, text in numbers):
        return []
    return [(name, f"{shown(text)} is a number that people make up.") for name, text in numbers]


def _too_long(texts: Mapping[str, str], *, first: str, last: str) -> list[Problem]:
    if max(map(len, (first, last, *texts.values()))) <= _SHORTEST_LIMIT:
        return []
    return [
        (
            name,
            f"“{value[:40]}…” is too long: {len(value):,} characters, {longest:,} is the most. Shorten it.",
        )
        for name, value in ({**texts, "first_name": first, "last_name": last}).items()
        if len(value) > (longest := _LONGEST.get(name, _LONGEST_OTHER))
    ]


def _marks(person: Person, mark: str) -> tuple[str, ...]:
    """What is unusual about the person, in the order of `normalise.MARKS`; `mark` is that of nonsense."""
    found = [mark] if mark else []
    if person.email_kind in normalise.MARKS:
        found.append(person.email_kind)
    is_plain = person.email.isascii() and person.company.isascii()
    if not (is_plain and person.first_name.isascii() and person.last_name.isascii()) and any(
        map(normalise.has_homoglyph, (person.email, person.first_name, person.last_name, person.company))
    ):
        found.append(HOMOGLYPH)
    if person.last_name and normalise.looks_swapped(
        person.name_key, last_key=person.name_key.rpartition(" ")[2]
    ):
        found.append(SWAPPED)
    if person.phone and normalise.is_example_phone(person.phone):
        found.append(EXAMPLE_PHONE)
    return tuple(found)


def _attempt(name: str, normal_form: Callable[[str], str], text: str, problems: list[Problem]) -> str:
    if not text:
        return ""
    try:
        return normal_form(text)
    except LeadOpsError as refusal:
        problems.append((name, str(refusal)))
        return ""


def _attempt_phone(texts: Mapping[str, str], *, country: str, problems: list[Problem]) -> str:
    """The first telephone number of the row that is one; a bad number is a problem only where there is no good one."""
    found: list[Problem] = []
    for name in ("phone", "mobile"):
        if not (text := texts.get(name)):
            continue
        try:
            return normalise.normalise_phone(text, country=country)
        except LeadOpsError as refusal:
            found.append((name, str(refusal)))
    problems += found
    return ""
