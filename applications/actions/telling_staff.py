"""What coordinators are told when an applicant answers an offer, lets it pass, or withdraws."""

from dataclasses import replace
from typing import Any

from applications.actions.telling import absolute, last_day
from applications.models import Application, Offer
from applications.queries import places_left
from applications.states import ApplicationStatus, InterviewStatus
from cohorts.access import staff_of
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats.english import when
from steppingup.messaging.actions import MessagePreview, preview, send_as


def _coordinators(application: Application) -> list[User]:
    """Everybody who decides about this cohort's applications, but for the applicant."""
    found = staff_of(application.cohort, Permission.DECIDE_APPLICATIONS)
    return [person for person in found if person.pk != application.applicant_id]


def _message(application: Application, kind: str, more: dict[str, Any]) -> dict[str, Any]:
    cohort = application.cohort
    about = {
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "reference": application.reference,
        "applicant": application.full_name or str(application.applicant),
        "link": absolute("admin:applications_application_change", application.pk),
    }
    return {"kind": f"applications.{kind}", "scopes": application.message_scopes, "context": {**about, **more}}


def _tell(application: Application, kind: str, **more: Any) -> None:
    for person in _coordinators(application):
        send_as(to=person, about=application, **_message(application, kind, more))


def _would_tell(application: Application, kind: str, **more: Any) -> list[MessagePreview]:
    """For the applicant's own pages: one line, and the provider's name in place of the coordinators' addresses."""
    provider = str(application.cohort.programme.provider)
    first = _coordinators(application)[:1]
    seen = [preview(to=person, name=provider, **_message(application, kind, more)) for person in first]
    return [replace(message, to_email="") for message in seen]


# -- accepted --------------------------------------------------------------------------------------


def _places(application: Application) -> dict[str, str]:
    capacity = application.cohort.capacity
    taken = application.cohort.enrolments.holding_a_place().count()
    return {"places": f"{taken} of {capacity} places {'is' if taken == 1 else 'are'} taken"}


def of_accepting(application: Application) -> None:
    _tell(application, "place_accepted", **_places(application))


# -- not going on ----------------------------------------------------------------------------------


def _waiting(application: Application) -> str:
    """What the place that is free again can be used for."""
    free, offered = places_left(application.cohort)
    waiting = Application.objects.filter(cohort=application.cohort_id, status=ApplicationStatus.WAITING)
    number = waiting.exclude(pk=application.pk).count()
    if not number:
        return "Nobody is on the waiting list."
    people = "1 person is" if number == 1 else f"{number} people are"
    # The offer that has just ended may still be counted: before the button is pressed it is open.
    open_offers = offered - (application.status == ApplicationStatus.OFFERED)
    can = " You can offer the place to the first of them." if free > open_offers and number > 1 else ""
    can = " You can offer them the place." if free > open_offers and number == 1 else can
    return f"{people} on the waiting list.{can}"


def _declined(application: Application, reason: str) -> dict[str, str]:
    why = f"The reason given: “{reason.strip()}”" if reason.strip() else "No reason was given."
    return {"what": "has declined the place", "details": f"{why} {_waiting(application)}"}


def of_declining(application: Application, reason: str) -> None:
    _tell(application, "given_up", **_declined(application, reason))


def would_tell_of_declining(application: Application) -> list[MessagePreview]:
    return _would_tell(application, "given_up", **_declined(application, ""))


def of_expiring(application: Application, offer: Offer) -> None:
    details = f"The offer ended on {last_day(offer.expires_at)}. {_waiting(application)}"
    _tell(application, "given_up", what="has not answered the offer in time", details=details)


def withdrawn(application: Application) -> dict[str, str]:
    """In words, while the application still stands as it did: afterwards its interview and offer are over."""
    sentences = [f"Until now the application stood at “{application.get_status_display()}”."]
    interview = application.interviews.filter(status=InterviewStatus.ARRANGED).first()
    if interview:
        sentences.append(
            f"The interview on {when(interview.starts_at)} is cancelled. Please tell whoever was to be there."
        )
    if application.status == ApplicationStatus.OFFERED:
        sentences.append(_waiting(application))
    return {"what": "has withdrawn the application", "details": " ".join(sentences)}


def of_withdrawing(application: Application, words: dict[str, str]) -> None:
    """`words` are those of `withdrawn()`, asked for before anything was changed."""
    _tell(application, "given_up", **words)


def would_tell_of_withdrawing(application: Application) -> list[MessagePreview]:
    return _would_tell(application, "given_up", **withdrawn(application))
