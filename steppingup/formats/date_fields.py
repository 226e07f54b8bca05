"""Fields for days and times. Every form has these and none of Django's own, so that all of them read what people type and say
the same where nobody can have meant it: `steppingup.formats.dates`.

    on = DayInput(label="When did they leave?", within=PAST)"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from crispy_forms_gds.fields import DateInputField
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.timezone import make_aware

from steppingup.formats.dates import ANY, NO_DATE, NO_YEAR, NotMeant, Within, clock_of, day_of, moment_of

NO_SUCH_TIME = "The clocks change then, so that this time is missing or comes twice. Choose another time."


class Day(forms.DateInput):
    """One box, to type into; the browser's calendar stands beside it where scripts run (`data-day`)."""

    def __init__(self, attrs: Any = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "data-day": "", **(attrs or {})}
        super().__init__(attrs=attrs, **{"format": "%-d %B %Y", **kwargs})


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def _read(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except NotMeant as sentence:
        raise ValidationError(str(sentence), code="invalid") from None


class DayInput(forms.DateField):
    """A day, as people type it; `within` says which days can be meant."""

    widget = Day

    def __init__(self, *, within: Within = ANY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.within = within

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, datetime):
            return timezone.localdate(value) if timezone.is_aware(value) else value.date()
        if isinstance(value, date):
            return value
        return _read(lambda text: day_of(text, self.within), str(value))


class ThreeBoxes(DateInputField):
    """A day in three boxes, as public pages ask for it. “May” and “26” are read too, and a whole date in the first box.

    What is no date gets the `sentence`; what nobody can have meant gets its own. The boxes keep what was typed."""

    def __init__(self, *, sentence: str = NO_DATE, within: Within = ANY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sentence, self.within = sentence, within

    def clean(self, value: Any) -> date | None:
        boxes = [str(box or "").strip() for box in value] if isinstance(value, list | tuple) else []
        for field in self.fields:
            field.widget.errors = []
        if not any(boxes):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            return day_of(" ".join(filter(None, boxes)), self.within)
        except NotMeant as refused:
            sentence = self.sentence if str(refused) in (NO_DATE, NO_YEAR) else str(refused)
            raise ValidationError(sentence, code="invalid") from None


class ClockInput(forms.TimeField):
    """A time of day."""

    widget = Clock

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or not str(value).strip():
            return None
        return value if isinstance(value, time) else _read(clock_of, str(value))


def in_london(moment: datetime) -> datetime:
    """With its zone. Raises ValidationError for a time that the clocks leave out or repeat."""
    local = make_aware(moment)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ValidationError(NO_SUCH_TIME, code="invalid")
    return local


class MomentInput(forms.DateTimeField):
    """A day and a time in one box."""

    widget = Moment

    def __init__(self, *, within: Within = ANY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.within = within

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, datetime):
            return value if timezone.is_aware(value) else in_london(value)
        return in_london(_read(lambda text: moment_of(text, self.within), str(value)))


class MomentInTwo(forms.SplitDateTimeField):
    """A day and a time in a box each, as the admin asks for them."""

    def __init__(self, *, within: Within = ANY, **kwargs: Any) -> None:
        given = {name: kwargs.pop(name) for name in ("input_date_formats", "input_time_formats") if name in kwargs}
        super().__init__(**given, **kwargs)
        fields = DayInput(within=within), ClockInput()
        for field, before in zip(fields, self.fields, strict=True):
            field.required = before.required
            field.disabled = before.disabled
            field.error_messages |= {"incomplete": before.error_messages["incomplete"]}
        self.fields = fields
        self.error_messages |= {
            "invalid_date": "Enter the date as well.",
            "invalid_time": "Enter the time as well, like 9:30am.",
        }

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        for value, code in zip(data_list, ("invalid_date", "invalid_time"), strict=True):
            if value in self.empty_values:
                raise ValidationError(self.error_messages[code], code=code)
        return in_london(datetime.combine(*data_list))


# -- columns -----------------------------------------------------------------------------------------


class DayField(models.DateField):
    """A column of days that somebody fills in. In the database it is a plain date."""

    def __init__(self, *args: Any, within: Within = ANY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.within = within

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": DayInput, "within": self.within, **kwargs})


class MomentField(models.DateTimeField):
    """A column of moments that somebody fills in, in London's time."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        in_two = kwargs.get("form_class") is forms.SplitDateTimeField  # as the admin asks
        return super().formfield(**{**kwargs, "form_class": MomentInTwo if in_two else MomentInput})
