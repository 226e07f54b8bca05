"""When the closing time moves, everybody whom it binds is told the new one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from applications import notices
from applications.actions.interest import leave_link
from applications.models import Application, Draft, Interest, InterestTold, Window
from applications.models.window import last_moment_of
from applications.states import ApplicationStatus
from cohorts.permissions import CohortPermission
from cohorts.states import CohortStatus
from funding.models import FeeAgreement
from funding.notices import CLOSING_MOVED as MOVED_FOR_SPONSOR
from funding.notices import tell_of_closing
from funding.queries import waiting_for_sponsors
from steppingup import clock
from steppingup.accounts.actors import Actor, require
from steppingup.formats.english import counted, listed, when
from steppingup.history.lifecycle import refuse_if
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import Message

logger = logging.getLogger(__name__)
JOB = "applications.closing_moved"


@dataclass(frozen=True)
class Bound:
    """Whom the closing time of a window binds: who writes, whose answer they wait for, and who was told on the register."""

    drafts: Any
    sponsors: QuerySet[FeeAgreement]
    register: QuerySet[Interest]

    @property
    def number(self) -> int:
        return sum(rows.count() for rows in (self.drafts, self.sponsors, self.register))

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


def is_gone_by(window: Window) -> bool:
    """Is it on the site, so that people go by its closing time?"""
    return window.cohort.status == CohortStatus.PUBLISHED and window.cohort.programme.is_published


def bound_by(window: Window, moved_at: datetime | None = None) -> Bound:
    """Who is to hear of it when the time moves; of a time that has moved, whoever was there before (all others know the new
    one). Whoever has more time than the window gives is not bound by it, nor is their sponsor."""
    by = moved_at or clock.now()
    begun = Application.objects.filter(cohort=window.cohort_id, status=ApplicationStatus.DRAFT, started_at__lt=by)
    own = Q(late_until=None) | Q(late_until__lte=window.closes_at)
    drafts = begun.with_own_closing().filter(own).order_by("pk")
    sponsors = waiting_for_sponsors(window.cohort).filter(person__in=drafts.values("applicant"), asked_at__lt=by)
    told = InterestTold.objects.filter(window=window, at__lt=by)
    register = Interest.objects.standing().filter(pk__in=told.values("interest"))
    return Bound(drafts, sponsors.order_by("pk"), register.order_by("pk"))


def moved_in_words(window: Window, before: datetime) -> str:
    """“Applications now close on …. Before, they were to close on ….”; another sentence where they are over by now.

    It says nothing of what was told: where the time moves again before everybody has heard, nobody is told what is not so."""
    was = when(last_moment_of(before))
    if window.has_closed():
        return f"Applications closed on {when(window.last_moment)}, and not on {was}, as was planned before."
    return f"Applications now close on {when(window.last_moment)}. Before, they were to close on {was}."


@transaction.atomic
def tell_of_moved_closing(*, window: Window, before: datetime, by: Actor) -> Job | None:
    """Tell everybody whom the closing time binds that it was moved: drafts (but those with more time of their own), sponsors
    who are asked, and whoever on the register of interest was told of the window. A worker writes the letters, as a register
    can have thousands of people.

    Nobody is told of a window that is not on the site, or where both times are over."""
    require(by, CohortPermission.EDIT_PROGRAMMES, window.cohort)
    cohort = window.cohort
    if before == window.closes_at or not is_gone_by(window) or max(before, window.closes_at) <= clock.now():
        return None
    number = bound_by(window).number
    if not number:
        return None
    return jobs.start(
        kind=JOB,
        title=f"Emails about another closing time for {cohort}",
        about=window,
        by=by,
        arguments={"before": before.isoformat(), "closes_at": window.closes_at.isoformat()},
        total=number,
        provider=cohort.programme.provider,
        cohort=cohort.pk,
    )


def tell_all(
    window: Window, before: datetime, moved_at: datetime, progress: Callable[[int, int], None]
) -> tuple[int, list[tuple[str, int]]]:
    """Write to everybody who was there at `moved_at`, each in a transaction of its own, and give how many have a letter, and who
    could not be written to, by model and key. Begun again, it writes to those who have none yet. Whoever cannot be told is written down in
    the log, and keeps nobody waiting.

    Raises NotPossible once the time has moved again: then whoever has no letter yet gets one about that."""
    bound, closing = bound_by(window, moved_at), moved_in_words(window, before)
    lines: list[tuple[QuerySet[Any], MessageKind, Callable[[Any], None]]] = [
        (
            bound.drafts.select_related("applicant", "cohort__programme__provider", "cohort__window"),
            notices.CLOSING_MOVED,
            partial(_tell_draft, closing),
        ),
        (bound.sponsors, MOVED_FOR_SPONSOR, partial(_tell_sponsor, closing)),
        (
            bound.register.select_related("programme__provider"),
            notices.WINDOW_MOVED,
            partial(_tell_register, window, closing),
        ),
    ]
    done, written, total = 0, 0, bound.number
    missed: list[tuple[str, int]] = []
    for rows, kind, tell in lines:
        told = _told(rows.model, kind, window, moved_at)
        for pk in list(rows.values_list("pk", flat=True)):
            _require_still(window)
            try:
                with transaction.atomic():
                    row = None if pk in told else rows.filter(pk=pk).first()
                    if row is not None:
                        tell(row)
                written += pk in told or row is not None
            except Exception:
                missed.append((_listed_as(rows.model), pk))
                logger.exception("%s %s could not be told that the closing time moved.", rows.model.__name__, pk)
            done += 1
            progress(done, total)
    return written, missed


def _listed_as(model: type[models.Model]) -> str:
    """Where staff see it: an application that is not submitted yet, among those in progress."""
    listed = Draft if model is Application else model
    return listed._meta.label_lower


def _require_still(window: Window) -> None:
    refuse_if(
        not Window.objects.filter(pk=window.pk, closes_at=window.closes_at).exists(),
        "The closing time has moved again. Everybody is being told about the latest one.",
        "moved_again",
    )


def _told(model: type[models.Model], kind: MessageKind, window: Window, since: datetime) -> set[int]:
    """Who has this letter already: it names the same moment, in whichever words."""
    said: Any = Message.objects.annotate(closing=KT("context__closing"), of=KT("context__cohort"))
    found = said.filter(
        kind=kind.key,
        content_type=ContentType.objects.get_for_model(model),
        created_at__gte=since,
        of=window.cohort.name,
        closing__contains=when(window.last_moment),
    )
    return {pk for pk in found.values_list("object_id", flat=True) if pk}


def _tell_draft(closing: str, application: Application) -> None:
    notices.tell_applicant(notices.CLOSING_MOVED, application, closing=closing)


def _tell_sponsor(closing: str, agreement: FeeAgreement) -> None:
    tell_of_closing(agreement, closing)


def _tell_register(window: Window, closing: str, interest: Interest) -> None:
    notices.tell_of_window(interest, window, leave_link(interest), closing)
