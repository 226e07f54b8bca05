"""What of applications goes after some time, as each provider says for how long (`steppingup.retention`)."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import (
    Application,
    Decision,
    EqualityResponse,
    Interest,
    LateEntry,
    LineConsent,
    Nomination,
    NominationRequest,
)
from applications.states import LIVE, ApplicationStatus
from cohorts.models import Cohort
from steppingup.accounts.models import Organisation
from steppingup.retention.kinds import Kind, add

WITHOUT_A_PLACE = (ApplicationStatus.TURNED_DOWN, ApplicationStatus.DECLINED, ApplicationStatus.EXPIRED)


def _cohorts(provider: Organisation) -> QuerySet[Cohort]:
    return Cohort.objects.filter(programme__provider=provider)


def unsuccessful(provider: Organisation, before: date) -> QuerySet[Application]:
    """Turned down, declined, expired or withdrawn before that day; and those that nobody decided, of cohorts that have ended."""
    ended = (
        Q(status__in=WITHOUT_A_PLACE, decided_at__date__lt=before)
        | Q(status=ApplicationStatus.WITHDRAWN, withdrawn_at__date__lt=before)
        | Q(status__in=LIVE, cohort__ends_on__lt=before)
    )
    return Application.objects.filter(ended, cohort__in=_cohorts(provider), enrolment=None)


def drafts(provider: Organisation, before: date) -> QuerySet[Application]:
    """Never submitted, and applications have closed; where they never opened, nobody has written for as long."""
    closed = Q(cohort__window__closes_at__date__lt=before) | Q(cohort__window=None)
    return Application.objects.filter(
        closed, status=ApplicationStatus.DRAFT, changed_at__date__lt=before, cohort__in=_cohorts(provider)
    )


def decisions_of(rows: QuerySet[Application]) -> QuerySet[Decision]:
    return Decision.objects.filter(application__in=rows.values("pk"))


def equality_answers(provider: Organisation, before: date) -> QuerySet[EqualityResponse]:
    return EqualityResponse.objects.filter(
        application__cohort__in=_cohorts(provider), application__cohort__ends_on__lt=before
    )


def interests(provider: Organisation, before: date) -> QuerySet[Interest]:
    """Left, or never told or registered since."""
    quiet = Q(last_told_at=None, registered_at__date__lt=before) | Q(last_told_at__date__lt=before)
    return Interest.objects.filter(quiet | Q(left_at__date__lt=before), programme__provider=provider)


def nominations(provider: Organisation, before: date) -> QuerySet[Nomination]:
    """Of people of whom there is no application any more, of cohorts that have begun."""
    theirs = Application.objects.filter(cohort=OuterRef("cohort"), applicant__email=OuterRef("email"))
    begun = Nomination.objects.filter(cohort__in=_cohorts(provider), cohort__starts_on__lt=before)
    return begun.filter(~Exists(theirs))


def nominators(provider: Organisation, before: date) -> QuerySet[NominationRequest]:
    """Who were asked whom they nominate, of cohorts that have begun, and of whose nominations none is left."""
    return NominationRequest.objects.filter(
        cohort__in=_cohorts(provider), cohort__starts_on__lt=before, nominations=None
    )


def late_entries(provider: Organisation, before: date) -> QuerySet[LateEntry]:
    return LateEntry.objects.filter(window__cohort__in=_cohorts(provider), window__closes_at__date__lt=before)


def line_consents(provider: Organisation, before: date) -> QuerySet[LineConsent]:
    """Who was asked for the last time before that day, or asked to be left alone, with all that they answered."""
    return LineConsent.objects.over(before).filter(line__cohort__in=_cohorts(provider))


add(
    Kind(
        "applications.1_unsuccessful",
        "Applications that did not lead to a place",
        "they were decided or withdrawn",
        12,
        unsuccessful,
        "cohort",
        least=3,
        why="With statements, CV, scores and interviews. Claims of discrimination are usually brought within six months.",
        before_it=decisions_of,
    )
)
add(
    Kind(
        "applications.2_drafts",
        "Applications that were never submitted",
        "applications closed",
        3,
        drafts,
        "cohort",
    )
)
add(
    Kind(
        "applications.3_equality",
        "Equality answers",
        "the cohort ended",
        12,
        equality_answers,
        "application__cohort",
        most=24,
        why="The published figures stay. What is published later counts those whose answers are still here.",
        is_counted=False,
    )
)
add(
    Kind(
        "applications.4_interest",
        "Entries in the register of interest",
        "they were last told of an opening",
        24,
        interests,
        "programme",
    )
)
add(
    Kind(
        "applications.5_nominations",
        "Nominations without an application",
        "the cohort began",
        12,
        nominations,
        "cohort",
    )
)
add(
    Kind(
        "applications.6_nominators",
        "Who was asked to nominate people, where nobody they named is left",
        "the cohort began",
        12,
        nominators,
        "cohort",
    )
)
add(
    Kind(
        "applications.7_late",
        "Notes of who had more time to apply, and why",
        "applications closed",
        12,
        late_entries,
        "window__cohort",
    )
)
add(
    Kind(
        "applications.8_line",
        "What people near the line agreed to be asked, and what they answered",
        "the last question",
        12,
        line_consents,
        "line__cohort",
        most=12,
        why="They were told that it goes 12 months after the last question, or earlier, whatever becomes of their application.",
    )
)
