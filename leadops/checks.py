"""System checks for faults that would otherwise show up late."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def one_state_machine(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`django-fsm` and `django-fsm-2` write the same folder, so only one of them may be installed."""
    try:
        installed = version("django-fsm")
    except PackageNotFoundError:
        return []
    return [
        Error(
            f"django-fsm {installed} is installed beside django-fsm-2, and both write the package django_fsm.",
            hint="Run: pip uninstall django-fsm && pip install --force-reinstall django-fsm-2",
            id="leadops.E001",
        )
    ]


@register()
def labels_need_i18n(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Editable labels tell migrations from pages by the active language, which needs USE_I18N."""
    if settings.USE_I18N:
        return []
    return [
        Error(
            "USE_I18N is off, so editable labels would leak into migrations.",
            hint="Set USE_I18N = True.",
            id="leadops.E002",
        )
    ]
