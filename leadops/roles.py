"""The six roles, as Django groups whose permissions are kept in step with this page after every `migrate`.

Which *rows* a role sees is said by the `visible_to(user)` querysets; this page says which *tables and steps*.
"""

from typing import Any, Final

from django.contrib.auth.models import AnonymousUser, User

SALES_REP: Final = "sales_rep"
SALES_MANAGER: Final = "sales_manager"
MARKETING: Final = "marketing"
REVOPS: Final = "revops"
ADMINISTRATOR: Final = "administrator"
READ_ONLY: Final = "read_only"

ROLES: Final = (SALES_REP, SALES_MANAGER, MARKETING, REVOPS, ADMINISTRATOR, READ_ONLY)

# The names people read; the code compares only the keys above.
ROLE_NAMES: Final = {
    SALES_REP: "Sales rep",
    SALES_MANAGER: "Sales manager",
    MARKETING: "Marketing",
    REVOPS: "RevOps",
    ADMINISTRATOR: "Administrator",
    READ_ONLY: "Read-only",
}

_CATALOGUE = (
    "leads.reason",
    "leads.activitytype",
    "leads.nurtureprogramme",
    "leads.qualificationquestion",
    "leads.stagesetting",
    "leads.substatus",
    "leads.definition",
    "leads.criteriaset",
    "leads.criterion",
    "leads.opportunitystagesetting",
)
_PEOPLE = ("leads.account", "leads.contact", "leads.lead", "leads.opportunity")
_TRACES = ("leads.activity", "leads.stagechange", "leads.milestone")
_VIEWED_BY_ALL = (
    *_PEOPLE,
    *_TRACES,
    *_CATALOGUE,
    "leads.source",
    "leads.team",
    "leads.nurtureenrolment",
    "leads.challenge",
    "leads.calltoaction",
    "leads.definitionexample",
    "scoring.scoringmodel",
    "scoring.rule",
    "terminology.termoverride",
    "terminology.agreement",
)


def _may(actions: str, *models: str) -> set[str]:
    """The permission names for `actions` ("view add") on `models` ("leads.lead")."""
    return {
        f"{model.split('.')[0]}.{action}_{model.split('.')[1]}"
        for model in models
        for action in actions.split()
    }


# Permission names as Django writes them; names of apps that are not installed are ignored.
PERMISSIONS: Final[dict[str, set[str]]] = {
    READ_ONLY: _may("view", *_VIEWED_BY_ALL) | {"reports.view_reports"},
    SALES_REP: _may("view", *_VIEWED_BY_ALL, "handoff.notice")
    | _may("change", *_PEOPLE)
    | _may("add", "leads.contact", "leads.account")
    | {"leads.work_lead", "leads.log_activity", "reports.view_reports", "terminology.add_agreemententry"},
    SALES_MANAGER: _may(
        "view",
        *_VIEWED_BY_ALL,
        "handoff.notice",
        "handoff.assignment",
        "handoff.routingrule",
        "handoff.servicelevel",
        "leads.teammember",
    )
    | _may("change", *_PEOPLE, "leads.teammember")
    | _may("add", "leads.contact", "leads.account", "leads.teammember")
    | _may("add change delete", "leads.definitionexample")
    | {
        "leads.work_lead",
        "leads.log_activity",
        "leads.assign_lead",
        "leads.export_lead",
        "imports.decide_duplicates",
        "reports.view_reports",
        "terminology.add_agreemententry",
        "terminology.propose_agreement",
    },
    MARKETING: _may(
        "view",
        *_VIEWED_BY_ALL,
        "handoff.notice",
        "handoff.assignment",
        "handoff.routingrule",
        "handoff.servicelevel",
        "imports.importbatch",
        "imports.importrow",
        "leads.suppression",
        "leads.liftedentry",
    )
    | _may(
        "add change",
        "leads.account",
        "leads.contact",
        "leads.source",
        "imports.importbatch",
        "leads.suppression",
    )
    | _may("change", "leads.lead")
    | _may("add change delete", "leads.calltoaction", "leads.definitionexample")
    | _may("view change delete", "imports.mappingpreset")
    | {
        "leads.market_lead",
        "leads.log_activity",
        "leads.export_lead",
        "imports.run_import",
        "imports.decide_duplicates",
        "reports.view_reports",
        "terminology.add_agreemententry",
        "terminology.propose_agreement",
    },
    REVOPS: _may(
        "view",
        *_VIEWED_BY_ALL,
        "handoff.notice",
        "handoff.assignment",
        "imports.importbatch",
        "imports.importrow",
        "scoring.rescoringrun",
        "intake.receivedevent",
        "leads.liftedentry",
    )
    | _may(
        "view add change delete",
        *_CATALOGUE,
        "leads.calltoaction",
        "leads.definitionexample",
        "leads.source",
        "leads.team",
        "leads.teammember",
        "leads.suppression",
        "scoring.scoringmodel",
        "scoring.rule",
        "handoff.routingrule",
        "handoff.servicelevel",
        "intake.apitoken",
        "terminology.termoverride",
    )
    | _may("add change", *_PEOPLE, "imports.importbatch")
    | _may("view change delete", "imports.mappingpreset")
    | {
        "leads.work_lead",
        "leads.market_lead",
        "leads.log_activity",
        "leads.assign_lead",
        "leads.export_lead",
        "leads.erase_contact",
        "imports.run_import",
        "imports.decide_duplicates",
        "terminology.use_blueprint",
        "scoring.run_rescoring",
        "reports.view_reports",
        "terminology.add_agreemententry",
        "terminology.change_agreementpolicy",
        "terminology.propose_agreement",
    },
}


# Groups that somebody is in beside their role: who signs agreements for which side.
MARKETING_SIGNATORY: Final = "marketing_signatory"
SALES_SIGNATORY: Final = "sales_signatory"
SIGNATORIES: Final[dict[str, set[str]]] = {
    MARKETING_SIGNATORY: {"terminology.sign_for_marketing"},
    SALES_SIGNATORY: {"terminology.sign_for_sales"},
}


def sync_roles(**kwargs: Any) -> None:
    """Make each role's group hold just the permissions of this page. Called after every `migrate`."""
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role in (*ROLES, *SIGNATORIES):
        group, _ = Group.objects.get_or_create(name=role)
        names = set(known) if role == ADMINISTRATOR else (PERMISSIONS | SIGNATORIES)[role]
        wanted = {known[name] for name in names if name in known}
        if set(group.permissions.all()) != wanted:
            group.permissions.set(wanted)


def has_role(user: User | AnonymousUser, *roles: str) -> bool:
    """Whether an active `user` has one of `roles`. A superuser counts as administrator. One query per user object."""
    if not user.is_active:
        return False
    if getattr(user, "is_superuser", False):
        return ADMINISTRATOR in roles
    names: set[str] | None = getattr(user, "_leadops_roles", None)
    if names is None:
        names = set(user.groups.values_list("name", flat=True)) if user.pk else set()
        user._leadops_roles = names  # type: ignore[attr-defined]
    return not names.isdisjoint(roles)
