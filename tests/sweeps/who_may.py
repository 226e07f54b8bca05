"""Who may act: every action with those of the cast whom it does not turn away. An action without a row fails the sweep.

`given` are arguments with which it could be done; the sweep adds `by`. Whether it is possible does not matter here.
"""

from datetime import time, timedelta
from typing import Any

from applications.actions import offers
from applications.models import PlannedDecision
from applications.states import InterviewStatus
from cohorts.models import Agreement, Cohort
from cohorts.planning import Pattern
from funding.queries import agreement_of
from funding.states import AgreementStatus
from mentoring.states import Mode
from modules.actions import speakers
from tests.factories.agreements import anew
from tests.factories.cohorts import day
from tests.sweeps.may import (
    APPLICANT,
    ASSESSOR,
    EQUALITY,
    OF_COHORT,
    OF_PROVIDER,
    PARTICIPANT,
    Row,
)
from tests.sweeps.may_near_the_line import NEAR_THE_LINE
from tests.sweeps.may_of_commitments import OF_COMMITMENTS
from tests.sweeps.may_of_days import DAYS
from tests.sweeps.may_of_directory import DIRECTORY
from tests.sweeps.may_of_figures import OF_FIGURES
from tests.sweeps.may_of_files import FILES
from tests.sweeps.may_of_journals import JOURNALS
from tests.sweeps.may_of_money import FUNDING
from tests.sweeps.may_of_nominations import NOMINATIONS
from tests.sweeps.may_of_peers import PEERS_MAY
from tests.sweeps.may_of_placing import PLACING
from tests.sweeps.may_of_plans import OF_PLANS
from tests.sweeps.may_of_pool import OF_THE_POOL
from tests.sweeps.may_of_sessions import SESSIONS_MAY
from tests.sweeps.may_of_tools import OF_TOOLS
from tests.sweeps.may_on_the_platform import PLATFORM
from tests.sweeps.on_behalf import asked
from tests.sweeps.refusals import change
from tests.sweeps.ways import now, put
from tests.sweeps.world import World


def tomorrow() -> Any:
    return now() + timedelta(days=1)


def application(w: World, **more: Any) -> dict[str, Any]:
    return {"application": w.application, **more}


def planned(w: World) -> dict[str, Any]:
    """A decision is set about it."""
    decision = {"step": "hold", "set_by": w.coordinator}
    PlannedDecision.objects.update_or_create(application=w.application, defaults=decision)
    return {"application": w.application}


def to_interview(w: World, **more: Any) -> dict[str, Any]:
    return {"application": w.interview.application, **more}


def held(w: World) -> dict[str, Any]:
    """The interview is over, and was recorded."""
    done = {"recorded_at": now(), "recorded_by": w.coordinator}
    return {"application": put(w.interview, InterviewStatus.HELD, **done).application}


def draft(w: World, **more: Any) -> dict[str, Any]:
    return {"application": w.draft, **more}


def another_text(w: World) -> dict[str, Any]:
    """The rules of the running cohort have another learning contract since."""
    with anew(w.running, "contract") as template:
        template.text = "{{ employer }} and {{ provider }} agree on something else."
    return {"cohort": Cohort.objects.get(pk=w.running.pk)}


def enrolment(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


def registration(w: World, **more: Any) -> dict[str, Any]:
    return {"registration": w.registration, **more}


SELECTION = [
    Row("applications.actions.applications.save_part", APPLICANT, lambda w: draft(w, part="details", values={})),
    Row("applications.actions.applications.keep_draft", APPLICANT, lambda w: draft(w, part="details", typed={})),
    Row("applications.actions.applications.delete_equality_answers", APPLICANT, draft),
    Row("applications.actions.applications.submit", APPLICANT, lambda w: draft(w, notice_read=True)),
    Row("applications.actions.applications.delete_draft", APPLICANT, draft),
    Row("applications.actions.applications.withdraw", APPLICANT, application),
    Row(
        "applications.actions.sponsors.ask",
        APPLICANT,
        lambda w: draft(w, name="Sam", email="sam@example.org", job_title="Head"),
    ),
    Row("applications.actions.own_fee.agree", APPLICANT, lambda w: draft(w, billing_address="Here")),
    Row("applications.actions.own_fee.ask_for_bursary", APPLICANT, lambda w: draft(w, reason="Too little.")),
    Row("applications.actions.sponsors.remind", APPLICANT, lambda w: {"application": asked_about(w)}),
    Row(
        "applications.actions.allocation.allocate",
        OF_COHORT,
        lambda w: {"cohort": w.free_cohort, "applications": [w.application.pk]},
    ),
    *NEAR_THE_LINE,
    Row("applications.actions.decisions.shortlist", OF_COHORT, application),
    Row("applications.actions.decisions.hold", OF_COHORT, application),
    Row("applications.actions.decisions.turn_down", OF_COHORT, lambda w: application(w, reason="not_ready")),
    Row("applications.actions.paper.let_help", (), draft),
    Row("applications.actions.paper.stop_help", APPLICANT, draft),
    Row(
        "applications.actions.late.give_longer",
        OF_COHORT,
        lambda w: {"application": w.offered, "last_day": day(25), "reason": "She is away."},
    ),
    Row("applications.actions.correcting.correct", (), lambda w: application(w, phone="0117 496 0999")),
    Row("applications.actions.paper.employer_agreed", (), draft),
    Row(
        "applications.actions.paper.begin_on_paper",
        OF_COHORT,
        lambda w: {"cohort": w.open_cohort, "full_name": "Ben Okri", "postal_address": "1 High Street", **asked()},
    ),
    Row(
        "applications.actions.late.give_time",
        OF_COHORT,
        lambda w: {"window": w.window, "email": "late@example.org", "last_day": day(25), "reason": "She was ill."},
    ),
    *NOMINATIONS,
    *FILES,
    Row("applications.actions.planned.plan", OF_COHORT, lambda w: application(w, what="hold")),
    Row("applications.actions.planned.drop_plan", OF_COHORT, planned),
    Row("applications.actions.planned.send_planned", OF_COHORT, planned),
    Row("applications.actions.decisions.mark_as_looked_at", OF_COHORT, lambda w: application(w, reason="Led a choir.")),
    Row("applications.actions.decisions.look_again", OF_COHORT, application),
    Row("applications.actions.decisions.reconsider", OF_COHORT, lambda w: application(w, note="Again.")),
    Row(
        "applications.actions.employers.settle_employer",
        OF_COHORT,
        lambda w: application(w, employer=w.partner.organisation),
    ),
    Row(
        "applications.actions.interviews.invite",
        OF_COHORT,
        lambda w: application(w, starts_at=tomorrow(), place="Here"),
    ),
    Row(
        "applications.actions.interviews.reschedule",
        OF_COHORT,
        lambda w: to_interview(w, starts_at=tomorrow(), place="There"),
    ),
    Row("applications.actions.interviews.cancel", OF_COHORT, to_interview),
    Row("applications.actions.after_interview.miss", OF_COHORT, to_interview),
    Row(
        "applications.actions.after_interview.correct",
        OF_COHORT,
        lambda w: {**held(w), "scores": {}, "outcome": "reserve", "reason": "Mixed up."},
    ),
    Row(
        "applications.actions.interviews.record",
        OF_COHORT,
        lambda w: to_interview(w, scores={}, outcome="recommend"),
    ),
    Row("applications.actions.offers.make", OF_COHORT, application),
    Row("applications.actions.offers.put_on_waiting_list", OF_COHORT, lambda w: {"application": w.offered}),
    Row("applications.actions.offers.offer_next", OF_COHORT, lambda w: {"cohort": with_somebody_waiting(w)}),
    Row(
        "applications.actions.offers.sign_first", APPLICANT, lambda w: {"offer": w.offer, "legal_name": "Ada Applicant"}
    ),
    Row("applications.actions.offers.accept", APPLICANT, lambda w: {"offer": w.offer, "legal_name": "Ada Applicant"}),
    Row("applications.actions.offers.decline", APPLICANT, lambda w: {"offer": w.offer}),
    Row("applications.actions.dry_runs.ask_for", OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row("applications.actions.releases.publish", EQUALITY, lambda w: {"programme": w.programme, "stage": "closed"}),
    Row("applications.actions.releases.freeze", EQUALITY, lambda w: {"programme": w.programme, "stage": "closed"}),
    Row("applications.actions.releases.look", EQUALITY, lambda w: {"release": w.release, "how": "page"}),
    Row("applications.actions.reviews.assign", OF_COHORT, lambda w: application(w, assessor=w.other_assessor)),
    Row("applications.actions.reviews.save_scores", ASSESSOR, lambda w: {"review": w.review, "scores": {}}),
    Row("applications.actions.reviews.submit", ASSESSOR, lambda w: {"review": w.review}),
    Row("applications.actions.reviews.step_back", ASSESSOR, lambda w: {"review": w.review, "reason": "I know them."}),
    Row("applications.actions.reviews.remove", OF_COHORT, lambda w: {"review": w.review}),
    Row("applications.actions.reviews.reopen", OF_COHORT, lambda w: {"review": w.review, "reason": "A slip."}),
]


def asked_about(w: World) -> Any:
    """The draft, whose sponsor was asked and has not answered."""
    agreement = agreement_of(w.draft.applicant_id, w.draft.cohort_id)
    change(agreement, status=AgreementStatus.ASKED, asked_at=now() - timedelta(days=3))
    return w.draft


def with_somebody_waiting(w: World) -> Any:
    offers.put_on_waiting_list(application=w.offered, by=w.coordinator)
    return w.offer_cohort


COHORTS = [
    Row("cohorts.actions.cohorts.publish", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("cohorts.actions.cohorts.unpublish", OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row("cohorts.actions.cohorts.start", OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row("cohorts.actions.cohorts.finish", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("cohorts.actions.cohorts.resume", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("cohorts.actions.cohorts.cancel", OF_COHORT, lambda w: {"cohort": w.open_cohort}),
    Row(
        "cohorts.actions.copying.copy", OF_COHORT, lambda w: {"cohort": w.running, "name": "Next", "starts_on": day(99)}
    ),
    Row("cohorts.actions.rules.choose", OF_COHORT, lambda w: {"cohort": w.running, "rules": w.rule_set}),
    Row("cohorts.actions.rules.copy", OF_PROVIDER, lambda w: {"rules": w.rule_set, "name": "Next year"}),
    Row("cohorts.actions.plans.revise", OF_PROVIDER, lambda w: {"plan": w.plan}),
    Row("cohorts.actions.plans.follow", OF_COHORT, lambda w: {"cohort": w.running, "plan": w.plan}),
    Row("applications.actions.rules.revise", OF_PROVIDER, lambda w: {"rules": w.rule_set}),
    Row("applications.actions.rules.tell_of_change", OF_PROVIDER, lambda w: {"rules": w.rule_set, "parts": {"work"}}),
    Row("applications.actions.rules.tell_of_choosing", OF_PROVIDER, lambda w: {"rules": w.rule_set}),
    Row(
        "applications.actions.closing.tell_of_moved_closing",
        OF_COHORT,
        lambda w: {"window": w.window, "before": w.window.closes_at - timedelta(days=1)},
    ),
    Row("cohorts.actions.attendance.mark", OF_COHORT, lambda w: {"session": w.session, "marks": {}}),
    Row("cohorts.actions.certificates.issue", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("cohorts.actions.certificates.make", OF_COHORT, lambda w: {"enrolment": w.completed}),
    Row(
        "cohorts.actions.certificates.revoke",
        OF_COHORT,
        lambda w: {"certificate": w.certificate, "reason": "Misspelt."},
    ),
    Row(
        "cohorts.actions.completion.waive", OF_COHORT, lambda w: enrolment(w, rule=w.completion_rule, reason="Illness.")
    ),
    Row("cohorts.actions.completion.take_back_waiver", OF_COHORT, lambda w: enrolment(w, rule=w.completion_rule)),
    Row("cohorts.actions.completion.complete", OF_COHORT, enrolment),
    Row("cohorts.actions.completion.undo", OF_COHORT, lambda w: {"enrolment": w.completed}),
    Row("cohorts.actions.completion.conclude", OF_COHORT, enrolment),
    Row("cohorts.actions.completion.go_on", OF_COHORT, enrolment),
    Row("cohorts.actions.enrolments.withdraw", OF_COHORT, lambda w: enrolment(w, reason="Moved away.")),
    Row(
        "cohorts.actions.enrolments.change_line_manager",
        OF_COHORT,
        lambda w: enrolment(w, name="Mo", email="mo@example.org"),
    ),
    Row(
        "cohorts.actions.enrolments.change_employer",
        OF_COHORT,
        lambda w: enrolment(w, employer=w.partner.organisation),
    ),
    Row("cohorts.actions.enrolments.come_back", OF_COHORT, enrolment),
    Row(
        "cohorts.actions.agreements.sign",
        (*PARTICIPANT, "manager"),
        lambda w: {"agreement": Agreement.objects.get(pk=w.contract.pk), "name": "Pat Participant"},
    ),
    Row(
        "cohorts.actions.agreements.countersign",
        OF_COHORT,
        lambda w: {"agreement": Agreement.objects.get(pk=w.contract.pk), "name": "Our Coordinator"},
    ),
    Row(
        "cohorts.actions.agreements.ask_to_sign",
        OF_COHORT,
        lambda w: {
            "agreement": Agreement.objects.get(pk=w.contract.pk),
            "role": "employer",
            "name": "Hal Head",
            "email": "hal@example.org",
        },
    ),
    Row("cohorts.actions.agreements.adopt_agreements", OF_COHORT, another_text),
    Row("cohorts.actions.transfers.transfer", OF_COHORT, lambda w: enrolment(w, cohort=w.free_cohort)),
    Row("cohorts.actions.enrolments.correct", OF_COHORT, lambda w: enrolment(w, job_title="Head")),
    Row("cohorts.actions.enrolments.place_in_group", OF_COHORT, lambda w: enrolment(w, peer_group=w.peer_group)),
    Row(
        "cohorts.actions.sessions.draft_from_plan",
        OF_COHORT,
        lambda w: {"cohort": w.running, "pattern": Pattern(day(31), 4, 2, time(9), time(16))},
    ),
    Row(
        "cohorts.actions.sessions.move",
        OF_COHORT,
        lambda w: {"session": w.session, "starts_at": tomorrow(), "ends_at": tomorrow(), "venue": "Here"},
    ),
    Row(
        "cohorts.actions.sessions.count_also_for",
        OF_COHORT,
        lambda w: {"session": w.session, "component": None, "days": None},
    ),
    Row("cohorts.actions.sessions.cancel", OF_COHORT, lambda w: {"session": w.session}),
    Row("cohorts.actions.sessions.invite_managers", OF_COHORT, lambda w: {"session": w.session}),
]

MENTORING = [
    Row("mentoring.actions.matching.propose", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("mentoring.actions.matching.work_out", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("mentoring.actions.matching.pair_by_hand", OF_COHORT, lambda w: {"enrolment": w.alone, "mentor": w.mentor_row}),
    Row("mentoring.actions.matching.move", OF_COHORT, lambda w: {"pair": w.other_pair, "mentor": w.mentor_row}),
    Row("mentoring.actions.matching.drop", OF_COHORT, lambda w: {"pair": w.other_pair}),
    Row("mentoring.actions.matching.confirm", OF_COHORT, lambda w: {"pair": w.other_pair}),
    Row("mentoring.actions.matching.end", OF_COHORT, lambda w: {"pair": w.pair, "reason": "Over."}),
    Row("mentoring.actions.mentors.change", (*OF_PROVIDER, "mentor"), lambda w: {"mentor": w.mentor_row, "area": "Law"}),
    Row(
        "mentoring.actions.mentors.put",
        OF_PROVIDER,
        lambda w: {
            "programme": w.programme, "email": "n@example.org", "full_name": "N", "organisation": w.partner.organisation
        },
    ),
    Row(
        "mentoring.actions.sessions.record",
        ("participant", "mentor", *OF_COHORT),
        lambda w: {"pair": w.pair, "on": day(-3), "minutes": 60, "mode": Mode.VIDEO},
    ),
    Row(
        "mentoring.actions.sessions.remove",
        ("mentor", *OF_COHORT),
        lambda w: {"session": w.mentoring_session},
    ),
    Row("mentoring.actions.wishes.wish", PARTICIPANT, lambda w: enrolment(w, themes=[w.theme], area="", note="")),
]  # fmt: skip

QUALIFICATIONS = [
    Row(
        "modules.actions.registrations.register_for",
        PARTICIPANT,
        lambda w: enrolment(w, qualification=w.qualification),
    ),
    Row("modules.actions.registrations.achieve", OF_COHORT, registration),
    Row("modules.actions.registrations.reopen", OF_COHORT, lambda w: registration(w, reason="A slip.")),
    Row("modules.actions.registrations.withdraw", OF_COHORT, lambda w: registration(w, reason="Absent.")),
    Row("modules.actions.registrations.give_up", PARTICIPANT, registration),
    Row("modules.actions.registrations.resume", (*PARTICIPANT, *OF_COHORT), registration),
    Row(
        "modules.actions.registrations.extend", OF_COHORT, lambda w: registration(w, due_on=day(900), reason="Illness.")
    ),
    Row(
        "modules.actions.courses.choose_course",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: registration(w, course=w.other_course),
    ),
    Row("modules.actions.courses.drop_course", (*PARTICIPANT, *OF_COHORT), lambda w: {"choice": w.choice}),
    Row("modules.actions.courses.record_pass", OF_COHORT, lambda w: {"choice": w.choice}),
    Row("modules.actions.courses.record_fail", OF_COHORT, lambda w: {"choice": w.choice}),
    Row("modules.actions.courses.correct", OF_COHORT, lambda w: {"choice": w.choice}),
    Row(
        "modules.actions.assignments.submit_assignment",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: registration(w, file=w.stored_file),
    ),
    Row("modules.actions.assignments.pass_assignment", OF_COHORT, lambda w: {"assignment": w.assignment}),
    Row(
        "modules.actions.assignments.refer_assignment",
        OF_COHORT,
        lambda w: {"assignment": w.assignment, "feedback": "Not yet."},
    ),
    Row("modules.actions.speakers.book", OF_COHORT, lambda w: {"session": w.session, "speaker": w.speaker}),
    Row("modules.actions.speakers.cancel", OF_COHORT, lambda w: {"talk": talk(w)}),
]


def talk(w: World) -> Any:
    return speakers.book(session=w.session, speaker=w.speaker, by=w.coordinator)


ROWS = [
    *(*SELECTION, *COHORTS, *DAYS, *DIRECTORY, *JOURNALS, *PEERS_MAY, *OF_PLANS, *OF_THE_POOL),
    *(*OF_COMMITMENTS, *OF_TOOLS, *OF_FIGURES, *PLACING, *SESSIONS_MAY),
    *(*MENTORING, *QUALIFICATIONS, *FUNDING, *PLATFORM),
]
