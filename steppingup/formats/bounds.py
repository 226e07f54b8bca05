"""What every form says of a number that is too small, too large or too long, and of a choice that is none (any more), whoever wrote the form.

Django’s own are “Ensure this value is greater than or equal to 1.” and “Select a valid choice. That choice is not one of the available
choices.” A field that knows more about itself still says it its own way."""

from django import forms
from django.core.validators import DecimalValidator, MaxValueValidator, MinLengthValidator, MinValueValidator

LEAST = "Enter %(limit_value)s or more."
MOST = "Enter %(limit_value)s or less."
SHORTEST = "This has %(show_value)d characters. Write at least %(limit_value)d."
DIGITS = {
    "invalid": "Enter a number.",
    "max_digits": "Enter a number of no more than %(max)s digits.",
    "max_decimal_places": "Enter a number with no more than %(max)s digits after the point.",
    "max_whole_digits": "Enter a number with no more than %(max)s digits before the point.",
}


def say_bounds_plainly() -> None:
    """Called once, when the site starts: forms, models and libraries make these checks themselves."""
    MinValueValidator.message = LEAST
    MaxValueValidator.message = MOST
    MinLengthValidator.message = SHORTEST
    DecimalValidator.messages = DIGITS


#: A choice was offered when the page was opened; it may have gone since, or was never there.
GONE = "This cannot be chosen (any more). Choose again."
NO_LIST = "Choose from the list."
CHOICES: dict[type[forms.Field], dict[str, str]] = {
    forms.ChoiceField: {"invalid_choice": GONE},
    forms.MultipleChoiceField: {"invalid_choice": GONE, "invalid_list": NO_LIST},
    forms.ModelChoiceField: {"invalid_choice": GONE},
    forms.ModelMultipleChoiceField: {"invalid_choice": GONE, "invalid_pk_value": GONE, "invalid_list": NO_LIST},
    forms.FileField: {
        "invalid": "Choose a file.",
        "missing": "Choose a file.",
        "empty": "This file is empty. Choose another.",
    },
    forms.URLField: {"invalid": "Enter a web address, such as https://example.org."},
}


def say_choices_plainly() -> None:
    """Called before any form is made: each field takes its sentences when it is."""
    for field, words in CHOICES.items():
        field.default_error_messages = {**field.default_error_messages, **words}
