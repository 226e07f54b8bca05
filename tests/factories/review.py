"""Applications at the moments of review and selection, made quickly: fees are nil unless a test is about them."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from applications.actions import decisions, interviews, offers, reviews
from applications.form import questions
from applications.models import Application, Criterion, Interview, Offer, Review, Statement, Window
from applications.roles import RoleName
from applications.states import APPLICATION, USUAL_REASONS
from cohorts.states import Selection
from steppingup.accounts.models import Organisation, User
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, an_answer
from tests.factories.cohorts import PublishedCohortFactory

_numbers = count(1)


def window(*, capacity: int = 20, **fields) -> Window:
    """A window of a cohort without a fee."""
    return WindowFactory(cohort=PublishedCohortFactory(capacity=capacity, fee=0), **fields)


def chosen_by(selection: Selection, **fields) -> Window:
    """The same, whose people are chosen in this way."""
    of = window(**fields)
    of.cohort.rule_set.selection = selection
    of.cohort.rule_set.save(update_fields=["selection"])
    return of


def without_interview(**fields) -> Window:
    return chosen_by(Selection.WITHOUT_INTERVIEW, **fields)


def first_come(**fields) -> Window:
    return chosen_by(Selection.FIRST_COME, **fields)


def coordinator(of: Window, **fields) -> User:
    return staff(RoleName.COORDINATOR, of.cohort.programme.provider, **fields)


def assessor(of: Window, organisation: Organisation | None = None, **fields) -> User:
    user = UserFactory(is_staff=True, organisation=organisation or OrganisationFactory(), **fields)
    RoleAssignmentFactory(user=user, role=RoleName.ASSESSOR, provider=of.cohort.programme.provider)
    return user


def told(key: str) -> dict[str, str]:
    """What an application says of a usual reason that its applicant was given."""
    meaning, words = USUAL_REASONS[key]
    return {"reason": key, "reason_meaning": meaning, "reason_words": words}


def arrived(of: Window, *, employer: Organisation | None = None, name: str = "Amara Okafor", **fields) -> Application:
    """Submitted, with a statement on each criterion."""
    number = next(_numbers)
    application = Application.objects.create(
        applicant=fields.pop("applicant", None) or UserFactory(full_name=name),
        cohort=of.cohort,
        reference=fields.pop("reference", f"{of.cohort.programme.reference_prefix}-T{number:05}"),
        full_name=name,
        employer=employer or OrganisationFactory(),
        **fields,
    )
    for criterion in of.cohort.rule_set.criteria.all():
        Statement.objects.create(application=application, criterion=criterion, text=f"I led on {criterion.title}.")
    asked = list(of.cohort.rule_set.questions.all())
    questions.write(asked, application, {one.key: an_answer(one, application.applicant) for one in asked})
    return APPLICATION.move(application, "submit", submitted_at=timezone.now() + timedelta(microseconds=number))


def fresh(obj):
    """As the database has it now."""
    return type(obj).objects.get(pk=obj.pk)


def criteria(of: Window) -> list[Criterion]:
    return list(of.cohort.rule_set.criteria.all())


def reviewed(application: Application, *values: int, by: User) -> Application:
    """One assessor for each value, who gives it on every criterion."""
    of = application.cohort.window
    for value in values:
        review = reviews.assign(application=application, assessor=assessor(of), by=by)
        scored(review, value)
    return fresh(application)


def scored(review: Review, value: int = 3) -> Review:
    scores = {c.pk: (value, "") for c in criteria(review.application.cohort.window)}
    reviews.save_scores(review=review, scores=scores, by=review.assessor)
    return reviews.submit(review=review, by=review.assessor)


def shortlisted(of: Window, by: User, *, application: Application | None = None, **fields) -> Application:
    return decisions.shortlist(application=application or arrived(of, **fields), by=by)


def invited(of: Window, by: User, **fields) -> Interview:
    return interviews.invite(
        application=shortlisted(of, by, **fields),
        # One after the other: the panel is in one interview at a time.
        starts_at=timezone.localtime() + timedelta(days=3, minutes=50 * Interview.objects.count()),
        place="City Hall, room 3",
        panel="Ada and Sol",
        by=by,
    )


def interviewed(of: Window, by: User, value: int = 3, **fields) -> Application:
    """The interview is over, and was recorded."""
    interview = invited(of, by, **fields)
    Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    interview.refresh_from_db()
    interviews.record(
        application=interview.application,
        scores={c.pk: (value, "") for c in criteria(of)},
        outcome=Interview.Outcome.RECOMMEND,
        by=by,
    )
    return fresh(interview.application)


def offered(of: Window, by: User, **fields) -> Offer:
    return offers.make(application=interviewed(of, by, **fields), by=by)


def waiting(of: Window, by: User, **fields) -> Application:
    return offers.put_on_waiting_list(application=interviewed(of, by, **fields), by=by)
