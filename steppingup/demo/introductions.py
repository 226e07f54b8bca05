"""Whom a visitor can be: one for each role, with what there is to look at and the page to begin with."""

from django.urls import reverse

from applications.models import Review
from cohorts.models import Enrolment
from funding.models import FeeAgreement
from funding.telling import AGREEMENT_LINK
from steppingup.accounts.actions.demonstration import introduce, introduce_without_account
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import User
from steppingup.accounts.roles import RoleName
from steppingup.demo.people import ADMINISTRATOR, Applicant, Cast

HALF_WAY, READY, REFUSED = "Tasneem Rahman", "Desmond Agyeman", "Gabriel Nunes"
OFFERED, PARTICIPANT, GRADUATE = "Sunniva Halvorsen", "Leila Farouk", "Amara Okafor"
WAITS_FOR_SPONSOR = "Rosa Dimitriou"
LINE_MANAGER, MENTOR, OTHER_COORDINATOR = "Patricia Nkemelu", "Esi Boateng", "Duncan Farrell"

ADMIN = "admin:index"


def introduce_everybody(cast: Cast) -> None:
    """Fill the table of demonstration people, in the order of the year."""
    rows = [*_applicants(cast), *_on_the_programme(cast), *_staff(cast)]
    for position, (user, title, look_at, address) in enumerate(rows, 1):
        introduce(user=user, title=title, look_at=look_at, address=address, position=10 * position)
    _sponsor(cast, position=45)


Row = tuple[User, str, str, str]


def _user(who: Applicant) -> User:
    return who.account


def _applicants(cast: Cast) -> list[Row]:
    half, ready, refused, offered = (cast.applicant(name) for name in (HALF_WAY, READY, REFUSED, OFFERED))
    pages = [reverse("applications:application", args=[who.now().pk]) for who in (half, ready, refused)]
    return [
        (
            _user(half),
            "Applicant, half-way",
            "An application that was left in the middle, with one answer half typed.",
            pages[0],
        ),
        (_user(ready), "Applicant, ready to submit", "Every part is done and the fee is agreed: submit it.", pages[1]),
        (
            _user(refused),
            "Applicant without a sponsor",
            "The employer declined to pay. Ask somebody else, and see the letter in the page of emails.",
            pages[2],
        ),
        (
            _user(offered),
            "Applicant with an offer",
            "A place became free, and is offered to the first on the waiting list. Accept it or decline it.",
            reverse("applications:offer", args=[offered.now().pk]),
        ),
    ]


def _on_the_programme(cast: Cast) -> list[Row]:
    participant, graduate = cast.applicant(PARTICIPANT), cast.applicant(GRADUATE)
    manager = User.objects.get(full_name=LINE_MANAGER)
    mentor = User.objects.get(full_name=MENTOR)
    people = Enrolment.objects.managed_by(manager).count()
    return [
        (
            _user(participant),
            "Participant",
            "Half-way through the days: what is done and to come, the assignment, a mentor, 9 of 13 credits.",
            reverse("cohorts:participant", args=[participant.place().pk]),
        ),
        (
            _user(graduate),
            "Graduate of 2020",
            "The whole programme, the qualification, and a certificate to download and to check.",
            reverse("cohorts:participant", args=[graduate.place().pk]),
        ),
        (
            manager,
            "Line manager",
            f"{people} people: how they are doing, their dates, and nothing that is not for line managers.",
            reverse("cohorts:team"),
        ),
        (mentor, "Mentor", "Two mentees: what they seek, and the sessions so far.", reverse("mentoring:mentees")),
    ]


def _busiest_assessor(cast: Cast) -> User:
    """The one with the most reviews still to do."""
    people = [user for user in cast.staff.values() if user.role_assignments.filter(role=RoleName.ASSESSOR).exists()]
    return max(people, key=lambda user: (Review.objects.of_assessor(user).to_do().count(), -user.pk))


def _staff(cast: Cast) -> list[Row]:
    return [
        (
            cast.coordinator,
            "Coordinator",
            "Three cohorts of one programme: finished, under way, and open for applications.",
            reverse(ADMIN),
        ),
        (
            _busiest_assessor(cast),
            "Assessor",
            "Applications to score, without names.",
            reverse("admin:applications_review_changelist"),
        ),
        (
            cast.finance,
            "Finance officer",
            "A bursary to decide, invoices that are overdue, and a fund that is nearly used up.",
            reverse("admin:funding_bursaryrequest_changelist"),
        ),
        (
            cast.one(RoleName.EQUALITY),
            "Equality lead",
            "May see anonymous figures, and no application, name or answer.",
            reverse(ADMIN),
        ),
        (
            cast.staff[OTHER_COORDINATOR],
            "Coordinator elsewhere",
            "A coordinator at another provider: nothing of Bristol is to be seen.",
            reverse(ADMIN),
        ),
        (cast.staff[ADMINISTRATOR], "Administrator", "Everything, at every provider.", reverse(ADMIN)),
    ]


def _sponsor(cast: Cast, position: int) -> None:
    """Somebody at an employer, without an account. The link is one more beside those that were emailed."""
    agreement = FeeAgreement.objects.get(person=cast.applicant(WAITS_FOR_SPONSOR).user)
    raw = issue_link(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email, days=60, replace=False)
    introduce_without_account(
        name=agreement.sponsor_name,
        title="Sponsor, without an account",
        look_at=f"The employer’s link: agree the fee for {agreement.person}, ask for a bursary, or decline.",
        address=reverse("funding:support", args=[raw]),
        position=position,
    )
