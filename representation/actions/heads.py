"""Which assignment is at which management team (R7): said, and taken back. What is counted follows from it."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Value

from cohorts.models import Opportunity, Placement
from cohorts.states import Counterpart, EnrolmentStatus
from cohorts.states.opportunities import OpportunityStatus
from representation.boards import boards_of
from representation.models import HeadsScheme, ManagementTeam, TeamTie
from representation.permissions import RepresentationPermission
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Related
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note as say_before
from steppingup.steps.step import ChosenFrom, StepForm, step

KEEP = RepresentationPermission.KEEP_PLAN
ONE = "Choose an assignment or an opportunity, one of the two."
AGAIN = "It is at a management team already. Take it from there first."
NOT_THERE = (
    "An assignment counts here if it is at {council}, the participant works there too, and its part of the plan allows the own "
    "organisation. This one does not."
)


def _inside(scheme: HeadsScheme) -> QuerySet[Placement]:
    """Those inside their own council, by a part of the plan that allows it."""
    reach = F("enrolment__cohort__programme__reach")
    at_home = Q(component__counterpart=Counterpart.OWN) | Q(
        Related(F("host"), F("enrolment__employer"), reach), component__counterpart=Counterpart.ANY
    )
    rows = Placement.objects.filter(at_home, Related(F("host"), Value(scheme.organisation_id), reach))
    return rows.filter(enrolment__cohort__programme__provider=scheme.provider_id)


def assignments_for(scheme: HeadsScheme) -> QuerySet[Placement]:
    """Those that can be at a team of the scheme, and are at none yet."""
    return (
        _inside(scheme)
        .filter(team_tie=None)
        .exclude(enrolment__status=EnrolmentStatus.WITHDRAWN)
        .select_related("enrolment__cohort", "enrolment__participant")
        .order_by(F("starts_on").desc(nulls_first=True), "title", "pk")
    )


def _offered_inside(scheme: HeadsScheme) -> QuerySet[Opportunity]:
    """What is offered to people of the council alone; where a part of the plan takes people anywhere, each assignment is asked by
    itself."""
    here = Related(F("host"), Value(scheme.organisation_id), F("cohort__programme__reach"))
    rows = Opportunity.objects.filter(here, cohort__programme__provider=scheme.provider_id)
    return rows.filter(component__counterpart=Counterpart.OWN)


def opportunities_for(scheme: HeadsScheme) -> QuerySet[Opportunity]:
    """Those that a team of the scheme can have offered, and none has yet."""
    rows = _offered_inside(scheme).filter(team_tie=None).exclude(status=OpportunityStatus.WITHDRAWN)
    return rows.select_related("cohort").order_by("title", "pk")


class TieForm(StepForm):
    """A team, and what is there. A participant’s name is read by whoever runs their cohort; everybody else finds the assignment by its
    title and days."""

    team = ChosenFrom(
        ManagementTeam,
        lambda scheme: scheme.teams.order_by("name", "pk"),
        label="Which management team?",
        error_messages={"required": "Choose the management team."},
    )
    placement = ChosenFrom(
        Placement,
        assignments_for,
        label="Which assignment is there?",
        required=False,
        empty_label="None of these",
        help_text="Those inside the council, by a part of the plan that allows the own organisation.",
    )
    opportunity = ChosenFrom(
        Opportunity,
        opportunities_for,
        said=lambda one: f"{one.title} ({one.cohort.name})",
        label="Or which opportunity does the team offer?",
        required=False,
        empty_label="None of these",
        help_text="Every assignment that comes of it is at this team then.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["placement"]
        known = set(field.queryset.visible_to(self.by).values_list("pk", flat=True)) if self.by else set()
        field.said = lambda one: _said(one, named=one.pk in known)


def _said(one: Placement, *, named: bool) -> str:
    """“Amara Osei: Head of libraries (Spring 2031, from 4 May 2031)”."""
    since = f"from {english.day_date(one.starts_on)}" if one.starts_on else "no first day yet"
    who = f"{one.enrolment.participant}: " if named else ""
    return f"{who}{one.title} ({one.enrolment.cohort.name}, {since})"


@step(
    HeadsScheme,
    "Say what is at a team",
    name="tie_to_team",
    noun="scheme",
    past="Said what is at a team",
    meaning="The assignment counts for the team in each year in which somebody is there. Nobody is told.",
    permission=KEEP,
    form=TieForm,
    policy=lambda scheme: refuse_if(
        not scheme.teams.exists(), "Add the management teams first, on the page of the scheme.", "no_teams"
    ),
)
def tie_to_team(
    *,
    scheme: HeadsScheme,
    team: ManagementTeam,
    by: Actor,
    placement: Placement | None = None,
    opportunity: Opportunity | None = None,
) -> TeamTie:
    """Say at which management team an assignment is, or which team offers an opportunity (R7).

    Raises NotPossible for a team of another scheme, for both or neither, for what is outside the council, and for what is at a team
    already."""
    refuse_if(team.scheme_id != scheme.pk, "Choose a team of this scheme.", "not_this_scheme", field="team")
    refuse_if((placement is None) == (opportunity is None), ONE, "one_of_two", field="placement")
    field = "placement" if placement is not None else "opportunity"
    rows: Any = _inside(scheme) if placement is not None else _offered_inside(scheme)
    fits = rows.filter(pk=(placement or opportunity).pk).exists()  # type: ignore[union-attr]
    refuse_if(not fits, NOT_THERE.format(council=scheme.organisation), "not_in_council", field=field)
    try:
        with transaction.atomic():
            made = TeamTie.objects.create(team=team, placement=placement, opportunity=opportunity)
    except IntegrityError:
        raise NotPossible(AGAIN, "tied_already", field=field) from None
    _warn(scheme)
    return made


def _warn(scheme: HeadsScheme) -> None:
    """Said before it is done: there is room for fewer."""
    boards, _ = boards_of(scheme)
    for board in boards:
        if board.over and not board.year.is_over:
            say_before(
                f"In {board.year} there are {len(board.heads)} then, and room for {board.year.capacity}. Nothing stops you."
            )


class UntieForm(StepForm):
    tie = ChosenFrom(
        TeamTie,
        lambda scheme: TeamTie.objects.for_steps().filter(team__scheme=scheme),
        label="What is not at its team?",
        error_messages={"required": "Choose what is not at its team."},
    )


@step(
    HeadsScheme,
    "Take it from its team",
    name="untie_from_team",
    noun="scheme",
    past="Taken from its team",
    meaning="It does not count for the team any more, in no year. The assignment itself stays as it is. Nobody is told.",
    permission=KEEP,
    form=UntieForm,
    policy=lambda scheme: refuse_if(
        not TeamTie.objects.filter(team__scheme=scheme).exists(), "Nothing is at a team yet.", "none_tied"
    ),
)
def untie_from_team(*, scheme: HeadsScheme, tie: TeamTie, by: Actor) -> HeadsScheme:
    """It was said of the wrong team, or of the wrong assignment. Raises NotPossible for what is at a team of another scheme."""
    refuse_if(tie.team.scheme_id != scheme.pk, "Choose something of this scheme.", "not_this_scheme", field="tie")
    tie.delete()
    return scheme
