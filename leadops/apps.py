from django.apps import AppConfig


class LeadOpsConfig(AppConfig):
    """The project package as an app: roles, checks, commands; no tables."""

    name = "leadops"
    verbose_name = "LeadOps"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from leadops import checks  # noqa: F401  (registers the system checks)
        from leadops.roles import sync_roles

        post_migrate.connect(sync_roles, dispatch_uid="leadops.roles")
