"""The folder of real lists, which some machines have and the repository has not."""

import os
from pathlib import Path


def shared_data() -> Path | None:
    """The folder, or None where this machine has none; LEADOPS_SHARED_DATA says where it is."""
    place = os.environ.get("LEADOPS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    folder = Path(place)
    return folder if folder.is_dir() else None
