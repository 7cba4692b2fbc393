"""No tables: only the permission that opens the reports."""

from django.db import models


class Reports(models.Model):
    """Carries the permission; Django hangs permissions on models."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_reports", "Can read the reports")]
