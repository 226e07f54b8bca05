"""First come, first served: places in the order of submission, and what becomes of a place that is free again (N17 to N19).

The database numbers applications as they are submitted (`Application.number`), under the lock of the cohort's row. Whoever has
the lowest number comes first. A place is offered at once; where something still has to be looked at or settled, it is held
for as many days as the rules say, and then passes to the next in order. Everything here takes the cohort's lock first.
"""

import logging
from datetime import datetime

from django.db import transaction

from applications import notices
from applications.actions.decisions import write_down
from applications.actions.offers import end_of_day_in, give
from applications.fee import agreement as fees
from applications.models import Application
from applications.models.rules import to_look_at
from applications.queries import spare_places
from applications.states import APPLICATION, ApplicationStatus
from cohorts.actions.enrolments import TAKES_PARTICIPANTS
from cohorts.models import Cohort
from cohorts.states import ways_with
from steppingup import clock

logger = logging.getLogger(__name__)


def to_settle(application: Application) -> list[str]:
    """What has to be looked at or settled before somebody can be given a place, in words for staff; nothing, where all is clear."""
    found = []
    if to_look_at(application.eligibility_answers.all()):
        found.append("An answer to the conditions is to be looked at.")
    if application.lacks_employer:
        found.append("Their employer is not settled.")
    if unsettled := fees.why_unsettled(application):
        found.append(unsettled)
    return found


def _row(pk: int) -> Application:
    return Application.objects.for_steps().select_for_update(of=("self",)).get(pk=pk)


def _hold(application: Application) -> None:
    application.held_until = end_of_day_in(application.cohort, application.cohort.rule_set.hold_days)
    application.save(update_fields=["held_until"])


def _wait(application: Application) -> None:
    APPLICATION.move(application, "put_on_waiting_list", decided_at=clock.now(), decided_by=None)
    write_down(application=application, step="put_on_waiting_list", by=None)


def take(application: Application) -> None:
    """Just submitted: the place that its number gives, or one on the waiting list; the applicant is told which.

    The cohort's row is locked already, by its number."""
    application.refresh_from_db(fields=["number"])
    before = Application.objects.filter(cohort=application.cohort_id, number__lt=application.number).in_line().count()
    has_place, clear = spare_places(application.cohort) > before, not to_settle(application)
    if has_place and clear:
        give(application)
    elif has_place:
        _hold(application)
    elif clear:
        _wait(application)
    notices.tell_number(application)


@transaction.atomic
def fill(cohort: Cohort, *, now: datetime | None = None) -> int:
    """Give every place that is free to whoever comes next in order. Returns how many got one.

    Places that were held are given, once nothing is left to settle, or pass on when their time has come. It ends with the
    day before the cohort begins: who joins later is decided by people."""
    now = now or clock.now()
    # Whoever submits, answers or is enrolled waits here, and then counts.
    found = Cohort.objects.select_for_update(of=("self",)).select_related("rule_set", "programme__provider")
    cohort = found.get(pk=cohort.pk)
    if not _takes_people(cohort):
        return 0
    given = 0
    held = Application.objects.filter(cohort=cohort, held_until__isnull=False).order_by("number")
    for pk in list(held.values_list("pk", flat=True)):
        given += _settle_held(_row(pk), now)
    passed = Application.objects.filter(cohort=cohort, passed_on_at__isnull=False).order_by("number")
    for pk in list(passed.values_list("pk", flat=True)):
        _back_in_line(_row(pk))
    free = spare_places(cohort)
    for pk in list(Application.objects.filter(cohort=cohort).in_line().values_list("pk", flat=True)):
        application = _row(pk)
        clear = not to_settle(application)
        if free > 0 and clear:
            notices.tell_offered(give(application))
            given += 1
        elif free > 0:
            _hold(application)
            notices.tell_held(application)
        elif clear and application.status == ApplicationStatus.SUBMITTED:
            _wait(application)
            notices.tell_waiting(application)
        free -= 1
    return given


def _takes_people(cohort: Cohort) -> bool:
    is_right = cohort.rule_set.is_first_come and cohort.status in TAKES_PARTICIPANTS
    return is_right and cohort.starts_on > clock.today()


def _settle_held(application: Application, now: datetime) -> int:
    """A place is held: it is given once all is clear, and passes on after its last second."""
    if not to_settle(application):
        notices.tell_offered(give(application))
        return 1
    if application.held_until and application.held_until < now.replace(microsecond=0):
        until, application.held_until, application.passed_on_at = application.held_until, None, now
        application.save(update_fields=["held_until", "passed_on_at"])
        write_down(application=application, step="pass_on", by=None)
        notices.tell_passed_on(application, until)
    return 0


def _back_in_line(application: Application) -> None:
    """What kept them from their place is settled by now: they come next, by their number."""
    if not to_settle(application):
        application.passed_on_at = None
        application.save(update_fields=["passed_on_at"])


def fill_due(*, now: datetime | None = None) -> int:
    """Every cohort whose places go in the order of submission and that somebody waits for. Returns how many got a place; safe to
    run again. One that cannot be filled is written down in the log and does not keep the others waiting."""
    waits = Application.objects.filter(
        cohort__rule_set__selection__in=ways_with(is_numbered=True),
        cohort__starts_on__gt=clock.today(),
        status__in=(ApplicationStatus.SUBMITTED, ApplicationStatus.WAITING),
    )
    given = 0
    for cohort in Cohort.objects.filter(pk__in=waits.values("cohort")).order_by("pk"):
        try:
            given += fill(cohort, now=now)
        except Exception:
            logger.exception("The free places of cohort %s could not be given.", cohort.pk)
    return given
