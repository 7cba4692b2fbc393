"""What the arrival of one person did to the tables, so that it can be shown beforehand and taken back afterwards."""

from typing import Any, Final, TypedDict


class Changes(TypedDict, total=False):
    """What one arrival made and changed; a key without content is left out. Goes to JSON as it is.

    {"made": {"contact": 7, "lead": 9}, "account": 4, "before": {"account.domain": ""}, "after": {"account.domain": "kiesel.example"}}

    Values are those of the columns: texts, numbers, None; `contact.account` is an account's id. What of a title follows
    (`contact.seniority`, `contact.function`) stands beside it. Values of rows that the arrival made itself are not in
    it. To take an arrival back, go through the arrivals from the last to the first, put `before` where `after` still
    stands, then delete what is in `made`. An opt-out is not in it, since nobody takes one back.
    """  # noqa: E501  (one example, one line)

    made: dict[str, int]  # "account", "contact", "lead" or "activity" to the id of the row that was made
    account: int  # the account that was changed: that of the names "account.…" in before and after
    before: dict[str, Any]  # "contact.title" or "account.domain" to the value that stood there
    after: dict[str, Any]  # the same names to the value that stands there now


# What an arrival may change of people and companies that are there already.
CONTACT_FIELDS: Final = (
    "first_name",
    "last_name",
    "phone",
    "title",
    "seniority",
    "function",
    "country",
    "city",
    "linkedin_url",
    "account",
)
ACCOUNT_FIELDS: Final = ("name", "website", "industry", "employees", "country", "domain")
