"""What the running of a cohort has to say on the pages of participants, line managers and coordinators."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cohorts import calendar, queries
from cohorts.access import may
from cohorts.models import Certificate, Cohort, Enrolment, LearningAgreement, Placement, Session
from cohorts.progress import progress_on_page
from cohorts.states import CertificateStatus, CohortStatus, ComponentKind, EnrolmentStatus
from steppingup.accounts.actors import holds
from steppingup.accounts.roles import Permission
from steppingup.desk import menu
from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.site import navigation
from steppingup.site.sections import Section, register

Context = dict[str, Any] | None
MOST_SHOWN = 8


def days(*, subject: Enrolment, viewer: Any) -> Context:
    """The big number, what is next, and the days part by part."""
    dates = calendar.dates_on_page(subject)
    return {
        "progress": progress_on_page(subject).in_quarters(),
        "is_uneven": progress_on_page(subject).is_uneven,
        "next": calendar.next_date(dates),
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def dates(*, subject: Enrolment, viewer: Any) -> Context:
    months = calendar.months(calendar.dates_on_page(subject))
    past = [month for month in months if month.is_past]
    return {"past": past, "coming": [month for month in months if not month.is_past], "peer_group": subject.peer_group}


def placement(*, subject: Enrolment, viewer: Any) -> Context:
    """The stretch assignment, where the plan has one (B7)."""
    if not progress_on_page(subject).of_kind(ComponentKind.STRETCH):
        return None
    found: Placement | None = getattr(subject, "placement", None)
    return {"placement": found, "may_record": found is not None and subject.status == EnrolmentStatus.ENROLLED}


def people(*, subject: Enrolment, viewer: Any) -> Context:
    return {"programme": subject.cohort.programme, "line_manager": subject.line_manager}


def agreement(*, subject: Enrolment, viewer: Any) -> Context:
    found: LearningAgreement | None = getattr(subject, "agreement", None)
    return {"agreement": found} if found else None


def certificate(*, subject: Enrolment, viewer: Any) -> Context:
    if subject.status != EnrolmentStatus.COMPLETED:
        return None
    found = (
        Certificate.objects.filter(enrolment=subject, status=CertificateStatus.ISSUED).select_related("file").first()
    )
    return {"certificate": found} if found and found.file_id else None


def team(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a line manager: the way to their people, who are on the programme, have completed or left."""
    count = Enrolment.objects.managed_by(viewer).count() if viewer.is_authenticated else 0
    return {"count": count, "url": reverse("cohorts:team")} if count else None


def own_programmes(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a participant: the way to their programme."""
    if not viewer.is_authenticated:
        return None
    found = list(Enrolment.objects.of_participant(viewer).holding_a_place().select_related("cohort__programme"))
    return {"enrolments": found} if found else None


# -- for staff -----------------------------------------------------------------------------------


def cohort_running(*, subject: Cohort, viewer: Any) -> Context:
    """On the cohort's page in the admin: how its days stand, and the ways to sessions, registers and certificates."""
    if not may(viewer, Permission.RUN_COHORTS, subject):
        return None
    people = Enrolment.objects.filter(cohort=subject).aggregate(
        on=Count("pk", filter=Q(status=EnrolmentStatus.ENROLLED)),
        completed=Count("pk", filter=Q(status=EnrolmentStatus.COMPLETED)),
        left=Count("pk", filter=Q(status=EnrolmentStatus.WITHDRAWN)),
    )
    sessions = Session.objects.going_ahead().filter(cohort=subject)
    return {
        "people": people,
        "sessions": sessions.count(),
        "next": sessions.after(timezone.now()).first(),
        "to_take": registers_to_take().filter(cohort=subject),
    }


def registers_to_take() -> Any:
    """Sessions that have begun and have no register yet, the oldest first."""
    return Session.objects.going_ahead().filter(starts_at__lte=timezone.now(), attendances=None).order_by("starts_at")


def registers(*, subject: Any, viewer: Any) -> Context:
    """On the admin's first page: registers that wait to be taken, of cohorts that are under way."""
    if not holds(viewer, Permission.RUN_COHORTS):
        return None
    cohorts = Cohort.objects.for_staff(viewer, Permission.RUN_COHORTS).filter(status=CohortStatus.RUNNING)
    without = registers_to_take().filter(cohort__in=cohorts).select_related("cohort__programme")
    found = list(without[: MOST_SHOWN + 1])
    return {"sessions": found[:MOST_SHOWN], "more": len(found) > MOST_SHOWN} if found else None


def behind(*, subject: Any, viewer: Any) -> Context:
    """On the admin's first page: participants who have missed a day or more."""
    if not holds(viewer, Permission.RUN_COHORTS):
        return None
    number = queries.behind(Enrolment.objects.visible_to(viewer)).count()
    one, many = "participant has missed a day or more", "participants have missed a day or more"
    return waiting(ToDo(number, one, many, "admin:cohorts_enrolment_changelist", "missed=day"))


def places_of(user: Any) -> bool | QuerySet[Enrolment]:
    return user.is_authenticated and Enrolment.objects.of_participant(user)


def team_of(user: Any) -> bool | QuerySet[Enrolment]:
    return user.is_authenticated and Enrolment.objects.managed_by(user)


SIDEBAR = (
    ("Participants", "group", "enrolment"),
    ("Sessions", "event", "session"),
    ("Peer groups", "diversity_3", "peergroup"),
    ("Stretch assignments", "work", "placement"),
    ("Attendance", "fact_check", "attendance"),
    ("Day ledger", "receipt_long", "dayentry"),
    ("Certificates", "workspace_premium", "certificate"),
)


def register_all() -> None:
    for order, (title, icon, model) in enumerate(SIDEBAR):
        url = f"admin:cohorts_{model}_changelist"
        menu.register(menu.Item("Cohorts", title, icon, url, order, Permission.RUN_COHORTS))
    for entry in (
        navigation.Entry("my-programme", "My programme", "cohorts:own_programmes", 20, visible_to=places_of),
        navigation.Entry("my-team", "My team", "cohorts:team", 30, visible_to=team_of),
    ):
        navigation.register(entry)
    folder = "cohorts/sections"
    for section in (
        Section("home", "my-programme", 10, f"{folder}/home_participant.html", own_programmes, "Your programme"),
        Section("home", "my-team", 15, f"{folder}/home_team.html", team, "Your team"),
        Section("dashboard", "behind", 35, TEMPLATE, behind, "Participants"),
        Section("dashboard", "registers", 30, f"{folder}/registers.html", registers, "Registers to take"),
        Section("cohort_admin", "running", 20, f"{folder}/cohort_admin.html", cohort_running, "Days and people"),
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
