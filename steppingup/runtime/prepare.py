"""What stands before the first page: tables, programmes, demonstration people. A process of its own, which script/server
can end at any moment: what is half done is rolled back.

`python -m steppingup.runtime.prepare PEOPLE [--empty]` writes who there is to be into the file PEOPLE.
"""

import gc
import io
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from steppingup.runtime.supervise import moving


def migrate() -> None:
    """Only if there is something to apply: asking takes a fraction of a second, migrating several."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # Django makes each model anew thousands of times; what stays is not to be searched for garbage each time.
        gc.freeze()
        with moving("Preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)


def load(empty: bool) -> None:
    """The programmes, again and again without harm; the people once (the command itself sees that they are there)."""
    with moving("Loading the programmes"):
        call_command("load_programmes", stdout=io.StringIO())
    if not empty:
        with moving("Loading the demonstration people"):
            call_command("load_demo", stdout=io.StringIO())


def main(people: Path, empty: bool) -> int:
    try:
        django.setup()
    except ImproperlyConfigured as problem:
        print(f"\n{problem}", flush=True)
        return 1
    migrate()
    load(empty)
    with people.open("w", encoding="utf-8") as file:
        if not empty:
            call_command("demo_people", stdout=file)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--empty" in sys.argv))
