"""A LeadOps process that does what it is asked on its standard input: `python -m tests.faults.office`.

Each line names a function of `tests.faults.desk` and its arguments as JSON; each answer is a line, too.
"""

import json
import sys
from importlib import import_module

import django


def main() -> None:
    django.setup()
    desk = import_module("tests.faults.desk")
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(desk, asked["call"])(**asked["with"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
