"""Links for people without an account: making one, withdrawing it, noting that it was used."""

from datetime import timedelta

from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.models import TokenLink


@transaction.atomic
def issue_link(*, purpose: str, target: models.Model, email: str, days: int) -> str:
    """Make a link to `target` that works until the end of the day in so many `days`, and return its secret, which is not stored anywhere.

    Earlier links of the same purpose to the same object stop working: whoever was asked before cannot answer in the
    place of whoever is asked now.
    The calling action has checked that its actor may send it."""
    TokenLink.revoke_all(purpose=purpose, target=target)
    return TokenLink.issue(purpose=purpose, target=target, email=email, days=days)[1]


def note_use(*, link: TokenLink) -> TokenLink:
    """Write down that somebody did something with the link (not: that a mail scanner opened it)."""
    link.last_used_at = clock.now()
    link.save(update_fields=["last_used_at"])
    return link


def remove_old_links() -> int:
    """Remove links that expired more than 12 months ago. Returns how many there were."""
    return TokenLink.objects.filter(expires_at__lt=clock.now() - timedelta(days=365)).delete()[0]
