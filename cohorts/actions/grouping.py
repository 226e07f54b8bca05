"""Peer groups are proposed as the best mix there is, changed by hand, and made (B11)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.enrolments import place_in_group
from cohorts.models import Apart, Cohort, Enrolment, Grouping, GroupProposal, PeerGroup
from cohorts.models.grouping import MOST_GROUPS
from cohorts.notices import peers as notices
from cohorts.permissions import CohortPermission
from cohorts.planning.grouping import Member, group
from cohorts.states import COHORT_OVER, HOLDS_A_PLACE
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require, require_colleague
from steppingup.accounts.families import Reach
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.jobs.actions import start
from steppingup.jobs.models import Job
from steppingup.steps.step import StepForm, Table, Weight, step

RUN = CohortPermission.RUN_COHORTS
JOB = "cohorts.group"
HOW_MANY = f"Enter a whole number from 1 to {MOST_GROUPS}."


# -- what is asked ---------------------------------------------------------------------------------


def _how_many() -> forms.IntegerField:
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), HOW_MANY)
    return forms.IntegerField(label="How many groups?", min_value=1, max_value=MOST_GROUPS, error_messages=wrong)


class NumberForm(StepForm):
    """How many groups; begins with as many as the cohort has, or the one before had."""

    number = _how_many()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.subject, Grouping):
            self.fields["number"].initial = self.subject.number
        else:
            self.fields["number"].initial = _groups_so_far(self.subject) or None


def _groups_so_far(cohort: Cohort) -> int:
    if own := cohort.peer_groups.count():
        return own
    before = Cohort.objects.filter(programme=cohort.programme_id, starts_on__lt=cohort.starts_on)
    latest = before.exclude(peer_groups=None).order_by("-starts_on").first()
    return latest.peer_groups.count() if latest else 0


def to_group(cohort: Cohort) -> Any:
    """Everybody who holds a place in the cohort."""
    people = Enrolment.objects.filter(cohort=cohort, status__in=HOLDS_A_PLACE)
    return people.select_related("participant", "employer", "peer_group", "cohort__programme").order_by("pk")


def _require_to_group(cohort: Cohort) -> None:
    refuse_if(
        cohort.status in COHORT_OVER,
        f"This cohort is {cohort.get_status_display().lower()}, so no groups are made.",
        "over",
    )


def _require_people(cohort: Cohort) -> None:
    refuse_if(not to_group(cohort).exists(), "Nobody is enrolled in this cohort yet.", "nobody")


@step(
    Cohort,
    "Propose peer groups",
    name="propose_groups",
    past="Peer groups proposed",
    meaning="The best mix of employers and sectors is worked out, and you can change it before anybody is told. Groups that there are "
    "stay as they are until you make these.",
    permission=RUN,
    policy=_require_to_group,
    form=NumberForm,
)
def propose_groups(*, cohort: Cohort, number: int, by: Actor) -> Grouping:
    """A proposal is begun and worked out in the background.

    Raises NotPossible for a cohort that is over or has nobody, and while there is a proposal that is not made."""
    _require_to_group(cohort)
    _require_people(cohort)
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    refuse_if(
        Grouping.objects.filter(cohort=cohort).unfinished().exists(),
        "Groups are proposed for this cohort already. You can change how many on the page of that proposal.",
        "proposed_already",
    )
    grouping = Grouping.objects.create(cohort=cohort, number=number)
    propose(grouping=grouping, by=by)
    return grouping


def require_unmade(grouping: Grouping) -> None:
    refuse_if(grouping.made_at, "These groups have been made.", "groups_made")


def _locked(grouping: Grouping) -> Grouping:
    """Nobody else changes it, works it out or makes it meanwhile."""
    Grouping.objects.select_for_update(of=("self",), no_key=True).get(pk=grouping.pk)
    found = Grouping.objects.for_steps().get(pk=grouping.pk)
    require_unmade(found)
    return found


@step(
    Grouping,
    "Change how many",
    name="set_number",
    past="Number of groups changed",
    meaning="It is worked out anew. Whoever was locked into a group that there is no more is free again.",
    permission=RUN,
    policy=require_unmade,
    form=NumberForm,
)
def set_number(*, grouping: Grouping, number: int, by: Actor) -> Grouping:
    found = _locked(grouping)
    found.number = number
    found.save(update_fields=["number"])
    found.proposals.filter(number__gt=number).delete()
    propose(grouping=found, by=by)
    return found


# -- the best mix --------------------------------------------------------------------------------------


@transaction.atomic
def propose(*, grouping: Grouping, by: Actor) -> Job:
    """Have the best mix worked out in the background: whoever is locked stays. Nobody is told."""
    require(by, RUN, grouping)
    require_unmade(grouping)
    title = f"Peer groups of {grouping.cohort}"
    provider = grouping.cohort.programme.provider
    return start(
        kind=JOB,
        title=title,
        about=grouping,
        by=by,
        key=f"grouping {grouping.pk}",
        provider=provider,
        cohort=grouping.cohort_id,
    )


def members_of(grouping: Grouping, people: Sequence[Enrolment], locked: dict[int, int]) -> list[Member]:
    """As the solver wants them. Where the programme looks beyond the organisation itself, all of one family are one employer."""
    tops: dict[int, int] = {}
    if grouping.cohort.programme.reach != Reach.SAME:
        employers = {one.employer_id for one in people if one.employer_id}
        tops = {one: min(family) for one, family in Organisation.objects.families(employers, Reach.GROUP).items()}
    return [
        Member(
            one.pk,
            tops.get(one.employer_id or 0, one.employer_id),
            one.employer.sector if one.employer else "",
            locked[one.pk] - 1 if one.pk in locked else None,
        )
        for one in people
    ]


@transaction.atomic
def work_out(*, grouping: Grouping, by: Actor) -> Grouping:
    """What the job does. Running it again with the same people gives the same."""
    require(by, RUN, grouping)
    found = _locked(grouping)
    people = list(to_group(found.cohort))
    kept = found.proposals.filter(is_locked=True, enrolment__in=people, number__lte=found.number)
    locked = dict(kept.values_list("enrolment", "number"))
    found.proposals.exclude(enrolment__in=locked).delete()
    members = members_of(found, people, locked)
    grouped = group(members, found.number, {pair.pair for pair in Apart.objects.within(found.cohort)})
    GroupProposal.objects.bulk_create(
        [
            GroupProposal(grouping=found, enrolment=one, number=grouped.places[one.pk] + 1)
            for one in people
            if one.pk not in locked
        ]
    )
    found.score, found.least, found.proposed_at = grouped.score, grouped.least, clock.now()
    found.save(update_fields=["score", "least", "proposed_at"])
    return found


# -- by hand -------------------------------------------------------------------------------------------


def _require_other(by: Actor, proposal: GroupProposal) -> None:
    require_colleague(by, proposal.enrolment.participant, "You cannot choose your own group. Ask a colleague.")


def _numbers(proposal: GroupProposal) -> list[tuple[int, str]]:
    return [(at, f"Group {at}") for at in range(1, proposal.grouping.number + 1) if at != proposal.number]


class AnotherForm(StepForm):
    """Another of the proposed groups."""

    number = forms.TypedChoiceField(
        label="Which group?", coerce=int, widget=forms.RadioSelect, error_messages={"required": "Choose a group."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["number"]
        field.choices = _numbers(self.subject)


@step(
    GroupProposal,
    "Put into another group",
    name="put_elsewhere",
    noun="proposal",
    past="Put into another group",
    meaning="They are locked there, so that working it out again leaves them. Nobody is told before the groups are made.",
    permission=RUN,
    guard=_require_other,
    policy=lambda proposal: require_unmade(proposal.grouping),
    form=AnotherForm,
)
def put_elsewhere(*, proposal: GroupProposal, number: int, by: Actor) -> GroupProposal:
    """Raises NotPossible for a group that there is not."""
    grouping = _locked(proposal.grouping)
    refuse_if(not 1 <= number <= grouping.number, "There is no such group.", "no_such_group", field="number")
    proposal.number, proposal.is_locked = number, True
    proposal.save(update_fields=["number", "is_locked"])
    return proposal


@step(
    GroupProposal,
    "Lock it",
    name="lock",
    noun="proposal",
    past="Locked",
    meaning="Working it out again leaves them in this group.",
    permission=RUN,
    guard=_require_other,
    policy=lambda proposal: refuse_if(
        proposal.is_locked or proposal.grouping.made_at, "It is locked already.", "locked"
    ),
    undo="unlock",
    bulk=True,
)
def lock(*, proposal: GroupProposal, by: Actor) -> GroupProposal:
    return _set_locked(proposal, True)


@step(
    GroupProposal,
    "Unlock it",
    name="unlock",
    noun="proposal",
    past="Unlocked",
    meaning="Working it out again may put them elsewhere.",
    permission=RUN,
    guard=_require_other,
    policy=lambda proposal: refuse_if(
        not proposal.is_locked or proposal.grouping.made_at, "It is not locked.", "not_locked"
    ),
    undo="lock",
    bulk=True,
)
def unlock(*, proposal: GroupProposal, by: Actor) -> GroupProposal:
    return _set_locked(proposal, False)


def _set_locked(proposal: GroupProposal, is_locked: bool) -> GroupProposal:
    _locked(proposal.grouping)
    proposal.is_locked = is_locked
    proposal.save(update_fields=["is_locked"])
    return proposal


# -- made ------------------------------------------------------------------------------------------------


class MakeForm(StepForm):
    """Asks nothing: shows who would be with whom."""

    def table(self, subject: Grouping) -> Table:
        names = _names(subject)
        rows: list[tuple[str, ...]] = [
            (names[at - 1], english.listed([str(one.enrolment.participant) for one in here]))
            for at, here in by_number(subject).items()
        ]
        return Table("Who would be with whom", ("Group", "People"), rows)


def by_number(grouping: Grouping) -> dict[int, list[GroupProposal]]:
    """Every group with its people by name, the empty ones too."""
    found: dict[int, list[GroupProposal]] = {at: [] for at in range(1, grouping.number + 1)}
    for one in grouping.proposals.for_steps():
        found[one.number].append(one)
    return found


def _names(grouping: Grouping) -> list[str]:
    """The groups that the cohort has, by name, and new ones: “Group 4”, or the next number that is free."""
    known = list(grouping.cohort.peer_groups.order_by("name").values_list("name", flat=True))
    names, taken = known[: grouping.number], {fold(name) for name in known}
    at = len(names)
    while len(names) < grouping.number:
        at += 1
        if fold(f"Group {at}") not in taken:
            names.append(f"Group {at}")
    return names


def _require_proposed(grouping: Grouping) -> None:
    require_unmade(grouping)
    refuse_if(grouping.proposed_at is None, "Nothing is worked out yet.", "none_proposed")


@step(
    Grouping,
    "Make these groups",
    name="make_groups",
    past="Peer groups made",
    meaning="From today on everybody is in the group that is proposed for them, and is told who is in it. Registers of days before today stay as they were.",
    permission=RUN,
    policy=_require_proposed,
    form=MakeForm,
    weight=Weight.STRONG,
    number=lambda grouping, **given: grouping.proposals.count(),
)
def make_groups(*, grouping: Grouping, by: Actor) -> Grouping:
    """Every proposal becomes a place in a group, all of them or none.

    Raises NotPossible when nothing is worked out, and when somebody has joined since."""
    found = _locked(grouping)
    _require_proposed(found)
    placed = {one.enrolment_id: one for one in found.proposals.all()}
    people = list(to_group(found.cohort))
    joined = [str(one.participant) for one in people if one.pk not in placed]
    refuse_if(
        joined,
        f"{english.listed(joined)} {'has' if len(joined) == 1 else 'have'} joined since. Work the groups out again.",
        "joined_since",
    )
    groups = [PeerGroup.objects.get_or_create(cohort=found.cohort, name=name)[0] for name in _names(found)]
    for one in people:
        theirs = groups[placed[one.pk].number - 1]
        if one.peer_group_id != theirs.pk:
            place_in_group(enrolment=one, peer_group=theirs, by=by)
    found.made_at, found.made_by = clock.now(), person(by)
    found.save(update_fields=["made_at", "made_by"])
    for one in people:
        notices.tell_of_group(one, groups[placed[one.pk].number - 1])
    return found
