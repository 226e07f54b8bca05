"""What is said before a cohort is published or cancelled, because of its applications."""

from applications.models import Application, Interest, Window
from applications.states import LIVE
from cohorts.models import Cohort
from cohorts.states import CohortStatus
from steppingup.formats import english


def register_in_words(window: Window, *, as_if_public: bool = False) -> str:
    """Who on the register of interest is told that the window opens, and when: it happens by itself (B32)."""
    if window.interest_told_at:
        return f"Everybody on the register of interest was told on {english.when(window.interest_told_at)}."
    number = Interest.objects.to_tell_of(window).count()
    people = f"{number} {'person' if number == 1 else 'people'} on the register of interest"
    if window.has_closed():
        return ""
    if not number:
        return "Nobody on the register of interest waits to be told that applications open."
    verb = "is" if number == 1 else "are"
    when = (
        "within five minutes" if window.has_opened() else f"when applications open on {english.when(window.opens_at)}"
    )
    cohort = window.cohort
    shown = as_if_public or cohort.status == CohortStatus.PUBLISHED
    unseen = (
        "" if shown and cohort.programme.is_published else ", if the cohort and its programme are on the site by then"
    )
    return f"{people} {verb} told by email {when}{unseen}."


def publishing(cohort: Cohort) -> str:
    window = Window.objects.filter(cohort=cohort).first()
    if window is None:
        return "Nobody can apply yet: it has no application window."
    window.cohort = cohort
    return register_in_words(window, as_if_public=True)


def cancelling(cohort: Cohort) -> str:
    """Applicants who wait would never hear of it."""
    number = Application.objects.filter(cohort=cohort, status__in=LIVE).count()
    if not number:
        return ""
    who = "1 applicant waits" if number == 1 else f"{number} applicants wait"
    return f"{who} for our answer. Tell them first: tick them in the ranking and turn them down, and put open offers on the waiting list before that."
