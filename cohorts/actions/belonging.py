"""To what a place belongs from which day on: the writers of memberships, and what is asked of a day."""

from datetime import date
from typing import Any

from django.db.models import Max

from cohorts.models import Attendance, DayEntry, Enrolment, Membership, PeerGroup
from cohorts.models.membership import BELONGS_TO
from cohorts.planning.bank_holidays import DAY
from steppingup import clock
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import ChosenFrom, StepForm


def joined_on(enrolment: Enrolment) -> date:
    """The first day on the programme."""
    return enrolment.memberships.order_by("starts_on").values_list("starts_on", flat=True)[0]


def on_this_cohort_since(enrolment: Enrolment) -> date:
    """The first day on the cohort that they are on now."""
    since = date.max
    for span in enrolment.memberships.order_by("-starts_on"):
        if span.cohort_id != enrolment.cohort_id:
            break
        since = span.starts_on
    return since


def programme_began(enrolment: Enrolment, on: date) -> date:
    """When the programme began for somebody, as of a day: with the first of the cohorts that they had been on by then. Whoever
    waits for another cohort meets their mentor and works on their assignment meanwhile."""
    spans = enrolment.memberships.filter(starts_on__lte=on).order_by("cohort__starts_on")
    return spans.values_list("cohort__starts_on", flat=True).first() or enrolment.cohort.starts_on


def why_not_on(enrolment: Enrolment, on: date) -> str:
    """A sentence when the person was not on the programme on this day, or on a pause; empty when they were."""
    spans = list(enrolment.memberships.order_by("starts_on"))
    if any(span.covers(on) for span in spans):
        paused = enrolment.pauses.on(on).first()
        return f"{enrolment.participant} was not taking part on this day. {paused.in_words}." if paused else ""
    who, before = enrolment.participant, [span for span in spans if span.starts_on <= on]
    if not before:
        return f"{who} joined the programme on {english.day_date(spans[0].starts_on)}, after this day."
    return f"{who} left the programme on {english.day_date(before[-1].last_day)}, before this day."


def require_on_the_programme_on(enrolment: Enrolment, on: date) -> None:
    """Raises NotPossible for a day before joining, or after leaving."""
    if sentence := why_not_on(enrolment, on):
        raise NotPossible(sentence, "not_on_that_day", field="on")


def change_from(enrolment: Enrolment, from_on: date | None, **belongs_to: Any) -> date:
    """From this day on (today) the place belongs to these; whatever was said of later days is replaced. The enrolment's own
    columns follow. The caller holds the enrolment's lock. Returns the day.

    Raises NotPossible for a day in the future, before joining (a group: before joining its cohort) or after leaving."""
    first = on_this_cohort_since(enrolment) if "peer_group" in belongs_to else joined_on(enrolment)
    on = event_day(
        from_on,
        not_before=first,
        because=f"{enrolment.participant} joined on {english.day_date(first)}.",
        field="from_on",
    )
    later = list(enrolment.memberships.since(on).order_by("starts_on"))
    if not later:
        raise NotPossible(f"{why_not_on(enrolment, on)} Enter an earlier day.", "left", field="from_on")
    if later[0].starts_on < on:
        later[0] = _split(later[0], on)
    for span in later:
        for name, value in belongs_to.items():
            setattr(span, name, value)
        span.save()
    _join(enrolment)
    # After the memberships: the database finds the columns as the last of them has them, and has nothing to add.
    for name in BELONGS_TO:
        setattr(enrolment, name, getattr(later[-1], name))
    enrolment.save(update_fields=list(BELONGS_TO))
    return on


def is_so_since(enrolment: Enrolment, from_on: date | None, **belongs_to: Any) -> bool:
    """Does the place belong to these on this day (today) and ever since? Then there is nothing to change. Where it has for a
    shorter time, the day from which is put right."""
    since = enrolment.memberships.since(from_on or clock.today())
    return not since.exclude(**belongs_to).exists()


def _split(span: Membership, on: date) -> Membership:
    """Two rows for one: the second, which is returned, begins on this day."""
    ends_on, span.ends_on = span.ends_on, on
    span.save(update_fields=["ends_on"])  # first: no day may have two rows for a moment
    same = {name: getattr(span, name) for name in BELONGS_TO}
    return Membership.objects.create(enrolment_id=span.enrolment_id, starts_on=on, ends_on=ends_on, **same)


def _join(enrolment: Enrolment) -> None:
    """Two rows that follow one another and say the same become one."""
    last: Membership | None = None
    for span in enrolment.memberships.order_by("starts_on"):
        if last and last.says == span.says and last.ends_on == span.starts_on:
            span.delete()
            last.ends_on = span.ends_on
            last.save(update_fields=["ends_on"])
        else:
            last = span


def marks_elsewhere(enrolment: Enrolment, group: PeerGroup | None, from_on: date) -> list[Attendance]:
    """Marks at sessions of other peer groups since that day: they stay, and somebody should know."""
    found = Attendance.objects.filter(enrolment=enrolment, session__starts_at__date__gte=from_on)
    others = found.exclude(session__peer_group=None).exclude(session__peer_group=group)
    return list(others.select_related("session__peer_group").order_by("session__starts_at"))


def after_what_is_recorded(enrolment: Enrolment, on: date | None) -> date:
    """The day of completing, or of having done what there is: today unless it is given. Raises NotPossible for one in the
    future, before joining, or before the last day that stands in the ledger."""
    return event_day(on, **_what_stands(enrolment))


def last_recorded(enrolment: Enrolment) -> date:
    """The first day of which it can be said that they were not there any more, less one: the last that is on record."""
    changed: date = enrolment.memberships.latest("starts_on").starts_on
    return max(changed, _what_stands(enrolment)["not_before"])


def last_day_of(enrolment: Enrolment, on: date | None) -> date:
    """The last day of somebody who leaves: today unless it is given. Raises NotPossible as above, and for a day before the
    last change of what they belong to: it would speak of days on which they were not there."""
    changed, stands = enrolment.memberships.latest("starts_on").starts_on, _what_stands(enrolment)
    if changed > stands["not_before"]:
        because = f"Their cohort, group, employer or line manager changed on {english.day_date(changed)}."
        stands = {"not_before": changed, "because": because}
    return event_day(on, **stands)


def _what_stands(enrolment: Enrolment) -> dict[str, Any]:
    first = joined_on(enrolment)
    last = DayEntry.objects.filter(enrolment=enrolment).standing().aggregate(last=Max("on"))["last"]
    if last and last > first:
        return {"not_before": last, "because": f"A day is recorded for {english.day_date(last)}."}
    return {"not_before": first, "because": f"They joined on {english.day_date(first)}."}


def away_from(enrolment: Enrolment) -> date:
    """The first day on which somebody who has left was away."""
    last = enrolment.memberships.latest("starts_on")
    return last.ends_on or clock.today() + DAY


def leave_a_gap(enrolment: Enrolment, away_from: date, on: date) -> None:
    """Somebody who was away from one day until another belongs to nothing between the two. The database has just opened the
    last membership again, as if they had never left."""
    last = enrolment.memberships.latest("starts_on")
    if on <= away_from:  # never away
        return
    last.ends_on = away_from
    last.save(update_fields=["ends_on"])
    same = {name: getattr(last, name) for name in BELONGS_TO}
    Membership.objects.create(enrolment=enrolment, starts_on=on, **same)


FROM = EventDate(label="From which day?", help_text="Registers and pages of days before it stay as they were.")


class GroupForm(StepForm):
    """Another peer group of the cohort, or none."""

    peer_group = ChosenFrom(
        PeerGroup,
        lambda enrolment: enrolment.cohort.peer_groups.all(),
        label="Peer group",
        required=False,
        empty_label="None",
    )
    from_on = FROM

    def warnings(self, subject: Enrolment) -> list[str]:
        given = self.cleaned_data
        return [
            f"{subject.participant} is marked “{mark.get_mark_display().lower()}” at {mark.session} of {mark.session.peer_group} "
            f"on {english.day_date(mark.session.starts_at)}. This mark stays as it is."
            for mark in marks_elsewhere(subject, given.get("peer_group"), given["from_on"])
        ]
