from typing import Any

from django.apps import AppConfig, apps
from django.utils.functional import lazy
from django.utils.text import capfirst

from terminology.labels import term


class HandoffConfig(AppConfig):
    """Routing, response times, queues, notices."""

    name = "handoff"
    verbose_name = term("app.handoff", "Hand-off")

    def ready(self) -> None:
        from handoff import agreement_notices, challenge_notices, list_notices, panel, receivers, sections
        from leads.signals import (
            challenge_raised,
            challenge_ruled,
            list_handed_back,
            list_taken_up,
            stage_changed,
        )
        from leads.workspace import register_panel
        from terminology.signals import came_into_force, proposed

        sections.register_sections()
        stage_changed.connect(receivers.after_stage_change, dispatch_uid="handoff.after_stage_change")
        came_into_force.connect(receivers.after_agreement, dispatch_uid="handoff.after_agreement")
        challenge_raised.connect(challenge_notices.after_raised, dispatch_uid="handoff.after_raised")
        proposed.connect(agreement_notices.after_proposed, dispatch_uid="handoff.after_proposed")
        came_into_force.connect(agreement_notices.after_in_force, dispatch_uid="handoff.after_in_force")
        challenge_ruled.connect(challenge_notices.after_ruled, dispatch_uid="handoff.after_ruled")
        list_handed_back.connect(list_notices.after_handed_back, dispatch_uid="handoff.after_handed_back")
        list_taken_up.connect(list_notices.after_taken_up, dispatch_uid="handoff.after_taken_up")
        register_panel(panel.ownership, order=10)
        _register_menu()


def _register_menu() -> None:
    from handoff.bell import unread_count
    from leadops import menu

    menu.register(
        section="Work",
        title=term("menu.my_queue", "My queue"),
        url_name="handoff:my_queue",
        icon="checklist",
        permission="leads.work_lead",
        order=5,
    )
    menu.register(
        section="Work",
        title=term("menu.notices", "Notices"),
        url_name="handoff:notices",
        icon="notifications",
        permission="handoff.view_notice",
        badge=unread_count,
        order=10,
    )
    menu.register(
        section="Work",
        title=term("menu.my_team", "Who receives leads"),
        url_name="handoff:my_team",
        icon="diversity_3",
        permission="leads.change_teammember",
        order=35,
    )
    menu.register(
        section="Work",
        title=_plural("assignment"),
        url_name="admin:handoff_assignment_changelist",
        icon="assignment_ind",
        permission="handoff.view_assignment",
        order=40,
    )
    menu.register(
        section="Agreement",
        title=_plural("routingrule"),
        url_name="admin:handoff_routingrule_changelist",
        icon="alt_route",
        permission="handoff.view_routingrule",
        order=60,
    )
    menu.register(
        section="Agreement",
        title=_plural("servicelevel"),
        url_name="admin:handoff_servicelevel_changelist",
        icon="timer",
        permission="handoff.view_servicelevel",
        order=70,
    )


def _resolve_plural(model: str) -> str:
    """The model's plural with a capital, as it is called now."""
    return capfirst(str(apps.get_model("handoff", model)._meta.verbose_name_plural))


_plural: Any = lazy(_resolve_plural, str)
