"""Who of some participants is being lost: what speaks for it, by when something would be lost, and what to tell them.

Only what is on record already is looked at, for all of them at once."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from cohorts.extensions import Trouble, TroubleKind, stuck
from cohorts.models import Agreement, Enrolment
from cohorts.progress.forecast import Forecast, forecasts_of
from cohorts.progress.record import LATELY, Record
from cohorts.states import Mark, Recording
from cohorts.states.reports import Moment
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus

OUT_OF_REACH = TroubleKind("out_of_reach", "Completing is out of reach", 0)
SHORT = TroubleKind("short", "Too few days at this pace", 10)
UNSIGNED = TroubleKind("unsigned", "An agreement is not signed", 30)
NO_PLACEMENT = TroubleKind("no_placement", "No assignment", 20)
NO_DAYS = TroubleKind("no_days", "No days for a month", 50)
ABSENT = TroubleKind("absent", "Absent twice running", 40)
NO_REPORT = TroubleKind("no_report", "A report on an assignment is missing", 70)
NO_MAIL = TroubleKind("no_mail", "An email did not arrive", 65)
A_MONTH = timedelta(days=30)
#: So long before the last day on which an assignment has to begin, its lack is looked at.
AHEAD = timedelta(weeks=8)
#: A report that was asked for so long ago, and asked for once more since.
UNSAID = timedelta(days=14)
#: An email that did not arrive is looked at for so long.
MAIL = timedelta(days=60)


def troubles_of(people: Collection[Enrolment], viewer: User) -> list[Trouble]:
    """Everything that speaks for somebody of these being lost, as far as the viewer may see it; what is lost first comes first, and of what
    is lost on one day what weighs most. What is overdue is to be put right today."""
    today = clock.today()
    found = [one._replace(by=max(one.by, today)) for each in stuck(people, viewer) for one in each]
    return sorted(found, key=lambda one: (one.by, one.kind.order, one.enrolment, one.kind.key))


def _page(enrolment: Enrolment) -> str:
    return reverse("admin:cohorts_enrolment_change", args=[enrolment.pk])


def by_their_days(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """By what they have done, and what they will have done at this pace."""
    today = clock.today()
    begun = [one for one in people if one.cohort.starts_on <= today]
    forecasts = forecasts_of(begun)
    return [trouble for one in begun for trouble in _of_days(one, forecasts[one.pk], today)]


def _of_days(one: Enrolment, forecast: Forecast, today: date) -> Iterator[Trouble]:
    last = _last_day(one, forecast.record, today)
    if forecast.is_out_of_reach:
        gap = forecast.out_of_reach[0]
        what = f" of {gap.what}" if gap.what else ""
        yield Trouble(
            one.pk,
            OUT_OF_REACH,
            f"{gap.missing_in_words}{what} cannot be done any more without making up",
            today,
            f"Some of the days that you need to complete can no longer be reached with the dates that are left: {gap.missing_in_words}{what}. "
            "It can still be put right. Tell us when we can talk about how you make up for it.",
            reverse("admin:cohorts_enrolment_step", args=[one.pk, "agree_make_up"]),
            "Agree a make-up",
        )
    elif forecast.risks:
        gap = max(forecast.risks, key=lambda gap: gap.short)
        what = f" of {gap.what}" if gap.what else ""
        left = timedelta(days=max(7, int(gap.short * 7)))
        yield Trouble(
            one.pk,
            SHORT,
            f"{gap.short_in_words}{what} short" if gap.is_short else f"perhaps short of {gap.asked_in_words}{what}",
            max(today, forecast.by - left),
            f"At the pace so far you {'would' if gap.is_short else 'could'} be {gap.short_in_words}{what} short by {english.day_date(forecast.by)}. There is still time. If "
            "something stands in your way, tell us, and we will see what can be done.",
        )
    yield from _no_placement(one, forecast, today)
    if forecast.record.lately == [Mark.ABSENT] * LATELY:
        yield Trouble(
            one.pk,
            ABSENT,
            "the last two sessions",
            today + A_MONTH,
            "We missed you at the last two sessions. Tell us how you are, and whether there is something that we can do.",
        )
    yield from _no_report(one, forecast.record)
    is_done = all(part.part.is_done for part in forecast.parts)
    if not is_done and today - last >= A_MONTH and today <= forecast.by:
        yield Trouble(
            one.pk,
            NO_DAYS,
            f"none since {english.day_date(last)}",
            forecast.by,
            "We have not seen any days of yours for a month. If you have done some, please record them. If not, tell us how it is going.",
        )


def _no_placement(one: Enrolment, forecast: Forecast, today: date) -> Iterator[Trouble]:
    """Nobody knows yet where they do their assignment, and soon there is no time for it."""
    placed = forecast.record.placed
    for part in forecast.parts:
        component = part.part.component
        if component.recording != Recording.HOST or component.key in placed or part.part.is_done:
            continue
        latest = forecast.by - timedelta(days=int(part.part.least_left * 7))
        if lost := forecast.record.lost.get(component.key):
            yield Trouble(
                one.pk,
                NO_PLACEMENT,
                f"no host since {english.day_date(lost)}; another has to be found by {english.day_date(latest)}",
                max(today, latest),
                f"The host of your {component.word} cannot go on. What you did there stands. We are looking for another host; if you have an "
                "idea where you would like to go, tell us.",
                _page(one),
                "Give them another host",
            )
            continue
        if today >= latest - AHEAD:
            yield Trouble(
                one.pk,
                NO_PLACEMENT,
                f"to begin by {english.day_date(latest)}",
                max(today, latest),
                f"You have no {component.word} yet, and it has to begin by {english.day_date(latest)} if it is to be done in time. Tell us what "
                "you have in mind, or that you would like us to find one for you.",
            )


def _no_report(one: Enrolment, record: Record) -> Iterator[Trouble]:
    """They have not said how their assignment goes."""
    for report in record.unsaid:
        if clock.now() - datetime.fromisoformat(report["asked"]) >= UNSAID:
            goes = "went" if report["moment"] == Moment.END else "goes"
            yield Trouble(
                one.pk,
                NO_REPORT,
                f"on “{report['title']}”",
                clock.today() + UNSAID,
                f"You have not told us yet how “{report['title']}” {goes}. A few lines on your page are enough.",
                reverse("admin:cohorts_placementreport_change", args=[report["pk"]]),
                "See the report",
            )


def _last_day(one: Enrolment, record: Record, today: date) -> date:
    """The last day on which they did something; joining, and a day of a pause, stand for one."""
    first = max(one.cohort.starts_on, localdate(one.enrolled_at))
    paused = [min(pause.last_day or today, today) for pause in record.pauses if pause.starts_on <= today]
    return max([first, *paused, *([record.last_on] if record.last_on else [])])


def by_agreements(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """What has to be signed for their place and is not."""
    waits = Agreement.objects.overdue().filter(enrolment__in=[one.pk for one in people]).select_related("template")
    return [
        Trouble(
            one.enrolment_id or 0,
            UNSIGNED,
            f"“{one.template.title}”",
            clock.today(),
            f"“{one.template.title}” is not signed by everybody yet. Please see whether it waits for you.",
            reverse("admin:cohorts_agreement_change", args=[one.pk]),
            "See who has to sign",
        )
        for one in waits.order_by("pk")
    ]


def by_mail(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """An email to them that the mail server would not take."""
    to = {one.participant_id: one for one in people}
    failed = Message.objects.visible_to(viewer).filter(
        to__in=to, status=MessageStatus.FAILED, created_at__gte=clock.now() - MAIL
    )
    latest = failed.order_by("to_id", "-pk").distinct("to_id")
    return [
        Trouble(
            to[one.to_id].pk,
            NO_MAIL,
            f"“{one.subject}”",
            localdate(one.created_at),
            "",
            reverse("admin:messaging_message_change", args=[one.pk]),
            "See the email",
        )
        for one in latest
        if one.to_id
    ]
