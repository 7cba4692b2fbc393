from django.apps import AppConfig

from terminology.labels import term


class ReportsConfig(AppConfig):
    """Funnel, MQL to SQL, home pages, the palette."""

    name = "reports"
    verbose_name = term("app.reports", "Reports")

    def ready(self) -> None:
        from leadops import menu
        from reports import where_used

        where_used.register()
        menu.register(
            section="Work",
            title=term("menu.home", "Home"),
            url_name="admin:index",
            icon="home",
            permission="",
            order=0,
        )
        menu.register(
            section="Reports",
            title=term("menu.funnel", "Funnel"),
            url_name="reports:funnel",
            icon="filter_alt",
            permission="reports.view_reports",
            order=10,
        )
        menu.register(
            section="Reports",
            title=term("menu.mql_to_sql", "MQL to SQL by source"),
            url_name="reports:mql_to_sql",
            icon="swap_horiz",
            permission="reports.view_reports",
            order=20,
        )
        menu.register(
            section="Reports",
            title=term("menu.delta", "Why the number moved"),
            url_name="reports:delta",
            icon="difference",
            permission="reports.view_reports",
            order=30,
        )
