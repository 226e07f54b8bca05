"""When the closing time moves, everybody whom it binds is told the new one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from applications import notices
from applications.actions.interest import leave_link
from applications.models import Application, Interest, Window
from applications.models.window import last_moment_of
from applications.states import ApplicationStatus
from cohorts.permissions import CohortPermission
from cohorts.states import CohortStatus
from funding.models import FeeAgreement
from funding.notices import tell_of_closing
from funding.queries import waiting_for_sponsors
from steppingup.accounts.actors import Actor, require
from steppingup.formats.english import counted, listed, when


@dataclass(frozen=True)
class Bound:
    """Whom the closing time of a window binds: who writes, whose answer they wait for, and who was told on the register."""

    drafts: Any
    sponsors: QuerySet[FeeAgreement]
    register: QuerySet[Interest]

    @property
    def in_words(self) -> str:
        """“2 people with a draft, 1 sponsor and 14 people on the register of interest”; empty where it binds nobody."""
        numbers: list[tuple[QuerySet[Any], str, str]] = [
            (self.drafts, "person with a draft", "people with a draft"),
            (self.sponsors, "sponsor who has not answered", "sponsors who have not answered"),
            (self.register, "person on the register of interest", "people on the register of interest"),
        ]
        found = [(rows.count(), one, many) for rows, one, many in numbers]
        return listed([counted(number, one, many) for number, one, many in found if number])


def bound_by(window: Window) -> Bound:
    drafts = Application.objects.filter(cohort=window.cohort_id, status=ApplicationStatus.DRAFT)
    sponsors = waiting_for_sponsors(window.cohort).filter(person__in=drafts.values("applicant"))
    return Bound(drafts, sponsors, Interest.objects.standing().filter(told__window=window))


def moved_in_words(window: Window, before: datetime) -> str:
    """“Applications now close on …. We told you … before.”; another sentence where they are over by now."""
    told = when(last_moment_of(before))
    if window.has_closed():
        return f"Applications closed on {when(window.last_moment)}, and not on {told}, as we told you before."
    return f"Applications now close on {when(window.last_moment)}. Before, we told you {told}."


@transaction.atomic
def tell_of_moved_closing(*, window: Window, before: datetime, by: Actor) -> str:
    """Tell everybody whom the closing time binds that it was moved: drafts (but those with more time of their own), sponsors
    who are asked, and whoever on the register of interest was told of the window. Gives them in words.

    Nobody is told of a window that is not on the site, or where both times are over."""
    require(by, CohortPermission.EDIT_PROGRAMMES, window.cohort)
    cohort = window.cohort
    is_public = cohort.status == CohortStatus.PUBLISHED and cohort.programme.is_published
    if before == window.closes_at or not is_public or max(before, window.closes_at) <= timezone.now():
        return ""
    bound, closing = bound_by(window), moved_in_words(window, before)
    said = bound.in_words
    longer = set()
    for application in bound.drafts.with_own_closing().select_related("applicant", "cohort__programme__provider"):
        if application.own_window.is_longer:
            longer.add(application.applicant_id)
        else:
            notices.tell_applicant(notices.CLOSING_MOVED, application, closing=closing)
    for agreement in bound.sponsors.exclude(person__in=longer):
        tell_of_closing(agreement, closing)
    for interest in bound.register.select_related("programme__provider"):
        notices.tell_of_window(interest, window, leave_link(interest), closing)
    return said
