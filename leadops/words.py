"""Words of the project package that people read. The app above that keeps everybody's words takes these over too."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.functional import lazy

# Default text by key, in the order of registration.
REGISTRY: Final[dict[str, str]] = {}


def _default(key: str, default: str) -> Any:
    return default


_keeper: Callable[[str, str], Any] = _default


def _ask(key: str, default: str) -> str:
    return str(_keeper(key, default))


_lazy_text = lazy(_ask, str)


def word(key: str, default: str) -> Any:
    """A text that reads `default` until somebody keeps it: the keeper is asked each time that it is shown."""
    REGISTRY[key] = default
    _keeper(key, default)
    text: Any = _lazy_text(key, default)
    text.term_key = key
    return text


def keep(keeper: Callable[[str, str], Any]) -> None:
    """Let `keeper(key, default)` say from now on how each word reads. `terminology` does so when it starts."""
    global _keeper
    _keeper = keeper
    for key, default in REGISTRY.items():
        keeper(key, default)
