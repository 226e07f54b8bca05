"""The council beside Bristol. This is a part of `test_load_demo`, which loads the demonstration once."""

from decimal import Decimal

from representation import costs, outcomes
from representation.boards import boards_of
from representation.models import ActionPlan, FigureRelease, HeadsScheme, OutcomeStudy, Paper, Target
from representation.newer import newer_of
from representation.papers import parts_of
from steppingup.accounts.models import DemonstrationPerson
from steppingup.demo import first_heads, leicester
from tests.representation.leicester import typed


def everything_is_there():
    """The plan word for word, six years, the targets and their parts, the Heads, and a paper that waits for newer figures."""
    council = leicester.council()
    plan = ActionPlan.objects.get(provider=council)
    assert plan.items.count() == len(typed()["rows"])
    assert FigureRelease.objects.filter(provider=council).count() == leicester.YEARS
    whole = Target.objects.get(provider=council, part_of=None)
    assert [step.percent for step in whole.in_order] == [Decimal("48.00"), Decimal("50.20")]
    assert whole.parts.count() == len(leicester.DIVISIONS)
    [board], undated = boards_of(HeadsScheme.objects.get(provider=council))
    assert (board.actual, board.year.target, board.year.capacity, undated) == (23, 23, 30, 0)
    assert len(board.without) == len(leicester.TEAMS) - 23
    paper = Paper.objects.get(provider=council)
    assert [one.part.kind for one in newer_of(list(parts_of(paper)))] == ["figures", "target"]
    assert DemonstrationPerson.objects.get(title="Equality lead in Leicester").user.full_name == leicester.LEAD
    _the_first_heads_are_followed_up()


def _the_first_heads_are_followed_up():
    """Numbers, a curve with bounds, and what each step up cost, published by the equality lead; and a paper says it."""
    study = OutcomeStudy.objects.for_steps().get(programme__slug=leicester.PROGRAMME)
    release = study.releases.get()
    assert release.made_by == leicester.lead()
    shown = outcomes.group_of(release, outcomes.WHOLE, "Everybody")
    assert [one.months for one in shown.steps] == list(first_heads.STEPS)
    assert all(0 < one.least <= one.most < 100 for one in shown.steps[1:])
    assert all(line.tally for line in shown.lines)
    assert any(line.is_part and line.tally.yes for line in shown.lines)
    cost = costs.cost_of(study, release)
    assert cost.each.least <= cost.each.most
    assert [what for what, _ in cost.parts] != []
    [part] = Paper.objects.get(provider=leicester.council()).parts.filter(kind="evidence")
    assert "had been promoted or had a new grade" in part.contents["blocks"][0]["text"]
