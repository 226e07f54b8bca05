"""What letters say, and what proves it when it is written: the tables that test_letters.py walks (see letters.py)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils import timezone

from applications.line_notices import LINE_LINK
from applications.models import Interview, LineAnswer, Offer
from applications.states import ApplicationStatus as S
from cohorts.actions.confirmations import withdraw_asking
from cohorts.agreement_notices import SIGNING_LINK
from cohorts.assessing.own import standing_of, with_assessments
from cohorts.models import (
    Agreement,
    Booking,
    Destination,
    Enrolment,
    JointInvitation,
    OpeningInvitation,
    Opportunity,
    OpportunityInvitation,
    PlacementReport,
    Session,
    StepConfirmation,
    Supervisor,
)
from cohorts.notices.confirmations import CONFIRMATION_LINK
from cohorts.notices.destinations import DESTINATION_LINK
from cohorts.notices.openings import OPENINGS_LINK
from cohorts.notices.opportunities import OFFER_LINK
from cohorts.notices.supervising import HOST_LINK
from cohorts.states import EnrolmentStatus
from cohorts.states.opportunities import OpportunityStatus
from funding.models import Invoice, LiabilityCase
from modules.models import SessionSpeaker
from representation.actions.pool import join_pool, leave_pool
from representation.models import ActionItem, Commitment, PoolEntry, Post
from representation.notices import LEAD_LINK
from representation.pledge_notices import PLEDGE_LINK
from representation.pool_notices import VIEWER_LINK
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.jobs.actions import try_again
from tests.sweeps import letters as proof
from tests.sweeps.letters import CLOSED, FULL, Letter


class Claim(NamedTuple):
    """What must be so where a letter has these words (a pattern), and what may make it otherwise."""

    words: str
    holds: Callable[[Letter], bool]
    unless: str = ""


OF_TIME = (
    Claim(
        r"You can submit it|carry on with the rest|Applications close on|now close on", proof.can_be_submitted, CLOSED
    ),
    Claim(r"begin, write and submit|You can apply until|you can start your application", proof.may_begin, CLOSED),
    Claim(r"cannot go ahead until|cannot submit theirs otherwise|Please answer before then", proof.is_of_use, CLOSED),
    Claim(r"ask somebody else|somebody else can be asked", proof.can_ask_somebody_else, CLOSED),
    Claim(r"can still change this answer|can still agree to pay", proof.can_change_answer, CLOSED),
    Claim(
        r"do not need to answer any more|changes nothing for you now|would not help by itself",
        proof.is_too_late,
        CLOSED,
    ),
    Claim(r"we can take it back(?=\.|, as long)", proof.staff_take_it_back, CLOSED),
)
OF_PLACES = (
    Claim(r"number \d+ on the waiting list", proof.place_said, FULL),
    Claim(r"There is no place left|every place had been taken", proof.none_left, FULL),
    Claim(r"All the places on .* have been taken or offered", proof.all_given, FULL),
    Claim(r"You can offer (?:them|the place)", proof.can_offer_next, FULL),
)
CLAIMS = (
    *OF_TIME,
    *OF_PLACES,
    # The applicant, and the application.
    Claim(r"not been submitted (?:yet|before)|You have not submitted yours", proof.status(S.DRAFT)),
    Claim(r"(?<!If you are )on the shortlist\b", proof.status(S.SHORTLISTED)),
    Claim(r"is on our reserve list", proof.status(S.HELD)),
    Claim(r"will not consider it any further", proof.status(S.WITHDRAWN)),
    Claim(r"so the offer has ended", proof.status(S.EXPIRED)),
    Claim(
        r"looking at it again",
        proof.status(S.SUBMITTED, S.IN_REVIEW, S.HELD, S.SHORTLISTED, S.INTERVIEW, S.INTERVIEWED),
    ),
    Claim(r"take it back on your application’s page", proof.takes_back_own),
    Claim(r"accept or decline the place|to answer our offer of a place", proof.open_offer),
    Claim(r"nothing you need to do|do not need to do anything|nothing more to do", proof.nothing_waits),
    # Who scores, and who decides.
    Claim(r"step back from that application", proof.can_score),
    Claim(r"Please submit them again|so that you can change them", proof.opened_again),
    Claim(r"has been told|[Ww]e have (?:told|asked|reminded|written to) (?!again|you)", proof.told_too),
    # The sponsor, and the fee.
    Claim(r"You can (?:\{\{ answers \}\}|agree)|you can say whether", proof.can_answer),
    Claim(r"Nobody pays for|cannot be offered a place until", proof.is_unpaid),
    Claim(r"replaces the (?:one|link) in our earlier email", proof.only_link),
    Claim(r"owes? nothing", lambda one: not one.agreement.still_owed),
    Claim(r"You can propose it again", proof.proposes_again),
    # The year.
    Claim(r"no session is yours and we do not remind you", proof.pauses),
    Claim(r"still count", proof.still_counts),
    Claim(r"is not affected", proof.has_the_place),
    Claim(r"days can be recorded again", lambda one: one.enrolment.status == EnrolmentStatus.ENROLLED),
    Claim(r"take the qualification up again", proof.takes_up_again),
    Claim(r"replace it with a newer version", proof.may_hand_in_again),
    Claim(r"you can record it again on your page", proof.records_again),
    Claim(r"can now be chosen by people", lambda one: one._of(Opportunity).status == OpportunityStatus.OPEN),
    # The succession pool.
    Claim(r"are not in the pool unless you say yes", lambda one: join_pool.is_offered(one.reader, one._of(PoolEntry))),
    Claim(r"you can leave the pool", lambda one: leave_pool.is_offered(one.reader, one._of(PoolEntry))),
    Claim(
        r"until it is reviewed you are not counted",
        lambda one: not PoolEntry.objects.counted().filter(pk=one._of(PoolEntry).pk),
    ),
    # A step up that an employer confirms.
    Claim(
        r"You can withdraw the question",
        lambda one: withdraw_asking.is_offered(one.reader, one._of(StepConfirmation).answer.destination),
    ),
    # The desk.
    Claim(r"you can start it again", lambda one: try_again.is_offered(one.reader, one.world.things.job_stopped)),
)


def _when(one: Letter) -> str:
    if booking := one._of(Booking):
        return booking.occasion.when_in_words
    invitation = one._of(JointInvitation)
    speech = one._of(SessionSpeaker)
    session = invitation.host_session if invitation else speech.session if speech else one._of(Session)
    interview = one._of(Interview) or (one.application.interviews.last() if session is None else None)
    return english.when(interview.starts_at) if interview else english.span(session.starts_at, session.ends_at)


def _until(one: Letter) -> str:
    if isinstance(one.message.about, Agreement):
        request = one.message.about.requests.get(email=one.message.to_email)
        of_it = TokenLink.objects.usable().filter(purpose=SIGNING_LINK, object_id=request.pk)
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    if isinstance(one.message.about, PlacementReport):
        of_it = TokenLink.objects.usable().filter(
            purpose=HOST_LINK, object_id=one.message.about.placement.supervisor.pk
        )
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    if isinstance(one.message.about, OpportunityInvitation | OpeningInvitation):
        purpose = OFFER_LINK if isinstance(one.message.about, OpportunityInvitation) else OPENINGS_LINK
        of_it = TokenLink.objects.usable().filter(purpose=purpose, object_id=one.message.about.pk)
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    if isinstance(one.message.about, Supervisor | Destination | StepConfirmation):
        purposes = {Supervisor: HOST_LINK, Destination: DESTINATION_LINK, StepConfirmation: CONFIRMATION_LINK}
        purpose = purposes[type(one.message.about)]
        of_it = TokenLink.objects.usable().filter(purpose=purpose, object_id=one.message.about.pk)
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    if isinstance(one.message.about, LineAnswer):
        of_it = TokenLink.objects.usable().filter(purpose=LINE_LINK, object_id=one.message.about.pk)
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    if isinstance(one.message.about, ActionItem | Commitment | Post):
        purpose = {Post: VIEWER_LINK, Commitment: PLEDGE_LINK}.get(type(one.message.about), LEAD_LINK)
        of_it = TokenLink.objects.usable().filter(purpose=purpose, email=one.message.to_email)
        return english.day_date(timezone.localtime(of_it.latest("pk").expires_at))
    offer: Any = one._of(Offer) or (one.application.offers.last() if one.application else None)
    if offer is not None:
        return offer.last_day
    if case := one._of(LiabilityCase):
        return english.day_date(case.appeal_until or case.ask_until)
    if one.message.kind == "funding.still_owed":
        return english.day_date(one.agreement.liability_cases.get().ask_until)
    link: TokenLink = one.holder.link
    return english.day_date(timezone.localtime(link.expires_at))


def _held_until(one: Letter) -> str:
    was: Any = one.application.events.exclude(held_until=None).latest("pgh_id")  # type: ignore[attr-defined]
    return english.weekday_date(was.held_until)


def _due(one: Letter) -> str:
    invoice = one._of(Invoice, "invoice")
    return english.day_date(invoice.due_on if invoice else one.registration.due_on)


def _say_by(one: Letter) -> str:
    """The last day on which they are asked where they see themselves."""
    standing = standing_of(with_assessments(Enrolment.objects.select_related("cohort__plan")).get(pk=one.enrolment.pk))
    return english.day_date(standing.now.closes) if standing and standing.now else ""


#: Placeholders that name a day or a moment, and the one that binds.
DATES: dict[str, Callable[[Letter], str]] = {
    "closes": lambda one: english.when(one.own_window.last_moment),
    "until": _until,
    "held_until": _held_until,
    "when": _when,
    "say_by": _say_by,
    "reply_by": lambda one: english.day_date(one._of(Booking).occasion.reply_by),
    "due_on": _due,
    "review_by": lambda one: english.day_date(one._of(PoolEntry).review_by),
    "starts_on": lambda one: english.day_date(one.cohort.starts_on),
    "ends_on": lambda one: english.day_date(one.cohort.ends_on),
}

#: What nobody can try out here. “link”: the letter's own link is opened; “told”: a placeholder says it; “kept”: nothing makes it
#: otherwise; “staff”: people do it when they are asked; “wish”: it promises nothing.
OTHERWISE = {
    "We will send you a code": "kept",
    "you do not need a password": "kept",
    "You do not need a password": "kept",
    "before you do anything else": "wish",
    "if you cannot make it, or if there is anything": "staff",
    "we will see what we can do": "staff",
    "You no longer need to score": "kept",
    "what you can become": "wish",
    "until when people can tell you": "link",
    "so you can use it again": "link",
    "You can download it, print it": "link",
    "can check that it is genuine": "link",
    "no longer need to keep its dates free": "kept",
    "no longer need time away": "kept",
    "so that you can plan their time": "link",
    "You can see at any time": "link",
    "make the new date": "wish",
    "we can give you a statement of the days": "staff",
    "you do not need an account": "link",
    "You do not need an account": "link",
    "whether you need anything to take part": "link",
    "you can book on your page": "link",
    "On your page you can change": "link",
    "On the page behind the button": "link",
    "whether a bursary can pay": "wish",
    "where you can download": "link",
    "You can forward this email": "kept",
    "See what you can do": "link",
    "where you can meet": "wish",
    "You can add evidence": "link",
    "What do you need for": "link",
    "ay what you need": "link",
    "tell us what you need to eat": "link",
    "confirm what you need": "link",
    "If you need nothing special": "link",
    "the kitchen and the house can prepare": "wish",
    "we can give you more time": "staff",
}
