"""Nobody decides about themselves, whatever role they hold: an action is refused for one's own record, with a sentence
that says so, or it is listed as one that people take for themselves."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatch
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions import reviews
from cohorts.actions import completion
from cohorts.models import Choosing, CompletionRule, MakeUp, PlacementProposal, RuleSet, StaffNote
from cohorts.states import EnrolmentStatus, Mark
from mentoring.actions import matching
from steppingup.accounts.actors import OwnRecord
from steppingup.accounts.models import User
from tests.factories import funding, mentoring, modules, review
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.agreements import signed
from tests.factories.cohorts import ParticipantFactory, SessionFactory, day
from tests.factories.directory import joined
from tests.factories.opportunities import OpportunityFactory
from tests.ours import APPS
from tests.staff import take_steps
from tests.sweeps.days import disagree
from tests.sweeps.may_of_events import BESIDE
from tests.sweeps.own_of_groups import FOR_ONESELF_TOO, refused_of_groups

pytestmark = pytest.mark.django_db

#: What people do for themselves (apply, choose a course, record a day of work), and what is about no single person.
FOR_ONESELF = [
    "applications.applications.*",
    "applications.following_on.*",
    "applications.interest.*",
    "applications.nominations.*",  # about no application; nobody nominates themselves
    "applications.sponsors.*",
    "applications.paper.let_help",
    "applications.paper.stop_help",
    "applications.late.open_offer",
    "applications.correcting.correct",
    "applications.handing.hand_over_reviews",  # each asks whether it is one's own cohort
    "applications.reviews.give",  # assign asks
    "cohorts.handing.*",
    "applications.paper.employer_agreed",
    "applications.offers.accept",
    "applications.offers.sign_first",
    "applications.signing.*",
    "cohorts.agreements.adopt_agreements",
    "cohorts.agreements.require_*",
    "cohorts.agreements.role_of",
    "cohorts.agreements.sign",
    "cohorts.supervising.answer",  # each of its parts asks
    *("cohorts.destinations.*", "cohorts.choosing.*", "cohorts.alumni.*", *BESIDE),  # for oneself, or for everybody
    "cohorts.proposals.publish",  # set_placement asks
    "applications.offers.decline",
    "applications.offers.expire_due",
    "applications.dry_runs.*",  # of copies
    "applications.decisions.decide",
    "applications.decisions.write_down",
    "applications.releases.*",
    "applications.reviews.save_scores",
    "applications.reviews.submit",
    "applications.reviews.step_back",
    "applications.access.*",
    "applications.closing.*",
    "applications.rules.*",
    "cohorts.assessing.*",  # what one says of oneself; reminders and figures are about everybody
    "cohorts.belonging.*",
    "cohorts.certificates.*",
    "cohorts.cohorts.*",
    "cohorts.copying.*",
    "cohorts.days.*",
    "cohorts.plans.*",
    "cohorts.preparing.*",
    "cohorts.programmes.*",
    "cohorts.rules.copy",
    "cohorts.rules.require_*",
    "cohorts.sessions.*",
    "cohorts.completion.ready_in",
    "cohorts.enrolments.enrol",
    "cohorts.enrolments.withdraw",
    "cohorts.enrolments.correct",
    "cohorts.enrolments.place_in_group",
    "funding.employers.*",  # hangs on the change of an employer, which asks
    "cohorts.placements.record_day",
    "cohorts.placements.remove_day",
    *(f"cohorts.{noun}.*" for noun in ("apologies", "checking_in", "marking", "staying", "study", "working_days")),
    *FOR_ONESELF_TOO,
    *(f"cohorts.directory.{name}" for name in ("join", "change", "confirm", "leave", "end_with_the_place")),
    "cohorts.directory_letters.*",
    "cohorts.directory_sharing.*",
    "cohorts.joint.*",
    *(
        f"cohorts.{noun}.*"
        for noun in ("conversations", "development", "digests", "journal", "reviews", "review_signing")
    ),  # by whose they are
    "cohorts.joint_again.*",
    "funding.*.require_*",
    "funding.agreements.begin",
    "funding.agreements.ask",
    "funding.agreements.ask_again",
    "funding.agreements.take_back",
    "funding.agreements.settle_internally",
    "funding.agreements.without_sponsor",
    "funding.agreements.route_of",
    "funding.cases.*",  # hangs on the withdrawal and the coming back, which ask
    "funding.liability.tell",
    "funding.liability.appeal",
    "funding.liability.lapse_due",
    "funding.liability.forget_due",
    "funding.taking_up.*",
    "funding.borne.settle_by_provider",
    "funding.answers.*",
    "funding.own.*",
    "applications.own_fee.*",
    "funding.behalf.*",  # test_on_behalf: nobody acts for themselves
    "funding.agreements.release",
    "funding.endings.end_asking",
    "funding.endings.let_go",
    "funding.endings.on_*",
    "funding.endings.tell_finance",
    "funding.funds.*",
    "funding.numbers.*",
    "funding.payments.standing_payments",
    "funding.standing.*",
    "funding.invoices.*",
    "mentoring.matching.leave",
    "mentoring.matching.propose",
    "mentoring.matching.work_out",
    "mentoring.matching.require_*",
    "mentoring.mentors.*",
    "mentoring.sessions.*",
    "mentoring.wishes.*",
    "modules.assignments.submit_assignment",
    "modules.courses.choose_course",
    "modules.courses.drop_course",
    "modules.registrations.leave",
    "modules.registrations.register_for",
    "modules.registrations.give_up",
    "modules.registrations.resume",
    "modules.speakers.*",
]

AGREED = {"kind": "work", "what": "x", "due_on": day(9)}
MAKE_UPS = ("record_made_up", "not_made_up", "call_off_make_up")


@pytest.fixture
def me() -> User:
    return UserFactory(is_staff=True, is_superuser=True, full_name="Ada Osei")


def all_actions() -> Iterator[tuple[str, Any]]:
    for app in APPS:
        package = importlib.import_module(f"{app}.actions")
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{app}.actions.{found.name}")
            for name, action in vars(module).items():
                run = getattr(action, "run", action)
                if inspect.isfunction(run) and run.__module__ == module.__name__ and not name.startswith("_"):
                    yield f"{app}.{found.name}.{name}", action


def mine(me: User) -> SimpleNamespace:
    """What there is about me, made by a colleague: an application, a place, a mentor, a fee, a qualification."""
    by = UserFactory(is_staff=True, is_superuser=True)
    window = review.window()
    application = review.arrived(window, applicant=me)
    interview = review.invited(review.window(), by, applicant=me)
    place = ParticipantFactory(participant=me)
    registration = modules.registered(place)
    choice, *_ = modules.chosen(registration, 5)
    invoice = funding.issued(person=me)
    return SimpleNamespace(
        window=window,
        application=application,
        interview=interview,
        waiting=review.waiting(review.window(), by, applicant=me),
        review=reviews.assign(application=application, assessor=review.assessor(window), by=by),
        place=place,
        placing=OpportunityFactory(cohort=place.cohort),
        proposed=PlacementProposal.objects.create(
            choosing=Choosing.objects.create(
                cohort=place.cohort, component=place.cohort.plan.components.get(key="stretch"), closes_on=day(9)
            ),
            enrolment=place,
        ),
        entry=joined(place),
        note=StaffNote.objects.create(enrolment=place, on=day(0), text="x"),
        agreement=signed(place).agreement,
        placement=modules.placed(place),
        rule=CompletionRule.objects.create(cohort=place.cohort, minimum=1),
        session=SessionFactory(cohort=place.cohort, starts_at=timezone.now() - timedelta(days=1)),
        make_up=MakeUp.objects.create(
            enrolment=place,
            session=SessionFactory(cohort=place.cohort, starts_at=timezone.now() - timedelta(days=3)),
            component=place.cohort.plan.components.first(),
            days=1,
            kind="work",
            what="x",
            due_on=day(9),
        ),
        mentor=mentoring.mentor_for(place),
        proposal=matching.pair_by_hand(enrolment=place, mentor=mentoring.mentor_for(place), by=by),
        pair=mentoring.confirmed_pair(ParticipantFactory(participant=me)),
        bursary=funding.bursary_asked(person=me),
        fee=funding.AgreementFactory(person=me),
        case=funding.left_owing(person=me),
        invoice=invoice,
        adjustment=funding.proposed(invoice),
        registration=registration,
        choice=choice,
        assignment=modules.handed_in(registration),
        organisation=OrganisationFactory(),
        rules=RuleSet.objects.create(programme=window.cohort.programme, name="Others"),
    )


def me_at(m: SimpleNamespace) -> str:
    return m.application.applicant.email


def disputed(m: SimpleNamespace) -> int:
    disagree(m.session, m.place)
    return int(m.place.pk)


def refused(m: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """Every action that is refused about oneself, and what it is given."""
    decided = {
        "shortlist": {}, "hold": {}, "turn_down": {"reason": "not_ready"}, "reconsider": {"note": "x"},
        "mark_as_looked_at": {"reason": "x"}, "look_again": {},
    }  # fmt: skip
    when = {"starts_at": timezone.now() + timedelta(days=3), "place": "City Hall"}
    return {
        **{f"applications.decisions.{name}": {"application": m.application, **more} for name, more in decided.items()},
        "applications.late.give_longer": {"application": m.application, "last_day": day(25), "reason": "x"},
        "applications.late.give_time": {"window": m.window, "email": me_at(m), "last_day": day(25), "reason": "x"},
        "applications.paper.begin_on_paper": {"cohort": m.window.cohort, "full_name": "Jo", "email": "jo@example.org"},
        "applications.planned.plan": {"application": m.application, "what": "hold"},
        **{f"applications.planned.{name}": {"application": m.application} for name in ("drop_plan", "send_planned")},
        "applications.line.ask_near_line": {"cohort": m.window.cohort, "width": 10},
        "applications.line.stop_asking_near_line": {"cohort": m.window.cohort},
        "applications.allocation.allocate": {"cohort": m.window.cohort},
        "applications.employers.settle_employer": {"application": m.application, "employer": m.organisation},
        "cohorts.rules.choose": {"cohort": m.window.cohort, "rules": m.rules},
        "applications.interviews.invite": {"application": m.application, **when},
        "applications.interviews.reschedule": {"application": m.interview.application, **when},
        "applications.interviews.cancel": {"application": m.interview.application},
        "applications.after_interview.miss": {"application": m.interview.application},
        "applications.after_interview.correct": {
            "application": m.interview.application,
            "scores": {},
            "outcome": "recommend",
            "reason": "x",
        },
        "applications.interviews.record": {
            "application": m.interview.application,
            "scores": {},
            "outcome": "recommend",
        },
        "applications.offers.make": {"application": m.application},
        "applications.offers.offer_next": {"cohort": m.waiting.cohort},
        "applications.offers.put_on_waiting_list": {"application": m.application},
        "applications.reviews.assign": {"application": m.application, "assessor": review.assessor(m.window)},
        "applications.reviews.remove": {"review": m.review},
        "applications.reviews.reopen": {"review": m.review, "reason": "x"},
        "cohorts.directory.hide": {"entry": m.entry, "reason": "x"},
        "cohorts.directory.show_again": {"entry": m.entry},
        "cohorts.agreements.countersign": {"agreement": m.agreement, "name": "x"},
        "cohorts.agreements.ask_to_sign": {"agreement": m.agreement, "role": "employer", "name": "x", "email": "x"},
        "cohorts.attendance.mark": {"session": m.session, "marks": {m.place.pk: Mark.PRESENT}},
        "cohorts.attendance.settle": {"session": m.session, "enrolment": disputed(m), "said": "present"},
        "cohorts.completion.waive": {"enrolment": m.place, "rule": m.rule, "reason": "x"},
        "cohorts.completion.take_back_waiver": {"enrolment": m.place, "rule": m.rule},
        "cohorts.completion.complete": {"enrolment": m.place},
        "cohorts.completion.undo": {"enrolment": m.place},
        **{f"cohorts.completion.{name}": {"enrolment": m.place} for name in ("conclude", "go_on")},
        "cohorts.leaving.record_death": {"enrolment": m.place},
        "cohorts.enrolments.change_line_manager": {"enrolment": m.place, "name": "Jo", "email": "jo@example.org"},
        "cohorts.enrolments.change_employer": {"enrolment": m.place, "employer": m.organisation},
        "cohorts.enrolments.come_back": {"enrolment": m.place},
        "cohorts.transfers.transfer": {"enrolment": m.place, "cohort": m.place.cohort},
        "cohorts.proposals.choose_another": {"proposal": m.proposed, "opportunity": m.placing},
        **{f"cohorts.proposals.{name}": {"proposal": m.proposed} for name in ("lock", "unlock")},
        "cohorts.supervising.name_supervisor": {"placement": m.placement, "name": "x", "email": "x@example.org"},
        **{f"cohorts.supervising.{name}": {"placement": m.placement} for name in ("end_supervisor", "confirm_days")},
        "cohorts.hosts.lose_host": {"placement": m.placement, "reason": "x"},
        "cohorts.supervising.object_to": {"placement": m.placement, "day": None, "reason": "x"},
        "cohorts.placements.set_placement": {"enrolment": m.place, "host": m.organisation},
        "cohorts.pausing.pause": {"enrolment": m.place, "starts_on": day(2)},
        "cohorts.pausing.end_pause": {"enrolment": m.place, "ends_on": day(9)},
        "cohorts.pausing.remove_pause": {"enrolment": m.place},
        "cohorts.following_up.nudge": {"enrolment": m.place, "kind": "no_days"},
        "cohorts.following_up.snooze": {"enrolment": m.place, "kind": "no_days", "until": day(9), "reason": "x"},
        "cohorts.following_up.assign_trouble": {"enrolment": m.place, "kind": "no_days", "owner": m.place.participant},
        "cohorts.making_up.agree_make_up": {"enrolment": m.place, "session": m.session, **AGREED, "component": None},
        **{f"cohorts.making_up.{name}": {"make_up": m.make_up} for name in MAKE_UPS},
        "cohorts.hosts.change_host": {"placement": m.placement, "host": m.organisation},
        "cohorts.notes.write_note": {"enrolment": m.place, "text": "x", "on": day(0)},
        "cohorts.notes.correct_note": {"note": m.note, "text": "x", "on": day(0), "kind": "call"},
        "cohorts.notes.remove_note": {"note": m.note},
        **refused_of_groups(m.place, m.placement),
        "funding.anew.begin_again": {"agreement": m.fee},
        "funding.borne.bear": {"agreement": m.fee},
        "funding.agreements.fund": {"agreement": m.fee, "source": funding.FundFactory()},
        **{f"funding.{name}": {"agreement": m.fee} for name in ("endings.settle", "after_death.let_stand")},
        "funding.endings.return_to_fund": {"agreement": m.fee, "reason": "x"},
        "funding.liability.decide": {"case": m.case, "outcome": "waived", "reason": "x"},
        "funding.liability.decide_appeal": {"case": m.case, "outcome": "waived", "reason": "x"},
        "funding.liability.invoice": {"case": m.case},
        "funding.liability.reopen": {"case": m.case, "why": "x"},
        "funding.bursaries.propose_grant": {"request": m.bursary, "source": None, "amount": 1, "reason": "x"},
        "funding.bursaries.propose_refusal": {"request": m.bursary, "reason": "x"},
        "funding.bursaries.confirm": {"request": m.bursary},
        "funding.bursaries.send_back": {"request": m.bursary},
        "funding.payments.record": {"invoice": m.invoice, "amount": 1, "on": day(0)},
        "funding.payments.take_back": {"invoice": m.invoice, "payment": None, "reason": "x"},
        "funding.payments.set_against": {"invoice": m.invoice, "other": m.invoice},
        "funding.chasing.stop_chasing": {"invoice": m.invoice, "reason": "x"},
        "funding.chasing.chase_again": {"invoice": m.invoice},
        "funding.credits.credit": {"invoice": m.invoice, "amount": 1, "reason": "x"},
        "funding.adjustments.propose_write_off": {"invoice": m.invoice, "amount": 1, "reason": "x"},
        "funding.adjustments.propose_refund": {"invoice": m.invoice, "amount": 1, "reason": "x"},
        "funding.adjustments.confirm": {"adjustment": m.adjustment},
        "funding.adjustments.confirm_refund": {"adjustment": m.adjustment, "on": day(0)},
        "funding.adjustments.decline": {"adjustment": m.adjustment, "reason": "x"},
        "funding.adjustments.withdraw": {"adjustment": m.adjustment},
        "funding.adjustments.take_back": {"adjustment": m.adjustment, "reason": "x"},
        "mentoring.matching.pair_by_hand": {"enrolment": m.place, "mentor": m.mentor},
        "mentoring.matching.move": {"pair": m.proposal, "mentor": m.mentor},
        "mentoring.matching.drop": {"pair": m.proposal},
        "mentoring.matching.confirm": {"pair": m.proposal},
        "mentoring.matching.end": {"pair": m.pair, "reason": "x"},
        "modules.assignments.pass_assignment": {"assignment": m.assignment},
        "modules.assignments.refer_assignment": {"assignment": m.assignment, "feedback": "x"},
        "modules.courses.record_pass": {"choice": m.choice},
        "modules.courses.record_fail": {"choice": m.choice},
        "modules.courses.correct": {"choice": m.choice},
        "modules.registrations.achieve": {"registration": m.registration},
        "modules.registrations.withdraw": {"registration": m.registration, "reason": "x"},
        "modules.registrations.reopen": {"registration": m.registration, "reason": "x"},
        "modules.registrations.extend": {"registration": m.registration, "due_on": day(900), "reason": "x"},
    }


def test_nobody_decides_about_themselves(me):
    actions = dict(all_actions())
    for name, given in refused(mine(me)).items():
        with pytest.raises(OwnRecord, match=r"^You cannot .*\. Ask a colleague\.$"):
            raise AssertionError(f"{name} was done: {actions[name](**given, by=me)}")


def test_every_action_is_refused_about_oneself_or_for_oneself(me):
    known = refused(mine(me))
    for name, action in all_actions():
        if "by" in inspect.signature(getattr(action, "run", action)).parameters:
            listed = any(fnmatch(name, pattern) for pattern in FOR_ONESELF)
            assert listed != (name in known), f"{name}: say whether it may be done to one's own record"
    named = {name for name, _ in all_actions()}
    assert set(known) <= named
    assert all(any(fnmatch(name, pattern) for name in named) for pattern in FOR_ONESELF)


def test_recording_completion_of_all_leaves_oneself_out(me, in_admin):
    own = ParticipantFactory(participant=me)
    other = ParticipantFactory(cohort=own.cohort)
    rule = CompletionRule.objects.create(cohort=own.cohort, minimum=1)
    colleague = UserFactory(is_staff=True, is_superuser=True)
    for person in (own, other):
        completion.waive(enrolment=person, rule=rule, reason="Agreed.", by=colleague)
    take_steps(in_admin(me), "cohorts_enrolment", "complete", [own.pk, other.pk])
    other.refresh_from_db()
    assert other.status == EnrolmentStatus.COMPLETED
    own.refresh_from_db()
    assert own.status == EnrolmentStatus.ENROLLED


def test_a_register_marks_everybody_but_oneself(me, in_admin):
    own = ParticipantFactory(participant=me)
    other = ParticipantFactory(cohort=own.cohort)
    session = SessionFactory(cohort=own.cohort, starts_at=timezone.now() - timedelta(days=1))
    browser, page = in_admin(me), reverse("admin:cohorts_session_register", args=[session.pk])
    text = browser.get(page).text
    assert "This is you. A colleague has to mark your attendance." in text
    assert f"mark-{other.pk}" in text
    assert f"mark-{own.pk}" not in text
    browser.post(page, {f"mark-{other.pk}": Mark.PRESENT})
    assert [attendance.enrolment for attendance in session.attendances.all()] == [other]
    answer = browser.post(page, {f"mark-{own.pk}": Mark.PRESENT})
    assert answer.status_code == 403
    assert "You cannot mark your own attendance. Ask a colleague." in answer.text
