"""The register of interest: confirmed by email, left by a link, told once of each window (B32)."""

import logging

from django.db import transaction

from applications import notices
from applications.models import Interest, InterestTold, Window
from cohorts.models import Programme
from steppingup import clock
from steppingup.accounts import attempts
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.actors import SYSTEM, Actor, LinkHolder, NotAllowed, System
from steppingup.accounts.models import TokenLink
from steppingup.formats.sameness import address, mailbox

logger = logging.getLogger(__name__)
CONFIRM, LEAVE = "applications.interest_confirm", "applications.interest_leave"
CONFIRM_DAYS, LEAVE_DAYS = 14, 3 * 365
#: So many emails an hour at most go to one mailbox, whoever keeps typing its address into the form.
HOURLY = 3


@transaction.atomic
def register_interest(*, programme: Programme, email: str, name: str = "", by: Actor = SYSTEM) -> Interest:
    """Somebody asks to be told. They get an email with a link; only following it puts them on the list.

    An address that is known gets an email too, so that the page can give everybody the same answer."""
    email = address(email)
    # Of two clicks the second finds what the first made, by the constraint `interest_once`.
    interest, _ = Interest.objects.get_or_create(
        programme=programme, email=email, defaults={"email": email, "name": name}
    )
    # Of one mailbox, in whichever way its address is written, and of all programmes: nobody is showered with emails.
    if attempts.count("interest", mailbox(email), minutes=60) > HOURLY:
        return interest
    if interest.confirmed_at and not interest.left_at:
        notices.tell_on_the_list(notices.INTEREST_ALREADY, interest, leave_link(interest))
        return interest
    if name and interest.name != name:
        interest.name = name
        interest.save(update_fields=["name"])
    notices.ask_to_confirm(interest, issue_link(purpose=CONFIRM, target=interest, email=email, days=CONFIRM_DAYS))
    return interest


def leave_link(interest: Interest) -> str:
    """The secret of a new link with which this person leaves the list; it stands in every email."""
    return TokenLink.issue(purpose=LEAVE, target=interest, email=interest.email, days=LEAVE_DAYS)[1]


def _of_link(by: Actor, purpose: str) -> Interest:
    target = by.link.target if isinstance(by, LinkHolder) and by.link.purpose == purpose else None
    if not isinstance(target, Interest):
        raise NotAllowed("This link does not match anybody on the register.")
    return Interest.objects.select_for_update(of=("self",)).select_related("programme__provider").get(pk=target.pk)


@transaction.atomic
def confirm(*, by: LinkHolder) -> Interest:
    """The link in the email was followed: this address is on the list now. Doing it twice is harmless."""
    interest = _of_link(by, CONFIRM)
    if interest.confirmed_at is None or interest.left_at is not None:
        interest.confirmed_at, interest.left_at = clock.now(), None
        interest.save(update_fields=["confirmed_at", "left_at"])
        notices.tell_on_the_list(notices.INTEREST_CONFIRMED, interest, leave_link(interest))
    return interest


@transaction.atomic
def leave(*, by: LinkHolder) -> Interest:
    """Taken off the list at once; nothing more is sent."""
    interest = _of_link(by, LEAVE)
    if interest.left_at is None:
        interest.left_at = clock.now()
        interest.save(update_fields=["left_at"])
    return interest


def tell_interested(*, by: System = SYSTEM) -> int:
    """Tell everybody on the register of a window that is open. Each person is told once of each window, however often
    and in how many workers this runs; who joins while the window is open is told too. Returns how many were told.

    Somebody who cannot be told is written down in the log and does not keep the others waiting."""
    told = 0
    windows = Window.objects.public().open_at().select_related("cohort__programme__provider", "cohort__rule_set")
    for window in windows:
        for interest in Interest.objects.to_tell_of(window).select_related("programme__provider").iterator():
            try:
                told += _tell(interest, window)
            except Exception:
                logger.exception("Interest %s could not be told of %s.", interest.pk, window)
        if window.interest_told_at is None:
            window.interest_told_at = clock.now()
            window.save(update_fields=["interest_told_at"])
    return told


@transaction.atomic
def _tell(interest: Interest, window: Window) -> bool:
    """The record and the message, together or not at all."""
    # The row comes first: whichever of two workers makes it sends the email.
    _, mine = InterestTold.objects.get_or_create(interest=interest, window=window)
    if not mine:
        return False
    notices.tell_open(interest, window, leave_link(interest))
    interest.last_told_at = clock.now()
    interest.save(update_fields=["last_told_at"])
    return True
