"""The admin pages of people, leads, opportunities and the catalogues; one module a subject."""

from leads.admin import agreement, catalogue, challenge, lead, lists, opportunity, people, suppression, users

__all__ = [
    "agreement",
    "catalogue",
    "challenge",
    "lead",
    "lists",
    "opportunity",
    "people",
    "suppression",
    "users",
]
