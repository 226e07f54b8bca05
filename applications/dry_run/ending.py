"""What else there is to a place: the qualification beside it, the invoice, completion and the certificate."""

from datetime import datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from applications.dry_run import cast as who
from applications.dry_run.days import place_of
from applications.dry_run.filling import a_pdf
from applications.dry_run.report import Mend
from applications.dry_run.stage import Hindered, Stage
from cohorts.actions import certificates, cohorts, completion
from cohorts.models import Certificate
from cohorts.permissions import CohortPermission
from cohorts.progress.completion import standing_of
from funding.actions import invoices, payments
from funding.models import FeeAgreement
from funding.permissions import MoneyPermission
from modules.actions import assignments, courses, registrations
from modules.models import Assignment, CourseChoice, Qualification, Registration
from modules.permissions import QualificationPermission
from modules.progress import offers_to
from modules.progress import standing_of as courses_of
from steppingup import clock
from steppingup.files.actions.files import store

QUALIFY = QualificationPermission.RUN_QUALIFICATIONS


def invoice(stage: Stage) -> None:
    """The invoice for the place, where anybody pays, and that it is paid."""
    agreement = FeeAgreement.objects.for_steps().filter(person=stage.cast.applicant, cohort=stage.cohort).first()
    if agreement is None:
        stage.note(who.FINANCE, "Looks for somebody to invoice", "Nobody is asked to pay for this place.")
        return
    if not agreement.employer_pays:
        stage.note(
            who.FINANCE, "Looks for somebody to invoice", "Whoever is asked pays nothing, so there is no invoice."
        )
        return
    stage.require_role(who.FINANCE, "Issues the invoice", MoneyPermission.DECIDE_MONEY)
    made = stage.act(
        who.FINANCE,
        "Issues the invoice",
        lambda: invoices.issue(agreement=agreement, by=stage.cast.finance),
        must=False,
        mend=Mend(reverse("admin:funding_invoiceseries_changelist"), MoneyPermission.DECIDE_MONEY),
    )
    if made is not None and made.balance > 0:
        stage.act(
            who.FINANCE,
            "Records that it was paid",
            lambda: payments.record(
                invoice=made, amount=made.balance, on=clock.today(), reference="BACS", by=stage.cast.finance
            ),
            at=stage.later(timedelta(days=20)),
        )


# -- the qualification -----------------------------------------------------------------------------


def qualify(stage: Stage) -> None:
    """The first qualification that is offered, if there is any: registered for, its courses passed, its assignment handed in."""
    found = offers_to(place_of(stage)).first()
    if found is None:
        return
    page = Mend(reverse("admin:modules_qualification_change", args=[stage.original(found)]), QUALIFY)
    catalogue = Mend(reverse("admin:modules_course_changelist"), QUALIFY)
    by = stage.cast.applicant
    stage.act(
        who.PARTICIPANT,
        f"Registers for “{found}”",
        lambda: registrations.register_for(enrolment=place_of(stage), qualification=found, by=by),
        mend=page,
    )
    chosen = stage.act(
        who.PARTICIPANT, "Chooses courses for it", lambda: _choose_courses(stage), must=False, mend=catalogue
    )
    if chosen is None:
        return
    stage.act(
        who.COORDINATOR, "Records that they passed", lambda: _pass_courses(stage), at=stage.later(timedelta(days=30))
    )
    if found.has_assignment:
        stage.act(who.PARTICIPANT, "Hands in the assignment", lambda: _hand_in(stage, found))
        stage.act(who.COORDINATOR, "Passes the assignment", lambda: _mark(stage))


def _registration(stage: Stage) -> Registration:
    related = ("qualification", "enrolment__cohort__programme__provider", "enrolment__participant")
    return Registration.objects.select_related(*related).get(enrolment=place_of(stage))


def _choose_courses(stage: Stage) -> int:
    """As many courses as make up its credits. Raises Hindered where the catalogue has none that do."""
    registration, left = _registration(stage), list(stage.cohort.programme.provider.courses.filter(is_offered=True))
    while not (standing := courses_of(registration)).is_complete:
        verdicts = [(course, courses.verdict_on(registration, course)) for course in left]
        course = next((one for one, verdict in verdicts if not verdict.refused and not verdict.warning), None)
        if course is None:
            raise Hindered(f"The courses on offer do not add up: {standing.in_words}")
        left.remove(course)
        courses.choose_course(registration=registration, course=course, by=stage.cast.applicant)
    return registration.choices.count()


def _pass_courses(stage: Stage) -> None:
    for choice in CourseChoice.objects.filter(registration=_registration(stage)).order_by("pk"):
        choice.registration = _registration(stage)
        courses.record_pass(choice=choice, by=stage.cast.coordinator)


def _hand_in(stage: Stage, qualification: Qualification) -> None:
    rule = qualification.file_rule
    file = store(upload=a_pdf("Assignment", rule.min_pages or rule.max_pages or 1), rule=rule, by=stage.cast.applicant)
    assignments.submit_assignment(registration=_registration(stage), file=file, by=stage.cast.applicant)


def _mark(stage: Stage) -> None:
    assignment = Assignment.objects.filter(registration=_registration(stage)).latest("version")
    assignment.registration = _registration(stage)
    assignments.pass_assignment(assignment=assignment, feedback="Well done.", by=stage.cast.coordinator)


# -- completion ------------------------------------------------------------------------------------


def complete(stage: Stage) -> None:
    """Completion, the certificate, and the end of the cohort. Raises Stopped where the rules are not met."""
    page = Mend(reverse("admin:cohorts_cohort_change", args=[stage.copies.cohort.pk]), CohortPermission.EDIT_PROGRAMMES)
    stage.wait_until(timezone.make_aware(datetime.combine(stage.cohort.ends_on, time(17))))
    if not standing_of(place_of(stage)).checks:
        stage.stop(
            who.COORDINATOR, "Records completion", "The cohort has no completion rule, so nobody can complete.", page
        )
    by = stage.cast.coordinator
    stage.act(
        who.COORDINATOR, "Records completion", lambda: completion.complete(enrolment=place_of(stage), by=by), mend=page
    )
    made = stage.act(who.COORDINATOR, "Has the certificate made", lambda: _certify(stage))
    if made is not None:
        stage.look(
            who.VISITOR,
            "Checks that the certificate is genuine",
            reverse("cohorts:certificate", args=[made.serial]),
            AnonymousUser(),
        )
    own = reverse("cohorts:participant", args=[place_of(stage).pk])
    stage.look(who.PARTICIPANT, "Opens their page, with the certificate", own, stage.cast.applicant)
    stage.act(who.COORDINATOR, "Finishes the cohort", lambda: cohorts.finish(cohort=stage.cohort, by=by))


def _certify(stage: Stage) -> Certificate:
    """By the job that workers do; what it draws is looked at, too: a name that cannot be printed is found out here."""
    certificates.issue(cohort=stage.cohort, by=stage.cast.coordinator)
    certificate = Certificate.objects.select_related("enrolment__cohort__programme__provider").get(
        enrolment=place_of(stage)
    )
    certificates.render(certificate)
    return certificate
