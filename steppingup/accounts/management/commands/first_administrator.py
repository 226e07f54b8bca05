"""A link for whoever looks after an empty site: `manage.py first_administrator`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from steppingup.accounts.actions.first import DAYS, invite_first
from steppingup.history.lifecycle import NotPossible


class Command(BaseCommand):
    help = f"Print a link that works once and for {DAYS * 24} hours, and makes whoever follows it the administrator of an empty site."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = invite_first()
        except NotPossible as sentence:
            raise CommandError(str(sentence)) from None
        self.stdout.write(f"{settings.SITE_URL}{reverse('account_first', args=[raw])}")
