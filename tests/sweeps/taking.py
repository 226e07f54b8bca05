"""Ways of taking each step in the small world of the sweeps: from every state that allows it, and for whoever asked staff for it."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from applications.actions import decisions
from applications.models import EligibilityAnswer
from applications.roles import RoleName
from applications.states import Verdict
from cohorts.actions import completion
from cohorts.models import RuleSet
from cohorts.states import Mark, Selection
from funding.actions import bursaries, chasing
from funding.models import FeeAgreement, FundingSource
from funding.states import Route
from steppingup.history.lifecycle import Lifecycle
from steppingup.steps.step import Step
from tests.factories.accounts import staff
from tests.factories.mentoring import MentorFactory
from tests.sweeps.on_behalf import OWN_FEE, nobody_asked, on_behalf, pays_oneself
from tests.sweeps.refusals import change
from tests.sweeps.states_table import SUBJECTS, ways_of
from tests.sweeps.ways import now, put
from tests.sweeps.who_may import ROWS
from tests.sweeps.world import World


def with_a_place(w: World) -> dict[str, Any]:
    return {"enrolment": w.alone, "mentor": MentorFactory(programme=w.programme)}


def waived(w: World) -> dict[str, Any]:
    """A rule that nobody meets, waived."""
    rule = change(w.completion_rule, minimum=99)
    completion.waive(enrolment=w.enrolment, rule=rule, reason="Illness.", by=w.coordinator)
    return {"enrolment": w.enrolment, "rule": rule}


def unmet(w: World) -> dict[str, Any]:
    rule = change(w.completion_rule, minimum=99)
    return {"enrolment": w.enrolment, "rule": rule, "reason": "Illness."}


def has_not_done_enough(w: World) -> dict[str, Any]:
    change(w.completion_rule, minimum=99)
    return {"enrolment": w.enrolment}


def other_mark(w: World) -> dict[str, Any]:
    return {"session": w.attendance.session, "marks": {w.enrolment.pk: Mark.PART, w.other_enrolment.pk: Mark.PRESENT}}


def to_look_at(w: World) -> dict[str, Any]:
    change(w.question, if_no=Verdict.ASK)
    EligibilityAnswer.objects.update_or_create(
        application=w.application, question=w.question, defaults={"answer": "no"}
    )
    return {"application": w.application, "reason": "Led a choir."}


def looked_at(w: World) -> dict[str, Any]:
    decisions.mark_as_looked_at(**to_look_at(w), by=w.coordinator)
    return {"application": w.application}


def typed_employer(w: World) -> dict[str, Any]:
    application = change(w.application, employer=None, employer_name="A small firm")
    return {"application": application, "employer": w.partner.organisation}


def to_managers(w: World) -> dict[str, Any]:
    return {"session": change(w.session, open_to_managers=True)}


def changed_text(w: World) -> dict[str, Any]:
    return {"template": change(w.default_template, subject="Something else", edited=True)}


def proposed_bursary(w: World) -> dict[str, Any]:
    pot = FundingSource.objects.get(route=Route.BURSARY)
    given = {"source": pot, "amount": Decimal(100), "reason": "Yes.", "by": w.finance}
    return {"request": bursaries.propose_grant(request=w.bursary, **given)}


def without_reminders(w: World) -> dict[str, Any]:
    return {"invoice": chasing.stop_chasing(invoice=w.invoice, reason="They will pay.", by=w.finance)}


def left(w: World) -> dict[str, Any]:
    change(w.enrolment, status="withdrawn", withdrawn_at=now())
    return {"agreement": FeeAgreement.objects.get(pk=w.agreement.pk)}


def has_died(w: World) -> dict[str, Any]:
    given = left(w)
    change(given["agreement"].person, died_on=now().date(), is_active=False)
    return {"agreement": FeeAgreement.objects.get(pk=w.agreement.pk)}


def left_and_owing(w: World) -> dict[str, Any]:
    return {"agreement": change(left(w)["agreement"], still_owed=True, owed=0), "reason": "Illness."}


def by_nomination(w: World) -> dict[str, Any]:
    rules = RuleSet.objects.create(programme=w.programme, name="By nomination", selection=Selection.NOMINATION)
    cohort = change(w.free_cohort, rule_set=rules)
    given = {"organisation": w.partner.organisation, "name": "Nora", "email": "nora@x.example", "places": 2}
    return {"cohort": cohort, **given}


#: What a step is given where the table of who may take it says something that cannot be done.
GIVEN: dict[str, Callable[[World], dict[str, Any]]] = {
    "messaging.messagetemplate.make_version": lambda w: {"template": w.default_template, "scope": w.running},
    "messaging.messagetemplate.put_back": changed_text,
    "cohorts.cohort.ask_for_nominations": by_nomination,
    "applications.nominationrequest.open_again": lambda w: {"request": change(w.nomination_request, closed_at=now())},
    "cohorts.enrolment.pair_by_hand": with_a_place,
    "cohorts.enrolment.conclude": has_not_done_enough,
    "cohorts.enrolment.waive": unmet,
    "cohorts.enrolment.take_back_waiver": waived,
    "cohorts.session.mark": other_mark,
    "cohorts.concern.note_concern": lambda w: {"concern": w.concern, "text": "Spoke with him."},
    "cohorts.concern.let_read": lambda w: {"concern": w.concern, "reader": staff(RoleName.CONFIDANT, w.provider)},
    "cohorts.session.invite_managers": to_managers,
    "cohorts.enrolment.register_for": lambda w: {"enrolment": w.other_enrolment, "qualification": w.qualification},
    "applications.application.mark_as_looked_at": to_look_at,
    "applications.application.look_again": looked_at,
    "applications.application.settle_employer": typed_employer,
    "applications.application.ask_sponsor": nobody_asked,
    "applications.application.agree_own_fee": lambda w: {"application": pays_oneself(w), **OWN_FEE},
    "applications.application.ask_own_bursary": lambda w: {"application": pays_oneself(w), "reason": "Too little."},
    "funding.bursaryrequest.confirm": proposed_bursary,
    "funding.invoice.chase_again": without_reminders,
    "funding.feeagreement.settle": left,
    "funding.feeagreement.let_stand": has_died,
    "funding.feeagreement.return_to_fund": left_and_owing,
    "accounts.user.give_role": lambda w: {
        "user": w.people["other_mentor"], "role": RoleName.ASSESSOR, "provider": w.provider,
    },
    "accounts.user.change_name": lambda w: {
        "user": w.people["participant"], "full_name": "Pat Newname", "reason": "Married.",
    },
    "accounts.roleassignment.hand_over": lambda w: {"assignment": w.role, "heirs": {"reviews": None}},
    "accounts.roleassignment.end_role": lambda w: {"assignment": w.role},
}  # fmt: skip
#: Who takes these; all others are taken by whoever stands first in the table.
BY = {
    "cohorts.concern.note_concern": "confidant",
    "cohorts.concern.let_read": "confidant",
    "funding.bursaryrequest.confirm": "superuser",
    "messaging.messagetemplate.put_back": "superuser",
    "cohorts.enrolment.register_for": "other_participant",
}


def ways(step: Step[Any, Any]) -> Iterator[Callable[[World], Any]]:
    """Ways of taking it: from each state from which its lifecycle allows it, and as the table of who may take it."""
    if step.lifecycle is not None:
        subject = SUBJECTS[step.lifecycle.name]
        for move, name, way in ways_of(step.lifecycle.name):
            if step.name in (name, move):
                for state in sorted(Lifecycle.registry[step.lifecycle.name].moves[move].sources):
                    yield lambda w, state=state, way=way: way.call(
                        w, put(getattr(w, subject.thing), state, **subject.also(w, state))
                    )
    if step.for_them:
        yield lambda w: step(**on_behalf(step)(w), by=w.coordinator)
    row = next((row for row in ROWS if row.action is step), None)
    given = GIVEN.get(step.key) or (row.given if row and row.may else None)
    if given is not None:
        who = BY.get(step.key) or (row.may[0] if row and row.may else "coordinator")
        yield lambda w: step(**given(w), by=w.people[who])
