"""Grids, series, targets, the WRES and papers read releases and nothing else: the attack of the releases is an attack of all of them."""

import re
from datetime import date

import pgtrigger
import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import papers, releases, targets
from representation.models import HeadCount, PaperPart, Snapshot, Target
from representation.papers import canonical
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R9", "R11", "R12")]
YEARS = {
    date(2018, 3, 31): {
        ("Housing", "Officer"): (60, 140, 10),
        ("Housing", "Head of service"): (4, 36, 0),
        ("Parks", "Officer"): (30, 170, 5),
    },
    date(2019, 3, 31): {
        ("Housing", "Officer"): (66, 134, 9),
        ("Housing", "Head of service"): (5, 35, 0),
        ("Parks", "Officer"): (33, 160, 5),
    },
}


class Scene:
    def __init__(self, client) -> None:
        self.provider = ProviderFactory()
        self.by = staff(RoleName.EQUALITY, self.provider)
        self.client = with_second_factor(client, self.by)
        ethnicity = make.characteristic(self.provider)
        self.releases = [
            releases.make_release(snapshot=make.snapshot(ethnicity, counts, day), by=self.by)
            for day, counts in YEARS.items()
        ]
        self.target = make.target(ethnicity, {date(2040, 12, 31): "45"}, begins=(date(2018, 3, 31), "25"))
        targets.divide_target(target=self.target, by=self.by)

    def page(self, name: str, pk: int, **asked: str) -> str:
        """Without what differs from look to look."""
        answer = self.client.get(reverse(f"admin:representation_{name}", args=[pk]), asked)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        said = re.sub(r'(nonce|value|name)="[^"]{20,}"', "", content.decode("utf-8-sig"))
        return re.sub(r"\d+ (second|minute)s? ago", "", said)

    def part(self, kind: str, **more) -> str:
        paper = make.paper(self.provider)
        papers.add_part(paper=paper, kind=kind, heading=kind, by=self.by, **more)
        return canonical(PaperPart.objects.get(paper=paper).contents)

    def everything(self) -> dict[str, str]:
        latest, target = self.releases[-1], Target.objects.for_steps().get(pk=self.target.pk)
        return {
            "grid": self.page("figurerelease_grid", latest.pk),
            "grid as a file": self.page("figurerelease_grid", latest.pk, **{"as": "csv"}),
            "picture": self.page("figurerelease_grid", latest.pk, **{"as": "picture"}),
            "series": self.page("figurerelease_series", latest.pk),
            "WRES": self.page("figurerelease_wres", latest.pk),
            "target": self.page("target_look", target.pk),
            "what it takes": self.page("target_look", target.pk, turnover="12", growth="1", appointed="40"),
            "target as a file": self.page("target_look", target.pk, export="csv"),
            "paper: figures": self.part("figures", release=latest),
            "paper: target": self.part("target", release=latest, target=target),
        }


def test_what_is_shown_stays_the_same_when_nobody_has_the_counts_any_more(client):
    scene = Scene(client)
    before = scene.everything()
    with pgtrigger.ignore("representation.HeadCount:append_only"):
        HeadCount.objects.all()._raw_delete("default")
    assert Snapshot.objects.count() == len(YEARS)
    after = scene.everything()
    assert [name for name in before if before[name] != after[name]] == []


def test_what_is_shown_follows_the_release(client):
    """And would change with it: the test above looks at something."""
    scene = Scene(client)
    before = scene.everything()
    for release in scene.releases:
        other = {
            **release.contents,
            "rows": [
                [unit, tier, people, 15, 5] if rest else [unit, tier, people]
                for unit, tier, people, *rest in release.contents["rows"]
            ],
        }
        with pgtrigger.ignore("representation.FigureRelease:append_only"):
            type(release).objects.filter(pk=release.pk).update(contents=other)
        release.refresh_from_db()
    after = scene.everything()
    assert [name for name in before if before[name] == after[name]] == []
