"""The world's peer groups: the participant is in one, which keeps papers and looks for a half-day; another mix is proposed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts.actions import peers
from cohorts.actions.enrolments import place_in_group
from cohorts.models import (
    Apart,
    Grouping,
    GroupProposal,
    PeerAnswer,
    PeerCard,
    PeerGroup,
    PeerHalfDay,
    PeerPoll,
    SchoolHoliday,
)
from tests.factories.cohorts import SessionFactory, day
from tests.factories.peers import chosen_for, paper_of, poll_of

#: A word of a paper, as no other text has it.
GROUPS_OWN = "Quillomar"


def meet_in_groups(world: Any) -> None:
    things = world.things
    things.own_group = PeerGroup.objects.create(cohort=things.running, name="Group B")
    joined_on = things.enrolment.memberships.earliest("starts_on").starts_on
    place_in_group(enrolment=things.enrolment, peer_group=things.own_group, from_on=joined_on, by=world.coordinator)
    things.peer_paper = paper_of(things.enrolment, f"{GROUPS_OWN} in the title", f"{GROUPS_OWN} in the text")
    peers.keep_card(enrolment=things.enrolment, about="I lead a team.", by=world.participant)
    session = SessionFactory(
        cohort=things.running, peer_group=things.own_group, title="Peers", starts_at=timezone.now() + timedelta(days=70)
    )
    things.chosen_poll = PeerPoll.objects.for_steps().get(pk=chosen_for(things.enrolment, session).pk)
    things.peer_poll = poll_of(things.enrolment, first=day(60), last=day(70))
    things.half_day = things.peer_poll.half_days.first()
    PeerAnswer.objects.create(half_day=things.half_day, enrolment=things.enrolment, suits="yes")
    things.grouping = Grouping.objects.create(
        cohort=things.running, number=2, score=0, least=0, proposed_at=timezone.now()
    )
    for number, enrolment in enumerate((things.other_enrolment, things.alone), 1):
        things.group_proposal = GroupProposal.objects.create(
            grouping=things.grouping, enrolment=enrolment, number=number
        )
    GroupProposal.objects.create(grouping=things.grouping, enrolment=things.enrolment, number=1)
    things.apart = Apart.objects.create(one=things.other_enrolment, other=things.alone, said_by=world.coordinator)


def also_in_groups(world: Any, enrolment: Any) -> None:
    """One row more in each list of peer groups, and in that of school holidays."""
    number = SchoolHoliday.objects.count()
    SchoolHoliday.objects.create(
        provider=world.provider,
        name=f"Holiday {number}",
        starts_on=day(300 + 9 * number),
        ends_on=day(305 + 9 * number),
    )
    Grouping.objects.create(cohort=world.running, number=2, made_at=timezone.now())
    GroupProposal.objects.create(grouping=world.grouping, enrolment=enrolment, number=2)
    Apart.objects.create(one=world.enrolment, other=enrolment)
    paper_of(world.enrolment, f"Meeting {enrolment.pk}")
    poll = PeerPoll.objects.create(peer_group=enrolment.peer_group, title="When?", opened_by=enrolment)
    half_day = PeerHalfDay.objects.create(poll=poll, on=day(9), half="morning")
    PeerAnswer.objects.create(half_day=half_day, enrolment=enrolment, suits="yes")
    PeerAnswer.objects.create(half_day=world.half_day, enrolment=enrolment, suits="yes")
    PeerCard.objects.create(enrolment=enrolment, about="Hello.")
