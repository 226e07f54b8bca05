"""What every form says of a number that is too small, too large or too long, whoever wrote the form.

Django’s own is “Ensure this value is greater than or equal to 1.” A field that knows more about itself still says it its own way."""

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
