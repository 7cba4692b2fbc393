"""What the report templates need and Django does not bring."""

from typing import Any

from django import template

from leads.enums import STAGE_SHORT, Stage

register = template.Library()


@register.simple_tag
def short(stage: str) -> Any:
    """Today's short name of a canonical stage."""
    return STAGE_SHORT[Stage(stage)]


@register.filter
def percent(share: float | None) -> str:
    """0.256 as "26 %", and a dash where there is nothing to divide by."""
    return "–" if share is None else f"{share * 100:.0f} %"


@register.filter
def signed(number: int) -> str:
    """3 as "+3", -2 as "−2" with a true minus."""
    return f"{number:+,d}".replace("-", "\u2212")


@register.filter
def signed_percent(share: float) -> str:
    """-0.3 as "−30 %"."""
    return f"{share * 100:+.0f} %".replace("-", "\u2212")


@register.filter
def width(part: int, whole: int) -> str:
    """A length in per cent for a bar; always visible when it is not nothing."""
    return f"{max(part * 100 / whole, 1.5) if part else 0:.1f}%"
