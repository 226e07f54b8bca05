"""The pages of a participant's programme that cohorts have: how each stands in a line, and what it asks of whoever looks."""

from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from cohorts.actions import agreements as signing
from cohorts.actions import apologies, checking_in, placements, staying, study, working_days
from cohorts.agreements import on_page
from cohorts.directory import may_join
from cohorts.models import (
    Agreement,
    Certificate,
    Choosing,
    DirectoryEntry,
    Enrolment,
    Placement,
    PlacementReport,
    Ranking,
)
from cohorts.progress import dates, parts_on_page, progress_on_page
from cohorts.states import CERTIFIED, EnrolmentStatus, Recording, Signatory
from cohorts.states.reports import Moment, Side
from steppingup.formats import english
from steppingup.site.sections import add_pages, once
from steppingup.site.topics import Ask, Status, Topic

OWN, MANAGED = "participant", "manager"
# Named where each part of the wiring comes from, whichever is read first.
add_pages("programme", "provider", OWN, MANAGED, "assignment")
add_pages("cohort_admin", "cohort_overview", "session", "session_admin")


# -- days, dates ---------------------------------------------------------------------------------------


def _days(*, subject: Enrolment, viewer: Any) -> Status | None:
    number = len(parts_on_page(subject))
    return Status(f"{english.counted(number, 'part')}, and what is done of each") if number else None


def _calendar(*, subject: Enrolment, viewer: Any) -> Status:
    """Always there: people come back to see whether a date is set by now."""

    def line() -> str:
        if number := dates.ahead_on_page(subject).number:
            return f"{english.counted(number, 'date')} to come"
        return "No date to come is set yet" if subject.status == EnrolmentStatus.ENROLLED else "The dates that were"

    return Status(line)


def _calendar_asks(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    """To check in, while a session is on, and what people need for those to come."""
    return [*_check_in_asked(subject), *_needs_asked(subject=subject, viewer=viewer)]


def _check_in_asked(subject: Enrolment) -> list[Ask]:
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    page = reverse("cohorts:check_in", args=[subject.pk])
    return [
        Ask(f"Check in to “{session}”", "I am here", page, line="It is on now.", hidden=f"at {session}")
        for session in checking_in.on_now(subject)
    ]


def _needs_asked(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    """What the participant needs, for each day that asks for it and has not been confirmed (N7)."""
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    unconfirmed = staying.to_confirm(subject).exclude(stays__enrolment=subject)
    return [
        Ask(
            f"Say what you need for “{session}”",
            "Say what you need",
            reverse("cohorts:needs", args=[subject.pk, session.pk]),
            session.needs_by,
            f"{english.weekday_date(session.starts_at)}"
            + (f", with {english.counted(session.nights, 'night')}" if session.nights else ""),
            f"for {session}",
        )
        for session in unconfirmed
    ]


# -- assignments and study -------------------------------------------------------------------------------


def _placement_facts(viewer: Any) -> dict[str, Any]:
    rows = Placement.objects.filter(enrolment=OuterRef("pk")).order_by("component__order", "pk")
    facts = JSONObject(key="component__key", title="title", host="host__name")
    waiting = PlacementReport.objects.waiting().filter(side=Side.PARTICIPANT, placement__enrolment=OuterRef("pk"))
    report = JSONObject(pk="pk", title="placement__title", moment="moment")
    return {
        "placements_found": ArraySubquery(rows.values_list(facts, flat=True)),
        "reports_waiting": ArraySubquery(waiting.order_by("asked_at", "pk").values_list(report, flat=True)),
    }


def _assignment(*, subject: Any, viewer: Any) -> Status | None:
    """Where the plan has any (B7)."""
    parts = parts_on_page(subject, Recording.HOST)
    if not parts:
        return None
    keys = [part.key for part in parts]
    found = [one for one in subject.placements_found if one["key"] in keys]
    word = parts[0].word if len(parts) == 1 else "assignments"
    title = _titled(word, subject, viewer)
    if len(parts) > 1:
        return Status(f"{len(found)} of {len(parts)} agreed", title)
    if found:
        return Status(f"{found[0]['title']}, {found[0]['host']}", title)
    is_on_it = subject.status == EnrolmentStatus.ENROLLED
    return Status("Not agreed yet" if is_on_it else "None was agreed", title)


def _titled(word: str, subject: Enrolment, viewer: Any) -> str:
    """“Your stretch assignment”; for others “Stretch assignment”."""
    return f"Your {word}" if viewer == subject.participant else f"{word[0].upper()}{word[1:]}"


def _study(*, subject: Enrolment, viewer: Any) -> Status | None:
    """The own log, where the plan has one (B45)."""
    parts = parts_on_page(subject, Recording.OWN)
    if not parts:
        return None
    word = parts[0].word if len(parts) == 1 else "study"
    return Status(partial(recorded_so_far, subject, Recording.OWN), _titled(word, subject, viewer))


def recorded_so_far(enrolment: Enrolment, recording: Recording) -> str:
    """“12 of 20 hours recorded”."""
    parts = progress_on_page(enrolment).in_quarters().recorded_by(recording)
    return f"{english.listed(part.in_unit.in_words for part in parts)} recorded"


def _choosing(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    """Which assignments they would like, until they have said it (L6)."""
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    said = Ranking.objects.filter(choosing=OuterRef("pk"), enrolment=subject)
    placed = Placement.objects.filter(enrolment=subject, component__key=OuterRef("component__key"))
    asked = Choosing.objects.under_way().filter(~Exists(said), ~Exists(placed), cohort=subject.cohort_id)
    return [
        Ask(
            "Say which assignments you would like",
            "Choose assignments",
            reverse("cohorts:choose_assignment", args=[subject.pk, one.pk]),
            one.closes_on,
        )
        for one in asked
    ]


def _reports(subject: Any) -> list[Ask]:
    """The reports that wait for the participant."""
    if subject.status != EnrolmentStatus.ENROLLED:
        return []
    return [
        Ask(
            f"Tell us how “{one['title']}” {'went' if one['moment'] == Moment.END else 'goes'}",
            "Write a few lines",
            reverse("cohorts:report", args=[subject.pk, one["pk"]]),
            line=Moment(one["moment"]).label,
        )
        for one in subject.reports_waiting
    ]


def _assignment_asks(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    return [*_choosing(subject=subject, viewer=viewer), *_reports(subject)]


# -- people, agreements, certificate -----------------------------------------------------------------------


def _people(*, subject: Enrolment, viewer: Any) -> Status:
    if subject.manager:
        return Status(f"Your line manager, {subject.manager}, and the coordinator")
    return Status("Your line manager and the coordinator" if subject.has_employer else "The coordinator")


def _agreement_facts(viewer: Any) -> dict[str, Any]:
    """Whether anything was signed that holds no longer. What stands comes with the place anyway."""
    ended = Agreement.objects.of_party(viewer).filter(enrolment=OuterRef("pk"), ended_at__isnull=False)
    return {"agreements_ended": Exists(ended.filter(signatures__isnull=False))}


def _agreements(*, subject: Any, viewer: Any) -> Status | None:
    found = on_page(subject)
    if not found:
        return Status("What held before") if subject.agreements_ended else None
    waits = list(dict.fromkeys(role for one in found for role in one.missing))
    if not waits:
        return Status("Signed by everybody")
    if subject.status != EnrolmentStatus.ENROLLED:
        return Status("Not signed by everybody")
    if Signatory.PARTICIPANT in waits:
        own = sum(Signatory.PARTICIPANT in one.missing for one in found)
        return Status(f"{english.counted(own, 'agreement')} for you to sign")
    return Status(f"Waiting for {english.listed(role.in_sentence for role in waits)}")


def _signing(role: Signatory) -> Any:
    """What waits for this signature."""

    def asked(*, subject: Enrolment, viewer: Any) -> list[Ask]:
        if subject.status != EnrolmentStatus.ENROLLED:
            return []
        return [
            Ask(
                f"Sign “{one.title}”",
                "Read and sign",
                reverse("cohorts:sign", args=[one.pk]),
                line="" if one.is_required else "You may leave it.",
                hidden=f"“{one.title}”",
            )
            for one in on_page(subject)
            if role in one.missing
        ]

    return asked


def certificate_of(enrolment: Enrolment) -> Certificate | None:
    """The one that is valid, once it was made; fetched once for a page."""
    if enrolment.status not in CERTIFIED:
        return None
    rows = Certificate.objects.genuine().filter(enrolment=enrolment, file__isnull=False).select_related("file")
    return once(("certificate", enrolment.pk), rows.first)


def _certificate_facts(viewer: Any) -> dict[str, Any]:
    rows = Certificate.objects.genuine().filter(enrolment=OuterRef("pk"), file__isnull=False)
    return {"certificate_serial": Subquery(rows.values("serial")[:1])}


def _certificate(*, subject: Any, viewer: Any) -> Status | None:
    if subject.status not in CERTIFIED or not subject.certificate_serial:
        return None
    return Status(f"Ready to download: {subject.certificate_serial}")


# -- others --------------------------------------------------------------------------------------------


def _entry_facts(viewer: Any) -> dict[str, Any]:
    entries = DirectoryEntry.objects.filter(enrolment=OuterRef("pk"))
    return {"in_directory": Exists(entries), "entry_hidden": Exists(entries.filter(hidden_at__isnull=False))}


def _directory(*, subject: Any, viewer: Any) -> Status | None:
    """The way into the directory of participants and graduates, or to one's own entry and to the others (C6)."""
    if not subject.in_directory:
        return Status("You are not in the directory, unless you want to be") if may_join(subject) else None
    return Status("Your entry in the directory is hidden" if subject.entry_hidden else "You are in the directory")


TOPICS = (
    Topic(
        OWN,
        "certificate",
        5,
        "Your certificate",
        "cohorts:certificate_page",
        _certificate,
        facts=_certificate_facts,
    ),
    Topic(OWN, "days", 10, "Your days", "cohorts:days", _days),
    Topic(
        OWN,
        "calendar",
        20,
        "Your calendar",
        "cohorts:calendar",
        _calendar,
        asks=_calendar_asks,
        steps=(staying.confirm_needs, apologies.cannot_come, apologies.can_come, working_days.say_working_days),
    ),
    Topic(
        OWN,
        "assignment",
        40,
        "Your stretch assignment",
        "cohorts:assignment",
        _assignment,
        facts=_placement_facts,
        asks=_assignment_asks,
        steps=(placements.record_day, placements.remove_day),
    ),
    Topic(
        OWN,
        "study",
        45,
        "Your study",
        "cohorts:study",
        _study,
        steps=(study.record_study, study.correct, study.remove),
    ),
    Topic(OWN, "people", 70, "Who to talk to", "cohorts:people", _people),
    Topic(OWN, "directory", 75, "Others on programmes like yours", "cohorts:own_entry", _directory, facts=_entry_facts),
    Topic(
        OWN,
        "agreements",
        80,
        "Your agreements",
        "cohorts:agreements",
        _agreements,
        asks=_signing(Signatory.PARTICIPANT),
        facts=_agreement_facts,
        steps=(signing.sign,),
    ),
    Topic(MANAGED, "days", 10, "Days", "cohorts:managed_days", _days, asks=_signing(Signatory.EMPLOYER)),
    Topic(MANAGED, "calendar", 20, "Attendance and dates", "cohorts:managed_calendar", _calendar),
    Topic(
        MANAGED,
        "assignment",
        40,
        "Stretch assignment",
        "cohorts:managed_assignment",
        _assignment,
        facts=_placement_facts,
    ),
    Topic(MANAGED, "study", 45, "Study", "cohorts:managed_study", _study),
)
