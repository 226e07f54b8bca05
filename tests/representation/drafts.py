"""A provider with a plan, figures, a target and the draft of a paper."""

import copy
import re
from datetime import date

from django.urls import reverse

from applications.roles import RoleName
from representation.actions import papers, releases
from representation.models import Paper, PaperPart, Target
from representation.states import PartKind
from tests.factories import representation as make
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.factories.stories import again, agreed, told, worded

FIGURES = {("Housing", "Officer"): (300, 700, 10), ("Parks", "Officer"): (500, 500, 20)}


class Scene:
    """A provider with a plan, figures of two years, a target and a draft."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.provider = self.cohort.programme.provider
        self.by = staff(RoleName.EQUALITY, self.provider)
        self.ethnicity = make.characteristic(self.provider)
        self.first = self.published(date(2019, 3, 31))
        self.plan = make.plan(self.provider)
        self.item = make.item(self.plan, timescale="By May 2019")
        self.target = make.target(self.ethnicity, {date(2012, 12, 31): "48", date(2027, 12, 31): "50.2"})
        self.paper = self.drafted()

    def published(self, day, counts=FIGURES):
        return releases.make_release(snapshot=make.snapshot(self.ethnicity, counts, day), by=self.by)

    def drafted(self, title="Representation in 2019") -> Paper:
        found = Paper.objects.create(
            provider=self.provider, title=title, committee="Equalities Committee", meets_on=date(2019, 6, 3)
        )
        return Paper.objects.for_steps().get(pk=found.pk)

    def add(self, kind, heading="", paper=None, **more) -> PaperPart:
        given = {"paper": paper or self.paper, "kind": kind, "heading": heading or str(kind), **more}
        return PaperPart.objects.for_steps().get(pk=papers.add_part(by=self.by, **given).pk)

    def everything(self) -> None:
        self.add(PartKind.WORDS, "Why we report", words="Because the council asked for it.")
        self.add(PartKind.PLAN, "The plan", plan=self.plan)
        self.add(PartKind.FIGURES, "The workforce", release=self.first)
        self.add(PartKind.TARGET, "The target", release=self.first, target=Target.objects.for_steps().get())

    def issue(self) -> Paper:
        papers.issue_paper(paper=Paper.objects.for_steps().get(pk=self.paper.pk), by=self.by)
        self.paper = Paper.objects.for_steps().get(pk=self.paper.pk)
        return self.paper

    def contents(self) -> dict[str, dict]:
        return {part.heading: copy.deepcopy(part.contents) for part in PaperPart.objects.filter(paper=self.paper)}

    def story(self, **more):
        person = complete(ParticipantFactory(cohort=self.cohort, participant__full_name="Amara Okafor"), by=self.by_all)
        return again(agreed(worded(told(person, in_papers=True, **more), self.by_all)))

    @property
    def by_all(self):
        return staff(RoleName.COORDINATOR, self.provider)


def read(desk, paper) -> str:
    answer = desk.get(reverse("admin:representation_paper_read", args=[paper.pk]))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())
