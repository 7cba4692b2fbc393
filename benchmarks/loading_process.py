"""A list loaded, or looked ahead at, in a process of its own: prints its greatest memory in MiB, and the seconds.

`python -m benchmarks.loading_process load|look_ahead FILE DATABASE`
"""

import resource
import sys
import time
from pathlib import Path


def main(act: str, path: str, database: str) -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks import importing

    connection.settings_dict["NAME"] = database
    started = time.perf_counter()
    with Path(path).open("rb") as file:
        {"load": importing.load, "look_ahead": importing.look}[act](file)
    seconds = time.perf_counter() - started
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
