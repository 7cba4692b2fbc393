"""A person as they arrive: what the texts of one row come to in normal form, or what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from leadops.errors import LeadOpsError
from leads import normalise
from leads.enums import EmailKind, Seniority
from leads.normalise.marks import EXAMPLE_PHONE, HOMOGLYPH

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


@dataclass(frozen=True, slots=True)
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
    # What was left out, since it could not be read and the rest stands without it.
    flaws: tuple[Problem, ...] = ()
    marks: tuple[str, ...] = ()  # of `normalise.MARKS`: what is unusual
    # What the person and the company are matched by, worked out once.
    name_key: str = field(init=False)
    company_key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name_key", name_key_of(self.first_name, self.last_name))
        object.__setattr__(self, "company_key", company_key_of(self.company))


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
_LONGEST_OTHER: Final = 10_000  # a note


def clean(raw: Mapping[str, str], *, country: str, is_let_in: bool = False) -> Person:
    """The person that the texts of one row describe.

    `raw` has canonical keys (email, first_name, last_name, full_name, phone, mobile, title, company, website, domain,
    industry, employees, country, city, linkedin_url, opted_out); missing ones are blank, others are left alone.
    `country` (ISO 3166) is that of telephone numbers without a prefix when the row names none. A number that can't be
    dialled is left out, and told in `flaws`, where an e-mail address reaches the person. Raises `PersonRefused` with
    every problem of the row; with `is_let_in` a person has seen that it looks like nobody, and lets it in.
    """
    texts = {name: normalise.clean_text(value) for name, value in raw.items()}
    first, last = texts.get("first_name", ""), texts.get("last_name", "")
    if texts.get("full_name") and not (first and last):
        first, last = normalise.split_name(texts["full_name"])
    first, last = normalise.tidy_name(first), normalise.tidy_name(last)
    problems = [
        (
            name,
            f"“{value[:40]}…” is too long: {len(value):,} characters, {longest:,} is the most. Shorten it.",
        )
        for name, value in (texts | {"first_name": first, "last_name": last}).items()
        if len(value) > (longest := _LONGEST.get(name, _LONGEST_OTHER))
    ]
    home = normalise.country_code(texts.get("country", ""))
    email = _attempt("email", normalise.normalise_email, texts.get("email", ""), problems)
    undiallable: list[Problem] = []
    phone = _attempt_phone(texts, country=home or country, problems=undiallable)
    if not email:
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
    mark, why = normalise.find_nonsense(first, last, email, key=normalise.person_key(first, last))
    if why and not is_let_in:
        raise PersonRefused([("last_name" if last else "first_name", why)], marks=(mark,))
    company = texts.get("company", "")
    kind = normalise.email_kind(email)
    title = texts.get("title", "")
    website = texts.get("website", "") or texts.get("domain", "")
    return Person(
        email=email,
        email_kind=kind,
        first_name=first,
        last_name=last,
        phone=phone,
        title=title,
        seniority=normalise.seniority(title),
        function=normalise.job_function(title),
        country=home,
        city=texts.get("city", ""),
        linkedin_url=texts.get("linkedin_url", ""),
        company=company,
        domain=normalise.company_domain(email=email, website=website),
        website=texts.get("website", ""),
        industry=texts.get("industry", ""),
        employees=normalise.employees_count(texts.get("employees", "")),
        opted_out=texts.get("opted_out", "").casefold() in _YES,
        flaws=tuple(undiallable),
        marks=_marks(mark, kind, email=email, names=f"{first} {last}", company=company, phone=phone),
    )


def _marks(mark: str, kind: str, *, email: str, names: str, company: str, phone: str) -> tuple[str, ...]:
    """What is unusual about the person, in the order of `normalise.MARKS`."""
    found = [mark] if mark else []
    if kind in normalise.MARKS:
        found.append(kind)
    if any(map(normalise.has_homoglyph, (email, names, company))):
        found.append(HOMOGLYPH)
    if normalise.is_example_phone(phone):
        found.append(EXAMPLE_PHONE)
    return tuple(found)


def _attempt(name: str, normal_form: Any, text: str, problems: list[Problem]) -> str:
    if not text:
        return ""
    try:
        return str(normal_form(text))
    except LeadOpsError as refusal:
        problems.append((name, str(refusal)))
        return ""


def _attempt_phone(texts: Mapping[str, str], *, country: str, problems: list[Problem]) -> str:
    """The first telephone number of the row that is one; a bad number is a problem only where there is no good one."""
    found: list[Problem] = []
    for name in ("phone", "mobile"):
        number = _attempt(
            name, lambda text: normalise.normalise_phone(text, country=country), texts.get(name, ""), found
        )
        if number:
            return number
    problems += found
    return ""
