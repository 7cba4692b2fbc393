from typing import Any

from django.apps import AppConfig

from terminology.labels import term


class TerminologyConfig(AppConfig):
    """Terms and labels, blueprints."""

    name = "terminology"
    verbose_name = term("app.terminology", "Agreement")

    def ready(self) -> None:
        from celery.signals import task_prerun
        from django.contrib.auth.models import Group, User
        from django.utils.module_loading import autodiscover_modules

        from leadops import menu, words
        from terminology import term_section
        from terminology.labels import labelled

        # The project package may not know this app, so its words are handed over here.
        words.keep(term)
        autodiscover_modules("words")
        for foreign in (User, Group):
            labelled(foreign)

        task_prerun.connect(_refresh_before_task, dispatch_uid="terminology.refresh")
        term_section.register_section()
        menu.register(
            section="Agreement",
            title=term("menu.terms", "Terms"),
            url_name="admin:terminology_termoverride_changelist",
            icon="translate",
            permission="terminology.change_termoverride",
            order=10,
        )
        menu.register(
            section="Agreement",
            title=term("menu.agreements", "Agreements"),
            url_name="admin:terminology_agreement_changelist",
            icon="contract",
            permission="terminology.view_agreement",
            order=5,
        )
        menu.register(
            section="Agreement",
            title=term("menu.blueprints", "Blueprints"),
            url_name="admin:terminology_blueprints",
            icon="book",
            permission="terminology.use_blueprint",
            order=90,
        )


def _refresh_before_task(**kwargs: Any) -> None:
    """A worker that slept through a rename uses the new label with its next task."""
    from terminology import labels

    labels.refresh()
