"""More time for one person: let in after closing, or until later than everybody else (B33)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from applications import notices
from applications.actions.access import DECIDE, require_decider
from applications.actions.decisions import write_down
from applications.actions.offers import is_open
from applications.models import Application, LateEntry, Offer, Window
from applications.models.late import window_of
from applications.states import ApplicationStatus, OfferStatus
from cohorts.planning.bank_holidays import about_deadline
from cohorts.states import CohortStatus
from funding.notices import tell_of_closing
from funding.queries import waiting_for_sponsors
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.formats.english import day_date, when
from steppingup.formats.fields import AddressInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import StepForm, step

SAY_WHY = "Say why this person has more time, so that we can explain it later."


class LateForm(StepForm):
    email = AddressInput(
        label="Email address",
        help_text="The address that they apply with, or will apply with.",
        error_messages={"required": "Enter the email address that they apply with."},
    )
    last_day = DayInput(
        label="Until the end of",
        help_text="Nothing can be submitted after that day.",
        error_messages={"required": "Enter the last day."},
    )
    reason = forms.CharField(
        label="Why",
        help_text="For the record. Only staff will see this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": SAY_WHY},
    )

    def warnings(self, subject: Window) -> list[str]:
        return about_deadline(self.cleaned_data["last_day"], subject.cohort.programme.nation)


def _require_not_ones_own(by: Actor, window: Window) -> None:
    require_decider(by, window.cohort)


def _require_public(window: Window) -> None:
    cohort = window.cohort
    refuse_if(
        cohort.status != CohortStatus.PUBLISHED or not cohort.programme.is_published,
        "Nobody can apply at the moment: the cohort and its programme have to be on the site, and not have begun.",
        "not_public",
    )
    refuse_if(not window.has_opened(), "Applications have not opened yet.", "not_opened")


def _what_it_means(window: Window, **given: Any) -> str:
    closes = f"Applications {'closed' if window.has_closed() else 'close'} on {when(window.last_moment)}."
    return (
        f"{closes} This person may begin, write and submit until later, by the same rules as everybody else. They get an "
        "email with the new date. Everybody else's date stays."
    )


def _end_of(day: date) -> datetime:
    """The moment from which nothing can be submitted any more: midnight after the day, in London."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@step(
    Window,
    "Give one person more time",
    past="More time given",
    meaning=_what_it_means,
    permission=DECIDE,
    guard=_require_not_ones_own,
    policy=_require_public,
    explains=True,
    form=LateForm,
)
def give_time(*, window: Window, email: str, last_day: date, reason: str, by: User) -> LateEntry:
    """One person, by the address that they apply with, may submit until the end of a day later than everybody else.

    Raises NotPossible for a day that is no later, that is over, or on which the cohort has begun; and when the person has
    submitted already. Whether there is an account with the address is not said."""
    Window.objects.select_for_update(of=("self",)).get(pk=window.pk)
    why = required(reason, SAY_WHY)
    account, begins = User.objects.with_address(email), window.cohort.starts_on
    refuse_if(last_day < clock.today(), "That day is over. Choose a later one.", "past", field="last_day")
    refuse_if(
        last_day >= begins,
        f"The cohort begins on {day_date(begins)}. Choose a day before that.",
        "begun",
        field="last_day",
    )
    until = _end_of(last_day)
    own = window_of(window, account or User(pk=0, email=email))
    refuse_if(
        until <= own.closes_at,
        f"They can submit until {when(own.last_moment)} already. Choose a later day.",
        "not_later",
        field="last_day",
    )
    mine = Application.objects.filter(cohort=window.cohort_id, applicant=account) if account else None
    refuse_if(
        mine is not None and mine.exclude(status=ApplicationStatus.DRAFT).exists(),
        "This person has submitted an application already, so there is nothing to give more time for.",
        "submitted",
        field="email",
    )
    entry = LateEntry.objects.create(window=window, email=email, person=account, until=until, reason=why, given_by=by)
    draft = mine.first() if mine is not None else None
    notices.tell_more_time(entry, draft)
    if draft is not None:
        said = f"{draft.full_name or draft.applicant} now has until {when(entry.last_moment)}. Before, it was {when(own.last_moment)}."
        for agreement in waiting_for_sponsors(window.cohort).filter(person=draft.applicant):
            tell_of_closing(agreement, said)
    return entry


class LongerForm(StepForm):
    last_day = DayInput(
        label="Until the end of",
        help_text="The applicant is told the new day.",
        error_messages={"required": "Enter the last day."},
    )
    reason = forms.CharField(
        label="Why",
        help_text="For the record. Only staff will see this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": SAY_WHY},
    )


def open_offer(application: Application) -> Offer:
    """The offer that waits for an answer. Raises NotPossible where there is none, or it has ended."""
    offer = next((one for one in application.offers.all() if one.status == OfferStatus.MADE), None)
    if offer is None or not is_open(offer):
        raise NotPossible("No offer is open for them at the moment.", "state")
    return offer


def _until_when(application: Application, **given: Any) -> str:
    return f"The offer is open until {open_offer(application).last_day}. They can answer until the end of the new day."


@step(
    Application,
    "Give more time to answer the offer",
    past="More time given to answer the offer",
    meaning=_until_when,
    permission=DECIDE,
    guard=require_decider,
    policy=open_offer,
    form=LongerForm,
)
def give_longer(*, application: Application, last_day: date, reason: str, by: Actor) -> Offer:
    """One person may answer their offer until the end of a later day. They are told, and why is on record.

    Raises NotPossible without an open offer, and for a day that is no later or on which the cohort has begun."""
    why = required(reason, SAY_WHY)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=open_offer(application).pk)
    begins = application.cohort.starts_on
    refuse_if(
        last_day >= begins,
        f"The cohort begins on {day_date(begins)}. Choose a day before that.",
        "begun",
        field="last_day",
    )
    until = _end_of(last_day) - timedelta(seconds=1)
    refuse_if(
        until <= offer.expires_at,
        f"They can answer until {offer.last_day} already. Choose a later day.",
        "not_later",
        field="last_day",
    )
    offer.expires_at, offer.application = until, application
    offer.save(update_fields=["expires_at"])
    write_down(application=application, step="give_longer", by=by, note=why)
    notices.tell_applicant(notices.OFFER_LONGER, application, until=offer.last_day)
    return offer
