"""One spelling for everything that comes in: e-mail, phone, domain, company, person, title, country.

Pure functions without a database, settings or network. What a person has to mend raises a `LeadOpsError` with a
sentence; what cannot be told is "" (or None, or unknown).
"""

from leads.normalise.company import company_key, employees_count, has_legal_form
from leads.normalise.country import COUNTRY_NAMES, country_code
from leads.normalise.domain import company_domain, registrable_domain
from leads.normalise.email import InvalidEmail, email_kind, normalise_email
from leads.normalise.endings import is_list_note, is_sum_label, is_sum_value, is_sure_note
from leads.normalise.linkedin import linkedin_page
from leads.normalise.marks import (
    HELD_BACK,
    LOOKED_AT,
    MARKS,
    has_homoglyph,
    is_example_phone,
    is_made_up_phone,
    looks_swapped,
)
from leads.normalise.name_order import split_family_first
from leads.normalise.nonsense import find_nonsense, looks_like_nonsense
from leads.normalise.person import bare_parts, person_key, split_name, tidy_name
from leads.normalise.phone import InvalidPhone, normalise_phone
from leads.normalise.text import clean_text, clean_texts
from leads.normalise.title import job_function, read_title, seniority

__all__ = [
    "COUNTRY_NAMES",
    "HELD_BACK",
    "LOOKED_AT",
    "MARKS",
    "InvalidEmail",
    "InvalidPhone",
    "bare_parts",
    "clean_text",
    "clean_texts",
    "company_domain",
    "company_key",
    "country_code",
    "email_kind",
    "employees_count",
    "find_nonsense",
    "has_homoglyph",
    "has_legal_form",
    "is_example_phone",
    "is_list_note",
    "is_made_up_phone",
    "is_sum_label",
    "is_sum_value",
    "is_sure_note",
    "job_function",
    "linkedin_page",
    "looks_like_nonsense",
    "looks_swapped",
    "normalise_email",
    "normalise_phone",
    "person_key",
    "read_title",
    "registrable_domain",
    "seniority",
    "split_family_first",
    "split_name",
    "tidy_name",
]
