"""The readable page of a definition, for the admin that keeps definitions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from leadops.admin import row_number
from leads import definition_page
from leads.admin.challenge import page_of_agreement
from leads.models import Definition


class Readable:
    """Shows a definition as a page instead of a form of grey boxes; mixed into its admin."""

    change_form_template = "leads/definition_change_form.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        definition = (
            Definition.objects.select_related("criteria", "agreement")
            .prefetch_related("criteria__criteria")
            .filter(pk=row_number(object_id))
            .first()
        )
        extra: dict[str, Any] = {}
        if definition is not None:
            extra = {
                "page": definition_page.context(
                    definition=definition, reader=request.user, now=timezone.now()
                ),
                "agreement_url": page_of_agreement(definition.agreement_id),
                "may_register": request.user.has_perm("leads.add_calltoaction"),
                "may_keep_examples": request.user.has_perm("leads.add_definitionexample"),
                "title": str(definition),
            }
        answer: HttpResponse = super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**(extra_context or {}), **extra}
        )
        return answer
