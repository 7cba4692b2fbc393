"""Words of the lead's pages, and the names of our things for use within sentences."""

from typing import Any, Final

from django.utils.functional import lazy
from django.utils.text import capfirst

from terminology.labels import current, term

_called: Any = lazy(current, str)

# What things are called now; lazy, so that they may stand in texts that are made when the program starts.
LEAD: Final = _called("leads.lead")
LEADS: Final = _called("leads.lead.plural")
CONTACT: Final = _called("leads.contact")
OPPORTUNITY: Final = _called("leads.opportunity")
EMAIL: Final = _called("leads.contact.email")
PHONE: Final = _called("leads.contact.phone")

# The labels of forms that stand beside a model's own.
STEP_NOTE: Final = capfirst(_called("leads.stagechange.note"))
STEP_REASON: Final = capfirst(_called("leads.stagechange.reason"))
STEP_CRITERIA: Final = capfirst(_called("leads.criteriaset"))
LOG_TYPE: Final = capfirst(_called("leads.activity.type"))
LOG_AT: Final = capfirst(_called("leads.activity.at"))
LOG_SUBJECT: Final = capfirst(_called("leads.activity.subject"))
LOG_BODY: Final = capfirst(_called("leads.activity.body"))
SIGNED_BY: Final = capfirst(_called("leads.opportunity.signed_by"))
SIGNED_AUTHORITY: Final = capfirst(_called("leads.opportunity.signed_authority"))
LOSS_REASON: Final = capfirst(_called("leads.opportunity.loss_reason"))
WHEN: Final = term("page.when", "When")
NEW_STAGE: Final = term("page.new_stage", "New stage")

HANDED_BACK: Final = term("page.handed_back", "Handed back")
HAND_BACK: Final = term("page.hand_back", "Hand the list back")
NOTICE_GIVEN_ON: Final = capfirst(_called("leads.source.notice_given_on"))
LIFT: Final = term("page.lift", "Lift")
LIFT_REASON: Final = capfirst(_called("leads.liftedentry.reason"))
LIFT_EVIDENCE: Final = capfirst(_called("leads.liftedentry.evidence"))
ERASE: Final = term("page.erase", "Erase the person")
ERASING_REASON: Final = term("page.erasing_reason", "Why")
SUPPRESSION_REASON: Final = capfirst(_called("leads.suppression.reason"))
SUPPRESSION_FILE: Final = term("suppression.file", "File of entries")
UPLOAD_SUPPRESSIONS: Final = term("page.upload_suppressions", "Upload entries")


def people(number: int) -> str:
    """What so many of our contacts are called."""
    return str(current("leads.contact" if number == 1 else "leads.contact.plural"))


# The pages ask for these by their keys.
term("page.next_step", "Next step")
term("page.who", "Who")
term("page.log", "Log something")
term("page.log_button", "Log it")
term("page.timeline", "Timeline")
term("page.qualification", "Qualification")
term("page.as_agreed", "As agreed")
term("page.opted_out", "Opted out")
term("page.edit", "Edit")
term("page.move_on", "Move on")
term("page.move", "Move")
term("page.not_now", "Not now")
term("page.open", "Open")
term("page.see_all", "See all")
term("page.older", "Older")
term("page.stop", "Stop")

CONTACT_ROLE: Final = term("page.contact_role", "Role")
CONTACT_PERMISSION: Final = term("page.contact_permission", "Contact permission")

term("page.erasing_goes", "What goes")
term("page.erasing_stays", "What stays")
term("page.take_up", "Take it up again")
term("page.notice_given", "Notice given")
term("page.list_notice", "Notice to its people")
term("page.list_facts", "The list")
term("page.list_figures", "What became of it")
term("page.list_past", "What such lists have cost")
term("page.list_page", "Page of the list")
term("page.each", "Each")
term("page.list_spent", "All in all")
term("page.list_history", "What was done with it")
term("page.ever", "Ever reached")
term("page.now", "Now")
