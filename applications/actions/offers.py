"""Offers: made, accepted, declined, expired; the waiting list; a place exists once (design rule 3)."""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db import transaction

from applications import notices
from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.actions.decisions import decide, pass_on, write_down
from applications.actions.forms import note_field
from applications.actions.signing import ask_for_signatures, require_read, sign_all
from applications.fee import agreement as fees
from applications.models import Application, Offer
from applications.models.rules import to_look_at
from applications.queries import gone, place_on_waiting_list, places_left, spare_places, to_offer
from applications.states import APPLICATION, OFFER, ApplicationStatus, OfferStatus
from cohorts.actions.enrolments import NoPlaceLeft, enrol
from cohorts.models import Cohort
from cohorts.planning.bank_holidays import working_day
from cohorts.states import Standing
from funding.actions import taking_up
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, System, person
from steppingup.formats.english import counted, weekday_date
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import Waiting, Weight, asking, step

logger = logging.getLogger(__name__)


def end_of_offer(cohort: Cohort) -> datetime:
    """The last second in which an offer that is made today can be answered: the window says how many days, or the rules, where
    places go in the order of submission."""
    rules = cohort.rule_set
    return end_of_day_in(cohort, rules.hold_days if rules.is_first_come else cohort.window.offer_days)


def end_of_day_in(cohort: Cohort, days: int) -> datetime:
    """The last second of that day from today on, in London; of the next working day, where that is at a weekend or a bank
    holiday, when nobody answers a question about it."""
    return clock.end_of(working_day(clock.today() + timedelta(days=days), cohort.programme.nation))


def is_open(offer: Offer, *, now: datetime | None = None) -> bool:
    """Can it be answered? Up to and including the second at which it expires."""
    now = now or clock.now()
    # An offer ends with a whole second, and somebody who presses within it is in time.
    return offer.status == OfferStatus.MADE and now.replace(microsecond=0) <= offer.expires_at


def _require_settled(application: Application) -> None:
    refuse_if(application.lacks_employer, "First say which organisation the applicant works for.", "no_employer")
    fees.require_settled(application)


def _require_to_offer(application: Application) -> None:
    """Raises NotPossible while the employer or the fee is not settled; where places go in the order of submission, for whoever
    does not come next."""
    _require_settled(application)
    if not application.cohort.rule_set.is_first_come:
        return
    refuse_if(
        to_look_at(application.eligibility_answers.all()),
        "First look at the answers to the conditions that are no plain yes.",
        "to_look_at",
    )
    if application.held_until:
        return
    earlier = Application.objects.filter(cohort=application.cohort_id, number__lt=application.number or 0)
    if first := earlier.in_line().first():
        raise NotPossible(
            f"Places go to whoever comes first, and {first.reference} (number {first.number}) comes before.",
            "number_before",
        )
    refuse_if(
        not spare_places(application.cohort),
        "Every place is taken, or held for somebody who came before.",
        "no_place",
    )


def _what_an_offer_means(application: Application, **given: Any) -> str:
    """Offers are counted against the places, and against the others who wait."""
    cohort = application.cohort
    free, offered = places_left(cohort)
    of = f"of {cohort.capacity} places"
    sentences = [
        f"{counted(free, f'{of} is', f'{of} are')} free, and {counted(offered, 'offer is', 'offers are')} open. "
        f"The offer is open until the end of {weekday_date(end_of_offer(cohort))}."
    ]
    if offered >= free:
        sentences.append(
            "There are more offers than places. The last people to accept may find none left, and go on the waiting list."
        )
    place = place_on_waiting_list(application) if application.status == ApplicationStatus.WAITING else None
    if place and place > 1:
        sentences.append(f"They are number {place} on the waiting list, so others come before them.")
    return " ".join(sentences)


@step(
    Application,
    "Offer a place",
    name="offer",
    past="Offered a place",
    story="We offered you a place",
    meaning=_what_an_offer_means,
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    policy=_require_to_offer,
    explains=True,
    undo="put_on_waiting_list",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        to_offer,
        "application needs a decision about a place",
        "applications need a decision about a place",
        order=80,
    ),
)
def make(*, application: Application, by: Actor) -> Offer:
    """Offer a place, open until the end of the window's last day for it, and tell the applicant.

    Raises NotPossible in another state, while the employer or the fee is not settled."""
    decide(application, "offer", by)
    offer = _opened(application, by)
    notices.tell_offered(offer)
    return offer


def _opened(application: Application, by: Actor) -> Offer:
    until = end_of_offer(application.cohort)
    ask_for_signatures(application)
    return Offer.objects.create(application=application, made_by=person(by), expires_at=until)


def give(application: Application) -> Offer:
    """The place that the order of submission gives: nobody decides. Whoever calls it holds the cohort's lock, and tells them.

    Raises NotPossible in another state."""
    APPLICATION.move(application, "offer", decided_at=clock.now(), decided_by=None)
    write_down(application=application, step="offer", by=None)
    return _opened(application, SYSTEM)


def _require_out_of_order(application: Application) -> None:
    # With an offer they would be the first to be offered it again; before one, their number says when.
    refuse_if(
        application.cohort.rule_set.is_first_come and application.status != ApplicationStatus.EXPIRED,
        "Places go to whoever comes first, so their number says when they are offered one. A place that was offered passes on "
        "when they decline, withdraw or do not answer in time.",
        "number_before",
    )


@step(
    Application,
    "Put on the waiting list",
    past="Put on the waiting list",
    story="You were put on the waiting list",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=APPLICATION,
    policy=_require_out_of_order,
    form=asking(note=note_field()),
    undo="offer",
    bulk=True,
)
def put_on_waiting_list(*, application: Application, by: Actor, note: str = "") -> Application:
    """Put somebody on the waiting list, in its defined order, and tell them their place on it.

    An open offer is closed with it; somebody whose offer has expired can be put on it too."""
    decide(application, "put_on_waiting_list", by, note=note)
    OFFER.move_all(application.offers, "close", answered_at=clock.now())
    notices.tell_waiting(application)
    fees.resume(application, by=by)
    pass_on(application.cohort)
    return application


def _next_in_line(cohort: Cohort) -> Application:
    """Who is offered the next place. Raises NotPossible when nobody waits, or no place is free (open offers hold one)."""
    waiting: Any = Application.objects.filter(cohort=cohort).waiting_in_order()
    first = waiting.annotate(**gone(cohort)).first()
    if first is None:
        raise NotPossible("Nobody is on the waiting list.", "nobody_waits")
    free = max(cohort.capacity - first.taken, 0)
    refuse_if(free <= first.kept, "No places are free: each one is taken or has been offered to somebody.", "no_place")
    return cast("Application", first)


def _who_is_next(cohort: Cohort, **given: Any) -> str:
    first = _next_in_line(cohort)
    return f"{first.full_name} ({first.reference}) is first on the waiting list."


@step(
    Cohort,
    "Offer the next place",
    past="Offered the next place",
    meaning=_who_is_next,
    permission=DECIDE,
    guard=require_decider,
    policy=_next_in_line,
)
def offer_next(*, cohort: Cohort, by: Actor) -> Offer:
    """Offer a place that is free to the first on the waiting list.

    Raises NotPossible when no place is free (open offers hold one each), or nobody is waiting."""
    # The cohort's row is locked, so that two coordinators do not offer one place twice.
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    return make(application=Application.objects.for_steps().get(pk=_next_in_line(cohort).pk), by=by)


def _answerable(offer: Offer) -> tuple[Offer, Application]:
    """The offer and its application, locked in this order: cohort, application, offer."""
    # Places are counted under the cohort's lock, so two who accept for the last one come one after the other.
    Cohort.objects.select_for_update(of=("self",)).get(pk=offer.application.cohort_id)
    application = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=offer.application_id)
    locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    locked.application = application
    return locked, application


def _require_open(offer: Offer) -> None:
    refuse_if(
        offer.status == OfferStatus.MADE and not is_open(offer),
        f"This offer ended on {offer.last_day}. Get in touch if you still want a place.",
        "expired",
    )
    refuse_if(offer.status != OfferStatus.MADE, "This offer is no longer open.", "state")


@step(
    Offer,
    "Accept the place",
    past="You have a place",
    story="You accepted the place",
    guard=require_applicant,
    lifecycle=OFFER,
    weight=Weight.STRONG,
    back_by=DECIDE,
    back_guard=require_decider,
    page="application",
)
def accept(*, offer: Offer, by: Actor, legal_name: str = "", texts: str | None = None) -> Offer:
    """The applicant signs what the rules ask for with their name, and takes the place; the fee agreement goes with it.

    When the last place has just gone, nothing is wrong: the offer comes back as NO_PLACE, and the applicant is on the
    waiting list and told so. Accepting again changes nothing. `texts` is digest_of_texts() as they were read.

    Raises NotAllowed for others; NotPossible when the offer is not open, a text has changed, the name is missing, or somebody
    else has still to sign."""
    offer, application = _answerable(offer)
    if offer.status in (OfferStatus.ACCEPTED, OfferStatus.NO_PLACE):
        return offer
    _require_open(offer)
    cohort = application.cohort
    require_read(application, legal_name, texts)
    if application.lacks_employer:
        raise NotPossible(
            "We first need to settle which organisation you work for. Please get in touch.", "no_employer"
        )
    try:
        # A savepoint: without a place the enrolment is undone, and the offer is answered all the same.
        with transaction.atomic():
            sign_all(application, legal_name, by)
            enrolment = enrol(
                cohort=cohort,
                participant=application.applicant,
                employer=application.employer,
                standing=Standing(application.standing),
                line_manager_name=application.manager_name,
                line_manager_email=application.manager_email,
                job_title=application.job_title,
                by=by,
            )
    except NoPlaceLeft:
        return _no_place(offer, application)
    OFFER.move(offer, "accept", answered_at=clock.now())
    APPLICATION.move(application, "accept", enrolment=enrolment)
    write_down(application=application, step="accept", by=by)
    if application.fee_agreement:
        taking_up.attach_enrolment(agreement=application.fee_agreement, enrolment=enrolment)
    notices.tell_of_accepting(application)
    return offer


@transaction.atomic
def sign_first(*, offer: Offer, legal_name: str, by: Actor, texts: str | None = None) -> Offer:
    """The applicant signs what they have to, while the place has to wait for somebody else's signature.

    Raises as `accept` does."""
    require_applicant(by, offer)
    offer, application = _answerable(offer)
    _require_open(offer)
    require_read(application, legal_name, texts)
    sign_all(application, legal_name, by)
    return offer


def _no_place(offer: Offer, application: Application) -> Offer:
    """Somebody else took the last place a moment ago."""
    OFFER.move(offer, "find_no_place", answered_at=clock.now())
    APPLICATION.move(application, "put_on_waiting_list")
    write_down(application=application, step="put_on_waiting_list", by=None, note="The last place had just gone.")
    notices.tell_waiting(application, notices.NO_PLACE)
    return offer


@step(
    Offer,
    "Decline the place",
    past="You declined the place",
    story="You declined the place",
    meaning="The place will go to somebody else.",
    guard=require_applicant,
    lifecycle=OFFER,
    policy=_require_open,
    form=asking(
        reason=forms.CharField(
            label="Why, if you would like to tell us",
            help_text="You do not have to give a reason, but it helps us do better next time.",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
    ),
    weight=Weight.DANGER,
    back_by=DECIDE,
    back_guard=require_decider,
    page="application",
)
def decline(*, offer: Offer, by: Actor, reason: str = "") -> Offer:
    """The applicant does not take the place, and need not say why."""
    offer, application = _answerable(offer)
    _require_open(offer)
    OFFER.move(offer, "decline", answered_at=clock.now(), decline_reason=reason.strip())
    APPLICATION.move(application, "decline")
    write_down(application=application, step="decline", by=by)
    notices.tell_of_own(notices.OFFER_DECLINED, application)
    fees.release(application, fees.DECLINED, by=by)
    notices.tell_of_declining(application, reason)
    pass_on(application.cohort)
    return offer


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    locked, application = _answerable(Offer.objects.select_related("application").get(pk=pk))
    if locked.status != OfferStatus.MADE or is_open(locked, now=now):
        return False  # answered a moment ago
    OFFER.move(locked, "expire", answered_at=clock.now())
    if application.status == ApplicationStatus.OFFERED:
        APPLICATION.move(application, "expire")
        write_down(application=application, step="expire", by=None)
        notices.tell_applicant(notices.OFFER_EXPIRED, application)
        fees.release(application, fees.EXPIRED, by=SYSTEM)
        notices.tell_of_expiring(locked)
        pass_on(application.cohort)
    return True


def expire_due(*, by: System = SYSTEM, now: datetime | None = None) -> int:
    """End every offer whose last second has passed, and tell the applicants. Returns how many; safe to run again.

    One that cannot be ended is written down in the log and does not keep the others waiting."""
    second, done = (now or clock.now()).replace(microsecond=0), 0
    due = Offer.objects.filter(status=OfferStatus.MADE, expires_at__lt=second).order_by("expires_at", "pk")
    for pk in due.values_list("pk", flat=True):
        # Each in a transaction of its own: the locks of one are not held while the others are told.
        try:
            done += _expire(pk, second)
        except Exception:
            logger.exception("Offer %s could not be ended.", pk)
    return done
