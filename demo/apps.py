from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo company: what is in it, and the performance that makes it. No tables of its own."""

    name = "demo"
    verbose_name = "Demo company"
