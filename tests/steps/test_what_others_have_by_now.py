"""What comes back keeps the rules that others live by now: rooms, panels, people's time, and what hangs on a role."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.actions import interviews, reviews
from applications.actions.planned import plan
from applications.roles import RoleName
from cohorts.actions import sessions
from cohorts.models import Session
from steppingup.accounts.models import RoleAssignment, User
from steppingup.desk.handing import hand_over
from steppingup.desk.people_steps import end_role, give_role
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory

pytestmark = pytest.mark.django_db
WHY = "The wrong row."


def last(record) -> Taking:
    return Taking.objects.standing().on(record).first()


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


@pytest.fixture
def boss():
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.mark.parametrize("step", ["cancelled", "moved"])
@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ({"place": "room  1"}, "“Room 1” is taken by another interview"),
        ({"place": "Elsewhere", "panel": "Sol Marsh and ADA OBI"}, "Ada Obi is in another interview"),
        ({"place": "Elsewhere", "panel": "Somebody Else"}, ""),
    ],
)
def test_an_interview_comes_back_only_where_room_and_panel_are_free(window, coordinator, step, taken, said):
    at = {"starts_at": timezone.now() + timedelta(days=3), "place": "Room 1", "panel": "Ada Obi", "by": coordinator}
    application = make.shortlisted(window, coordinator, name="Amara Okafor")
    interview = interviews.invite(application=application, **at)
    if step == "cancelled":
        interviews.cancel(application=make.fresh(application), by=coordinator)
    else:
        elsewhere = at | {"starts_at": at["starts_at"] + timedelta(days=1)}
        interviews.reschedule(application=make.fresh(application), **elsewhere)
    other = make.shortlisted(window, coordinator, name="Blessing Adeyemi")
    interviews.invite(application=other, **{**at, **taken})
    if said:
        with pytest.raises(NotPossible, match=f"would be on .* again. {said} .*[.] Move or cancel that one first"):
            take_back(taking=last(application), reason=WHY, by=coordinator)
        interviews.cancel(application=make.fresh(other), by=coordinator)
    take_back(taking=last(application), reason=WHY, by=coordinator)
    interview.refresh_from_db()
    assert (interview.status, interview.starts_at) == ("arranged", at["starts_at"])


def test_an_interview_whose_time_has_passed_comes_back_with_what_to_do_about_it(window, coordinator):
    application = make.shortlisted(window, coordinator)
    interviews.invite(
        application=application, starts_at=timezone.now() + timedelta(days=1), place="Room 1", by=coordinator
    )
    interviews.cancel(application=make.fresh(application), by=coordinator)
    with time_machine.travel(timezone.localtime() + timedelta(days=2), tick=False), previewing() as preview:
        take_back(taking=last(application), reason=WHY, by=coordinator)
    assert any("which has passed: move it, or record what became of it" in one for one in preview.notes)


@pytest.mark.parametrize("step", ["cancelled", "moved"])
def test_a_session_comes_back_only_while_its_people_are_free(step):
    cohort = RunningCohortFactory()
    coordinator, _ = staff(RoleName.COORDINATOR, cohort.programme.provider), ParticipantFactory(cohort=cohort)
    begins = timezone.now().replace(microsecond=0) + timedelta(days=5)
    session = SessionFactory(cohort=cohort, starts_at=begins, ends_at=begins + timedelta(hours=2))
    if step == "cancelled":
        sessions.cancel(session=session, by=coordinator)
    else:
        later = {"starts_at": begins + timedelta(days=1), "ends_at": begins + timedelta(days=1, hours=2)}
        sessions.move(session=session, **later, venue="", online_link="", by=coordinator)
    other = SessionFactory(cohort=cohort, starts_at=begins + timedelta(hours=1), ends_at=begins + timedelta(hours=3))
    with pytest.raises(NotPossible, match="At that time the cohort is due at .* Move or cancel that session first"):
        take_back(taking=last(session), reason=WHY, by=coordinator)
    Session.objects.filter(pk=other.pk).update(cancelled_at=timezone.now())
    take_back(taking=last(session), reason=WHY, by=coordinator)
    session.refresh_from_db()
    assert (session.starts_at, session.cancelled_at) == (begins, None)


def test_a_role_that_was_given_by_mistake_does_not_go_from_under_what_was_given_since(window, coordinator, boss):
    person, provider = UserFactory(), window.cohort.programme.provider
    give_role(user=person, role=RoleName.ASSESSOR, provider=provider, by=boss)
    taking = last(person)
    application = make.arrived(window)
    reviews.assign(application=application, assessor=User.objects.get(pk=person.pk), by=coordinator)
    with pytest.raises(NotPossible, match="1 open review would be left without anybody. Use “Hand over and end"):
        take_back(taking=taking, reason=WHY, by=boss)
    role = RoleAssignment.objects.get(user=person)
    hand_over(assignment=role, heirs={"reviews": None}, by=boss)
    take_back(taking=last(role), reason=WHY, by=boss)
    assert RoleAssignment.objects.get(user=person).until is None


def test_who_opens_the_admin_follows_from_all_their_roles_in_whichever_order_steps_are_taken_back(window, boss):
    person, provider = UserFactory(), window.cohort.programme.provider
    given = []
    for role in (RoleName.ASSESSOR, RoleName.FINANCE):
        give_role(user=User.objects.get(pk=person.pk), role=role, provider=provider, by=boss)
        given.append(last(person))

    def opens() -> bool:
        return User.objects.get(pk=person.pk).is_staff

    take_back(taking=given[0], reason=WHY, by=boss)
    assert opens()  # by the second
    take_back(taking=given[1], reason=WHY, by=boss)
    assert not opens()
    roles = []
    for role in (RoleName.ASSESSOR, RoleName.FINANCE):
        give_role(user=User.objects.get(pk=person.pk), role=role, provider=provider, by=boss)
    for role in RoleAssignment.objects.filter(user=person).order_by("pk"):
        end_role(assignment=role, by=boss)
        roles.append(role)
    assert not opens()
    take_back(taking=last(roles[0]), reason=WHY, by=boss)
    assert opens()


@pytest.mark.parametrize(("what", "stays"), [("turn_down", True), ("offer", False)])
def test_a_decision_that_was_set_since_stays_only_where_it_can_still_be_made(window, coordinator, what, stays):
    application = make.interviewed(window, coordinator)
    taking = last(application)
    plan(application=make.fresh(application), what=what, reason="not_ready", by=coordinator)
    with previewing() as preview:
        take_back(taking=taking, reason=WHY, by=coordinator)
    assert ("The decision that was set since is dropped: Offer a place." in preview.notes) is not stays
    take_back(taking=Taking.objects.get(pk=taking.pk), reason=WHY, by=coordinator)
    assert hasattr(make.fresh(application), "planned") is stays
