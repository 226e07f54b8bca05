"""What is not possible is refused with its sentence, nothing is left of the attempt, and nobody is told."""

import re

import pytest
from django.db import transaction

from steppingup.messaging.models import Message
from tests.sweeps import (
    refusals_of_days,
    refusals_of_money,
    refusals_of_people,
    refusals_of_selection,
    refusals_of_the_directory,
    refusals_of_the_year,
)
from tests.sweeps.refusals import REFUSALS
from tests.sweeps.world import World

TABLE = (
    *(refusals_of_days, refusals_of_selection, refusals_of_the_year, refusals_of_money, refusals_of_people),
    refusals_of_the_directory,
)


@pytest.mark.parametrize("name", REFUSALS)
def test_it_is_refused_with_its_sentence(world: World, name: str):
    refusal, told = REFUSALS[name], Message.objects.count()
    with pytest.raises(refusal.error, match=re.escape(refusal.sentence)), transaction.atomic():
        refusal.attempt(world)
    assert Message.objects.count() == told
