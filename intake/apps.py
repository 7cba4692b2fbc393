from django.apps import AppConfig

from terminology.labels import term


class IntakeConfig(AppConfig):
    """The JSON event API, its tokens, and the visitors whose name nobody knows yet."""

    name = "intake"
    verbose_name = term("app.intake", "Intake")

    def ready(self) -> None:
        from intake import where_used
        from leadops import menu

        where_used.register()
        menu.register(
            section="Set-up",
            title=term("menu.api_tokens", "API tokens"),
            url_name="admin:intake_apitoken_changelist",
            icon="key",
            permission="intake.view_apitoken",
            order=70,
        )
        menu.register(
            section="Set-up",
            title=term("menu.received_events", "Received events"),
            url_name="admin:intake_receivedevent_changelist",
            icon="inbox",
            permission="intake.view_receivedevent",
            order=71,
        )
