"""What each step that staff take for somebody is given: the record on whose page it stands, and what its form would give."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cohorts.models import Agreement
from funding.actions import liability
from funding.models import FeeTerms, FundingSource, LiabilityCase
from funding.queries import agreement_of
from funding.rules import Payer
from funding.states import AgreementStatus, Route
from mentoring.states import Mode
from modules.actions import registrations
from modules.models import CourseChoice
from steppingup.files.actions.files import store
from steppingup.steps.step import Step
from tests.factories.cohorts import day
from tests.factories.stories import SAID
from tests.files.uploads import pdf, upload
from tests.sweeps.may_of_days import excused
from tests.sweeps.refusals import change
from tests.sweeps.world import World

FOR_THEM = [step for step in Step.registry.values() if step.for_them]


def helped(w: World) -> Any:
    """A draft that a coordinator fills in for its applicant."""
    return change(w.draft, helped_at=timezone.now(), helped_by=w.superuser)


PAPER = {"name": "Sam Sponsor", "job_title": "Head", "billing_address": "1 High Street"}


def nobody_asked(w: World) -> Any:
    change(agreement_of(w.draft.applicant_id, w.draft.cohort_id), status=AgreementStatus.DRAFT, asked_at=None)
    return {"application": w.draft, "name": "Sam", "email": "sam@example.org", "job_title": "Head"}


OWN_FEE = {"billing_address": "Ada Applicant\n1 High Street", "purchase_order": ""}


def pays_oneself(w: World) -> Any:
    """By the terms of the programme the applicant pays for their own place, and has not said so yet; there is a bursary."""
    nobody_asked(w)
    said = {"text": "{{ fee }}", "invoiced_when": "Soon.", "payer": Payer.PERSON, "fund": None}
    FeeTerms.objects.update_or_create(programme=w.draft.cohort.programme, cohort=None, defaults=said)
    FeeTerms.objects.filter(cohort=w.draft.cohort).delete()
    FundingSource.objects.filter(route=Route.BURSARY).update(programme=w.draft.cohort.programme_id)
    return w.draft


def with_a_pot(w: World) -> Any:
    FundingSource.objects.filter(route=Route.BURSARY).update(programme=w.asked.cohort.programme_id)
    return w.asked


def handed_in(w: World) -> dict[str, Any]:
    rule = w.registration.qualification.file_rule
    return {
        "registration": w.registration,
        "file": store(upload=upload(pdf(4)), rule=rule, by=w.participant),
    }


def given_up(w: World) -> Any:
    return registrations.give_up(registration=w.registration, by=w.participant)


def to_choose(w: World) -> dict[str, Any]:
    CourseChoice.objects.filter(registration=w.registration).delete()
    return {"registration": w.registration, "course": w.other_course, "anyway": True}


def decided_case(w: World) -> Any:
    given = {"outcome": "stands", "reason": "So it is.", "by": w.finance}
    liability.decide(case=w.case, **given)
    return LiabilityCase.objects.for_steps().get(pk=w.case.pk)


GIVEN: dict[str, Callable[[World], dict[str, Any]]] = {
    "applications.application.accept_for_them": lambda w: {"application": w.offered, "legal_name": "Ada Applicant"},
    "applications.application.decline_for_them": lambda w: {"application": w.offered, "reason": "Another job."},
    "applications.application.withdraw_for_them": lambda w: {"application": w.application},
    "applications.application.ask_sponsor_for_them": nobody_asked,
    "applications.application.agree_own_fee_for_them": lambda w: {"application": pays_oneself(w), **OWN_FEE},
    "applications.application.ask_own_bursary_for_them": lambda w: {
        "application": pays_oneself(w), "reason": "I earn too little.",
    },
    "applications.application.correct_for_them": lambda w: {"application": w.application, "phone": "0117 496 0999"},
    "applications.application.let_help_for_them": lambda w: {"application": w.draft},
    "applications.application.submit_for_them": lambda w: {"application": helped(w), "notice_read": True},
    "applications.application.employer_agreed_for_them": lambda w: {
        "application": helped(w) if nobody_asked(w) else None, **PAPER,
    },
    "applications.review.step_back_for_them": lambda w: {"review": w.review, "reason": "She is ill."},
    "applications.nominationrequest.nominate_for_them": lambda w: {
        "nominationrequest": w.nomination_request, "name": "Ann", "email": "ann@partner.example", "why": "She leads.",
    },
    "applications.nominationrequest.withdraw_nomination_for_them": lambda w: {
        "nominationrequest": w.nomination_request, "nomination": w.nomination,
    },
    "cohorts.placement.record_day_for_them": lambda w: {"placement": w.placement, "on": day(-4), "days": Decimal(1)},
    "cohorts.enrolment.tell_story_for_them": lambda w: {"enrolment": w.enrolment, **SAID},
    "cohorts.destination.answer_for_them": lambda w: {"destination": w.destination, "moves": ["same", "wider"]},
    "cohorts.enrolment.choose_as_graduate_for_them": lambda w: {"enrolment": w.completed, "mentors": True},
    "cohorts.enrolment.say_interest_for_them": lambda w: {"enrolment": w.completed, "offer": w.graduate_offer},
    "cohorts.enrolment.end_interest_for_them": lambda w: {"enrolment": w.completed, "offer": w.other_offer},
    "cohorts.enrolment.hand_on_name_for_them": lambda w: {"enrolment": w.enrolment, "offer": w.kept_opening},
    "cohorts.enrolment.choose_openings_for_them": lambda w: {"enrolment": w.enrolment, "kinds": ["project"]},
    "cohorts.enrolment.record_study_for_them": lambda w: {
        "enrolment": w.enrolment, "on": day(-4), "hours": Decimal(1), "what": "Chapter 3",
    },
    "cohorts.enrolment.confirm_needs_for_them": lambda w: {
        "enrolment": w.enrolment, "session": w.visit, "stays": True, "diet": "No nuts",
    },
    "cohorts.enrolment.cannot_come_for_them": lambda w: {"enrolment": w.enrolment, "session": w.visit},
    "cohorts.enrolment.can_come_for_them": excused,
    "cohorts.enrolment.say_working_days_for_them": lambda w: {"enrolment": w.enrolment, "works_on": [0, 2, 3]},
    "cohorts.agreement.sign_for_them": lambda w: {
        "agreement": Agreement.objects.for_steps().get(pk=w.contract.pk), "name": "Pat Participant",
    },
    "funding.liabilitycase.tell_for_them": lambda w: {"liabilitycase": w.case, "text": "She is still ill."},
    "funding.liabilitycase.appeal_for_them": lambda w: {"liabilitycase": decided_case(w), "text": "It is too much."},
    "funding.feeagreement.agree_for_them": lambda w: {"feeagreement": w.asked, **PAPER},
    "funding.feeagreement.ask_for_bursary_for_them": lambda w: {"feeagreement": with_a_pot(w), "reason": "No budget."},
    "funding.feeagreement.decline_for_them": lambda w: {"feeagreement": w.asked, "reason": "No budget."},
    "cohorts.enrolment.register_for_for_them": lambda w: {
        "enrolment": w.other_enrolment, "qualification": w.qualification,
    },
    "modules.registration.choose_course_for_them": to_choose,
    "modules.coursechoice.drop_for_them": lambda w: {"coursechoice": w.choice},
    "modules.registration.submit_assignment_for_them": handed_in,
    "modules.registration.give_up_for_them": lambda w: {"registration": w.registration},
    "modules.registration.resume_for_them": lambda w: {"registration": given_up(w)},
    "cohorts.enrolment.wish_for_them": lambda w: {
        "enrolment": w.enrolment, "themes": [w.theme], "area": "Bedminster", "note": "",
    },
    "mentoring.pair.record_for_them": lambda w: {
        "pair": w.pair, "on": day(-6), "minutes": 60, "mode": Mode.PHONE,
    },
}  # fmt: skip


def asked(how: str = "telephone", ago: int = 0, why: str = "She asked us to.") -> dict[str, Any]:
    """How, when and why somebody asked."""
    return {"asked_how": how, "asked_on": timezone.localdate() - timedelta(days=ago), "asked_why": why}


def on_behalf(step: Step[Any, Any], **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda w: {**GIVEN[step.key](w), **asked(**more)}
