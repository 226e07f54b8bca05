"""Moments at which letters to people near the line are written."""

from datetime import timedelta

from applications.actions import line
from applications.models import LineAnswer
from steppingup import clock
from tests.factories.line import earlier
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def people_near_the_line_are_asked_how_work_went_on(w: World) -> int:
    """By the clock, a year after they agreed."""
    LineAnswer.objects.all().delete()
    earlier(w.line_consent, 366)
    return line.ask_near_the_line(clock.today() + timedelta(days=1))
