"""Whom a visitor can be: one for each role, with what there is to look at and the page to begin with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from applications.models import Review
from applications.roles import RoleName
from representation.models import PoolEntry
from steppingup.accounts.models import User
from steppingup.demo.beside import CARE_COORDINATOR
from steppingup.demo.by_link import announce_by_link, introduce_by_link, introduce_sponsor
from steppingup.demo.community import FREELANCE, VOLUNTEER
from steppingup.demo.leicester import IN_THE_POOL, LEAD
from steppingup.demo.people import ADMINISTRATOR, Cast
from steppingup.demo.visitors import announce, introduce

HALF_WAY, READY, REFUSED = "Tasneem Rahman", "Desmond Agyeman", "Gabriel Nunes"
OFFERED, PARTICIPANT, GRADUATE = "Sunniva Halvorsen", "Leila Farouk", "Amara Okafor"
LINE_MANAGER, MENTOR = "Patricia Nkemelu", "Esi Boateng"
OTHER_COORDINATOR, OTHER_FINANCE = "Duncan Farrell", "Gwen Prosser"

ADMIN = "admin:index"


@dataclass(frozen=True)
class Part:
    """Somebody to be: what there is to look at, who it is, and the page to begin with."""

    position: int
    title: str
    look_at: str
    who: Callable[[Cast], User]
    address: Callable[[Cast], str]


def _page(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse(name)


def _applicant(name: str) -> Callable[[Cast], User]:
    return lambda cast: cast.applicant(name).account


def _application(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse("applications:application", args=[cast.applicant(name).now().pk])


def _offer(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse("applications:offer", args=[cast.applicant(name).now().pk])


def _place(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse("cohorts:participant", args=[cast.applicant(name).place().pk])


def _user(name: str) -> Callable[[Cast], User]:
    return lambda cast: User.objects.get(full_name=name)


def _pool(cast: Cast) -> str:
    """Of whoever was asked about a post and has not decided yet."""
    return reverse(
        "representation:pool",
        args=[PoolEntry.objects.get(enrolment__participant__full_name=IN_THE_POOL[-1][0]).enrolment_id],
    )


def _busiest_assessor(cast: Cast) -> User:
    """The one with the most reviews still to do."""
    people = [user for user in cast.staff.values() if user.role_assignments.filter(role=RoleName.ASSESSOR).exists()]
    return max(people, key=lambda user: (Review.objects.of_assessor(user).to_do().count(), -user.pk))


WITH_THE_OPEN_COHORT = (
    Part(
        *(10, "Applicant, half-way", "An application left half-way through, with one answer half typed."),
        *(_applicant(HALF_WAY), _application(HALF_WAY)),
    ),
    Part(
        *(20, "Applicant, ready to submit", "Every part is done and the fee is agreed: submit it."),
        *(_applicant(READY), _application(READY)),
    ),
    Part(
        *(30, "Applicant without a sponsor"),
        "The employer declined to pay. Ask somebody else, and see what was sent on the page of emails.",
        *(_applicant(REFUSED), _application(REFUSED)),
    ),
    Part(
        *(90, "Coordinator", "Three cohorts of one programme: finished, under way, and open for applications."),
        *(lambda cast: cast.coordinator, _page(ADMIN)),
    ),
    Part(
        *(100, "Assessor", "Applications to score, without names."),
        *(_busiest_assessor, _page("admin:applications_review_changelist")),
    ),
    Part(
        *(110, "Finance officer", "A bursary to decide, invoices that are overdue, and a fund that is nearly used up."),
        *(lambda cast: cast.finance, _page("admin:funding_bursaryrequest_changelist")),
    ),
    Part(
        *(120, "Equality lead", "Sees anonymous figures, but no application, name or answer."),
        *(lambda cast: cast.one(RoleName.EQUALITY), _page(ADMIN)),
    ),
    Part(
        *(
            130,
            "Coordinator in the NHS",
            "First come, first served: places in the order of submission, and nothing of Bristol’s.",
        ),
        *(lambda cast: cast.staff[OTHER_COORDINATOR], _page(ADMIN)),
    ),
    Part(
        *(
            134,
            "Coordinator in social care",
            "Moving Up, a third provider’s: open for applications, and a day together with the NHS.",
        ),
        *(lambda cast: cast.staff[CARE_COORDINATOR], _page(ADMIN)),
    ),
    Part(
        *(132, "Finance officer in the NHS"),
        "What employers owe as somebody has left: waived, reduced and appealed against, and one to decide.",
        *(lambda cast: cast.staff[OTHER_FINANCE], _page("admin:funding_liabilitycase_changelist")),
    ),
    Part(
        *(135, "Applicant, number 17", "An application to the NHS that waits in the order of submission."),
        *(_user("Kwabena Ofori"), _page("applications:list")),
    ),
    Part(
        *(136, "Applicant who is self-employed"),
        "Community Leaders takes people without an employer: she pays a part of her fee, and a bursary that she asked for the rest.",
        *(_user(FREELANCE), _page("applications:list")),
    ),
    Part(
        *(137, "Applicant who is a volunteer", "Asked for a bursary himself, and waits for the decision."),
        *(_user(VOLUNTEER), _page("applications:list")),
    ),
    Part(
        *(140, "Administrator", "Everything, at every provider."),
        *(lambda cast: cast.staff[ADMINISTRATOR], _page(ADMIN)),
    ),
)
WITH_THE_YEARS_BEFORE = (
    Part(
        *(40, "Applicant with an offer"),
        "A place has come up and is offered to the first person on the waiting list. Accept it or decline it.",
        *(_applicant(OFFERED), _offer(OFFERED)),
    ),
    Part(
        *(50, "Participant"),
        "Half-way through the days: what is done and what is to come, the assignment, a mentor, 9 of 13 credits.",
        *(_applicant(PARTICIPANT), _place(PARTICIPANT)),
    ),
    Part(
        *(60, "Graduate of 2020"),
        "The whole programme, the qualification, and a certificate to download and check.",
        *(_applicant(GRADUATE), _place(GRADUATE)),
    ),
    Part(
        *(125, "Equality lead in Leicester"),
        "The plan of its document, six years of figures, targets, 23 Voluntary Heads, what became of the first of them, a pool, and a paper that waits for newer figures.",
        *(_user(LEAD), _page(ADMIN)),
    ),
    Part(
        *(127, "Somebody asked into a succession pool"),
        "A Voluntary Head in Leicester: joins it or does not, says who may see it, and sees everything that is said of them.",
        *(_user(IN_THE_POOL[-1][0]), _pool),
    ),
    Part(
        *(70, "Line manager", "How their people are getting on, and their dates, but nothing private."),
        *(_user(LINE_MANAGER), _page("cohorts:team")),
    ),
    Part(
        *(80, "Mentor", "Two mentees: what they are looking for, and the sessions so far."),
        *(_user(MENTOR), _page("mentoring:mentees")),
    ),
)


def introduce_with_the_open_cohort(cast: Cast) -> None:
    """Those who are there; the others are announced."""
    _introduce(cast, WITH_THE_OPEN_COHORT)
    introduce_sponsor(cast, position=45)
    for part in WITH_THE_YEARS_BEFORE:
        announce(title=part.title, look_at=part.look_at, position=part.position)
    announce_by_link()


def introduce_with_the_years_before(cast: Cast) -> None:
    _introduce(cast, WITH_THE_YEARS_BEFORE)
    introduce_by_link()


def _introduce(cast: Cast, parts: Iterable[Part]) -> None:
    for part in parts:
        user, address = part.who(cast), part.address(cast)
        introduce(user=user, title=part.title, look_at=part.look_at, address=address, position=part.position)
