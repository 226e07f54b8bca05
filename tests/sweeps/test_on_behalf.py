"""Whatever staff do for somebody who rang, wrote or came: it is on record who did it for whom, the person is told, nobody does it
for themselves, and whoever may not is turned away."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.utils import timezone

from applications.models import Application, NominationRequest
from applications.pages.timeline import events_of
from steppingup.accounts.actors import SYSTEM, LinkHolder, NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.asked import THEY, How, you_asked
from steppingup.steps.behalf import DONE_FOR_YOU, AskedForm, name_of
from steppingup.steps.models import Taking
from steppingup.steps.step import Step
from tests.factories.accounts import UserFactory
from tests.sweeps.may import OF_COHORT, TRYING
from tests.sweeps.on_behalf import FOR_THEM, GIVEN, asked, helped, on_behalf
from tests.sweeps.refusals import change
from tests.sweeps.ways import now, put
from tests.sweeps.world import World

each = pytest.mark.parametrize("step", FOR_THEM, ids=lambda step: step.key)


def kind_of(step: Step[Any, Any]) -> Any:
    assert step.form is not None
    assert issubclass(step.form, AskedForm)
    return step.form.step_on_behalf


def test_every_step_of_the_public_can_be_taken_for_them_or_is_listed():
    taken = {step.own.key for step in FOR_THEM if step.own} | {"funding.feeagreement.agree"}
    public = {key for key, step in Step.registry.items() if step.permission is None}
    assert public - taken == {
        # Staff may take these as themselves, for whoever has the place.
        "funding.feeagreement.ask", "funding.feeagreement.ask_again", "funding.feeagreement.take_back",
        "funding.feeagreement.release", "cohorts.placementday.remove", "cohorts.booking.cancel", "cohorts.opportunity.withdraw", "cohorts.placement.confirm_days", "cohorts.placement.object_to", "cohorts.destination.stop", "cohorts.destination.resume", "cohorts.destination.withdraw_asking", "cohorts.story.withdraw", "cohorts.story.ask_for_changes", "cohorts.study.remove", "cohorts.study.correct", "cohorts.internalmentor.end_internal", "cohorts.enrolment.request_coaching", "representation.leadrequest.answer_as_lead", "representation.pledgequestion.answer_pledge", "representation.poolentry.decline_pool", "representation.poolentry.leave_pool", "cohorts.coachingrequest.end_coaching",
        "cohorts.enrolment.prepare_review", *(f"cohorts.threewayreview.{name}_review" for name in ("change", "send", "call_off", "sign")), "mentoring.mentoringsession.remove",
        # Nobody else's words or scores.
        "applications.application.stop_help", "applications.application.delete_draft", "applications.review.submit",
        "cohorts.enrolment.share_assessment", "cohorts.enrolment.stop_sharing",
        "cohorts.journalentry.share_entry", "cohorts.sharedentry.take_back_entry", "cohorts.enrolment.log_conversation", "cohorts.story.agree",
        # Nobody is in the pool, seen there or shown by what somebody else said for them.
        *(f"representation.poolentry.{name}" for name in ("join_pool", "choose_who_sees", "show_evidence", "remove_evidence")),
        # No steps of people about themselves.
        "jobs.job.try_again", "steps.taking.take_back", "messaging.messagetemplate.remove_version",
        "messaging.messagetemplate.put_back",
        # Whoever rang does not need us to write to somebody a second time.
        "applications.application.remind_sponsor",
    }  # fmt: skip
    assert {step.key for step in FOR_THEM} == set(GIVEN)


@each
def test_it_stands_on_a_page_of_staff(step):
    assert admin.site.is_registered(step.page_model)


@each
def test_who_may_and_nobody_else(world: World, step):
    away = set()
    for who in TRYING:
        w = world.afresh()
        with transaction.atomic():
            given = on_behalf(step)(w)
            try:
                with transaction.atomic():
                    step(**given, by=w.people[who])
            except NotAllowed:
                away.add(who)
            transaction.set_rollback(True)
    assert set(TRYING) - away == set(OF_COHORT)


@each
def test_the_record_says_who_did_it_for_whom_and_the_person_is_told(world: World, step):
    """However they asked, and however long ago: 4 ways × 2 days."""
    for how, ago in product(How.values, (0, 1)):
        w = world.afresh()
        with transaction.atomic():
            given = on_behalf(step, how=how)(w)
            record = given[step.noun]
            if not kind_of(step).since(record):  # nothing was open yesterday
                given["asked_on"] -= timedelta(days=ago)
            person = kind_of(step).people(record)[0]
            name = given.get("name", name_of(person)) if isinstance(person, LinkHolder) else str(person)
            last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            step(**given, by=w.coordinator)
            taking = Taking.objects.get(step=step.key)
            assert (taking.by, taking.asked_how, taking.asked_why) == (w.coordinator, how, "She asked us to.")
            assert taking.for_name == name
            assert f"Our coordinator for {name}, who {THEY[How(how)]} on " in taking.whose
            told = Message.objects.get(kind=DONE_FOR_YOU.key, pk__gt=last)
            if isinstance(person, User):
                assert (told.to, taking.for_user) == (person, person)
            else:
                assert isinstance(person, LinkHolder)
                assert (told.to_email, taking.for_user) == (person.link.email, None)
            assert "Our coordinator" in told.text
            assert "She asked us to." in told.text
            if isinstance(taking.subject, Application):
                read = [event["text"] for event in events_of(taking.subject) if event.get("text")]
                asked_us = you_asked(how, given["asked_on"])
                said = f"Our coordinator at {w.provider} did this for you, because {asked_us}."
                # Who scored it, or what the sponsor signed, is not for the applicant's own history.
                assert read == ([said] if taking.for_user == taking.subject.applicant else [])
            transaction.set_rollback(True)


@each
def test_nobody_does_it_for_themselves(world: World, step):
    w = world.afresh()
    with transaction.atomic():
        given = on_behalf(step)(w)
        person = kind_of(step).people(given[step.noun])[0]
        if isinstance(given[step.noun], NominationRequest):  # an account with the address that the link went to
            person = UserFactory(email=person.link.email)
        elif isinstance(person, LinkHolder):  # the sponsor has no account; the applicant cannot answer for the employer
            record = given[step.noun]
            person = record.applicant if hasattr(record, "applicant") else record.person
        User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
        with pytest.raises(OwnRecord):
            step(**given, by=User.objects.get(pk=person.pk))
        transaction.set_rollback(True)


WRONG = {
    "future": ({"ago": -1}, "This day is in the future."),
    "too_old": ({"ago": 400}, "That was over a year ago"),
    "required": ({"why": "  "}, "Write down what they asked for"),
    "how": ({"how": "pigeon"}, "Choose how they asked."),
}


@each
def test_what_is_not_known_is_asked_for_beside_its_field(world: World, step):
    w = world.afresh()
    for code, (more, sentence) in WRONG.items():
        with transaction.atomic():
            given = on_behalf(step, **more)(w.afresh())
            told = Message.objects.count()
            with pytest.raises(NotPossible) as refused, transaction.atomic():
                step(**given, by=w.coordinator)
            assert sentence in str(refused.value) or (code == "too_old" and refused.value.code == "before")
            assert refused.value.field.startswith("asked_")
            assert Message.objects.count() == told
            transaction.set_rollback(True)


def test_nobody_answers_before_they_were_asked(world: World):
    step = Step.registry["applications.application.accept_for_them"]
    w = world.afresh()
    with transaction.atomic():
        given = {**GIVEN[step.key](w), **asked(ago=3)}
        with pytest.raises(NotPossible, match="when there was nothing to answer yet"):
            step(**given, by=w.coordinator)
        transaction.set_rollback(True)


def test_where_nothing_is_open_nothing_is_answered(world: World):
    step = Step.registry["applications.application.accept_for_them"]
    w = world.afresh()
    assert isinstance(step.refusal(w.coordinator, w.application), NotPossible)
    assert step.refusal(w.coordinator, w.offered) is None
    assert timezone.localdate() - timedelta(days=1) < timezone.localdate(w.offer.made_at)


#: What a step is refused for, before anybody says who asked: by its key, the record, and the sentence.
NOT_NOW = [
    ("cohorts.enrolment.wish_for_them", lambda w: put(w.enrolment, "withdrawn", withdrawn_at=now()), "no longer on"),
    ("funding.feeagreement.agree_for_them", lambda w: w.agreement, "The fee of this place is settled."),
    ("applications.application.let_help_for_them", lambda w: w.application, "has been submitted"),
    ("applications.application.let_help_for_them", helped, "You can fill this in already."),
    ("applications.application.submit_for_them", lambda w: w.draft, "Only an application in progress"),
    (
        "applications.application.employer_agreed_for_them",
        lambda w: change(helped(w), employer=None, employer_name=""),
        "First say who the employer is.",
    ),
    ("applications.application.employer_agreed_for_them", helped, "The fee of this place is settled."),
]


@pytest.mark.parametrize(("key", "record", "sentence"), NOT_NOW, ids=lambda one: one if isinstance(one, str) else "")
def test_what_is_not_possible_now_is_said_before_anything_is_asked(world: World, key, record, sentence):
    w = world.afresh()
    with transaction.atomic():
        refusal = Step.registry[key].refusal(w.coordinator, record(w))
        assert isinstance(refusal, NotPossible)
        assert sentence in str(refusal)
        transaction.set_rollback(True)


def test_a_clock_does_nothing_for_anybody(world: World):
    step = Step.registry["applications.application.withdraw_for_them"]
    with pytest.raises(NotAllowed, match="Only a member of staff"):
        step.require_allowed(SYSTEM, world.afresh().application)
