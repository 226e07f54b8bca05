from datetime import timedelta

from celery.schedules import crontab

from cohorts.actions import (
    bookings,
    coaching_support,
    destinations,
    digests,
    directory,
    invitees,
    inviting,
    reports,
    staying,
    supervising,
)
from steppingup.runtime.timetable import timed


@timed("cohorts.forget_needs", crontab(hour=1, minute=50))
def forget_needs() -> int:
    """Every night: what people needed, of those who are on no programme any more."""
    return staying.forget_outlived()


@timed("cohorts.keep_directory", crontab(hour=1, minute=55))
def keep_directory() -> int:
    """Every night: entries that graduates did not confirm, and who wrote to whom a year ago."""
    return directory.end_unconfirmed() + directory.forget_letters()


@timed("cohorts.tell_supervisors", crontab(hour=7, minute=10))
def tell_supervisors() -> int:
    """Every morning: supervisors of assignments, about the days that wait for them."""
    return supervising.tell_of_days()


@timed("cohorts.ask_for_reports", crontab(hour=7, minute=20))
def ask_for_reports() -> int:
    """Every morning: participants and hosts of assignments that are half-way or over, how they go."""
    return reports.ask_for_reports()


@timed("cohorts.remind_employers_of_coaching", crontab(hour=7, minute=40))
def remind_employers_of_coaching() -> int:
    """Every morning: line managers, who were asked whether they support coaching beyond the plan."""
    return coaching_support.remind_employers()


@timed("cohorts.ask_graduates", crontab(hour=9, minute=20))
def ask_graduates() -> int:
    """Every morning: graduates, where they are now, at the moments that their programme names."""
    return destinations.ask_graduates()


@timed("cohorts.forget_unconfirmed", crontab(hour=1, minute=57))
def forget_unconfirmed() -> int:
    """Every night: addresses that somebody typed to book an event, and nobody confirmed."""
    return bookings.forget_unconfirmed()


@timed("cohorts.advertise_workshops", crontab(minute=25))
def advertise_workshops() -> int:
    """Each hour: introductory workshops, to the line managers of those who have a place, once recruitment is complete."""
    return invitees.invite_due()


@timed("cohorts.keep_invited", timedelta(minutes=1))
def keep_invited() -> int:
    """Each minute: invitations for people’s own calendars, where a programme sends them."""
    return inviting.keep_invited()


@timed("cohorts.tell_managers", crontab(hour=7, minute=40))
def tell_managers() -> int:
    """Every morning: line managers who have had no email this month about how their people are getting on."""
    return digests.tell_managers()
