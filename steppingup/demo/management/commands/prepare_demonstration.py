"""What stands before the first page of script/server: tables, programmes, demonstration people.

A process of its own, which can be ended at any moment: what is half done is rolled back.
"""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from steppingup.accounts.actions.first import NOT_YET
from steppingup.accounts.models import User
from steppingup.demo import SHIPPED
from steppingup.demo.visitors import is_still_loading
from steppingup.runtime.collector import leave_loaded_alone
from steppingup.runtime.supervise import moving


class Command(BaseCommand):
    help = "Prepare the database for script/server, and write into a file what it says when the site is up."
    requires_system_checks = []  # script/server starts the second time in a few seconds

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="JSON: the table of people, and whether more are to be loaded.")
        parser.add_argument("--empty", action="store_true", help="Neither programmes nor people.")
        parser.add_argument("--rest", action="store_true", help="Load those people that were left for later.")

    def handle(self, *args: Any, file: Path, empty: bool, rest: bool, **options: Any) -> None:
        leave_loaded_alone()  # migrating makes all models anew some thousand times
        if rest:
            call_command("load_demo", stdout=self.stdout)
        else:
            self.prepare(empty)
        people = io.StringIO()
        if not empty:
            call_command("demo_people", stdout=people)
        elif not User.objects.filter(is_superuser=True).exclude(email=NOT_YET).exists():
            people.write(
                "There is nobody here yet. Whoever follows this link, once and within a day, is the administrator:\n  "
            )
            call_command("first_administrator", stdout=people)
        more = not empty and is_still_loading()
        file.write_text(json.dumps({"people": people.getvalue(), "more": more}), encoding="utf-8")

    def prepare(self, empty: bool) -> None:
        """The programmes and the first people, each once; nothing of either for an empty site."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):  # asking is quick, migrating is not
            with moving("Preparing the database"):
                call_command("migrate", interactive=False, verbosity=0)
        if not empty:
            with moving("Loading the programmes"):
                call_command("load_programmes", *SHIPPED, stdout=io.StringIO())
            with moving("Loading the first demonstration people"):
                call_command("load_demo", first=True, stdout=io.StringIO())
