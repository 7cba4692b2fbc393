from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from leads.diagram import lifecycle_svg

PATH = Path(settings.BASE_DIR) / "docs" / "lifecycle.svg"


class Command(BaseCommand):
    help = "Draws docs/lifecycle.svg from the transitions in the code."

    def handle(self, *args: Any, **options: Any) -> None:
        with override(None):  # the default labels, whatever this company calls its stages
            PATH.write_text(lifecycle_svg(), encoding="utf-8")
        self.stdout.write(f"Drawn: {PATH.relative_to(settings.BASE_DIR)}")
