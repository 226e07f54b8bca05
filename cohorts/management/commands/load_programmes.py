"""Load programmes that are shipped as data files, or that somebody has written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Programme
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.loading import load_file, load_next, read, shipped
from cohorts.programme_files.tables import Unreadable


class Command(BaseCommand):
    help = "Load programmes, each once: shipped ones by name (“bristol”), others from TOML files. Without names, list the shipped ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programmes", nargs="*", help="Names of shipped programmes, or paths of TOML files.")
        parser.add_argument("--update", action="store_true", help="Overwrite existing rows with the file's values.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["programmes"]:
            self.stdout.write(f"Name those that you want to load. Shipped are: {', '.join(shipped())}.")
        loaded: list[tuple[Programme, Path]] = []
        for path in map(_path, options["programmes"]):
            try:
                programme, kept = load_file(path, update=options["update"])
            except Unreadable as wrong:
                raise CommandError(f"{path.name} cannot be loaded, so nothing was changed. {wrong}") from wrong
            if programme is None:
                self.stdout.write(f"{path.name} was loaded before, so nothing was changed. --update loads it again.")
            else:
                self.stdout.write(f"{programme}: {kept.made} rows made, {kept.changed} changed.")
                loaded.append((programme, path))
        for programme, path in loaded:
            load_next(programme, read(path.read_text(encoding="utf-8")), Keeper(update=options["update"]))


def _path(name: str) -> Path:
    found = shipped().get(name, Path(name))
    if not found.is_file():
        raise CommandError(f"There is no programme and no file “{name}”. Shipped are: {', '.join(shipped())}.")
    return found
