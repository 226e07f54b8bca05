"""What is newer than a draft: offered only where there is something, and said in words (C7, L9)."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from cohorts.actions import stories
from representation.actions import papers
from representation.models import PaperPart, Target, TargetStep
from representation.newer import newer_of
from representation.states import PartKind
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from tests.factories import heads as make_heads
from tests.factories import representation as make
from tests.representation.drafts import Scene, read
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def desk(client, scene):
    return with_second_factor(client, scene.by)


def ways(desk, paper) -> str:
    """What may be chosen on the page of “Use what is newer”; nothing where the step is not offered."""
    page = desk.get(reverse("admin:representation_paper_step", args=[paper.pk, "use_newer"])).text
    return re.sub(r"\s+", " ", "".join(re.findall(r"<fieldset.*?</fieldset>", page, re.S)))


def test_only_a_part_that_something_is_newer_for_is_offered_and_it_is_said_what(scene, desk):
    scene.everything()
    address = reverse("admin:representation_paper_step", args=[scene.paper.pk, "use_newer"])
    assert address not in read(desk, scene.paper)
    assert "There is nothing newer for any part." in desk.get(address, follow=True).text
    scene.published(date(2020, 3, 31))
    assert address in read(desk, scene.paper)
    said = ways(desk, scene.paper)
    assert "The workforce: the grid of 31 March 2020, published on" in said
    assert "The target: the figures of 31 March 2020, published on" in said
    assert "The plan" not in said
    assert "Why we report" not in said
    part = PaperPart.objects.get(heading="The plan")
    page = desk.post(address, {"filled": "yes", "part": part.pk}).text
    assert "There is nothing newer for this part." in page
    with pytest.raises(NotPossible, match="nothing newer for this part"):
        papers.use_newer(paper=scene.paper, part=PaperPart.objects.for_steps().get(pk=part.pk), by=scene.by)


def test_another_way_to_a_target_is_newer_and_so_is_another_year_of_heads(scene):
    scheme = make_heads.scheme(scene.provider)
    scene.add(PartKind.HEADS, "Heads", scheme=scheme)
    scene.add(PartKind.TARGET, "The target", release=scene.first, target=Target.objects.for_steps().get())
    assert newer_of(list(papers.parts_of(scene.paper))) == []
    scheme.years.update(target=29)
    TargetStep.objects.filter(percent="50.2").update(percent="49.0")
    heads, target = newer_of(list(papers.parts_of(scene.paper)))
    assert re.fullmatch(r"“.*” as it stands now: “.* of 29 wanted.*”", heads.words)
    assert target.words == "The target as it is now: how far, or by when, has been changed."


def test_what_is_newer_of_a_plan_is_an_item_that_was_taken_out_or_is_overdue_by_now(scene):
    item = make.item(scene.plan, "A coach for everybody", timescale=f"By {clock.today():%B %Y}")
    part = scene.add(PartKind.PLAN, "The plan", plan=scene.plan)
    with time_machine.travel(clock.local() + timedelta(days=40)):
        [found] = newer_of([part])
        assert "as it stands now: “2 items are overdue: “Mixed panels”; “A coach for everybody”.”" in found.words
    item.delete()
    [found] = newer_of([part])
    assert "as it stands now: 1 item has been taken out." in found.words


def test_a_story_with_other_words_is_newer_and_one_that_was_taken_back_is_not(scene):
    story = scene.story()
    part = scene.add(PartKind.STORY, "What it meant", story=story)
    part.contents = {**part.contents, "key": f"story:{story.pk}:other"}
    part.save(update_fields=["contents"])
    [found] = newer_of([again_part(part)])
    assert found.words.startswith("The wording that was agreed to on")
    stories.withdraw(story=story, by=story.enrolment.participant)
    assert newer_of([again_part(part)]) == []


def again_part(part: PaperPart) -> PaperPart:
    return PaperPart.objects.for_steps().get(pk=part.pk)
