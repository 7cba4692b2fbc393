from django.apps import AppConfig

from terminology.labels import term


class ScoringConfig(AppConfig):
    """Scoring models and rules, the set-based engine, rescoring, and why a lead scores what it scores."""

    name = "scoring"
    verbose_name = term("app.scoring", "Scoring")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from leadops import menu
        from leads import calls_to_action, workspace
        from leads.conditions import Shape, register_field
        from leads.signals import leads_created, leads_touched
        from scoring import hand_raisers, impact, panels, receivers, sections, where_used
        from terminology.signals import came_into_force

        for name, label in (("total", "Score"), ("fit", "Fit"), ("engagement", "Engagement")):
            register_field(
                f"score.{name}",
                path=f"score__{name}",
                label=term(f"condition_field.score.{name}", label),
                shape=Shape.NUMBER,
            )
        for model, receiver in (
            ("leads.Contact", receivers.on_contact_saved),
            ("leads.Account", receivers.on_account_saved),
            ("leads.Source", receivers.on_source_saved),
            ("leads.ActivityType", receivers.on_activity_type_saved),
        ):
            post_save.connect(receiver, sender=model, dispatch_uid=f"scoring.saved.{model}")
        leads_created.connect(receivers.on_leads_created, dispatch_uid="scoring.created")
        leads_touched.connect(receivers.on_leads_touched, dispatch_uid="scoring.touched")
        came_into_force.connect(receivers.on_agreement_in_force, dispatch_uid="scoring.agreement")
        sections.register_section()
        where_used.register()
        impact.register()
        workspace.register_panel(panels.score_panel, order=10)
        calls_to_action.register_conditions(hand_raisers.named_conditions)
        workspace.register_column(panels.score_column, related="score")
        menu.register(
            section="Agreement",
            title=term("menu.scoring", "Scoring"),
            url_name="admin:scoring_scoringmodel_changelist",
            icon="speed",
            permission="scoring.view_scoringmodel",
            order=40,
        )
