"""The table of refusals: applications, sponsors, reviews, interviews and offers."""

from datetime import timedelta
from typing import Any
from unittest import mock

from applications.actions import (
    applications,
    employers,
    interest,
    interviews,
    offers,
    own_fee,
    reviews,
    rules,
    sponsors,
)
from applications.actions.paper import employer_agreed_for_them
from applications.states import ApplicationStatus as S
from applications.states import InterviewStatus
from cohorts.states import Standing
from funding.models import FundingSource
from funding.states import Route
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import RoleAssignment, TokenLink, User
from tests.factories import applications as applying
from tests.factories.cohorts import day
from tests.sweeps.on_behalf import PAPER, asked, helped, nobody_asked, pays_oneself
from tests.sweeps.refusals import change, not_allowed, refusal
from tests.sweeps.ways import now, put
from tests.sweeps.world import World


def decided(w: World, thing: Any, state: str, **values: Any) -> Any:
    return put(thing, state, decided_at=now(), decided_by=w.coordinator, **values)


# -- applying --------------------------------------------------------------------------------------


@refusal("We could not start an application just now.")
def every_reference_is_taken(w: World) -> Any:
    with mock.patch("applications.actions.applications.new_reference", return_value=w.draft.reference):
        return applications.start(cohort=w.open_cohort, by=w.stranger)


@refusal("We no longer need this part from you.")
def a_part_that_there_is_not(w: World) -> Any:
    return applications.save_part(application=w.draft, part="hobbies", values={}, by=w.applicant)


@refusal("answer every question in “Whether the programme is for you”")
def a_question_that_was_added_since(w: World) -> Any:
    newer, _ = rules.revise(rules=w.rule_set, by=w.coordinator)
    applying.EligibilityQuestionFactory(rule_set=newer)
    return applications.submit(application=w.draft, by=w.applicant, notice_read=True)


@not_allowed("This link does not match anybody on the register.")
def confirm_interest_by_the_link_to_leave(w: World) -> Any:
    link = TokenLink.issue(purpose=interest.LEAVE, target=w.interest, email=w.interest.email, days=1)[0]
    return interest.confirm(by=LinkHolder(link))


# -- employers and sponsors ------------------------------------------------------------------------


@refusal("This application is closed, so its employer cannot be changed.")
def an_employer_when_it_is_over(w: World) -> Any:
    application = put(w.application, S.WITHDRAWN)
    return employers.settle_employer(application=application, employer=w.organisation, by=w.coordinator)


def ask_sponsor(w: World, application: Any) -> Any:
    given = {"name": "Sam", "email": "sam@example.org", "job_title": "Head"}
    return sponsors.ask(application=application, by=w.applicant, **given)


@refusal("This application is closed, so nobody needs to agree its fee.")
def a_sponsor_when_it_is_over(w: World) -> Any:
    return ask_sponsor(w, put(w.application, S.WITHDRAWN))


@refusal("First tell us who your employer is.")
def a_sponsor_of_no_employer(w: World) -> Any:
    return ask_sponsor(w, change(w.draft, employer=None, employer_name=""))


@refusal("You agree the fee yourself, so there is nobody to ask.")
def a_sponsor_for_whoever_pays_themselves(w: World) -> Any:
    return ask_sponsor(w, pays_oneself(w))


def own(w: World, application: Any, **given: Any) -> Any:
    return own_fee.agree(application=application, by=w.applicant, **{"billing_address": "Here", **given})


@refusal("This application is closed, so nobody needs to agree its fee.")
def ones_own_fee_when_it_is_over(w: World) -> Any:
    return own(w, put(w.application, S.WITHDRAWN))


@refusal("Applications have closed, and this one had not been submitted")
def ones_own_fee_too_late(w: World) -> Any:
    pays_oneself(w)
    change(w.window, opens_at=now() - timedelta(days=9), closes_at=now() - timedelta(days=1))
    return own(w, type(w.draft).objects.get(pk=w.draft.pk))


@refusal("Somebody at your employer agrees the fee. Tell us who can.")
def ones_own_fee_where_the_employer_agrees_it(w: World) -> Any:
    nobody_asked(w)
    return own(w, w.draft)


@refusal("The fee of this place is settled, so there is nothing to agree.")
def ones_own_fee_twice(w: World) -> Any:
    own(w, pays_oneself(w))
    return own(w, type(w.draft).objects.get(pk=w.draft.pk))


@refusal("Enter the name and address that should appear on the invoice.")
def ones_own_fee_without_an_address(w: World) -> Any:
    return own(w, pays_oneself(w), billing_address=" ")


@refusal("There are no bursaries for")
def ones_own_bursary_where_there_is_none(w: World) -> Any:
    draft = pays_oneself(w)
    FundingSource.objects.filter(route=Route.BURSARY).update(is_open=False)
    return own_fee.ask_for_bursary(application=draft, reason="Too little.", by=w.applicant)


@refusal("Tell us why a bursary is needed.")
def ones_own_bursary_without_a_reason(w: World) -> Any:
    return own_fee.ask_for_bursary(application=pays_oneself(w), reason=" ", by=w.applicant)


@refusal("This programme is for people who are employed.")
def to_submit_as_somebody_whom_the_rules_do_not_take(w: World) -> Any:
    draft = change(w.draft, standing=Standing.SELF_EMPLOYED, employer=None)
    return applications.submit(application=draft, by=w.applicant, notice_read=True)


@refusal("They pay for the place themselves, so no employer agrees.")
def an_employer_for_whoever_pays_themselves_on_paper(w: World) -> Any:
    pays_oneself(w)
    asked_so = asked()
    return employer_agreed_for_them(application=helped(w), **PAPER, **asked_so, by=w.coordinator)


@refusal("Nobody is being asked about the fee at the moment.")
def remind_nobody(w: World) -> Any:
    return sponsors.remind(application=w.draft, by=w.applicant)


# -- reviews ---------------------------------------------------------------------------------------


@refusal("already has this application, or has stepped back from it")
def the_same_assessor_again(w: World) -> Any:
    return reviews.assign(application=w.application, assessor=w.assessor, by=w.coordinator)


@refusal("already has this application, or has stepped back from it")
def an_assessor_who_has_stepped_back(w: World) -> Any:
    reviews.step_back(review=w.review, reason="I know them.", by=w.assessor)
    return reviews.assign(application=w.application, assessor=w.assessor, by=w.coordinator)


@refusal("has applied for this cohort too, so they cannot score for it")
def an_assessor_who_has_applied(w: World) -> Any:
    change(w.draft, applicant=w.other_assessor, cohort=w.application.cohort)
    return reviews.assign(application=w.application, assessor=w.other_assessor, by=w.coordinator)


@not_allowed("You cannot score applications for a cohort you have applied for yourself. Please step back.")
def an_assessor_who_has_applied_since(w: World) -> Any:
    change(w.draft, applicant=w.assessor, cohort=w.application.cohort)
    return reviews.submit(review=w.review, by=w.assessor)


@not_allowed("You are no longer an assessor here.")
def an_assessor_whose_role_has_ended(w: World) -> Any:
    RoleAssignment.objects.filter(user=w.assessor).update(until=day(-1))
    by = User.objects.get(pk=w.assessor.pk)
    return reviews.save_scores(review=w.review, scores={}, by=by)


@refusal("Say why you are reopening the scores.")
def open_scores_without_a_reason(w: World) -> Any:
    return reviews.reopen(review=w.review, reason=" ", by=w.coordinator)


# -- interviews ------------------------------------------------------------------------------------


@refusal("Say where the interview will take place.")
def an_interview_nowhere(w: World) -> Any:
    moment = now() + timedelta(days=1)
    return interviews.reschedule(application=w.interview.application, starts_at=moment, place=" ", by=w.coordinator)


@refusal("This interview has already taken place or been cancelled.")
def move_an_interview_that_was_cancelled(w: World) -> Any:
    interview = put(w.interview, InterviewStatus.CANCELLED)
    moment = now() + timedelta(days=1)
    return interviews.reschedule(application=interview.application, starts_at=moment, place="Here", by=w.coordinator)


@refusal("Choose what the panel recommends.")
def an_interview_without_a_recommendation(w: World) -> Any:
    interview = change(w.interview, starts_at=now())
    return interviews.record(application=interview.application, scores={}, outcome="perhaps", by=w.coordinator)


# -- offers, and many at once ----------------------------------------------------------------------


@refusal("First say which organisation the applicant works for.")
def an_offer_to_somebody_of_no_employer(w: World) -> Any:
    return offers.make(application=decided(w, w.application, S.INTERVIEWED, employer=None), by=w.coordinator)


@refusal("We first need to settle which organisation you work for.")
def accept_without_an_employer(w: World) -> Any:
    change(w.offered, employer=None)
    return offers.accept(offer=w.offer, legal_name="Ada Applicant", by=w.applicant)


@refusal("Nobody is on the waiting list.")
def the_next_of_nobody(w: World) -> Any:
    return offers.offer_next(cohort=w.free_cohort, by=w.coordinator)
