from typing import Any

from django.apps import AppConfig, apps
from django.utils.functional import lazy
from django.utils.text import capfirst

from terminology.labels import term


class LeadsConfig(AppConfig):
    """Accounts, contacts, leads, opportunities, activities; lifecycle; criteria; definitions."""

    name = "leads"
    verbose_name = term("app.leads", "Leads")

    def ready(self) -> None:
        from leads import challenge_panel, challenges, impact, sections, where_used, workspace
        from terminology import beside

        sections.register_sections()
        where_used.register()
        impact.register()
        beside.register(challenges.card)
        workspace.register_panel(challenge_panel.panel, order=30)
        _register_menu()


def _register_menu() -> None:
    from leadops import menu
    from leads.review_words import AGENDA

    entries: list[tuple[str, Any, str, str, str | tuple[str, ...], int]] = [
        ("Work", _plural("lead"), "lead", "person_search", "leads.view_lead", 20),
        ("Work", _plural("opportunity"), "opportunity", "handshake", "leads.view_opportunity", 30),
        ("People", _plural("contact"), "contact", "person", "leads.view_contact", 10),
        ("People", _plural("account"), "account", "domain", "leads.view_account", 20),
        ("People", _plural("suppression"), "suppression", "do_not_disturb_on", "leads.view_suppression", 30),
        # Also for whoever may hand a whole list back, on its page.
        ("Lists", _plural("source"), "source", "label", ("leads.change_source", "leads.assign_lead"), 40),
        ("Agreement", _plural("definition"), "definition", "gavel", "leads.view_definition", 20),
        ("Agreement", _plural("challenge"), "challenge", "balance", "leads.view_challenge", 22),
        ("Agreement", _plural("calltoaction"), "calltoaction", "ads_click", "leads.view_calltoaction", 26),
        ("Agreement", _plural("criteriaset"), "criteriaset", "rule", "leads.change_criteriaset", 30),
        (
            "Agreement",
            _plural("stagesetting"),
            "stagesetting",
            "conversion_path",
            "leads.change_stagesetting",
            40,
        ),
        ("Set-up", _plural("activitytype"), "activitytype", "bolt", "leads.change_activitytype", 10),
        ("Set-up", _plural("reason"), "reason", "help", "leads.change_reason", 20),
        (
            "Set-up",
            _plural("qualificationquestion"),
            "qualificationquestion",
            "checklist",
            "leads.change_qualificationquestion",
            30,
        ),
        (
            "Set-up",
            _plural("nurtureprogramme"),
            "nurtureprogramme",
            "spa",
            "leads.change_nurtureprogramme",
            40,
        ),
        (
            "Set-up",
            _plural("opportunitystagesetting"),
            "opportunitystagesetting",
            "percent",
            "leads.change_opportunitystagesetting",
            50,
        ),
        ("Set-up", _plural("team"), "team", "groups", "leads.change_team", 60),
    ]
    for section, title, model, icon, permission, order in entries:
        menu.register(
            section=section,
            title=title,
            url_name=f"admin:leads_{model}_changelist",
            icon=icon,
            permission=permission,
            order=order,
        )
    menu.register(
        section="Agreement",
        title=AGENDA,
        url_name="admin:leads_challenge_agenda",
        icon="forum",
        permission="leads.view_challenge",
        order=24,
    )
    menu.register(
        section="Set-up",
        title=term("menu.users", "People who log in"),
        url_name="admin:auth_user_changelist",
        icon="badge",
        permission="auth.view_user",
        order=90,
    )


def _resolve_plural(model: str) -> str:
    """The model's plural with a capital, as it is called now."""
    return capfirst(str(apps.get_model("leads", model)._meta.verbose_name_plural))


_plural: Any = lazy(_resolve_plural, str)
