"""Who may act: every action with those of the cast whom it does not turn away. An action without a row fails the sweep.

`given` are arguments with which it could be done; the sweep adds `by`. Whether it is possible does not matter here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from applications.actions import (
    allocation,
    applications,
    decisions,
    employers,
    interviews,
    offers,
    reviews,
    sponsors,
)
from cohorts.actions import attendance, certificates, cohorts, completion, copying, enrolments, placements, sessions
from cohorts.planning import Pattern
from funding.actions import agreements, bursaries, invoices, payments
from funding.queries import agreement_of
from funding.states import AgreementStatus
from mentoring.actions import matching, mentors, wishes
from mentoring.actions import sessions as mentoring_sessions
from mentoring.states import Mode
from modules.actions import assignments, courses, registrations, speakers
from steppingup.accounts.actions import people, roles
from steppingup.accounts.roles import RoleName
from steppingup.jobs import actions as jobs
from steppingup.messaging.actions import again, texts
from steppingup.messaging.models import ReminderRule
from tests.factories.cohorts import day
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

#: Who tries everything: whoever has nothing to do with it, each who has, and the same roles elsewhere.
TRYING = (
    *("stranger", "applicant", "participant", "manager", "mentor", "assessor", "coordinator", "finance", "equality"),
    *("limited_coordinator", "far_coordinator", "far_finance", "superuser"),
)
OF_COHORT = ("coordinator", "superuser")
OF_PROVIDER = ("coordinator", "limited_coordinator", "superuser")
MONEY = ("finance", "superuser")
PAYING = ("coordinator", "finance", "superuser")  # who decide about the place, or about its money
APPLICANT = ("applicant",)
ASSESSOR = ("assessor",)
PARTICIPANT = ("participant",)


@dataclass(frozen=True)
class Row:
    action: Callable[..., Any]
    may: tuple[str, ...]
    given: Callable[[World], dict[str, Any]]

    @property
    def name(self) -> str:
        return name_of(self.action)


def name_of(action: Callable[..., Any]) -> str:
    """Of the function, also where it is a step."""
    function = getattr(action, "run", action)
    return f"{function.__module__}.{function.__name__}"


def tomorrow() -> Any:
    return now() + timedelta(days=1)


def application(w: World, **more: Any) -> dict[str, Any]:
    return {"application": w.application, **more}


def draft(w: World, **more: Any) -> dict[str, Any]:
    return {"application": w.draft, **more}


def enrolment(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


def registration(w: World, **more: Any) -> dict[str, Any]:
    return {"registration": w.registration, **more}


SELECTION = [
    Row(applications.save_part, APPLICANT, lambda w: draft(w, part="details", values={})),
    Row(applications.keep_draft, APPLICANT, lambda w: draft(w, part="details", typed={})),
    Row(applications.delete_equality_answers, APPLICANT, draft),
    Row(applications.submit, APPLICANT, lambda w: draft(w, notice_read=True)),
    Row(applications.delete_draft, APPLICANT, draft),
    Row(applications.withdraw, APPLICANT, application),
    Row(sponsors.ask, APPLICANT, lambda w: draft(w, name="Sam", email="sam@example.org", job_title="Head")),
    Row(sponsors.remind, APPLICANT, lambda w: {"application": asked_about(w)}),
    Row(allocation.allocate, OF_COHORT, lambda w: {"cohort": w.free_cohort, "applications": [w.application.pk]}),
    Row(decisions.shortlist, OF_COHORT, application),
    Row(decisions.hold, OF_COHORT, application),
    Row(decisions.turn_down, OF_COHORT, lambda w: application(w, reason="score")),
    Row(decisions.reconsider, OF_COHORT, lambda w: application(w, note="Again.")),
    Row(employers.settle_employer, OF_COHORT, lambda w: application(w, employer=w.partner.organisation)),
    Row(interviews.invite, OF_COHORT, lambda w: application(w, starts_at=tomorrow(), place="Here")),
    Row(
        interviews.reschedule,
        OF_COHORT,
        lambda w: {"interview": w.interview, "starts_at": tomorrow(), "place": "There"},
    ),
    Row(interviews.cancel, OF_COHORT, lambda w: {"interview": w.interview}),
    Row(interviews.record, OF_COHORT, lambda w: {"interview": w.interview, "scores": {}, "outcome": "recommend"}),
    Row(offers.make, OF_COHORT, application),
    Row(offers.put_on_waiting_list, OF_COHORT, lambda w: {"application": w.offered}),
    Row(offers.offer_next, OF_COHORT, lambda w: {"cohort": with_somebody_waiting(w)}),
    Row(offers.accept, APPLICANT, lambda w: {"offer": w.offer, "legal_name": "Ada Applicant"}),
    Row(offers.decline, APPLICANT, lambda w: {"offer": w.offer}),
    Row(reviews.assign, OF_COHORT, lambda w: application(w, assessor=w.other_assessor)),
    Row(reviews.save_scores, ASSESSOR, lambda w: {"review": w.review, "scores": {}}),
    Row(reviews.submit, ASSESSOR, lambda w: {"review": w.review}),
    Row(reviews.step_back, ASSESSOR, lambda w: {"review": w.review, "reason": "I know them."}),
    Row(reviews.remove, OF_COHORT, lambda w: {"review": w.review}),
    Row(reviews.reopen, OF_COHORT, lambda w: {"review": w.review, "reason": "A slip."}),
]


def asked_about(w: World) -> Any:
    """The draft, whose sponsor was asked and has not answered."""
    change(
        agreement_of(w.draft.applicant_id, w.draft.cohort_id),
        status=AgreementStatus.ASKED,
        asked_at=now() - timedelta(days=3),
    )
    return w.draft


def with_somebody_waiting(w: World) -> Any:
    offers.put_on_waiting_list(application=w.offered, by=w.coordinator)
    return w.offer_cohort


COHORTS = [
    Row(cohorts.publish, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(cohorts.unpublish, OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row(cohorts.start, OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row(cohorts.finish, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(cohorts.resume, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(cohorts.cancel, OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row(copying.copy, OF_COHORT, lambda w: {"cohort": w.running, "name": "Next", "starts_on": day(99)}),
    Row(attendance.mark, OF_COHORT, lambda w: {"session": w.session, "marks": {}}),
    Row(certificates.issue, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(certificates.make, OF_COHORT, lambda w: {"enrolment": w.completed}),
    Row(certificates.revoke, OF_COHORT, lambda w: {"certificate": w.certificate, "reason": "Misspelt."}),
    Row(completion.waive, OF_COHORT, lambda w: enrolment(w, rule=w.completion_rule, reason="Illness.")),
    Row(completion.take_back_waiver, OF_COHORT, lambda w: enrolment(w, rule=w.completion_rule)),
    Row(completion.complete, OF_COHORT, enrolment),
    Row(completion.undo, OF_COHORT, lambda w: {"enrolment": w.completed}),
    Row(enrolments.withdraw, OF_COHORT, lambda w: enrolment(w, reason="Moved away.")),
    Row(enrolments.change_line_manager, OF_COHORT, lambda w: enrolment(w, name="Mo", email="mo@example.org")),
    Row(enrolments.correct, OF_COHORT, lambda w: enrolment(w, job_title="Head")),
    Row(enrolments.place_in_group, OF_COHORT, lambda w: enrolment(w, peer_group=w.peer_group)),
    Row(placements.set_placement, OF_COHORT, lambda w: enrolment(w, host=w.partner.organisation)),
    Row(
        placements.record_day,
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"placement": w.placement, "on": day(-2), "days": Decimal(1)},
    ),
    Row(placements.remove_day, (*PARTICIPANT, *OF_COHORT), lambda w: {"day": w.placement_day}),
    Row(
        sessions.draft_from_plan,
        OF_COHORT,
        lambda w: {"cohort": w.running, "pattern": Pattern(day(1), 4, 2, time(9), time(16))},
    ),
    Row(
        sessions.move,
        OF_COHORT,
        lambda w: {"session": w.session, "starts_at": tomorrow(), "ends_at": tomorrow(), "venue": "Here"},
    ),
    Row(sessions.cancel, OF_COHORT, lambda w: {"session": w.session}),
    Row(sessions.invite_managers, OF_COHORT, lambda w: {"session": w.session}),
]

MENTORING = [
    Row(matching.propose, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(matching.work_out, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(matching.pair_by_hand, OF_COHORT, lambda w: {"enrolment": w.alone, "mentor": w.mentor_row}),
    Row(matching.move, OF_COHORT, lambda w: {"pair": w.other_pair, "mentor": w.mentor_row}),
    Row(matching.drop, OF_COHORT, lambda w: {"pair": w.other_pair}),
    Row(matching.confirm, OF_COHORT, lambda w: {"pair": w.other_pair}),
    Row(matching.confirm_all, OF_COHORT, lambda w: {"cohort": w.running}),
    Row(matching.end, OF_COHORT, lambda w: {"pair": w.pair, "reason": "Over."}),
    Row(mentors.change, (*OF_PROVIDER, "mentor"), lambda w: {"mentor": w.mentor_row, "area": "Law"}),
    Row(
        mentors.put,
        OF_PROVIDER,
        lambda w: {
            "programme": w.programme, "email": "n@example.org", "full_name": "N", "organisation": w.partner.organisation
        },
    ),
    Row(
        mentoring_sessions.record,
        ("participant", "mentor", *OF_COHORT),
        lambda w: {"pair": w.pair, "on": day(-3), "minutes": 60, "mode": Mode.VIDEO},
    ),
    Row(
        mentoring_sessions.remove,
        ("participant", "mentor", *OF_COHORT),
        lambda w: {"session": w.mentoring_session},
    ),
    Row(wishes.wish, PARTICIPANT, lambda w: enrolment(w, themes=[w.theme], area="", note="")),
]  # fmt: skip

QUALIFICATIONS = [
    Row(registrations.register, (*PARTICIPANT, *OF_COHORT), lambda w: enrolment(w, qualification=w.qualification)),
    Row(registrations.achieve, OF_COHORT, registration),
    Row(registrations.reopen, OF_COHORT, lambda w: registration(w, reason="A slip.")),
    Row(registrations.withdraw, (*PARTICIPANT, *OF_COHORT), registration),
    Row(registrations.resume, (*PARTICIPANT, *OF_COHORT), registration),
    Row(registrations.extend, OF_COHORT, lambda w: registration(w, due_on=day(900), reason="Illness.")),
    Row(courses.choose_course, (*PARTICIPANT, *OF_COHORT), lambda w: registration(w, course=w.other_course)),
    Row(courses.drop_course, (*PARTICIPANT, *OF_COHORT), lambda w: {"choice": w.choice}),
    Row(courses.record_result, OF_COHORT, lambda w: {"choice": w.choice, "result": "pass"}),
    Row(courses.correct, OF_COHORT, lambda w: {"choice": w.choice}),
    Row(assignments.submit_assignment, (*PARTICIPANT, *OF_COHORT), lambda w: registration(w, file=w.stored_file)),
    Row(
        assignments.mark_assignment,
        OF_COHORT,
        lambda w: {"assignment": w.assignment, "result": "pass", "feedback": "Clear."},
    ),
    Row(speakers.book, OF_COHORT, lambda w: {"session": w.session, "speaker": w.speaker}),
    Row(speakers.cancel, OF_COHORT, lambda w: {"talk": talk(w)}),
]


def talk(w: World) -> Any:
    return speakers.book(session=w.session, speaker=w.speaker, by=w.coordinator)


def of_stranger(w: World) -> Any:
    """An agreement about the place of somebody who is not among those who try."""
    return {"agreement": w.asked}


FUNDING = [
    Row(
        agreements.begin,
        PAYING,
        lambda w: {"cohort": w.open_cohort, "person": w.asked.person, "employer": None, "employer_name": "Another"},
    ),
    Row(
        agreements.ask,
        PAYING,
        lambda w: {"agreement": w.asked, "sponsor_name": "Sam", "sponsor_email": "another@example.org"},
    ),
    Row(agreements.ask_again, PAYING, of_stranger),
    Row(agreements.take_back, PAYING, of_stranger),
    Row(agreements.settle_internally, PAYING, lambda w: {"agreement": w.asked, "source": w.fund}),
    Row(agreements.fund, MONEY, lambda w: {"agreement": w.asked, "source": w.fund}),
    Row(agreements.release, PAYING, lambda w: {"agreement": w.asked, "reason": "Not needed."}),
    Row(agreements.agree, (), lambda w: {"agreement": w.asked, **dict.fromkeys(AGREEING, "x")}),
    Row(agreements.ask_for_bursary, (), lambda w: {"agreement": w.asked, "reason": "No budget."}),
    Row(agreements.decline, (), lambda w: {"agreement": w.asked, "reason": "No."}),
    Row(
        bursaries.grant,
        MONEY,
        lambda w: {"request": w.bursary, "source": w.fund, "amount": Decimal(1), "reason": "Yes."},
    ),
    Row(bursaries.refuse, MONEY, lambda w: {"request": w.bursary, "reason": "No."}),
    Row(invoices.issue, MONEY, lambda w: {"agreement": w.agreement}),
    Row(invoices.send_again, MONEY, lambda w: {"invoice": w.invoice}),
    Row(payments.record, MONEY, lambda w: {"invoice": w.invoice, "amount": Decimal(1), "on": day(0)}),
    Row(payments.take_back, MONEY, lambda w: {"invoice": payment(w).invoice}),
]
AGREEING = ("name", "job_title", "purchase_order", "billing_address")


def payment(w: World) -> Any:
    return payments.record(invoice=w.invoice, amount=Decimal(1), on=day(0), by=w.finance)


PLATFORM = [
    Row(people.change_address, OF_PROVIDER, lambda w: {"user": w.other_participant, "email": "n@example.org"}),
    Row(people.remove_second_factors, OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row(people.end_lock_out, OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row(
        roles.give_role,
        OF_COHORT,
        lambda w: {"user": w.other_mentor, "role": RoleName.ASSESSOR, "provider": w.provider},
    ),
    Row(roles.end_role, OF_COHORT, lambda w: {"assignment": w.role}),
    Row(again.send_again, OF_PROVIDER, lambda w: {"message": w.message}),
    Row(texts.change_text, OF_PROVIDER, lambda w: {"template": w.template}),
    Row(texts.make_version, OF_PROVIDER, lambda w: {"kind": "applications.shortlisted", "scope": w.programme}),
    Row(texts.remove_version, OF_PROVIDER, lambda w: {"template": again_from_the_database(w.template)}),
    Row(texts.put_back, ("superuser",), lambda w: {"template": w.default_template}),
    Row(texts.save_rule, OF_PROVIDER, lambda w: {"rule": w.reminder_rule, "scope": w.programme}),
    Row(
        texts.save_rule,
        ("superuser",),
        lambda w: {"rule": ReminderRule.objects.filter(provider=None).first(), "scope": None},
    ),
    Row(jobs.try_again, OF_COHORT, lambda w: {"job": w.job}),
]


def again_from_the_database(thing: Any) -> Any:
    """Whoever deletes it takes its number."""
    return type(thing).objects.get(pk=thing.pk)


ROWS = [*SELECTION, *COHORTS, *MENTORING, *QUALIFICATIONS, *FUNDING, *PLATFORM]

#: Actions that ask nobody, and why.
ASKED_ELSEWHERE = {
    "by is the person whom it is about": (
        "applications.actions.applications.start",
        "steppingup.accounts.actions.addresses.ask_for_address",
        "steppingup.accounts.actions.people.give_details",
        "steppingup.accounts.actions.people.choose_password",
        "steppingup.accounts.actions.people.sign_out_everywhere",
    ),
    "anybody may": ("applications.actions.interest.register",),
    "by holds a link (refusals_of_*, and the tests of links)": (
        "applications.actions.interest.confirm",
        "applications.actions.interest.leave",
        "steppingup.accounts.actions.addresses.take_address",
    ),
    "by is the clock": (
        "applications.actions.interest.tell_interested",
        "applications.actions.offers.expire_due",
    ),
    "part of an action that has asked": (
        "applications.actions.decisions.write_down",
        "applications.actions.fees.release",
        "applications.actions.fees.resume",
        "applications.actions.together.for_all",
        "cohorts.actions.days.post",
        "cohorts.actions.days.reverse_all",
        "cohorts.actions.enrolments.enrol",
        "funding.actions.funds.commit",
        "funding.actions.funds.give_back",
        "steppingup.files.actions.files.store",
        "steppingup.files.actions.files.keep",
        "steppingup.jobs.actions.start",
        "steppingup.messaging.actions.roles.tell_of_role",
    ),
}
