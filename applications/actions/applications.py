"""The applicant's steps: begin, save a part, submit, withdraw."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from django.db import IntegrityError, transaction

from applications import notices
from applications.actions import places
from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.actions.decisions import drop_what_cannot_be_sent, pass_on
from applications.actions.nominations import require_nominated
from applications.fee import agreement as fee
from applications.fee.standing import is_own
from applications.form.fixed import answers_of, questions_of, write_answers
from applications.form.part import Part
from applications.form.parts import approval_needed, missing_parts, part_of, seen_now
from applications.form.submitting import DeclarationForm
from applications.models import Application, EqualityResponse, PartDraft, Window
from applications.models.late import window_of
from applications.queries import is_full
from applications.rules.eligibility import assess, still_asked
from applications.standings import for_whom, rule_for
from applications.states import (
    APPLICATION,
    INTERVIEW,
    OFFER,
    REVIEW,
    ApplicationStatus,
    SupportRoute,
    Verdict,
)
from cohorts.models import Cohort
from cohorts.states import CohortStatus, Standing
from funding.actions import agreements
from funding.queries import agreement_of
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, NotAllowed, may
from steppingup.accounts.models import User
from steppingup.files.models import StoredFile
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import Weight, step

# Letters and digits that nobody confuses when reading a reference aloud.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class ChangedElsewhere(NotPossible):
    """The part was saved in another window after this page was opened."""


def new_reference(prefix: str) -> str:
    """“SU-7K3Q9” for “SU”: short enough to say on the telephone."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(5))


def _own(application: Application, by: Actor) -> None:
    """The applicant; staff who fill it in for somebody, once they were asked to."""
    if by is SYSTEM or by == application.applicant:
        return
    if application.helped_at is None or not may(by, DECIDE, application):
        raise NotAllowed("This application belongs to somebody else.")
    require_decider(by, application)


def _nobody_elses(part: str, application: Application, by: Actor) -> None:
    """Equality answers are given by whoever they are about, and by nobody for them."""
    if part == "equality" and by is not SYSTEM and by != application.applicant:
        raise NotAllowed("Nobody gives these answers for somebody else.")


def _locked(application: Application, by: Actor) -> Application:
    """The row as it is now, held until the transaction ends."""
    _own(application, by)
    return Application.objects.for_steps().select_for_update(of=("self",)).get(pk=application.pk)


def _held(application: Application, by: Actor) -> Application:
    """Only the row, held in the same way; whose it is and what for never changes, so the parts are read once. Raises
    NotPossible when the rules have changed since."""
    _own(application, by)
    row = Application.objects.select_for_update().get(pk=application.pk)
    # Asked after the lock: whoever changes the rules moves the cohort of a draft to the next version under this lock.
    rules = Cohort.objects.filter(pk=row.cohort_id).values_list("rule_set", flat=True).get()
    refuse_if(
        rules != application.cohort.rule_set_id,
        "We have just changed some of the questions. What you wrote is still here: save it again.",
        "changed",
    )
    row.applicant, row.cohort = application.applicant, application.cohort
    return row


def _still_a_draft(application: Application) -> None:
    refuse_if(
        application.status != ApplicationStatus.DRAFT,
        "You have submitted this application, so you can no longer change its answers.",
        "submitted",
    )


def check_open(cohort: Cohort, applicant: User) -> Window:
    """The cohort's window, if it is open at this second for this person (B33). Raises NotPossible with a sentence that says
    when."""
    window = Window.objects.filter(cohort=cohort).first()
    if window is None or cohort.status != CohortStatus.PUBLISHED or not cohort.programme.is_published:
        raise NotPossible("Applications for this programme are not open.", "not_public")
    now, window = clock.now(), window_of(window, applicant)
    refuse_if(
        not window.has_opened(now),
        f"Applications open on {when(window.opens_at)}. You can apply from then.",
        "not_opened",
    )
    refuse_if(
        window.has_closed(now),
        f"Applications closed on {when(window.last_moment)}, so this can no longer be submitted.",
        "after_close",
    )
    return window


@transaction.atomic
def start(
    *, cohort: Cohort, by: User, answers: Mapping[str, str] | None = None, known: Mapping[str, Any] | None = None
) -> Application:
    """Begin an application, or find the one that there is. `answers` come from the eligibility check, by key; `known` stands on
    it in the place of what the account says.

    Raises NotPossible outside the window."""
    if existing := Application.objects.filter(cohort=cohort, applicant=by).first():
        return existing
    check_open(cohort, by)
    refuse_if(
        is_full(cohort),
        f"All {cohort.capacity} places on {cohort} are taken, so applications are closed. If one becomes free, they open again.",
        "full",
    )
    nomination = require_nominated(cohort, by)
    own = {"full_name": by.full_name, "phone": by.phone, "job_title": by.job_title, "employer": by.organisation}
    values = dict(own if known is None else known)
    if nomination:
        asked = nomination.request
        values |= {"employer": asked.organisation, "support_route": SupportRoute.NOMINATED}
        values |= {"nominator_name": asked.name, "nominator_email": asked.email}
    application = _create(cohort, by, values | _first_standing(cohort))
    if answers:
        write_answers(application, answers)
        if not still_asked(questions_of(application), answers_of(application)):
            application.parts_done = ["eligibility"]
            application.save(update_fields=["parts_done"])
    return application


def _first_standing(cohort: Cohort) -> dict[str, Any]:
    """Until they say how they work: employed, or what the rules name first, where those are not for people who are."""
    rules = list(cohort.rule_set.standing_rules.values_list("standing", flat=True))
    return {"standing": rules[0]} if rules and Standing.EMPLOYED not in rules else {}


def _create(cohort: Cohort, by: User, values: dict[str, Any]) -> Application:
    """Two clicks at once make one application; two equal references are drawn again."""
    for _ in range(10):
        with suppress(IntegrityError):  # it makes a savepoint, so that what was done before survives a clash
            drawn = {"reference": new_reference(cohort.programme.reference_prefix), **values}
            return Application.objects.get_or_create(cohort=cohort, applicant=by, defaults=drawn)[0]
    raise NotPossible("We could not start an application just now. Please try again.", "no_reference")


def _find(application: Application, key: str) -> Part:
    part = part_of(application, key)
    if part is None:
        raise NotPossible("We no longer need this part from you. Your other answers are safe.", "not_asked_for")
    return part


def _unchanged_since(application: Application, part: Part, seen: str | None) -> None:
    if seen is not None and seen != seen_now(application, part):
        raise ChangedElsewhere(
            "This part was changed in another window or on another device after you opened this page. "
            "Nothing has been lost: compare the two and save the one you want to keep.",
            "changed_since",
        )


def _mark(application: Application, part: Part, *, done: bool) -> None:
    if not part.leaves_traces:
        return
    others = [key for key in application.parts_done if key != part.key]
    application.parts_done = [*others, part.key] if done else others
    application.changed_at = clock.now()
    application.save(update_fields=["parts_done", "changed_at"])


@transaction.atomic
def save_part(
    *, application: Application, part: str, values: Mapping[str, Any], by: Actor, seen: str | None = None
) -> Application:
    """Store a part that is complete. `seen` is the fingerprint of what the page showed; without it nothing is compared.

    Raises NotPossible with the sentence when something in it cannot be accepted, ChangedElsewhere when it is newer."""
    application = _held(application, by)
    _nobody_elses(part, application, by)
    _still_a_draft(application)
    found = _find(application, part)
    if wrong := found.wrong(application, values):
        raise NotPossible(next(iter(wrong.values())), "wrong")
    _unchanged_since(application, found, seen)
    before = (application.employer_id, application.employer_name, application.standing)
    found.write(application, values)
    if (application.employer_id, application.employer_name, application.standing) != before:
        _ask_again(application, by)
    PartDraft.objects.filter(application=application, part=part).delete()
    _mark(application, found, done=True)
    return application


def _ask_again(application: Application, by: Actor) -> None:
    """Another employer means another sponsor (the earlier one is told by `begin`, which refuses once they have agreed), and
    asking again how that employer knows."""
    if agreement := agreement_of(application.applicant_id, application.cohort_id):
        fee.begin(application, by=by, self_paid=is_own(application, agreement))
    application.parts_done = [key for key in application.parts_done if key != "support"]
    application.support_route = ""
    application.save(update_fields=["parts_done", "support_route"])


@transaction.atomic
def keep_draft(
    *, application: Application, part: str, typed: Mapping[str, Any], by: Actor, seen: str | None = None
) -> Application:
    """Keep what was typed into a part exactly as it is, and mark the part as not complete.

    It works after the closing time too: whoever was typing at that moment keeps their words."""
    application = _held(application, by)
    _nobody_elses(part, application, by)
    _still_a_draft(application)
    found = _find(application, part)
    if not found.keeps_drafts:
        return application
    _unchanged_since(application, found, seen)
    PartDraft.objects.update_or_create(
        application=application, part=part, defaults={"typed": dict(typed), "saved_at": clock.now()}
    )
    _mark(application, found, done=False)
    return application


@transaction.atomic
def delete_equality_answers(*, application: Application, by: Actor) -> None:
    """The applicant takes the equality answers back, at any time, whatever the status."""
    application = _held(application, by)
    _nobody_elses("equality", application, by)
    EqualityResponse.objects.filter(application=application).delete()


@step(
    Application,
    "Submit the application",
    past="Submitted",
    story="You submitted your application",
    guard=require_applicant,
    lifecycle=APPLICATION,
    form=DeclarationForm,
    weight=Weight.STRONG,
    back_by=DECIDE,
    back_guard=require_decider,
)
def submit(*, application: Application, by: Actor, notice_read: bool = False) -> Application:
    """Submit. The row is locked, so that the second of two clicks is told that it was submitted already.

    Raises NotPossible with the sentence: window (B33), parts, eligibility (B15), support (B35), fee (B36), notice (B57)."""
    application = _locked(application, by)
    refuse_if(
        application.status != ApplicationStatus.DRAFT,
        "This application has been submitted already. We have it.",
        "state",
    )
    check_open(application.cohort, application.applicant)
    require_nominated(application.cohort, application.applicant)
    refuse_if(rule_for(application) is None, f"{for_whom(application)} Say in “How you work” how you do.", "standing")
    _complete(application)
    _eligible(application)
    refuse_if(
        not notice_read,
        "Tick the box to say that you have read what to expect after the programme.",
        "required",
        field="notice_read",
    )
    if not approval_needed(application) and not application.cohort.rule_set.is_by_nomination:
        application.support_route = SupportRoute.NOT_NEEDED
    fee.settle_for_submission(application, by=by)
    now = clock.now()
    APPLICATION.move(
        application,
        "submit",
        submitted_at=now,
        changed_at=now,
        notice_acknowledged_at=now,
        support_route=application.support_route,
        set_aside={},
        fee_agreement=application.fee_agreement,
    )
    PartDraft.objects.filter(application=application).delete()
    if application.cohort.rule_set.is_first_come:
        places.take(application)
    elif application.cohort.rule_set.is_by_nomination:
        notices.tell_number(application)
    else:
        notices.tell_applicant(notices.SUBMITTED, application, closes=when(application.own_window.last_moment))
    return application


def _complete(application: Application) -> None:
    if missing := missing_parts(application):
        titles = ", ".join(f"“{part.title}”" for part in missing)
        raise NotPossible(f"Before you can submit, complete {titles}.", "incomplete")


def _eligible(application: Application) -> None:
    outcome = assess(questions_of(application), answers_of(application))
    refuse_if(
        outcome.verdict is None,
        "Before you can submit, answer every question in “Whether the programme is for you”.",
        "unanswered",
    )
    if outcome.verdict == Verdict.NO:
        reasons = " ".join(reason.explanation for reason in outcome.against)
        raise NotPossible(
            f"Your answers suggest that the programme is not for you at the moment. {reasons}", "not_for_them"
        )


def _require_draft(application: Application) -> None:
    refuse_if(
        application.status != ApplicationStatus.DRAFT,
        "This application has been submitted, so it cannot be deleted. You can withdraw it.",
        "state",
    )


@step(
    Application,
    "Delete my application",
    past="Your application has been deleted",
    meaning="Everything you have written for it will be deleted, and we cannot get it back. You can start again while "
    "applications are open.",
    guard=require_applicant,
    policy=_require_draft,
    final="Start again while applications are open.",
    weight=Weight.DANGER,
)
def delete_draft(*, application: Application, by: Actor) -> None:
    """The applicant throws away what was never submitted, with every answer, its CV and its history; a sponsor who was
    asked is told.

    Raises NotPossible once it has been submitted: then it can be withdrawn."""
    application = _locked(application, by)
    _require_draft(application)
    if agreement := agreement_of(application.applicant_id, application.cohort_id):
        agreements.release(agreement=agreement, reason=fee.DELETED, by=by)
    files = [*application.answers.exclude(file=None).values_list("file", flat=True), application.cv_id]
    # What decides nothing needs no history, and it holds the name, telephone number and line manager.
    cast("Any", application).events.all().delete()
    application.delete()
    for stored in StoredFile.objects.orphans().filter(pk__in=filter(None, files)):  # unless another has the same one
        stored.delete()


@step(
    Application,
    "Withdraw my application",
    past="You withdrew your application",
    meaning="We will not consider it any further, and you cannot submit it again for this cohort. If you have been "
    "offered a place, it will go to somebody else.",
    guard=require_applicant,
    lifecycle=APPLICATION,
    weight=Weight.DANGER,
    back_by=DECIDE,
    back_guard=require_decider,
)
def withdraw(*, application: Application, by: Actor) -> Application:
    """The applicant steps out: open reviews, interviews and offers end, money that was set aside is free again."""
    application = _locked(application, by)
    APPLICATION.check(application, "withdraw")
    now, before = clock.now(), application.status
    REVIEW.move_all(application.reviews, "remove")
    INTERVIEW.move_all(application.interviews, "cancel")
    OFFER.move_all(application.offers, "close", answered_at=now)
    APPLICATION.move(application, "withdraw", withdrawn_at=now)
    drop_what_cannot_be_sent(application)
    # A sponsor who was asked is told by funding, when the fee agreement ends.
    notices.tell_of_own(notices.WITHDRAWN, application)
    notices.tell_of_withdrawing(application, before)
    fee.release(application, fee.WITHDRAWN, by=by)
    pass_on(application.cohort)
    return application
