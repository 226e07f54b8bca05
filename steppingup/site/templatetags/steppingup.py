"""{% load steppingup %}: the site's words, sections and small pieces."""

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.context import Context

from steppingup.formats import english
from steppingup.site import sections

register = template.Library()

register.filter("days", english.days)
register.filter("days_counted", english.days_counted)
register.filter("nearest_quarter", english.nearest_quarter)
register.filter("pounds", english.pounds)
register.filter("pounds_and_pence", english.pounds_and_pence)
register.filter("day_date", english.day_date)
register.filter("weekday_date", english.weekday_date)
register.filter("when", english.when)
register.filter("until", english.span)
register.filter("markdown", english.markdown)
register.filter("plain", english.plain)


@register.filter
def counted(number: int, words: str) -> str:
    """{{ found|counted:"email" }}, {{ team|counted:"person,people" }}: the number with its noun."""
    return english.counted(number, *words.split(","))


@register.inclusion_tag("components/sections.html", takes_context=True, name="sections")
def show_sections(context: Context, page: str, subject: Any = None, topic: str = "") -> dict[str, Any]:
    """{% sections "participant" enrolment %}: what every app has to say here; with a topic, what they say on its page."""
    return {"sections": sections.render_sections(page, context["request"], subject, topic=topic)}


TAG_COLOURS = {
    "good": "govuk-tag--green",
    "open": "govuk-tag--teal",
    "waiting": "govuk-tag--yellow",
    "attention": "govuk-tag--orange",
    "bad": "govuk-tag--red",
    "over": "govuk-tag--grey",
}


@register.inclusion_tag("components/tag.html")
def status_tag(label: Any, group: str = "over") -> dict[str, str]:
    """{% status_tag "Overdue" "attention" %}: good, open, waiting, attention, bad or over."""
    return {"label": str(label), "colour": TAG_COLOURS[group]}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some values changed; None takes one away: href="{% query page=2 %}"."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.filter
def error_target(field: BoundField) -> str:
    """The id that an error in the summary leads to: the first box of a group, the first part of a date."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{field.auto_id}_1"
    if isinstance(widget, forms.MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.inclusion_tag("components/mark.html")
def mark(css_class: str = "mark") -> dict[str, str]:
    """The three rising steps, inline."""
    return {"css_class": css_class}
