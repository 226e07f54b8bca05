"""People who are in the directory, and programmes that share it."""

from typing import Any

from cohorts.actions import directory, directory_sharing
from cohorts.models import DirectoryAgreement, DirectoryEntry, Enrolment, Programme
from cohorts.states import Circle, DirectoryReach

WORDS = {
    "job_title": "Ward manager", "organisation": "St Peter’s Hospice", "place": "Leeds", "shows_programme": True,
    "offers": "How we halved waiting times.", "seeks": "How boards work.", "takes_messages": True, "email": "",
    "phone": "", "circle": Circle.OTHERS,
}  # fmt: skip


def words(enrolment: Enrolment, **more: Any) -> dict[str, Any]:
    return {**WORDS, "name": enrolment.participant.full_name, **more}


def joined(enrolment: Enrolment, **more: Any) -> DirectoryEntry:
    """In the directory of their programme, which has one from now on."""
    programme = enrolment.cohort.programme
    if programme.directory == DirectoryReach.NONE:
        opened(programme)
    return directory.join(enrolment=enrolment, by=enrolment.participant, **words(enrolment, **more))


def opened(programme: Programme, reach: str = DirectoryReach.PROVIDER) -> Programme:
    programme.directory = reach
    programme.save(update_fields=["directory"])
    return programme


def shared(host: Any, guest: Any) -> DirectoryAgreement:
    """The programmes of two sides (`tests.factories.joint`) share their directories."""
    for side in (host, guest):
        opened(side.programme)
    asked = directory_sharing.share_directory(programme=host.programme, other=guest.programme, by=host.coordinator)
    return directory_sharing.agree(agreement=asked, by=guest.coordinator)
