"""What people need in order to apply for a cohort, and to be chosen (cohorts.readiness)."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from applications.models import Criterion, EligibilityQuestion, FormPart, NominationRequest, StandingRule, Window
from applications.permissions import ApplicationPermission
from applications.states import Asked, PartKind
from cohorts.models import Cohort, Component, TargetGroup
from cohorts.permissions import CohortPermission
from cohorts.readiness import Point, role_point
from cohorts.states import Counterpart
from steppingup import clock
from steppingup.jobs.models import Job
from steppingup.jobs.states import JobStatus

EDIT = CohortPermission.EDIT_PROGRAMMES
#: What the job of a dry run is called.
DRY_RUN = "applications.dry_run"
UNCHECKED = "nobody finds out whether it is for them"


def window_of(cohort: Cohort) -> Window | None:
    return Window.objects.filter(cohort=cohort).first()


def of_admission(cohort: Cohort) -> list[Point]:
    """What is asked, and by what people are scored, where they are."""
    rules = {"rule_set": OuterRef("rule_set")}
    there = Cohort.objects.filter(pk=cohort.pk).values_list(
        Exists(TargetGroup.objects.filter(**rules)),
        Exists(EligibilityQuestion.objects.filter(**rules, is_active=True)),
        Exists(FormPart.objects.filter(**rules)),
        Exists(Criterion.objects.filter(**rules)),
        # Whoever has no organisation can have no host and no mentor from their own.
        Exists(StandingRule.objects.exclude(organisation=Asked.REQUIRED).filter(**rules)),
        Exists(Component.objects.filter(plan=OuterRef("plan"), counterpart=Counterpart.OWN)),
        Exists(FormPart.objects.filter(**rules, kind=PartKind.ELIGIBILITY)),
    )
    groups, questions, parts, criteria, alone, at_home, checks = there.get()
    page = reverse("admin:cohorts_ruleset_change", args=[cohort.rule_set_id])
    judged = (
        [Point("Criteria", criteria, "nobody can be scored", page, EDIT, True)] if cohort.rule_set.is_by_merit else []
    )
    return [
        Point("The groups that it is for", groups, "nobody knows whom you mean", page, EDIT),
        *(
            [Point("Questions of the eligibility check", questions, UNCHECKED, page, EDIT)]
            if checks or questions
            else []
        ),
        Point("The parts of the application", parts, "there is nothing to fill in", page, EDIT, True),
        *judged,
        *([_at_home(cohort)] if alone and at_home else []),
    ]


def _at_home(cohort: Cohort) -> Point:
    """The rules accept people who have no organisation, and a part of the plan is done in one's own."""
    title = "A plan that people without an organisation can do"
    without = "a part of it is done in one’s own organisation, and some who may apply have none"
    return Point(title, False, without, reverse("admin:cohorts_plan_change", args=[cohort.plan_id]), EDIT)


def of_dates(cohort: Cohort) -> list[Point]:
    window = window_of(cohort)
    if window is None:
        page = f"{reverse('admin:applications_window_add')}?cohort={cohort.pk}"
        return [Point("Application dates", False, "nobody can apply", page, EDIT, True)]
    page = reverse("admin:applications_window_change", args=[window.pk])
    is_open = window.closes_at > clock.now()
    return [Point("Application dates", is_open, "nobody can apply: they have closed", page, EDIT, True)]


def of_nominations(cohort: Cohort) -> list[Point]:
    """Where only people whom an employer nominates can apply."""
    if not cohort.rule_set.is_by_nomination:
        return []
    asked = NominationRequest.objects.filter(cohort=cohort).exists()
    page = f"{reverse('admin:applications_nominationrequest_changelist')}?cohort={cohort.pk}"
    decide = CohortPermission.DECIDE_APPLICATIONS
    return [Point("Employers who nominate", asked, "nobody is nominated, and nobody else can apply", page, decide)]


def of_assessors(cohort: Cohort) -> list[Point]:
    if not cohort.rule_set.is_by_merit:
        return []
    window = window_of(cohort)
    least = window.assessors_each if window else 1
    title = "An assessor" if least == 1 else f"{least} assessors"
    score = ApplicationPermission.SCORE_APPLICATIONS
    return [role_point(cohort, title, score, "applications wait for their scores", least=least)]


def of_trial(cohort: Cohort) -> list[Point]:
    """Whether made-up people have come to the certificate; the last time they were sent."""
    last = Job.objects.about(cohort).filter(kind=DRY_RUN, status=JobStatus.DONE).first()
    without = "somebody got stuck in the last one" if last else "nobody knows where people would get stuck"
    page = reverse("admin:applications_application_dry_run", args=[cohort.pk])
    return [Point("A dry run", last is not None and not last.result.get("stuck"), without, page, EDIT)]
