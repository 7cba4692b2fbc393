"""Rows that are written once."""

from typing import Any, NoReturn

from django.db import models


class HistoryIsWrittenOnce(Exception):
    """Code tried to change or delete a record that stands for ever. A defect, not a person's mistake."""


class AppendOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise HistoryIsWrittenOnce(f"{self._meta.label} {self.pk} stands as it was written.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsWrittenOnce(f"{self._meta.label} {self.pk} can't be deleted.")
