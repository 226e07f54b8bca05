"""The page about who pays for a participant's place: how it stands in a line, and what it asks."""

from typing import Any

from django.urls import reverse

from cohorts.models import Enrolment
from cohorts.pages.topics import OWN
from funding.models import LiabilityCase
from funding.pages.sections import own_fee
from funding.states import CaseStatus
from steppingup.formats.english import pounds
from steppingup.site.topics import Ask, Status, Topic


def _money(*, subject: Enrolment, viewer: Any) -> Status | None:
    found = own_fee(subject=subject, viewer=viewer)
    if found is None:
        return None
    agreement, case = found["agreement"], found["case"]
    if case is not None:
        owed = "Nothing is owed" if case.status == CaseStatus.WAIVED else f"{pounds(case.owed)} is owed"
        return Status(f"{owed} for having left", "What is owed")
    if agreement.self_paid and agreement.employer_pays:
        return Status(f"You pay {pounds(agreement.employer_pays)}")
    return Status("You do not have to pay anything")


def _asked(*, subject: Enrolment, viewer: Any) -> list[Ask]:
    """To tell of circumstances, or to appeal, while there is time (N14)."""
    found = own_fee(subject=subject, viewer=viewer)
    case: LiabilityCase | None = found["case"] if found else None
    if case is None or case.is_over:
        return []
    url = reverse("funding:own_case", args=[case.pk])
    if case.status == CaseStatus.OPEN:
        what = f"Tell us if circumstances made you leave: {pounds(case.owed)} is owed as it stands"
        return [Ask(what, "Tell us", url, case.ask_until, "Only if there were any")]
    if case.status == CaseStatus.DECIDED:
        what = "Read the decision about what is owed"
        return [Ask(what, "Read it, or appeal", url, case.appeal_until, "You can appeal")]
    return []


TOPICS = (Topic(OWN, "money", 90, "How it is funded", "funding:money", _money, asks=_asked),)
