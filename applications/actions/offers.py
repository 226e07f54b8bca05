"""Offers: made, accepted, declined, expired; the waiting list; a place exists once (design rule 3)."""

import hashlib
import logging
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from applications.actions import fees, telling_staff
from applications.actions.access import require_applicant, require_decider
from applications.actions.decisions import write_down
from applications.actions.telling import last_day, tell, would_tell
from applications.models import Application, Offer
from applications.queries import place_on_waiting_list, places_left
from applications.states import APPLICATION, OFFER, ApplicationStatus, OfferStatus
from cohorts.actions.enrolments import NoPlaceLeft, enrol
from cohorts.models import Cohort
from steppingup.accounts.actors import SYSTEM, Actor, System
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import MessagePreview

logger = logging.getLogger(__name__)
GONE = "This offer is not open any more."
WHOLE_NAME = "Type your full legal name: your first name and your last name."


def end_of_offer(cohort: Cohort, *, now: datetime | None = None) -> datetime:
    """The last second of the window's `offer_days`-th day from today, in London."""
    day = timezone.localdate(now) + timedelta(days=cohort.window.offer_days)
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def places_in_words(cohort: Cohort) -> str:
    """“3 of 25 places are free, and 1 offer is open.”"""
    free, open_offers = places_left(cohort)
    places = f"{free} of {cohort.capacity} places {'is' if free == 1 else 'are'} free"
    return f"{places}, and {open_offers} {'offer is' if open_offers == 1 else 'offers are'} open."


def is_open(offer: Offer, *, now: datetime | None = None) -> bool:
    """Can it be answered? Up to and including the second at which it expires."""
    now = now or timezone.now()
    return offer.status == OfferStatus.MADE and now.replace(microsecond=0) <= offer.expires_at


def agreement_digest(cohort: Cohort) -> str:
    """A fingerprint of the learning agreement as it stands now: what somebody read is what they sign."""
    return hashlib.sha256(cohort.programme.learning_agreement.encode()).hexdigest()


@transaction.atomic
def make(*, application: Application, by: Actor) -> Offer:
    """Offer a place, open until the end of the window's last day for it, and tell the applicant.

    Raises NotPossible in another state, while the employer or the fee is not settled."""
    person = require_decider(by, application)
    APPLICATION.check(application, "offer")
    if application.employer_id is None:
        raise NotPossible("Say first which organisation the applicant works for.")
    fees.require_settled(application)
    APPLICATION.move(application, "offer", decided_at=timezone.now(), decided_by=person)
    offer = Offer.objects.create(application=application, made_by=person, expires_at=end_of_offer(application.cohort))
    write_down(application=application, step="offer", by=person)
    tell(application, "offered", until=last_day(offer.expires_at))
    return offer


def would_be_offered(*, application: Application) -> MessagePreview:
    return would_tell(application, "offered", until=last_day(end_of_offer(application.cohort)))


@transaction.atomic
def put_on_waiting_list(*, application: Application, by: Actor, note: str = "") -> Application:
    """Put somebody on the waiting list, in its defined order, and tell them their place on it.

    An open offer is closed with it; somebody whose offer has expired can be put on it too."""
    person = require_decider(by, application)
    APPLICATION.move(application, "put_on_waiting_list", decided_at=timezone.now(), decided_by=person)
    for offer in application.offers.filter(status=OfferStatus.MADE):
        OFFER.move(offer, "close", answered_at=timezone.now())
    write_down(application=application, step="put_on_waiting_list", by=person, note=note)
    fees.resume(application, by=by)
    tell(application, "waiting", place=place_on_waiting_list(application))
    return application


@transaction.atomic
def offer_next(*, cohort: Cohort, by: Actor) -> Offer:
    """Offer a place that is free to the first on the waiting list.

    Raises NotPossible when no place is free (open offers hold one each), or nobody is waiting."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    free, open_offers = places_left(cohort)
    if free <= open_offers:
        raise NotPossible("No place is free: each one is taken or offered to somebody.")
    first = (
        Application.objects.filter(cohort=cohort)
        .waiting_in_order()
        .select_related("cohort__programme", "applicant", "fee_agreement")
        .first()
    )
    if first is None:
        raise NotPossible("Nobody is on the waiting list.")
    return make(application=first, by=by)


def _answerable(offer: Offer, by: Actor) -> tuple[Offer, Application]:
    """The offer and its application, locked in this order: cohort, application, offer."""
    require_applicant(by, offer.application)
    Cohort.objects.select_for_update(of=("self",)).get(pk=offer.application.cohort_id)
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "applicant", "employer", "fee_agreement")
        .get(pk=offer.application_id)
    )
    locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    locked.application = application
    return locked, application


def _require_open(offer: Offer) -> None:
    if offer.status == OfferStatus.MADE and not is_open(offer):
        raise NotPossible(f"This offer ended on {last_day(offer.expires_at)}. Get in touch if you still want a place.")
    if offer.status != OfferStatus.MADE:
        raise NotPossible(GONE)


def is_part_of_name(legal_name: str, application: Application) -> bool:
    """Is a name of one word too little to sign with? Some people have only one name, and apply with it."""
    known = application.full_name or application.applicant.full_name
    return len(legal_name.split()) < min(2, len(known.split()) or 2)


@transaction.atomic
def accept(*, offer: Offer, legal_name: str, by: Actor, digest: str | None = None) -> Offer:
    """The applicant signs the learning agreement and takes the place; the fee agreement goes with it.

    When the last place has just gone, nothing is wrong: the offer comes back as NO_PLACE, and the applicant is on the
    waiting list and told so. Accepting again changes nothing. `digest` is agreement_digest() of the text that was read.

    Raises NotAllowed for others; NotPossible when the offer is not open, the text has changed, or the name is missing."""
    offer, application = _answerable(offer, by)
    if offer.status in (OfferStatus.ACCEPTED, OfferStatus.NO_PLACE):
        return offer
    _require_open(offer)
    cohort = application.cohort
    if digest is not None and digest != agreement_digest(cohort):
        raise NotPossible("The learning agreement was changed after you opened it. Please read it again, then accept.")
    if is_part_of_name(legal_name, application):
        raise NotPossible(WHOLE_NAME)
    if application.employer is None:
        raise NotPossible("We have to settle first which organisation you work for. Please get in touch.")
    try:
        with transaction.atomic():
            enrolment = enrol(
                cohort=cohort,
                participant=application.applicant,
                employer=application.employer,
                line_manager_name=application.manager_name,
                line_manager_email=application.manager_email,
                job_title=application.job_title,
                legal_name=" ".join(legal_name.split()),
                agreement_text=cohort.programme.learning_agreement,
                by=by,
            )
    except NoPlaceLeft:
        return _no_place(offer, application)
    OFFER.move(offer, "accept", answered_at=timezone.now())
    APPLICATION.move(application, "accept", enrolment=enrolment)
    write_down(application=application, step="accept", by=by)
    fees.attach(application)
    telling_staff.of_accepting(application)
    return offer


def _no_place(offer: Offer, application: Application) -> Offer:
    """Somebody else took the last place a moment ago."""
    OFFER.move(offer, "find_no_place", answered_at=timezone.now())
    APPLICATION.move(application, "put_on_waiting_list")
    write_down(application=application, step="put_on_waiting_list", by=None, note="The last place had just gone.")
    tell(application, "no_place", place=place_on_waiting_list(application))
    return offer


@transaction.atomic
def decline(*, offer: Offer, by: Actor, reason: str = "") -> Offer:
    """The applicant does not take the place, and need not say why. Declining again changes nothing."""
    offer, application = _answerable(offer, by)
    if offer.status == OfferStatus.DECLINED:
        return offer
    _require_open(offer)
    OFFER.move(offer, "decline", answered_at=timezone.now(), decline_reason=reason.strip())
    APPLICATION.move(application, "decline")
    write_down(application=application, step="decline", by=by)
    fees.release(application, fees.DECLINED, by=by)
    tell(application, "offer_declined")
    telling_staff.of_declining(application, reason)
    return offer


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    offer = Offer.objects.select_related("application").get(pk=pk)
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "applicant", "fee_agreement")
        .get(pk=offer.application_id)
    )
    locked = Offer.objects.select_for_update(of=("self",)).get(pk=pk)
    if locked.status != OfferStatus.MADE or is_open(locked, now=now):
        return False  # answered a moment ago
    OFFER.move(locked, "expire", answered_at=timezone.now())
    if application.status == ApplicationStatus.OFFERED:
        APPLICATION.move(application, "expire")
        write_down(application=application, step="expire", by=None)
        fees.release(application, fees.EXPIRED, by=SYSTEM)
        tell(application, "offer_expired")
        telling_staff.of_expiring(application, locked)
    return True


def expire_due(*, by: System = SYSTEM, now: datetime | None = None) -> int:
    """End every offer whose last second has passed, and tell the applicants. Returns how many; safe to run again.

    One that cannot be ended is written down in the log and does not keep the others waiting."""
    second, done = (now or timezone.now()).replace(microsecond=0), 0
    due = Offer.objects.filter(status=OfferStatus.MADE, expires_at__lt=second).order_by("expires_at", "pk")
    for pk in due.values_list("pk", flat=True):
        try:
            done += _expire(pk, second)
        except Exception:
            logger.exception("Offer %s could not be ended.", pk)
    return done
