"""What else happens to an application when a step is taken back, and what must be true of what comes back."""

import json

from django.db.models import Q

from applications.actions.decisions import drop_what_cannot_be_sent, pass_on, write_down
from applications.actions.offers import end_of_offer, is_open
from applications.models import Application, Decision, Interview, LateEntry, Offer, PlannedDecision
from applications.queries import places_left
from applications.rules.scores import FIGURES
from applications.selection import clashes
from applications.states import ApplicationStatus, InterviewStatus, OfferStatus
from applications.words import for_applicants
from steppingup import clock
from steppingup.formats.english import when
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import own_back_stays_open
from steppingup.steps.letters import say_how_it_stands
from steppingup.steps.restoring import Back, after_taking_back, keep


def _stays_written(decision: Decision, back: Back) -> None:
    """The record of decisions is never changed: that it was taken back is a line of its own."""


def _as_it_was(application: Application, back: Back) -> None:
    if application.held_until:
        _still_has_its_place(application)
    if application.status == ApplicationStatus.DRAFT and any('"number"' in (row.after or "") for row in back.rows):
        note("Its number in the order of submission is given up. Submitted again, it gets the next one.")
    _still_time(application, back)


def _still_time(application: Application, back: Back) -> None:
    """What was submitted and comes back as a draft has to be submitted again; what was a draft all along has not."""
    of_it = [row for row in back.rows if row.model is Application and row.key == application.pk]
    refuse_if(
        application.status == ApplicationStatus.DRAFT
        and any("status" in json.loads(row.before) for row in of_it if row.before)
        and (not hasattr(application.cohort, "window") or application.own_window.has_closed(clock.now())),
        "Applications have closed since, so it could not be submitted again.",
        "closed",
    )


def _unless_it_was_used(entry: LateEntry, back: Back) -> None:
    """More time that somebody has submitted in stays: without it their application would have come too late."""
    cohort, closes_at = entry.window.cohort_id, entry.window.closes_at
    theirs = Application.objects.filter(Q(applicant=entry.person) | Q(applicant__email=entry.email), cohort=cohort)
    refuse_if(
        theirs.filter(submitted_at__gte=closes_at, submitted_at__lt=entry.until).exists(),
        "They have submitted their application in that time, so it stays: otherwise it would count as late.",
        "used",
    )
    entry.delete()


def _still_has_its_place(application: Application) -> None:
    """Where places go in the order of submission, one that was given up has passed on; what comes back needs a place."""
    if not application.cohort.rule_set.is_first_come:
        return
    free, kept = places_left(application.cohort)
    refuse_if(
        kept > free,
        "The place has passed to the next in order since, so it cannot come back. Put them on the waiting list instead: by their "
        "number they come next.",
        "no_place",
    )


def _can_be_answered(offer: Offer, back: Back) -> None:
    """An offer that comes back after its last day is open again for as long as a new one would be."""
    if offer.status == OfferStatus.MADE:
        _still_has_its_place(offer.application)
    if offer.status != OfferStatus.MADE or is_open(offer):
        return
    ended, offer.expires_at = offer.last_day, end_of_offer(offer.application.cohort)
    offer.save(update_fields=["expires_at"])
    back.lost.append(f"The offer ended on {ended}. It can now be answered until the end of {offer.last_day}.")


def _can_be_held(interview: Interview, back: Back) -> None:
    """An interview that is arranged again, or at another time, needs its room, its panel and its applicant, as every other."""
    changed = [row for row in back.rows if row.model is Interview and row.key == interview.pk and row.kind == "changed"]
    if not changed or interview.status != InterviewStatus.ARRANGED:
        return
    at = when(interview.starts_at)
    if interview.starts_at <= clock.now():
        back.lost.append(f"The interview was to be on {at}, which has passed: move it, or record what became of it.")
        return
    taken = clashes.who_has_it(interview)
    refuse_if(taken, f"The interview would be on {at} again. {taken} Move or cancel that one first.", "taken")


def _afterwards(application: Application, back: Back) -> None:
    """What was set to be sent later, and cannot be decided any more as things are again, is dropped; the record says what was done."""
    planned = PlannedDecision.objects.filter(application=application).first()
    drop_what_cannot_be_sent(application)
    if planned and not PlannedDecision.objects.filter(pk=planned.pk).exists():
        note(f"The decision that was set since is dropped: {planned}.")
    _write_down(application, back)
    pass_on(application.cohort)


def _write_down(application: Application, back: Back) -> None:
    if any(row.model is Decision for row in back.rows):
        note = f"{back.taking.past}. {back.reason}".strip()
        write_down(application=application, step="take_back", by=back.by, note=note)


def _has_begun(application: Application) -> bool:
    return application.cohort.starts_on <= clock.today()


def _for_the_applicant(application: Application, message: Message) -> str:
    if message.to_id != application.applicant_id:
        return ""
    heading, _ = for_applicants(application)
    offer = Offer.objects.filter(application=application, status=OfferStatus.MADE).first()
    until = f" Please answer by {when(offer.expires_at)}." if offer else ""
    interview = application.interviews.filter(status=InterviewStatus.ARRANGED).first()
    meets = f" Your interview is on {when(interview.starts_at)}, {interview.place}." if interview else ""
    return f"Your application is where it was before: “{heading}”.{until}{meets}"


keep(Decision, made=_stays_written, unless="the line in the record of decisions stays")
keep(LateEntry, made=_unless_it_was_used)
keep(Interview, check=_can_be_held, unless="an interview whose room, panel or time others have by now")
keep(Offer, check=_can_be_answered, unless="an offer whose last day has passed gets a new one")
keep(Application, sums={*FIGURES, "reviews_active", "top_scores"}, check=_as_it_was)
after_taking_back(Application, _afterwards)
own_back_stays_open(Application, _has_begun)
say_how_it_stands(Application, _for_the_applicant)
