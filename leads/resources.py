"""What exports of people and leads hold. Whoever must not be contacted never leaves the house in a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from import_export.fields import Field
from import_export.widgets import DateTimeWidget, IntegerWidget

from leadops.exports import LabelledResource
from leads import list_notice, people
from leads.models import Account, Contact, Lead
from terminology.labels import term

_MOMENT = DateTimeWidget(coerce_to_string=False)
_NUMBER = IntegerWidget(coerce_to_string=False)

# Where the label of a column is another one than that of the field it shows.
_COMPANY: Final = term("leads.account.name", "company")
_SOURCE_KIND: Final = term("leads.export.source_kind", "kind of source")


def _verbose(model: type[models.Model], *names: str) -> dict[str, Any]:
    return {field.name: field.verbose_name for field in model._meta.concrete_fields if field.name in names}


_OF_CONTACT: Final = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "title",
    "seniority",
    "function",
    "country",
    "city",
    "linkedin_url",
)
_OF_ACCOUNT: Final = ("website", "domain", "industry", "employees")


def _person_labels() -> dict[str, Any]:
    return {**_verbose(Contact, *_OF_CONTACT), "company": _COMPANY, **_verbose(Account, *_OF_ACCOUNT)}


# Whose columns they are: who may not open the person's page, or the company's, gets a file without them.
_PERMISSIONS: Final = {
    **dict.fromkeys(_OF_CONTACT, "leads.view_contact"),
    **dict.fromkeys(("company", *_OF_ACCOUNT), "leads.view_account"),
    "source": "leads.view_source",
    "source_kind": "leads.view_source",
}


class _WithoutWalled(LabelledResource):
    """Leaves out the rows of people whom nobody may contact, and counts them."""

    def contact_of(self, row: Any) -> Contact | None:
        raise NotImplementedError

    def fields_for(self, user: User) -> list[str]:
        return [
            name
            for name in super().fields_for(user)
            if name not in _PERMISSIONS or user.has_perm(_PERMISSIONS[name])
        ]

    def leaving(self, rows: Sequence[Any], *, now: datetime) -> list[Any]:
        walled = people.walled([contact for row in rows if (contact := self.contact_of(row)) is not None])
        found = [
            row
            for row in rows
            if ((contact := self.contact_of(row)) is None or contact.pk not in walled)
            and self.may_leave(row, now=now)
        ]
        self.left_out += len(rows) - len(found)
        return found

    def may_leave(self, row: Any, *, now: datetime) -> bool:
        """Whether the row may leave, beside what the do-not-contact list says."""
        return True


class ContactResource(_WithoutWalled):
    """People with their companies."""

    seniority = Field(attribute="get_seniority_display")
    function = Field(attribute="get_function_display")
    company = Field(attribute="account__name")
    website = Field(attribute="account__website")
    domain = Field(attribute="account__domain")
    industry = Field(attribute="account__industry")
    employees = Field(attribute="account__employees", widget=_NUMBER)
    created_at = Field(attribute="created_at", widget=_MOMENT)

    class Meta:
        model = Contact
        fields = (*_OF_CONTACT, "company", *_OF_ACCOUNT, "created_at")
        export_order = fields

    def filter_export(self, queryset: models.QuerySet[Any], **kwargs: Any) -> models.QuerySet[Any]:
        return queryset.select_related("account")

    def contact_of(self, row: Contact) -> Contact | None:
        return row

    def staying(self, *, now: datetime) -> Q:
        return Q(opted_out_at__isnull=False)

    def labels(self) -> dict[str, Any]:
        return {**_person_labels(), **_verbose(Contact, "created_at")}


class LeadResource(_WithoutWalled):
    """Leads with their person, company, stage and source."""

    first_name = Field(attribute="contact__first_name")
    last_name = Field(attribute="contact__last_name")
    email = Field(attribute="contact__email")
    phone = Field(attribute="contact__phone")
    title = Field(attribute="contact__title")
    seniority = Field(attribute="contact__get_seniority_display")
    function = Field(attribute="contact__get_function_display")
    country = Field(attribute="contact__country")
    city = Field(attribute="contact__city")
    linkedin_url = Field(attribute="contact__linkedin_url")
    company = Field(attribute="contact__account__name")
    website = Field(attribute="contact__account__website")
    domain = Field(attribute="contact__account__domain")
    industry = Field(attribute="contact__account__industry")
    employees = Field(attribute="contact__account__employees", widget=_NUMBER)
    stage = Field(attribute="get_stage_display")
    sub_status = Field(attribute="sub_status__name")
    source = Field(attribute="source__name")
    source_kind = Field(attribute="source__get_kind_display")
    owner = Field(attribute="owner__get_full_name")
    team = Field(attribute="team__name")
    created_at = Field(attribute="created_at", widget=_MOMENT)
    stage_entered_at = Field(attribute="stage_entered_at", widget=_MOMENT)

    class Meta:
        model = Lead
        fields = (
            *_OF_CONTACT,
            "company",
            *_OF_ACCOUNT,
            "stage",
            "sub_status",
            "source",
            "source_kind",
            "owner",
            "team",
            "created_at",
            "stage_entered_at",
        )
        export_order = fields

    def filter_export(self, queryset: models.QuerySet[Any], **kwargs: Any) -> models.QuerySet[Any]:
        return queryset.select_related("contact__account", "source", "owner", "team", "sub_status")

    def contact_of(self, row: Lead) -> Contact | None:
        return row.contact

    def staying(self, *, now: datetime) -> Q:
        return Q(contact__opted_out_at__isnull=False) | list_notice.overdue(now=now, prefix="source__")

    def may_leave(self, row: Lead, *, now: datetime) -> bool:
        return not list_notice.not_told(row.source, now=now)

    def labels(self) -> dict[str, Any]:
        return {
            **_person_labels(),
            **_verbose(
                Lead, "stage", "sub_status", "source", "owner", "team", "created_at", "stage_entered_at"
            ),
            "source_kind": _SOURCE_KIND,
        }
