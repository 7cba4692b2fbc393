"""A list loaded, or looked ahead at, in a process of its own: prints MiB at most, seconds, seconds of the processor.

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
    started, at_work = time.perf_counter(), time.process_time()
    with Path(path).open("rb") as file:
        {"load": importing.load, "look_ahead": importing.look}[act](file)
    seconds, at_work = time.perf_counter() - started, time.process_time() - at_work
    print(_greatest_memory(), seconds, at_work)


def _greatest_memory() -> float:
    """MiB. The kernel's sum for the process begins with what the one that started it had, so its own figure is read."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
