"""Last year's people of the NHS and of Skills for Care, who find one another, and Bristol's among themselves (C6); one of them goes on
to Ready Now (C3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from applications.actions import following_on
from cohorts.actions import (
    agreements,
    arranging,
    completion,
    directory,
    directory_letters,
    directory_sharing,
    enrolments,
)
from cohorts.actions import cohorts as cohort_actions
from cohorts.models import Agreement, Cohort, DirectoryAgreement, DirectoryEntry, Enrolment, Programme
from cohorts.states import Circle, DirectoryReach
from steppingup.accounts.models import User
from steppingup.demo import academy, beside
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast, person

#: From today back to when last year's cohorts were opened; from then on to each of their days.
AGO, ENROLLED, BEGAN, COMPLETED = 420, 40, 65, 200
ON_PAPER = "Their days were recorded on paper, before this site was used."


@dataclass(frozen=True)
class Someone:
    """Who is in the directory, and what they say there."""

    name: str
    employer: str
    job_title: str
    place: str
    offers: str
    seeks: str
    circle: str = Circle.OTHERS


NHS = (
    Someone(
        "Beatriz Fonseca", "avonreach-acute", "Ward manager", "Bristol",
        "How our ward came to plan its own rota, and what the first month was like.", "How boards weigh up risk.",
    ),
    Someone(
        "Kwabena Osei-Tutu", "avonreach-acute", "Lead biomedical scientist", "Bath",
        "Making the case for equipment when there is no money.", "Speaking to rooms that do not expect me.",
    ),
    Someone(
        "Noor Siddiqui", "avonreach-acute", "Senior physiotherapist", "Swindon",
        "Setting up a clinic in the community.", "",
        Circle.PROVIDER,
    ),
)  # fmt: skip
CARE = (
    Someone(
        "Grace Adeyemi", "st-werburgh-care", "Registered manager", "Bristol",
        "Going from carer to registered manager in one home.", "How the NHS plans discharges, from the inside.",
    ),
    Someone(
        "Jerome Baptiste", "st-werburgh-care", "Deputy manager", "Gloucester",
        "Keeping a team together through an inspection.", "Whoever has moved from care into health.",
    ),
)  # fmt: skip
BRISTOL = {
    "Amara Okafor": ("Leading people who were my peers a month before.", "How others stayed in touch after the year."),
    "Leila Farouk": ("", "Somebody whose stretch assignment was in a housing association."),
}


def write_directory(diary: Diary, cast: Cast, today: date) -> None:
    """Last year's cohorts of both, their graduates in the directory, and the agreement by which they find one another."""
    nhs, care = cast.staff[academy.COORDINATOR], cast.staff[beside.CARE_COORDINATOR]
    for slug, like, by, people in (
        (academy.PROGRAMME, academy.LIKE, nhs, NHS),
        (beside.MOVING_UP, beside.LIKE, care, CARE),
    ):
        _write_last_year(diary, cast, today, slug, like, by, people)
    diary.write(moment(today - timedelta(days=34), 10), nhs, partial(_ask, nhs))
    diary.write(moment(today - timedelta(days=31), 14), care, partial(_agree, care))
    first, other = NHS[0].name, CARE[0].name
    diary.write(moment(today - timedelta(days=28), 20), partial(_user, first), partial(_goes_on, first))
    diary.write(moment(today - timedelta(days=9), 19), partial(_user, first), partial(_writes, first, other))


def write_of_bristol(diary: Diary, cast: Cast, today: date) -> None:
    """A graduate and a participant of Bristol's, who see one another."""
    diary.write(moment(today - timedelta(days=21), 9), cast.coordinator, partial(_open, cast.programme))
    for name, (offers, seeks) in BRISTOL.items():
        who = cast.applicant(name)
        said = {"place": "Bristol", "offers": offers, "seeks": seeks, "circle": Circle.PROGRAMME}
        diary.write(moment(today - timedelta(days=20), 19), who.me, partial(_join_as, name, said))


def _user(name: str) -> User:
    return User.objects.get(full_name=name)


def _place(name: str) -> Enrolment:
    return Enrolment.objects.for_steps().get(participant__full_name=name)


def _open(programme: Programme) -> None:
    programme.directory = DirectoryReach.PROGRAMME
    programme.save(update_fields=["directory"])


def _write_last_year(
    diary: Diary, cast: Cast, today: date, slug: str, like: str, by: User, people: tuple[Someone, ...]
) -> None:
    opened = today - timedelta(days=AGO)

    def make() -> None:
        programme = Programme.objects.select_related("provider").get(slug=slug)
        days = {"starts_in": BEGAN - 5, "days_open": 10, "closes_in": 21}
        cohort = academy.cohort_like(programme, like, "Last year,", opened, **days, places=12)
        cohort_actions.publish(cohort=cohort, by=by)
        for number, one in enumerate(people):
            account = person(one.name, cast.employers[one.employer], one.job_title)
            at = moment(opened + timedelta(days=ENROLLED), 17, number)
            diary.write(at, account, partial(_enrol, account, cohort))
            diary.write(moment(opened + timedelta(days=COMPLETED), 16, number), by, partial(_complete, one.name, by))
            said = {name: getattr(one, name) for name in ("place", "offers", "seeks", "circle")}
            diary.write(moment(today - timedelta(days=38), 18, number), account, partial(_join_as, one.name, said))
        diary.write(moment(opened + timedelta(days=BEGAN), 9), by, partial(_start, cohort, by))
        diary.write(moment(opened + timedelta(days=COMPLETED + 1), 9), by, partial(_finish, cohort, by))

    diary.write(moment(opened, 10), by, make)


def _enrol(account: User, cohort: Cohort) -> None:
    employer = account.organisation
    assert employer is not None
    arranging.arrange(person=account, cohort=cohort, employer=employer, told=False, has_employer=True)
    for agreement in Agreement.objects.of_place(account, cohort).for_steps():
        agreements.sign(agreement=agreement, name=account.full_name, by=account)
    manager = person(f"Head at {employer}"[:60], employer, "Head of service")
    enrolments.enrol(
        cohort=Cohort.objects.for_steps().get(pk=cohort.pk),
        participant=account,
        employer=employer,
        line_manager_name=manager.full_name,
        line_manager_email=manager.email,
        job_title=account.job_title,
        by=account,
    )


def _start(cohort: Cohort, by: User) -> None:
    cohort_actions.start(cohort=Cohort.objects.for_steps().get(pk=cohort.pk), by=by)


def _finish(cohort: Cohort, by: User) -> None:
    cohort_actions.finish(cohort=Cohort.objects.for_steps().get(pk=cohort.pk), by=by)


def _complete(name: str, by: User) -> None:
    enrolment = _place(name)
    for rule in enrolment.cohort.completion_rules.all():
        completion.waive(enrolment=enrolment, rule=rule, reason=ON_PAPER, by=by)
    completion.complete(enrolment=enrolment, by=by)


def _join_as(name: str, said: dict[str, str]) -> None:
    enrolment = _place(name)
    words = {
        "name": name,
        "job_title": enrolment.job_title,
        "organisation": str(enrolment.employer or ""),
        "shows_programme": True,
        "takes_messages": True,
        "email": "",
        "phone": "",
    }
    directory.join(enrolment=enrolment, by=enrolment.participant, **words, **said)


def _ask(by: User) -> None:
    ours, theirs = (Programme.objects.get(slug=slug) for slug in (academy.PROGRAMME, beside.MOVING_UP))
    said = "Our people met on the joint day, and asked how to stay in touch. Shall we let them find one another?"
    directory_sharing.share_directory(programme=ours, other=theirs, message=said, by=by)


def _agree(by: User) -> None:
    directory_sharing.agree(agreement=DirectoryAgreement.objects.for_steps().get(), by=by)


def _goes_on(name: str) -> None:
    enrolment = _place(name)
    programme = Programme.objects.get(slug=beside.READY_NOW)
    following_on.hear_of(enrolment=enrolment, programme=programme, by=enrolment.participant)


def _writes(sender: str, receiver: str) -> None:
    entry = DirectoryEntry.objects.joined().get(name=receiver)
    said = "You wrote that you would like to know how we plan discharges. Come and shadow me for a morning?"
    directory_letters.write(enrolment=entry.enrolment, text=said, by=_user(sender))
