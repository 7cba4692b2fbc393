from django.apps import AppConfig

from terminology.labels import term


class ImportsConfig(AppConfig):
    """Lists and files: reading, mapping, cleaning, loading."""

    name = "imports"
    verbose_name = term("app.imports", "Imports")

    def ready(self) -> None:
        from imports import (  # noqa: F401  (the labels of fields are terms)
            deciding,
            erasing,
            mapping,
            where_used,
        )
        from imports.pages import duplicates, list_panel, review
        from leadops import menu
        from leads import list_page, panels, signals
        from leads.signals import person_erased

        where_used.register()
        person_erased.connect(erasing.after_erased, dispatch_uid="imports.after_erased")
        list_page.register_panel(list_panel.panel, order=10)
        menu.register(
            section="Lists",
            title=term("menu.import_list", "Import a list"),
            url_name="imports:upload",
            icon="upload_file",
            permission="imports.run_import",
            order=10,
        )
        menu.register(
            section="Lists",
            title=term("menu.imports", "Imports"),
            url_name="admin:imports_importbatch_changelist",
            icon="list_alt",
            permission="imports.view_importbatch",
            order=20,
        )
        panels.register(duplicates.panel)
        signals.merge_undone.connect(deciding.on_merge_undone, dispatch_uid="imports.pairs_taken_apart")
        menu.register(
            section="Lists",
            title=term("menu.duplicates", "Duplicates"),
            url_name="imports:duplicates",
            icon="join_inner",
            permission="imports.decide_duplicates",
            badge=duplicates.waiting_count,
            order=35,
        )
        menu.register(
            section="Lists",
            title=term("menu.review_rows", "Rows to look at"),
            url_name="imports:review",
            icon="rule",
            permission="imports.run_import",
            badge=review.waiting_count,
            order=30,
        )
        menu.register(
            section="Lists",
            title=term("menu.column_presets", "Column presets"),
            url_name="admin:imports_mappingpreset_changelist",
            icon="view_column",
            permission="imports.view_mappingpreset",
            order=50,
        )
