"""Those of the world who are in the directory, and with whom our programme shares it."""

from typing import Any

from cohorts.actions import directory_letters, directory_sharing
from cohorts.models import DirectoryBlock, NextProgramme
from cohorts.states import DirectoryReach
from tests.factories.cohorts import ProgrammeFactory
from tests.factories.directory import joined, opened


def find_one_another(world: Any) -> None:
    """Two of our cohort, who have written to one another, and one far away. The other provider asks us, and has agreed to what we asked."""
    things = world.things
    for programme in (things.programme, things.far_cohort.programme):
        opened(programme)
    things.entry = joined(things.enrolment)
    things.other_entry = joined(things.other_enrolment)
    things.far_entry = joined(things.far_enrolment)
    things.letter = directory_letters.write(
        enrolment=things.enrolment, text="Shall we compare notes?", by=world.other_participant
    )
    things.block = DirectoryBlock.objects.create(
        person=world.participant, blocked=things.far_enrolment.participant, name=things.far_entry.name
    )
    further = [
        ProgrammeFactory(provider=things.far_provider, name=name, directory=DirectoryReach.PROGRAMME)
        for name in ("Further Up", "Not asked")
    ]
    things.not_asked = further[1]
    NextProgramme.objects.create(programme=things.programme, to=things.not_asked, words="for whoever leads already")
    things.sharing = directory_sharing.share_directory(
        programme=things.far_cohort.programme, other=things.programme, by=world.far_coordinator
    )
    asked = directory_sharing.share_directory(programme=things.programme, other=further[0], by=world.coordinator)
    things.sharing_asked = directory_sharing.agree(agreement=asked, by=world.far_coordinator)
