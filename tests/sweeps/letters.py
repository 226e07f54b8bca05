"""What letters say can be done, has to be done, or holds until a day: each with what proves it, once the letter is written.

`CLAIMS`: words, and what must then be so for whoever reads them. `DATES`: what a placeholder says, worked out anew from what binds.
Both are tried in the very moment in which the letter was written (test_letters.py), through its own link where it has one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from applications.actions import applications, offers, reviews, sponsors
from applications.models import Application, Review, Window
from applications.models.late import window_of
from applications.queries import place_on_waiting_list, places_left
from applications.states import LIVE, ApplicationStatus
from cohorts.models import Agreement, Booking, Cohort, DayEntry, Enrolment, Session, SigningRequest
from cohorts.states import HOLDS_A_PLACE
from funding.actions import adjustments, agreements, answers
from funding.links import AGREEMENT_LINK
from funding.models import Adjustment, BursaryRequest, FeeAgreement, Invoice
from funding.states import AgreementStatus
from mentoring.actions import sessions as mentoring
from mentoring.models import MentoringSession, Pair
from mentoring.states import Mode
from modules.actions import assignments, registrations
from modules.models import Registration
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions import back
from steppingup.steps.models import Taking
from tests.staff import with_second_factor
from tests.sweeps.world import World

S = ApplicationStatus
#: What may make a claim otherwise: applications are closed; every place is taken.
CLOSED, FULL = "applications are closed", "every place is taken"
LINK = re.compile(rf"{re.escape(settings.SITE_URL)}[^\s<>\")]*")


@dataclass
class Letter:
    """One letter as its reader has it, among those that were written together."""

    world: World
    message: Message
    together: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says; not the title of another letter that does not hold any more."""
        text = (
            self.message.text.partition("Please disregard what we wrote then.")[2]
            if self.corrects
            else self.message.text
        )
        return " ".join(text.split())

    @property
    def corrects(self) -> bool:
        return self.message.kind == "steps.taken_back"

    @property
    def reader(self) -> User:
        assert self.message.to is not None, "it went to somebody without an account"
        return self.message.to

    @cached_property
    def links(self) -> list[str]:
        """Where it leads, the private links too."""
        return list(dict.fromkeys(LINK.findall(self.message.whole["text"])))

    @cached_property
    def client(self) -> Client:
        if self.message.to is None:
            return Client()
        known = next((name for name, user in self.world.people.items() if user.pk == self.message.to_id), None)
        return self.world.client(known) if known else with_second_factor(Client(), self.message.to)

    @cached_property
    def holder(self) -> LinkHolder:
        """Whoever follows the private link in it."""
        raw = resolve(self.links[0].removeprefix(settings.SITE_URL)).kwargs
        return LinkHolder(TokenLink.objects.find(AGREEMENT_LINK, raw["token"]))

    # -- what it is about ----------------------------------------------------------------------

    def _of(self, model: type, *through: str) -> Any:
        about: Any = self.message.about
        for name in ("", *through):
            found = getattr(about, name, None) if name else about
            if isinstance(found, model):
                return type(found)._base_manager.get(pk=found.pk)
        return None

    @property
    def agreement(self) -> FeeAgreement:
        found = self._of(FeeAgreement, "agreement")
        return found or self._of(Invoice, "invoice").agreement

    @property
    def application(self) -> Application | None:
        found = self._of(Application, "application")
        if found is None and self._of(FeeAgreement, "agreement"):
            found = Application.objects.filter(
                applicant=self.agreement.person_id, cohort=self.agreement.cohort_id
            ).first()
        return Application.objects.for_steps().get(pk=found.pk) if found else None

    @property
    def cohort(self) -> Cohort:
        for name in (
            "",
            "window",
            "application",
            "enrolment",
            "agreement",
            "registration",
            "pair",
            "session",
            "invoice",
        ):
            about = getattr(self.message.about, name, None) if name else self.message.about
            if isinstance(about, Cohort):
                return Cohort.objects.get(pk=about.pk)
            if getattr(about, "cohort_id", None):
                return Cohort.objects.get(pk=about.cohort_id)
        context = self.message.context
        return Cohort.objects.get(name=context["cohort"], programme__name=context["programme"])

    @property
    def pair(self) -> Pair:
        return self._of(Pair, "pair")

    @property
    def enrolment(self) -> Enrolment:
        return self._of(Enrolment)

    @property
    def registration(self) -> Registration:
        return self._of(Registration, "registration")

    @property
    def own_window(self) -> Window:
        """The window as it closes for whoever applies."""
        application = self.application
        person: Any = (
            application.applicant if application else self.message.to or User(pk=0, email=self.message.to_email)
        )
        return window_of(Window.objects.get(cohort=self.cohort), person)


def goes(attempt: Callable[[], Any]) -> bool:
    """Could it be done now? Nothing of it stays."""
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except NotPossible:
        return False
    return True


# -- applicants ------------------------------------------------------------------------------------


def can_be_submitted(one: Letter) -> bool:
    """By the closing time that binds this person; whatever else is missing, they can still fill in."""
    application = one.application
    return application is None or application.status != S.DRAFT or one.own_window.is_open()


def is_of_use(one: Letter) -> bool:
    """Does an answer about the fee still help the application?"""
    application = one.application
    return (
        application is None or application.status in LIVE or (application.status == S.DRAFT and can_be_submitted(one))
    )


def is_too_late(one: Letter) -> bool:
    return one.application.status == S.DRAFT and not one.own_window.is_open()


def is_unpaid(one: Letter) -> bool:
    return not one.agreement.is_settled


def can_ask_somebody_else(one: Letter) -> bool:
    """The applicant does, from the application; where somebody has a place already, staff do."""
    application, email = one.application, "sol.other@example.org"
    if application is None:
        given = {"sponsor_name": "Sol Other", "sponsor_email": email, "by": one.world.finance}
        return goes(lambda: agreements.ask(agreement=one.agreement, **given))
    asks = {"name": "Sol Other", "email": email, "job_title": "Head", "by": application.applicant}
    return is_of_use(one) and goes(lambda: sponsors.ask(application=application, **asks))


def can_change_answer(one: Letter) -> bool:
    """The sponsor has a link that works, and with it can agree after all."""
    link = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=one.agreement.pk).first()
    return link is not None and can_agree(one.agreement, LinkHolder(link))


def can_agree(agreement: FeeAgreement, by: Any) -> bool:
    given = {"name": "Sam", "job_title": "Head", "purchase_order": "", "billing_address": "1 High Street"}
    return goes(lambda: answers.agree(agreement=agreement, by=by, **given))


def can_answer(one: Letter) -> bool:
    """Everything that it offers can be answered by its own link."""
    offered = {answers.agree: "agree", answers.ask_for_bursary: "bursary is possible", answers.decline: "decline"}
    said = one.message.context.get("answers", "agree or decline")
    right = all(step.is_offered(one.holder, one.agreement) for step, words in offered.items() if words in said)
    return right and can_agree(one.agreement, one.holder)


def takes_back_own(one: Letter) -> bool:
    application = one.application
    if application.applicant_id != one.reader.pk:
        return False
    last = Taking.objects.standing().filter(step__startswith="applications.", object_id=application.pk).last()
    if last is not None and last.asked_how:  # staff did it for them: it says so, and who takes it back
        return "tell us" in one.text
    taking = back.own_latest_on(application, one.reader)
    return taking is not None and goes(lambda: back.take_back(taking=taking, by=one.reader))


def nothing_waits(one: Letter) -> bool:
    """Whoever has nothing to do is not waited for: neither to submit, nor to answer an offer or a question of money."""
    application, reader = one.application, one.message.to
    if application and reader and application.applicant_id == reader.pk:
        return application.status != S.OFFERED and not (application.status == S.DRAFT and "submit" not in one.text)
    agreement = one._of(FeeAgreement, "agreement")
    if agreement and agreement.sponsor_email == one.message.to_email:
        return agreement.status != AgreementStatus.ASKED
    review = one._of(Review)
    return review is None or review.assessor_id != (reader and reader.pk)


def status(*expected: str) -> Callable[[Letter], bool]:
    return lambda one: one.application.status in expected


def place_said(one: Letter) -> bool:
    said = re.search(r"number (\d+) on the waiting list", one.text)
    application, booking = one.application, one._of(Booking)
    return int(said[1]) == (place_on_waiting_list(application) if application else booking.place_in_line)


def none_left(one: Letter) -> bool:
    return places_left(one.cohort)[0] == 0


def all_given(one: Letter) -> bool:
    free, offered = places_left(one.cohort)
    return 0 < free <= offered


def can_offer_next(one: Letter) -> bool:
    return goes(lambda: offers.offer_next(cohort=one.cohort, by=one.reader))


def open_offer(one: Letter) -> bool:
    offer = one.application.offers.filter(status="made").first()
    return (
        offer is not None
        and offers.decline.is_offered(one.reader, offer)
        and offers.accept.is_offered(one.reader, offer)
    )


def may_begin(one: Letter) -> bool:
    begun = one.message.to is None or goes(lambda: applications.start(cohort=one.cohort, by=one.reader, answers={}))
    return one.own_window.is_open() and begun


def told_too(one: Letter) -> bool:
    """The others whom it names have a letter that was written with it."""
    names = {other.to_name for other in one.together if other.pk != one.message.pk}
    said = re.search(
        r"(?:have (?:told|asked|reminded|written to)|We have told) ([^.,]+)|([^.]+?) has been told", one.text
    )
    whom = (said[1] or said[2]) if said else ""
    emails = {other.to_email for other in one.together if other.pk != one.message.pk}
    if one.application and one.application.full_name in whom:
        return one.application.applicant.email in emails
    agreement = one._of(FeeAgreement, "agreement")
    if agreement and agreement.employer_display in whom:
        return agreement.sponsor_email in emails
    return any(name and name in whom for name in names) or any(email in whom for email in emails)


# -- reviews ---------------------------------------------------------------------------------------


def can_score(one: Letter) -> bool:
    mine = Review.objects.filter(assessor=one.reader, application__cohort=one.cohort)
    return all(reviews.step_back.is_offered(one.reader, review) for review in mine.to_do())


def opened_again(one: Letter) -> bool:
    found = Review.objects.filter(assessor=one.reader, application__cohort=one.cohort, submitted_at=None)
    return any(reviews.submit.is_offered(one.reader, review) for review in found)


# -- the year --------------------------------------------------------------------------------------


def pauses(one: Letter) -> bool:
    """None of the sessions in the pause is theirs, and nothing reminds them meanwhile."""
    pause = one.enrolment.pauses.latest("starts_on")
    due = Session.objects.for_enrolment(one.enrolment).filter(starts_at__date__gte=pause.starts_on)
    if pause.ends_on:
        due = due.filter(starts_at__date__lt=pause.ends_on)
    return not due.exists()


def still_counts(one: Letter) -> bool:
    """Its days are as they were before the letter was written."""
    return one.world.things.days_before == days_now()


def days_now() -> dict[int, Any]:
    return dict(DayEntry.objects.values_list("enrolment").annotate(sum=Sum("days")))


def has_the_place(one: Letter) -> bool:
    return one.registration.enrolment.status in HOLDS_A_PLACE


def takes_up_again(one: Letter) -> bool:
    registration = Registration.objects.get(pk=one.registration.pk)
    return goes(lambda: registrations.resume(registration=registration, by=one.reader))


def may_hand_in_again(one: Letter) -> bool:
    registration = Registration.objects.get(pk=one.registration.pk)
    return assignments.submit_assignment.is_offered(one.reader, registration)


def records_again(one: Letter) -> bool:
    pair = Pair.objects.get(pk=one.pair.pk)
    on = MentoringSession.objects.filter(pair=pair).order_by("-on").values_list("on", flat=True).first()
    on = one.world.things.removed_on or on or timezone.localdate()
    return goes(lambda: mentoring.record(pair=pair, on=on, minutes=60, mode=Mode.VIDEO, by=one.reader))


# -- money, work, and steps ------------------------------------------------------------------------


def proposes_again(one: Letter) -> bool:
    found: Any = one.message.about
    if isinstance(found, BursaryRequest):
        return found.status == "asked"
    assert isinstance(found, Adjustment)
    given = {"amount": found.amount, "reason": "Again.", "by": one.reader}
    step = adjustments.propose_write_off if found.kind == "write_off" else adjustments.propose_refund
    return goes(lambda: step(invoice=Invoice.objects.with_sums().get(pk=found.invoice_id), **given))


def only_link(one: Letter) -> bool:
    """No other link lets the sponsor in."""
    holder = TokenLink.objects.filter(target_of(one)).usable()
    return holder.count() == 1


def target_of(one: Letter) -> Any:
    about: Any = one.message.about
    if isinstance(about, Agreement):  # about a place
        about = about.requests.get(email=one.message.to_email)
    target = about if isinstance(about, Invoice | SigningRequest) else getattr(about, "invoice", None) or one.agreement
    return Q(object_id=target.pk, content_type__model=target._meta.model_name)


def staff_take_it_back(one: Letter) -> bool:
    taking = Taking.objects.standing().exclude(asked_how="").latest("pk")
    return goes(lambda: back.take_back(taking=taking, reason="Not what they meant.", by=one.world.superuser))
