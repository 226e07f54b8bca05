"""The board of openings in the world of the sweeps: an employer who was asked, what it offered, and what is on the board."""

from typing import Any

from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer
from cohorts.notices.openings import STOP_LINK
from steppingup.accounts.models import TokenLink
from steppingup.clock import now
from tests.factories import openings as make
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day


def keep_a_board(world: Any) -> None:
    """What the participant of the running cohort sees: one to ask about, one whose employer does not know of them yet, one that they got."""
    things = world.things
    employer = OrganisationFactory(name=f"Avon Care{things.town}")
    things.opening_asked = make.asked(things.programme, organisation=employer, asked_by=world.coordinator)
    things.opening_offered = make.offered(things.opening_asked, title="A seat on a board")
    things.openings_token = make.link_of(things.opening_asked).raw
    things.opening = _open(things.programme, "A project for all", kind="project")
    things.kept_opening = _open(things.programme, "Acting up for a year", kind="acting_up")
    things.kept_interest = _interested(things.kept_opening, things.enrolment, handed_on_at=None)
    things.handed_interest = _interested(things.kept_opening, things.other_enrolment)
    things.got_opening = _open(things.programme, "Mentoring by a director", kind="mentoring")
    things.got_interest = _interested(things.got_opening, things.enrolment, got_on=day(-1))
    things.hears = AlumniChoice.objects.create(
        enrolment=things.enrolment, hears=True, kinds=["coaching"], chosen_at=None
    )
    _, things.stop_token = TokenLink.issue(
        purpose=STOP_LINK, target=things.hears, email=world.participant.email, days=9
    )


def _open(programme: Any, title: str, **said: Any) -> GraduateOffer:
    return make.opening(programme, title=title, opened_at=now(), **said)


def _interested(offer: GraduateOffer, enrolment: Any, **more: Any) -> GraduateInterest:
    return GraduateInterest.objects.create(offer=offer, enrolment=enrolment, **more)


def more_on_the_board(world: Any, enrolment: Any) -> None:
    """As much again, for another participant and for the same."""
    number = enrolment.pk
    offer = _open(world.programme, f"Opening {number}", kind="coaching")
    _interested(offer, world.enrolment)
    for one in (offer, world.kept_opening, world.got_opening):
        _interested(one, enrolment, got_on=day(-1))
    asked = make.asked(world.programme, f"employer{number}@avon.example")
    for invitation in (asked, world.opening_asked):
        make.opening(
            world.programme,
            title=f"Offer {number}",
            invitation=invitation,
            organisation=invitation.organisation,
        )
