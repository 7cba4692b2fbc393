"""Errors that a person can act on."""


class LeadOpsError(Exception):
    """Something a person asked for cannot be done; `str(error)` is a whole sentence that says what to do.

    Subclasses are defined where they are raised. Anything else that is raised is a defect and may crash.
    """
