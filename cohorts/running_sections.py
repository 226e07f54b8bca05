"""What the running of a cohort has to say on the participant's and the line manager's page, and on the home page."""

from typing import Any

from django.urls import reverse

from cohorts import calendar
from cohorts.models import Certificate, Enrolment, LearningAgreement, Placement
from cohorts.progress import progress_of
from cohorts.states import CertificateStatus, ComponentKind, EnrolmentStatus
from steppingup.web import navigation
from steppingup.web.sections import Section, register

Context = dict[str, Any] | None


def days(*, subject: Enrolment, viewer: Any) -> Context:
    """The big number, what is next, and the days part by part."""
    dates = calendar.dates_of(subject)
    return {
        "progress": progress_of(subject),
        "next": calendar.next_date(dates),
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def dates(*, subject: Enrolment, viewer: Any) -> Context:
    months = calendar.months(calendar.dates_of(subject))
    past = [month for month in months if month.is_past]
    return {"past": past, "coming": [month for month in months if not month.is_past], "peer_group": subject.peer_group}


def placement(*, subject: Enrolment, viewer: Any) -> Context:
    """The stretch assignment, where the plan has one (B7)."""
    if not subject.cohort.plan.components.filter(kind=ComponentKind.STRETCH).exists():
        return None
    found = Placement.objects.filter(enrolment=subject).select_related("host").first()
    return {"placement": found, "may_record": found is not None and subject.status == EnrolmentStatus.ENROLLED}


def people(*, subject: Enrolment, viewer: Any) -> Context:
    return {"programme": subject.cohort.programme, "line_manager": subject.line_manager}


def agreement(*, subject: Enrolment, viewer: Any) -> Context:
    found = LearningAgreement.objects.filter(enrolment=subject).defer("text").first()
    return {"agreement": found} if found else None


def certificate(*, subject: Enrolment, viewer: Any) -> Context:
    found = (
        Certificate.objects.filter(enrolment=subject, status=CertificateStatus.ISSUED).select_related("file").first()
    )
    return {"certificate": found} if found and found.file_id else None


def team(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a line manager: the way to their people."""
    count = Enrolment.objects.managed_by(viewer).holding_a_place().count() if viewer.is_authenticated else 0
    return {"count": count, "url": reverse("cohorts:team")} if count else None


def own_programmes(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a participant: the way to their programme."""
    if not viewer.is_authenticated:
        return None
    found = list(Enrolment.objects.of_participant(viewer).holding_a_place().select_related("cohort__programme"))
    return {"enrolments": found} if found else None


def is_participant(user: Any) -> bool:
    return user.is_authenticated and Enrolment.objects.of_participant(user).exists()


def is_line_manager(user: Any) -> bool:
    return user.is_authenticated and Enrolment.objects.managed_by(user).exists()


def register_all() -> None:
    for entry in (
        navigation.Entry("my-programme", "My programme", "cohorts:own_programmes", 20, visible_to=is_participant),
        navigation.Entry("my-team", "My team", "cohorts:team", 30, visible_to=is_line_manager),
    ):
        navigation.register(entry)
    folder = "cohorts/sections"
    for section in (
        Section("home", "my-programme", 10, f"{folder}/home_participant.html", own_programmes, "Your programme"),
        Section("home", "my-team", 15, f"{folder}/home_team.html", team, "Your team"),
        Section("participant", "certificate", 5, f"{folder}/certificate.html", certificate, "Your certificate"),
        Section("participant", "days", 10, f"{folder}/days.html", days),
        Section("participant", "calendar", 30, f"{folder}/calendar.html", dates, "Your calendar"),
        Section("participant", "assignment", 40, f"{folder}/placement.html", placement, "Your stretch assignment"),
        Section("participant", "people", 60, f"{folder}/people.html", people, "Who to talk to"),
        Section("participant", "agreement", 70, f"{folder}/agreement.html", agreement, "Your learning agreement"),
        Section("manager", "days", 10, f"{folder}/days.html", days),
        Section("manager", "calendar", 30, f"{folder}/calendar.html", dates, "Attendance and dates"),
        Section("manager", "assignment", 40, f"{folder}/placement.html", placement, "Stretch assignment"),
    ):
        register(section)
