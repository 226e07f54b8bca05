"""Load the demonstration: invented people and what they did."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohorts.models import Programme


class Command(BaseCommand):
    help = "Load invented people and three cohorts of a programme. Loaded already, it does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="Remove EVERYTHING in the database first. In a demonstration only."
        )
        parser.add_argument(
            "--first", action="store_true", help="Only what there is to look at soon; run it again for the rest."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people have no place in production. Set MODE=demonstration to see them.")
        from steppingup.demo import SHIPPED, figures, loading, reset

        if options["reset"]:
            if not settings.DEMONSTRATION:
                raise CommandError("Everything can be removed in a demonstration only (MODE=demonstration).")
            reset.remove_everything()
        if loading.is_loaded():
            self.stdout.write("The demonstration people are there already.")
            return
        if not Programme.objects.filter(slug=loading.PROGRAMME).exists():
            call_command("load_programmes", *SHIPPED, stdout=self.stdout)
        if not loading.is_begun():
            loading.load_open_cohort(self._say)
        if options["first"]:
            return
        loading.load_years_before(self._say)
        for line in figures.lines():
            self._say(line)

    def _say(self, line: str) -> None:
        """At once, so that whoever waits sees that it is moving."""
        self.stdout.write(line)
        self.stdout.flush()
