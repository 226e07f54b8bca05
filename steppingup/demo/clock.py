"""Days and times of day of the demonstration."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def moment(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A time of day in London."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
