"""Addresses of pages of LinkedIn, without language and tracking."""

import re
from typing import Final

_PLAIN: Final = re.compile(r"https://(?:www\.)?linkedin\.com/(?:in|company|school|showcase)/[^/?#\s]+/?")
_SITE: Final = r"(?:https?:/{0,2})?(?:[a-z0-9-]{1,20}\.)?linkedin\.com"
# A profile may be followed by its language: /in/ann-lee/de, /in/ann-lee/en-us.
_PROFILE: Final = re.compile(
    rf"{_SITE}/(?:mwlite/|m/)?in/(?P<name>[^/?#\s]+)(?:/[a-z]{{2}}(?:[-_][a-z]{{2}})?)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_COMPANY: Final = re.compile(
    rf"{_SITE}/(?:mwlite/|m/)?(?P<kind>company|school|showcase)/(?P<name>[^/?#\s]+)/?(?:[?#].*)?",
    re.IGNORECASE,
)
# The Sales Navigator: the key of the person, how the link was found, a token. Behind it stands tracking.
_SALES: Final = re.compile(
    rf"{_SITE}/sales/(?P<kind>lead|people|profile|company)/(?P<key>[^/?#\s]+)/?(?:[?#].*)?", re.IGNORECASE
)
_OTHER: Final = re.compile(rf"(?P<page>{_SITE}/[^?#\s]*)(?:[?#].*)?", re.IGNORECASE)
_LONGEST_KEPT: Final = 200  # characters of a page of another kind that keeps what stands behind "?"


def linkedin_page(text: str) -> str:
    """The address of a page of LinkedIn without language and tracking, of anything else the text as it is.

    “http://de.linkedin.com/in/ann-lee/en?trk=people” is “https://www.linkedin.com/in/ann-lee”. Pages of the Sales
    Navigator keep their key with all that belongs to it and lose what stands behind.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    if found := _PROFILE.fullmatch(text):
        return f"https://www.linkedin.com/in/{found['name']}"
    if found := _COMPANY.fullmatch(text):
        return f"https://www.linkedin.com/{found['kind'].lower()}/{found['name']}"
    if found := _SALES.fullmatch(text):
        return f"https://www.linkedin.com/sales/{found['kind'].lower()}/{found['key']}"
    if len(text) > _LONGEST_KEPT and (found := _OTHER.fullmatch(text)):
        return found["page"]
    return text
