"""Load the programmes that are shipped as data files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.loading import DATA, load_file


class Command(BaseCommand):
    help = "Load programmes from TOML files, each once. --update loads a file again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="Files to load (default: those in cohorts/data/).")
        parser.add_argument("--update", action="store_true", help="Overwrite existing rows with the file's values.")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or sorted(DATA.glob("*.toml")):
            try:
                programme, kept = load_file(path, update=options["update"])
            except (KeyError, ValueError, OSError) as error:
                raise CommandError(f"{path.name} cannot be loaded: {error!r}. Nothing was changed.") from error
            if programme is None:
                self.stdout.write(f"{path.name} was loaded before, so nothing was changed. --update loads it again.")
            else:
                self.stdout.write(f"{programme}: {kept.made} rows made, {kept.changed} changed.")
