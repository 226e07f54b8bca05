"""Who pays for a place: asked, answered, settled from a fund, given back (B36 to B38).

The fee is the cohort's when the sponsor is asked, and with the terms that the sponsor read it is fixed by the answer.
The order of locks is always: agreement, bursary request, fund."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.states import HOLDS_A_PLACE
from funding import notices
from funding.actions.endings import end_asking, let_go, tell_finance
from funding.actions.funds import commit
from funding.links import LINK_DAYS
from funding.models import FeeAgreement, FundingSource
from funding.permissions import MoneyPermission
from funding.queries import funds_for
from funding.rules import AfterLeaving, OwedOf, paid_instead
from funding.states import AGREEMENT, WITHOUT_EMPLOYER, AgreementStatus, Route
from funding.still import is_too_late
from funding.terms import terms_for, terms_of, with_article
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, may, require_colleague
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.naming import is_own_address
from steppingup.formats.english import pounds
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import address, organisation, same_address
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, asking, step

#: What an agreement says before anybody was asked.
CLEAN: dict[str, Any] = {
    "self_paid": False,
    "route": Route.EMPLOYER,
    "source": None,
    "sponsor_name": "",
    "sponsor_email": "",
    "sponsor_job_title": "",
    "amount": None,
    "cost": None,
    "bursary_amount": 0,
    "finance_name": "",
    "finance_email": "",
    "purchase_order": "",
    "billing_address": "",
    "terms": "",
    "promised": {},
    "after_leaving": AfterLeaving.NOTHING,
    "owed_of": OwedOf.FEE,
    "circumstances_days": 14,
    "appeal_days": 14,
    "still_owed": False,
    "owed": None,
    "asked_at": None,
    "answered_at": None,
    "answered_by": "",
    "decline_reason": "",
}


TOO_LATE = "Applications have closed, and this one had not been submitted, so there is nothing to ask anybody."


def _require_owner(by: Actor, owner: User, cohort: Cohort) -> None:
    """The person whose place it is, or staff who decide about applications or money of this cohort."""
    staff = (CohortPermission.DECIDE_APPLICATIONS, MoneyPermission.DECIDE_MONEY)
    if by != owner and not any(may(by, permission, cohort) for permission in staff):
        raise NotAllowed(f"{by} may not decide how this place is paid for.")


def require_owner(by: Actor, agreement: FeeAgreement) -> None:
    _require_owner(by, agreement.person, agreement.cohort)


@transaction.atomic
def begin(
    *,
    cohort: Cohort,
    person: User,
    employer: Organisation | None,
    employer_name: str,
    by: Actor,
    self_paid: bool = False,
) -> FeeAgreement:
    """The fee agreement of this person for this cohort, made if there is none; `self_paid` where they pay themselves.

    When the employer, or who pays, is another than before, what was asked of or settled for the earlier one ends, its sponsor is told,
    and it begins again. Raises NotPossible when the earlier employer has already agreed to pay."""
    _require_owner(by, person, cohort)
    name = "" if employer else employer_name.strip()
    # Two clicks at once make one agreement, by the constraint `fee_agreement_once`.
    now: dict[str, Any] = {"employer": employer, "employer_name": name, "self_paid": self_paid}
    agreement, made = FeeAgreement.objects.get_or_create(person=person, cohort=cohort, defaults=now)
    if made:
        return agreement
    agreement.lock()
    if agreement.status == AgreementStatus.RELEASED:
        AGREEMENT.move(agreement, "begin_again", **CLEAN | now)
    before = (agreement.employer_id, organisation(agreement.employer_name), agreement.self_paid)
    if before == (employer.pk if employer else None, organisation(name), self_paid):
        return agreement
    refuse_if(
        agreement.is_settled and agreement.route not in WITHOUT_EMPLOYER and not agreement.self_paid,
        f"{agreement.employer_display} has agreed to pay for this place. If the employer has changed, please "
        f"write to {agreement.provider} first.",
        "agreed",
    )
    # What is asked of, or answered by, an employer ends with it; a draft has been seen by nobody.
    if agreement.status != AgreementStatus.DRAFT:
        other = (
            "You now work otherwise than before." if agreement.self_paid else "The applicant now has another employer."
        )
        release(agreement=agreement, reason=other, by=by)
        AGREEMENT.move(agreement, "begin_again", **CLEAN)
    agreement.employer, agreement.employer_name, agreement.self_paid = employer, name, self_paid
    agreement.save(update_fields=list(now))
    return agreement


class AskForm(StepForm):
    sponsor_name = NameInput(
        label="Name",
        max_length=150,
        error_messages={"required": "Enter the name of the person who can agree the fee."},
    )
    sponsor_email = AddressInput(
        label="Email address",
        error_messages={"required": "Enter the email address of the person who can agree the fee."},
    )
    sponsor_job_title = NameInput(label="Job title", max_length=150, required=False)


@step(
    FeeAgreement,
    "Ask somebody to agree the fee",
    noun="agreement",
    past="Asked",
    meaning="They get a link by email. Any earlier link stops working.",
    guard=require_owner,
    lifecycle=AGREEMENT,
    form=AskForm,
    undo="take_back",
    back_by=CohortPermission.DECIDE_APPLICATIONS,
    waiting=Waiting(
        lambda rows: rows.of_unpaid_places(AgreementStatus.DRAFT, AgreementStatus.DECLINED),
        "participant has a place, and nobody is asked to pay for it",
        "participants have a place, and nobody is asked to pay for it",
        23,
    ),
)
def ask(
    *,
    agreement: FeeAgreement,
    sponsor_name: str,
    sponsor_email: str,
    sponsor_job_title: str = "",
    link_days: int = LINK_DAYS,
    by: Actor,
) -> FeeAgreement:
    """Ask the sponsor by email to agree the fee (B36). Asking again, or somebody else, makes earlier links useless.

    Raises NotPossible when the fee is settled already, when a bursary is being decided, when the address is wrong, when
    the applicant would be asked about their own fee, or when it is too late to submit the application."""
    agreement.lock()
    refuse_if(is_too_late(agreement), TOO_LATE, "too_late")
    name = required(sponsor_name, "Enter the name of the person who can agree the fee.", "sponsor_name")
    email = address_of_sponsor(sponsor_email, agreement)
    if (
        agreement.status == AgreementStatus.ASKED
        and not agreement.self_paid
        and not same_address(agreement.sponsor_email, email)
    ):
        notices.tell_sponsor(notices.NOT_NEEDED, agreement, reason="Somebody else has been asked.")
    # A bursary that was granted for a part is a promise about this fee, so the fee stands.
    held = agreement if agreement.bursary_amount else agreement.cohort
    cost = agreement.place_costs if held is agreement else held.cost
    AGREEMENT.move(
        agreement,
        "ask",
        self_paid=False,
        sponsor_name=name,
        sponsor_email=email,
        sponsor_job_title=sponsor_job_title.strip(),
        **route_of(agreement, held.fee),
        amount=held.fee,
        **terms_of(agreement, held.fee, agreement.bursary_amount, cost=cost),
        asked_at=clock.now(),
        answered_at=None,
        answered_by="",
        decline_reason="",
    )
    notices.ask_sponsor(agreement, link_days)
    return agreement


def route_of(agreement: FeeAgreement, fee: Decimal) -> dict[str, Any]:
    """Where the money comes from once the sponsor agrees. Where there is no fee, whoever pays by the terms bears the cost."""
    if agreement.bursary_amount:
        return {"route": Route.BURSARY}
    if fee:
        return {"route": Route.EMPLOYER, "source": None}
    fund = terms_for(agreement.cohort).fund
    return {"route": Route.INTERNAL if fund else Route.PROVIDER, "source": fund}


def address_of_sponsor(typed: str, agreement: FeeAgreement, field: str = "sponsor_email") -> str:
    """The address in the form in which it is kept. Raises NotPossible for one that is none, or the applicant's own."""
    email = address(typed)
    try:
        validate_email(email)
    except ValidationError:
        sentence = "Enter an email address, such as name@example.org, for the person who can agree the fee."
        raise NotPossible(sentence, "address", field=field) from None
    refuse_if(
        is_own_address(agreement.person, email),
        "You cannot agree the fee yourself. Name somebody at your employer who can.",
        "own_address",
        field=field,
    )
    return email


def require_waiting(agreement: FeeAgreement) -> None:
    """Raises NotPossible unless the sponsor was asked and has not answered."""
    is_asked = agreement.status == AgreementStatus.ASKED and not agreement.self_paid
    refuse_if(not is_asked, "Nobody is being asked about the fee at the moment.", "not_asked")


@step(
    FeeAgreement,
    "Ask the sponsor again",
    noun="agreement",
    past="Asked again",
    meaning="The sponsor gets a new link. The earlier one stops working.",
    guard=require_owner,
    lifecycle=AGREEMENT,
    moves=("ask",),
    policy=require_waiting,
    undo="take_back",
    back_by=CohortPermission.DECIDE_APPLICATIONS,
)
def ask_again(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """The same question to the same sponsor, with a new link. Raises NotPossible when nobody is being asked."""
    return ask(
        agreement=agreement,
        sponsor_name=agreement.sponsor_name,
        sponsor_email=agreement.sponsor_email,
        sponsor_job_title=agreement.sponsor_job_title,
        by=by,
    )


@step(
    FeeAgreement,
    "Withdraw the request",
    noun="agreement",
    past="Request withdrawn",
    meaning="The sponsor's link stops working, and they are told. Any bursary set aside goes back to its pot.",
    guard=require_owner,
    lifecycle=AGREEMENT,
    back_by=CohortPermission.DECIDE_APPLICATIONS,
)
def take_back(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """Undo the asking: the sponsor's link stops working, and they are told. A bursary that was reserved goes back.

    Raises NotPossible when the fee is settled, or nobody was asked."""
    AGREEMENT.check(agreement.lock(), "take_back")  # before anybody is told that it ended
    end_asking(agreement, "We no longer need an answer.", by)
    return AGREEMENT.move(agreement, "take_back", **CLEAN)


@transaction.atomic
def settle_internally(*, agreement: FeeAgreement, source: FundingSource, by: Actor) -> FeeAgreement:
    """The fund pays for the place of one of its employers' staff (B37); no sponsor is needed.

    Raises NotPossible when the fund is not for this programme or employer, is closed, or has too little left."""
    require_owner(by, agreement)
    AGREEMENT.check(agreement.lock(), "settle_internally")
    refuse_if(
        source.route != Route.INTERNAL or source.programme_id != agreement.cohort.programme_id,
        f"{source.name} does not pay for places on {agreement.cohort.programme}.",
        "other_fund",
        field="source",
    )
    if not source.pays_for(agreement.employer):
        employer = agreement.employer_display or "an employer that has not been named"
        raise NotPossible(
            f"{source.name} does not pay for people who work for {employer}.", "other_employer", field="source"
        )
    if agreement.status != AgreementStatus.DRAFT:
        end_asking(agreement, f"{source.name} pays for the place.", by)
    cohort = agreement.cohort
    amount = paid_instead(cohort.fee, cohort.cost)
    commit(source=source, agreement=agreement, amount=amount, reason=f"Place of {agreement.person}", by=by)
    settled = without_sponsor(agreement, Route.INTERNAL, source.name, by) | {"source": source}
    return AGREEMENT.move(agreement, "settle_internally", **settled)


def without_sponsor(agreement: FeeAgreement, route: Route, instead: str, by: Actor) -> dict[str, Any]:
    """What the agreement says once somebody else than the employer pays the fee, or the cost where there is no fee."""
    cohort = agreement.cohort
    return {
        **CLEAN,
        "route": route,
        "amount": cohort.fee,
        **terms_of(agreement, cohort.fee, instead=with_article(instead), cost=cohort.cost),
        "answered_at": clock.now(),
        "answered_by": str(by),
    }


def require_other_place(by: Actor, agreement: FeeAgreement) -> None:
    require_colleague(by, agreement.person, "You cannot choose the fund for your own place. Ask a colleague.")


def require_fund(agreement: FeeAgreement) -> None:
    """Raises NotPossible where no open fund of the programme pays for staff of this employer."""
    refuse_if(not funds_for(agreement), f"{agreement.cohort.programme} has no fund for this employer.", "no_fund")


@step(
    FeeAgreement,
    "Fund the place internally",
    noun="agreement",
    past="Funded",
    meaning="The fee is set aside from the fund, and no employer is asked to pay.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    lifecycle=AGREEMENT,
    moves=("settle_internally",),
    policy=require_fund,
    form=asking(
        source=ChosenFrom(
            FundingSource,
            lambda agreement: FundingSource.objects.filter(pk__in=[fund.pk for fund in funds_for(agreement)]),
            lambda fund: f"{fund.name}, {pounds(fund.left)} left",
            label="Fund",
            empty_label="Choose",
            error_messages={"required": "Choose the fund that pays."},
        )
    ),
    undo="release",
)
def fund(*, agreement: FeeAgreement, source: FundingSource, by: Actor) -> FeeAgreement:
    """Staff choose the fund that pays for somebody's place, never for their own. Raises as `settle_internally`."""
    return settle_internally(agreement=agreement, source=source, by=by)


def require_not_taken_up(agreement: FeeAgreement) -> None:
    """Raises NotPossible while somebody holds the place, or has left and owes the fee by its terms."""
    refuse_if(
        agreement.enrolment and agreement.enrolment.status in HOLDS_A_PLACE,
        f"{agreement.person} has a place on {agreement.cohort}, so the fee still applies.",
        "taken_up",
    )
    refuse_if(
        agreement.still_owed and not agreement.person.died_on,
        f"{agreement.person} has left, and by its terms something is still owed. That is decided about in the liability case.",
        "still_owed",
    )


@step(
    FeeAgreement,
    "Release the fee agreement",
    noun="agreement",
    past="Released",
    meaning="The place is not needed. Money set aside becomes free for another place, and the links we sent stop working.",
    guard=require_owner,
    lifecycle=AGREEMENT,
    policy=require_not_taken_up,
    form=asking(
        reason=forms.CharField(
            label="Why the place is not needed",
            help_text="The sponsor will read this, if one has been asked.",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": "Say why the place is no longer needed."},
        )
    ),
    back_by=CohortPermission.DECIDE_APPLICATIONS,
    weight=Weight.DANGER,
)
def release(*, agreement: FeeAgreement, reason: str, by: Actor) -> FeeAgreement:
    """The place is not needed: what becomes of the money says `endings.let_go`.

    Raises NotPossible when the place is taken up, or the fee is owed although it ended. Releasing again changes nothing."""
    # A double press, or two endings of one application: the second finds it done.
    if agreement.lock().status == AgreementStatus.RELEASED:
        return agreement
    require_not_taken_up(agreement)
    text = required(reason, "Say why the place is no longer needed.")
    tell_finance(agreement, text, let_go(agreement, text, by))
    return agreement
