"""From the page of the programme to a place on the cohort."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from applications.actions import (
    allocation,
    decisions,
    interviews,
    nominations,
    offers,
    own_fee,
    places,
    reviews,
    sponsors,
)
from applications.actions import applications as actions
from applications.actions import signing as own_signatures
from applications.dry_run import cast as who
from applications.dry_run.filling import answers_that_pass, values_for
from applications.dry_run.report import Mend
from applications.dry_run.signing import sign_all
from applications.dry_run.stage import Stage
from applications.fee.standing import fee_state
from applications.form.part import Part
from applications.form.parts import parts_of
from applications.models import Application, Interview, Nomination, Offer, Review
from applications.models.rules import to_look_at
from applications.permissions import ApplicationPermission
from applications.rules.eligibility import Outcome
from applications.states import ApplicationStatus, OfferStatus, Verdict
from cohorts.actions import cohorts
from cohorts.models import Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import Signatory, SignedBefore
from funding.actions import answers, bursaries
from funding.links import AGREEMENT_LINK
from funding.models import BursaryRequest, FeeAgreement
from funding.permissions import MoneyPermission
from funding.queries import pots_of
from steppingup import clock
from steppingup.formats.english import day_date, pounds

EDIT = CohortPermission.EDIT_PROGRAMMES
WHY_BURSARY = "We are a make-believe charity of six people, and have no budget for training."
#: How long people take.
A_DAY, READING, TO_INTERVIEW, TO_OFFER = (timedelta(days=n) for n in (1, 7, 14, 3))


def admit(stage: Stage) -> Enrolment:
    """Somebody applies and gets a place. Raises Stopped where they do not."""
    _publish(stage)
    _apply(stage)
    _settle_the_fee(stage)
    _submit(stage)
    _choose(stage)
    _take_the_place(stage)
    return Enrolment.objects.for_steps().get(participant=stage.cast.applicant, cohort=stage.cohort)


def _application(stage: Stage) -> Application:
    return Application.objects.for_steps().get(applicant=stage.cast.applicant, cohort=stage.cohort)


def _rules(stage: Stage) -> Mend:
    """The page of the admission rules, which the copies were made from."""
    return Mend(reverse("admin:cohorts_ruleset_change", args=[stage.copies.cohort.rule_set_id]), EDIT)


# -- the way in ------------------------------------------------------------------------------------


def _publish(stage: Stage) -> None:
    stage.act(
        who.COORDINATOR,
        "Puts the cohort on the site",
        lambda: cohorts.publish(cohort=stage.cohort, by=stage.cast.coordinator),
    )
    window = getattr(stage.cohort, "window", None)
    if window is None:
        page = Mend(f"{reverse('admin:applications_window_add')}?cohort={stage.copies.cohort.pk}", EDIT)
        stage.stop(
            who.APPLICANT, "Looks for a way to apply", "There are no application dates, so nobody can apply.", page
        )
    if stage.cohort.rule_set.is_by_nomination:
        _nominate(stage)
    stage.wait_until(window.opens_at)
    programme = reverse("cohorts:programme", args=[stage.cohort.programme.path])
    stage.look(who.VISITOR, "Reads about the programme", programme, AnonymousUser())


def _nominate(stage: Stage) -> None:
    cast = stage.cast
    given: dict[str, Any] = {"name": "Make-believe Nominator", "email": f"nominator@{who.AT}", "places": 1}
    request = stage.act(
        who.COORDINATOR,
        "Asks an employer whom it nominates",
        lambda: nominations.ask_for_nominations(
            cohort=stage.cohort, organisation=cast.employer, by=cast.coordinator, **given
        ),
    )
    nominee = {"name": cast.applicant.full_name, "email": cast.applicant.email, "why": "She leads."}

    def nominate() -> Nomination:
        assert request is not None
        link = cast.holder(nominations.NOMINATE, request)
        return nominations.nominate(request=request, by=link, **nominee)

    stage.act(who.SPONSOR, "Nominates somebody", nominate)


def _apply(stage: Stage) -> None:
    questions = list(stage.cohort.rule_set.eligibility_questions.filter(is_active=True))
    given, outcome = answers_that_pass(questions)
    if outcome.verdict == Verdict.NO:
        said = f"Whatever somebody answers, the programme is not for them: {outcome.against[0].explanation}"
        stage.stop(who.APPLICANT, "Checks whether the programme is for them", said, _rules(stage))
    begin = partial(actions.start, cohort=stage.cohort, by=stage.cast.applicant, answers=given)
    stage.act(who.APPLICANT, "Begins an application", begin)
    done: set[str] = set()
    while part := next((one for one in parts_of(_application(stage)) if one.key not in done), None):
        done.add(part.key)  # one part may add others: how somebody works decides what is asked of their employer
        stage.act(who.APPLICANT, f"Fills in “{part.title}”", partial(_fill, stage, part), mend=_rules(stage))
    own = reverse("applications:application", args=[_application(stage).pk])
    stage.look(who.APPLICANT, "Looks at what is filled in", own, stage.cast.applicant)
    _note_what_is_to_be_looked_at(stage, outcome)


def _fill(stage: Stage, part: Part) -> None:
    application = _application(stage)
    values = values_for(application, part, stage.cast)
    actions.save_part(application=application, part=part.key, values=values, by=application.applicant)


def _note_what_is_to_be_looked_at(stage: Stage, outcome: Outcome) -> None:
    if outcome.verdict == Verdict.ASK:
        said = "No answers pass by themselves: each applicant’s are looked at by one of you."
        stage.lack(who.COORDINATOR, "Looks at answers to the eligibility check", said, _rules(stage))


# -- the fee ---------------------------------------------------------------------------------------


def _settle_the_fee(stage: Stage) -> None:
    state, cast = fee_state(_application(stage)), stage.cast
    if state.settled:
        stage.note(who.APPLICANT, "Looks at the fee", f"{state.words}, so nobody is asked.")
        return
    if not state.is_asked:
        fee = pounds(stage.cohort.fee) if stage.cohort.fee else "what is owed by whoever leaves"
        said = f"Somebody has to agree to {fee}, and the application leaves it out, so nobody can be offered a place."
        stage.stop(who.APPLICANT, "Looks at the fee", said, _rules(stage))
    if state.kind == "own":
        if cast.who.bursary:
            reason: dict[str, Any] = {"reason": WHY_BURSARY, "by": cast.applicant}
            stage.act(
                who.APPLICANT,
                "Asks for a bursary",
                lambda: own_fee.ask_for_bursary(application=_application(stage), **reason),
            )
            _grant(stage)
            return
        address = f"{cast.applicant}\n1 Make-believe Street\nBristol"
        stage.act(
            who.APPLICANT,
            "Agrees to pay the fee",
            lambda: own_fee.agree(application=_application(stage), billing_address=address, by=cast.applicant),
        )
        return
    given = {"name": "Make-believe Sponsor", "email": f"sponsor@{who.AT}", "job_title": "Head of people"}
    stage.act(
        who.APPLICANT,
        "Names somebody at the employer who can agree",
        lambda: sponsors.ask(application=_application(stage), by=cast.applicant, **given),
    )
    if cast.who.bursary:
        stage.act(who.SPONSOR, "Asks for a bursary, by the link", partial(_ask_for_bursary, stage))
        _grant(stage)
        return
    stage.act(who.SPONSOR, "Agrees, by the link", partial(_agree, stage))


def _agreement(stage: Stage) -> FeeAgreement:
    return FeeAgreement.objects.for_steps().get(person=stage.cast.applicant, cohort=stage.cohort)


def _ask_for_bursary(stage: Stage) -> BursaryRequest:
    link = stage.cast.holder(AGREEMENT_LINK, _agreement(stage))
    return answers.ask_for_bursary(agreement=_agreement(stage), reason=WHY_BURSARY, by=link)


def _grant(stage: Stage) -> None:
    """Two finance officers grant all of it from the fund that has the most left."""
    stage.require_role(who.FINANCE, "Decides about the bursary", MoneyPermission.DECIDE_MONEY, least=2)
    pot, cast = max(pots_of(stage.cohort), key=lambda one: one.left), stage.cast
    page = Mend(reverse("admin:funding_fundingsource_change", args=[stage.original(pot)]), MoneyPermission.DECIDE_MONEY)

    def request() -> BursaryRequest:
        return BursaryRequest.objects.for_steps().get(agreement=_agreement(stage))

    given: dict[str, Any] = {"source": pot, "amount": stage.cohort.fee, "reason": "A make-believe charity."}
    propose = partial(bursaries.propose_grant, by=cast.finance, **given)
    stage.act(who.FINANCE, "Proposes to grant the bursary", lambda: propose(request=request()), mend=page)
    confirm = partial(bursaries.confirm, by=cast.second_finance)
    stage.act(who.FINANCE, "Has it confirmed by a second officer", lambda: confirm(request=request()), mend=page)


def _agree(stage: Stage) -> FeeAgreement:
    agreement = _agreement(stage)
    return answers.agree(
        agreement=agreement,
        name="Make-believe Sponsor",
        job_title="Head of people",
        purchase_order="PO-1",
        billing_address=f"{stage.cast.employer}\n1 Make-believe Street\nBristol",
        by=stage.cast.holder(AGREEMENT_LINK, agreement),
    )


def _submit(stage: Stage) -> None:
    stage.act(
        who.APPLICANT,
        "Submits the application",
        lambda: actions.submit(application=_application(stage), by=stage.cast.applicant, notice_read=True),
    )


# -- being chosen ----------------------------------------------------------------------------------


def _choose(stage: Stage) -> None:
    """What staff do with it, as the rules choose people."""
    rules, application, cast = stage.cohort.rule_set, _application(stage), stage.cast
    if to_look_at(application.eligibility_answers.all()):
        look = partial(
            decisions.mark_as_looked_at, application=application, by=cast.coordinator, reason="They told us more."
        )
        stage.act(who.COORDINATOR, "Looks at the answers", look)
    if rules.is_by_merit:
        stage.wait_until(stage.cohort.window.closes_at)
        _read_and_score(stage)
        shortlist = partial(decisions.shortlist, by=cast.coordinator)
        stage.act(who.COORDINATOR, "Shortlists them", lambda: shortlist(application=_application(stage)))
        if rules.way.has_interview:
            _interview(stage)
    if rules.is_first_come and _application(stage).status != ApplicationStatus.OFFERED:
        stage.act(who.SITE, "Gives the next free place", lambda: places.fill(stage.cohort))
    if _application(stage).status == ApplicationStatus.OFFERED:
        stage.note(who.SITE, "Offers a place at once", "Places go in the order of submission.")
        return
    stage.act(
        who.COORDINATOR,
        "Offers a place",
        lambda: offers.make(application=_application(stage), by=cast.coordinator),
        at=stage.later(TO_OFFER),
    )


def _read_and_score(stage: Stage) -> None:
    each, score = stage.cohort.window.assessors_each, ApplicationPermission.SCORE_APPLICATIONS
    stage.require_role(who.ASSESSOR, "Score applications", score, least=each)
    assessors = stage.cast.assessors(stage.cohort.window)
    share = partial(allocation.allocate, by=stage.cast.coordinator)
    stage.act(
        who.COORDINATOR,
        "Shares out the applications",
        lambda: share(cohort=stage.cohort),
        at=stage.later(A_DAY),
    )
    highest, criteria = stage.cohort.window.max_score, list(stage.cohort.rule_set.criteria.all())
    scores = {one.pk: (highest, "") for one in criteria}

    def score_all() -> None:
        for assessor in assessors:
            review = Review.objects.for_steps().get(application=_application(stage), assessor=assessor)
            reviews.save_scores(review=review, scores=scores, by=assessor)
            reviews.submit(review=review, by=assessor)

    stage.act(who.ASSESSOR, "Score the application, without its name", score_all, at=stage.later(READING))


def _interview(stage: Stage) -> None:
    day = stage.working_day(stage.later(TO_INTERVIEW))
    begins = timezone.make_aware(datetime.combine(day, time(10)))
    where: dict[str, Any] = {"starts_at": begins, "place": "Make-believe room 1", "by": stage.cast.coordinator}
    stage.act(
        who.COORDINATOR,
        "Invites them to an interview",
        lambda: interviews.invite(application=_application(stage), **where),
    )
    highest, criteria = stage.cohort.window.max_score, list(stage.cohort.rule_set.criteria.all())
    found: dict[str, Any] = {
        "scores": {one.pk: (highest, "") for one in criteria},
        "outcome": Interview.Outcome.RECOMMEND,
        "by": stage.cast.coordinator,
    }
    stage.act(
        who.COORDINATOR,
        "Writes down what the panel found",
        lambda: interviews.record(application=_application(stage), **found),
        at=begins + timedelta(hours=1),
    )


# -- the place -------------------------------------------------------------------------------------


def _offer(stage: Stage) -> Offer:
    offer = Offer.objects.get(application=_application(stage), status=OfferStatus.MADE)
    offer.application = _application(stage)
    return offer


def _take_the_place(stage: Stage) -> None:
    """The applicant signs, and accepts; while somebody else has still to sign, they sign first and accept afterwards."""
    name, by = stage.cast.applicant.full_name, stage.cast.applicant
    stage.wait_until(stage.later(A_DAY))
    if own_signatures.others_to_sign(_application(stage)):
        sign = partial(offers.sign_first, legal_name=name, by=by)
        stage.act(who.APPLICANT, "Signs for the place", lambda: sign(offer=_offer(stage)))
        sign_all(stage, SignedBefore.PLACE, but=(Signatory.PARTICIPANT,))
    accept = partial(offers.accept, legal_name=name, by=by)
    taken = stage.act(who.APPLICANT, "Accepts the place", lambda: accept(offer=_offer(stage)))
    if taken is not None and taken.status != OfferStatus.ACCEPTED:
        stage.stop(who.APPLICANT, "Takes the place", f"The offer is “{taken.get_status_display()}”.")
    if clock.today() >= stage.cohort.starts_on:
        said = (
            f"They take the place on {day_date(clock.today())}, and the cohort begins on {day_date(stage.cohort.starts_on)}. "
            "Let applications close earlier, or begin later."
        )
        stage.lack(who.APPLICANT, "Comes too late for the first day", said, _window(stage))


def _window(stage: Stage) -> Mend:
    """The page of the application dates."""
    window = stage.copies.cohort.window
    return Mend(reverse("admin:applications_window_change", args=[window.pk]), EDIT)
