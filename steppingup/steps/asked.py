"""How somebody asked for a step who did not take it themselves, and the words for it."""

from datetime import date

from django.db import models

from steppingup.formats.english import day_date


class How(models.TextChoices):
    TELEPHONE = "telephone", "By telephone"
    LETTER = "letter", "By letter, or on a paper form"
    EMAIL = "email", "By email"
    IN_PERSON = "in_person", "In person"


THEY = {
    How.TELEPHONE: "rang",
    How.LETTER: "wrote",
    How.EMAIL: "sent an email",
    How.IN_PERSON: "came to us",
}


def asked_in_words(name: str, how: str, on: date | None) -> str:
    """“for Ben Okri, who rang on 3 May 2026”."""
    return f"for {name}, who {THEY[How(how)]} on {day_date(on)}"


def you_asked(how: str, on: date | None) -> str:
    """“you rang on 3 May 2026”, for the person."""
    return f"you {THEY[How(how)].replace('to us', 'to see us')} on {day_date(on)}"
