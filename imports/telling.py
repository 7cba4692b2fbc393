"""What stands in the rows of a list as reasons, told in sentences with the labels of today."""

from collections.abc import Iterable, Mapping

from django.apps import apps

from imports.undo import LISTED
from leads.people.withdrawing import CHANGED, MERGED, OPTED_OUT, WORKED
from leads.words import LEAD


def why_kept(reason: str) -> str:
    """Why something stayed when its list was taken back."""
    if reason == WORKED:
        return f"Somebody has worked the {LEAD} since."
    if reason == MERGED:
        return "Has been merged with another one, or removed, since."
    if reason == OPTED_OUT:
        return "Has opted out since, and nothing else remembers it."
    if reason.startswith(LISTED):
        return f"Is also on the list “{reason.removeprefix(LISTED)}”. Take that one back first."
    if reason.startswith(CHANGED):
        return f"{label(reason.removeprefix(CHANGED))} has been changed since."
    return reason


def why_all_kept(reasons: Iterable[str]) -> str:
    """The same for all reasons of a row."""
    return " ".join(why_kept(reason) for reason in reasons)


def counted(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """How often each reason, the commonest first."""
    found = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return [(why_kept(reason), count) for reason, count in found]


def label(name: str) -> str:
    """What people call "contact.title"; of a company with "(account)" where people have a field of that label too."""
    model, _, field = name.partition(".")
    about = apps.get_model("leads", model)._meta
    found = str(about.get_field(field).verbose_name)
    if model == "account" and found in _labels_of_people():
        found = f"{found} ({about.verbose_name})"
    return found[:1].upper() + found[1:]


def _labels_of_people() -> set[str]:
    return {str(field.verbose_name) for field in apps.get_model("leads", "contact")._meta.fields}
