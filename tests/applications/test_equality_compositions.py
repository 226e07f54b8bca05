"""From the pool, the board of voluntary heads and “Did it work?” to the equality figures of these people, and back (B58, L2, R7)."""

import pytest
from django.urls import reverse

from applications.equality.compositions import of_heads, of_pool, of_stepped_up, way_back
from applications.models import EqualityRelease, Stage
from applications.roles import RoleName
from representation.actions import releases
from tests.applications.test_equality_figures import closed
from tests.factories import heads, pool
from tests.factories import outcomes as became
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ProgrammeFactory
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B58", "L2", "R7")]


class Scene:
    def __init__(self) -> None:
        self.programme = closed(2).cohort.programme
        self.provider = self.programme.provider
        self.lead = staff(RoleName.EQUALITY, self.provider)
        study, scheme, post = became.study(self.programme), heads.scheme(self.provider), pool.post(self.provider)
        self.pages = {
            Stage.STEPPED_UP: reverse("admin:representation_outcomestudy_outcomes", args=[study.pk]),
            Stage.VOLUNTARY_HEAD: reverse("admin:representation_headsscheme_board", args=[scheme.pk]),
            Stage.IN_POOL: reverse("admin:representation_post_change", args=[post.pk]),
        }
        self.said = {
            Stage.STEPPED_UP: (of_stepped_up, study),
            Stage.VOLUNTARY_HEAD: (of_heads, scheme),
            Stage.IN_POOL: (of_pool, post),
        }

    def released(self, stage: Stage, programme=None) -> EqualityRelease:
        contents = {"people": 15, "cohorts": ["Spring"], "tables": []}
        about = {"programme": programme or self.programme, "stage": stage, "people": list(range(15))}
        return EqualityRelease.objects.create(contents=contents, **about)


@pytest.fixture
def scene():
    return Scene()


@pytest.mark.parametrize("stage", [Stage.STEPPED_UP, Stage.VOLUNTARY_HEAD, Stage.IN_POOL])
def test_where_nothing_is_published_yet_the_page_says_where_it_can_be(client, scene, stage):
    desk = with_second_factor(client, scene.lead)
    others = [one for one in scene.pages if one != stage]
    for one in (Stage.CLOSED, *others):
        scene.released(one)
    scene.released(stage, ProgrammeFactory(provider=ProviderFactory()))
    page = desk.get(scene.pages[stage]).text
    assert "Nothing is published yet about who they are" in page
    assert f"“{stage.label}”" in page
    assert reverse("applications:equality") in page
    assert "/equality/release" not in page


@pytest.mark.parametrize("stage", [Stage.STEPPED_UP, Stage.VOLUNTARY_HEAD, Stage.IN_POOL])
def test_what_is_published_of_them_is_led_to_and_leads_back(client, scene, stage):
    desk, release = with_second_factor(client, scene.lead), scene.released(stage)
    address = reverse("applications:equality_release", args=[release.pk])
    page = desk.get(scene.pages[stage]).text
    assert address in page
    assert "Nothing is published yet about who they are" not in page
    words, back = way_back(release, scene.lead)
    shown = desk.get(address).text
    assert f'href="{back}"' in shown
    assert words.replace("?", "") in shown
    assert desk.get(back).status_code == 200


@pytest.mark.parametrize("stage", [Stage.STEPPED_UP, Stage.VOLUNTARY_HEAD, Stage.IN_POOL])
def test_whoever_may_not_see_equality_figures_hears_nothing_of_them(scene, stage):
    scene.released(stage)
    context, subject = scene.said[stage]
    assert context(subject=subject, viewer=scene.lead)["releases"]
    for other in (staff(RoleName.COORDINATOR, scene.provider), staff(RoleName.EQUALITY, ProviderFactory())):
        assert context(subject=subject, viewer=other) is None


def test_only_figures_of_these_people_lead_back_and_only_whoever_looks_after_them(scene):
    assert way_back(scene.released(Stage.CLOSED), scene.lead) is None
    release = scene.released(Stage.IN_POOL)
    assert way_back(release, staff(RoleName.EQUALITY, ProviderFactory())) is None
    followed = way_back(scene.released(Stage.STEPPED_UP), scene.lead)
    assert followed == ("Did it work?", scene.pages[Stage.STEPPED_UP])
    other = ProgrammeFactory(provider=scene.provider)
    _, listed = way_back(scene.released(Stage.STEPPED_UP, other), scene.lead)
    assert listed == reverse("admin:representation_outcomestudy_changelist")


def test_whoever_publishes_beside_figures_of_a_workforce_is_told_what_both_would_tell(client):
    of = closed(20)
    programme = of.cohort.programme
    by = staff(RoleName.EQUALITY, programme.provider)
    desk, address = with_second_factor(client, by), reverse("applications:equality_publish", args=[programme.path])
    asked = {"filled": "yes", "stage": "closed", "cohort": of.cohort.pk}
    assert "one unit or tier of it" not in desk.post(address, asked).text
    counts = {("Housing", "Officer"): (10, 20, 0)}
    releases.make_release(snapshot=make.snapshot(make.characteristic(programme.provider), counts), by=by)
    assert "all of one unit or tier of it, or nearly all" in desk.post(address, asked).text
