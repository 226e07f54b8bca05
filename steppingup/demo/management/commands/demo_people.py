"""Prints the people of a demonstration, each with the link that signs you in as them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from steppingup.accounts.models import DemonstrationPerson
from steppingup.demo.visitors import path_of


class Command(BaseCommand):
    help = "Print the demonstration people: role, name, what to look at, and the link that signs you in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address", default=settings.SITE_URL, help="The site's address, without a slash at the end."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration people exist only in demonstration mode (MODE=demonstration).")
        entries = list(DemonstrationPerson.objects.select_related("user"))
        if not entries:
            self.stdout.write("There are no demonstration people. Load them with: manage.py load_demo")
            return
        title = max(len(entry.title) for entry in entries)
        name = max(len(entry.who) for entry in entries)
        for entry in entries:
            path = path_of(entry)
            link = options["address"] + path if path else "(still loading)"
            self.stdout.write(f"{entry.title:<{title}}  {entry.who:<{name}}  {link}")
            if entry.look_at:
                self.stdout.write(f"{'':<{title}}  {entry.look_at}")
