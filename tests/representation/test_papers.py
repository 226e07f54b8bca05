"""Papers for a committee: made from releases, taken from newer ones only when somebody says so, and frozen with a digest."""

import copy
import io
import re
from datetime import date

import pgtrigger
import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from docx import Document as WordDocument
from pypdf import PdfReader

from cohorts.actions import stories
from representation import evidence
from representation.actions import papers, plans, releases
from representation.models import Paper, PaperPart, Target
from representation.newer import newer_of
from representation.papers import canonical, digest_of, document_of
from representation.states import PartKind
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from tests.factories import heads as make_heads
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory
from tests.factories.stories import again
from tests.representation.drafts import FIGURES, Scene, read
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def desk(client, scene):
    return with_second_factor(client, scene.by)


def words_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


# -- releases ----------------------------------------------------------------------------------------


def test_each_number_of_a_part_carries_the_release_it_comes_from(scene, desk):
    scene.everything()
    said = read(desk, scene.paper)
    assert re.search(r"of [12],\d{3} people whose answer is known, or \d\d\.\d%.*?\[2\]", said)
    assert "[1] Reach Higher, as it stood on" in said
    assert "[2] Employment Monitoring Report, 31 March 2019, as published on" in said
    assert "[3] Figures up to: Employment Monitoring Report, 31 March 2019" in said


def test_a_draft_never_counts_live_and_another_release_changes_exactly_what_depends_on_it(scene, desk):
    scene.everything()
    before, read_before = scene.contents(), document_of(scene.paper, papers.parts_of(scene.paper))
    assert "What is newer" not in read(desk, scene.paper)
    later = scene.published(
        date(2020, 3, 31), {("Housing", "Officer"): (450, 550, 10), ("Parks", "Officer"): (500, 500, 20)}
    )
    assert scene.contents() == before
    assert document_of(scene.paper, papers.parts_of(scene.paper)).parts == read_before.parts
    said = read(desk, scene.paper)
    published = english.day_date(later.made_at)
    assert (
        f"<b>The workforce.</b> The grid of 31 March 2020, published on {published}. This part has that of 31 March 2019"
        in said
    )
    assert (
        f"<b>The target.</b> The figures of 31 March 2020, published on {published}. This part has the figures up to those of"
        in said
    )
    part = PaperPart.objects.for_steps().get(heading="The workforce")
    papers.use_newer(paper=scene.paper, part=part, by=scene.by)
    after = scene.contents()
    assert after.pop("The workforce") != before.pop("The workforce")
    assert canonical(after) == canonical(before)
    again_ = PaperPart.objects.for_steps().get(pk=part.pk)
    assert again_.release == later
    assert newer_of([again_]) == []
    said = read(desk, scene.paper)
    assert "The grid of 31 March 2020" not in said
    assert "The figures of 31 March 2020" in said


def test_the_plan_is_as_it_stood_until_somebody_says_so(scene, desk):
    part = scene.add(PartKind.PLAN, "The plan", plan=scene.plan)
    assert newer_of([part]) == []
    plans.report_progress(item=make.ActionItem.objects.for_steps().get(), status="achieved", words="Done.", by=scene.by)
    assert "1 not stated" in read(desk, scene.paper)
    said = read(desk, scene.paper)
    assert (
        "The plan as it stands now: 1 of its 1 item has changed or is new. This part has “Reach Higher, as it stood on"
        in said
    )
    papers.use_newer(paper=scene.paper, part=PaperPart.objects.for_steps().get(), by=scene.by)
    assert "1 achieved" in read(desk, scene.paper)


def test_a_correction_is_newer_than_what_it_corrects(scene):
    part = scene.add(PartKind.FIGURES, release=scene.first)
    right = make.snapshot(
        scene.ethnicity, FIGURES, date(2019, 3, 31), corrects=scene.first.snapshot, why="A column was shifted."
    )
    releases.make_release(snapshot=right, by=scene.by)
    [found] = newer_of([PaperPart.objects.for_steps().get(pk=part.pk)])
    assert found.words.startswith("The corrected grid of 31 March 2019, published on")


def test_a_target_is_held_against_the_figures_up_to_its_release_and_no_later_ones(scene):
    scene.published(date(2020, 3, 31))
    part = scene.add(PartKind.TARGET, release=scene.first, target=Target.objects.for_steps().get())
    told_ = canonical(part.contents)
    assert "31 March 2019" in told_
    assert "31 March 2020" not in told_
    assert '"kind":"line"' in told_


def test_the_figures_of_a_paper_are_those_of_the_grid_and_no_others(scene, desk):
    part = scene.add(PartKind.FIGURES, release=scene.first)
    (grid,) = [block for block in part.contents["blocks"] if block["kind"] == "table"]
    page = desk.get(reverse("admin:representation_figurerelease_grid", args=[scene.first.pk])).content.decode()
    for row in grid["rows"]:
        for cell in row[1:-1]:
            assert cell.split(" (")[0] in page


def test_heads_are_told_by_number_and_never_by_name(scene):
    scheme = make_heads.scheme(scene.provider)
    part = scene.add(PartKind.HEADS, scheme=scheme)
    said = canonical(part.contents)
    assert "wanted, with room for" in said
    assert "Without one:" in said


# -- issued ------------------------------------------------------------------------------------------


def test_an_issued_paper_is_frozen_with_its_digest(scene, desk):
    scene.everything()
    paper = scene.issue()
    assert paper.digest == digest_of(paper.contents)
    assert "unchanged since" in read(desk, paper)
    scene.published(date(2020, 3, 31))
    assert "What is newer" not in read(desk, paper)
    for change in ({"title": "Other"}, {"contents": {"parts": []}}, {"digest": "0" * 64}, {"opening": "More"}):
        with pytest.raises(InternalError), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).delete()
    assert (
        desk.post(reverse("admin:representation_paper_change", args=[paper.pk]), {"title": "Other"}).status_code == 403
    )
    for act, more in (
        (papers.use_newer, {"part": paper.parts.first()}),
        (papers.remove_part, {"part": paper.parts.first()}),
    ):
        with pytest.raises(NotPossible, match="stays as it is"):
            act(paper=paper, by=scene.by, **more)


def test_whoever_changes_what_was_issued_is_found_out(scene, desk):
    scene.everything()
    paper = scene.issue()
    changed = copy.deepcopy(paper.contents)
    changed["parts"][1]["blocks"][0]["text"] = "All items are achieved."
    with pgtrigger.ignore("representation.Paper:issued_stays"):
        Paper.objects.filter(pk=paper.pk).update(contents=changed)
    assert "This is not what was issued" in read(desk, paper)


def test_a_paper_without_a_part_is_not_issued(scene):
    with pytest.raises(NotPossible, match="There are no parts yet"):
        papers.issue_paper(paper=scene.paper, by=scene.by)


def test_before_it_is_issued_it_is_said_what_is_newer(scene, desk):
    scene.add(PartKind.FIGURES, "The workforce", release=scene.first)
    scene.published(date(2020, 3, 31))
    page = desk.post(
        reverse("admin:representation_paper_step", args=[scene.paper.pk, "issue_paper"]), {"filled": "yes"}
    )
    assert "The workforce: The grid of 31 March 2020" in page.content.decode()


# -- stories -----------------------------------------------------------------------------------------


@pytest.mark.requirement("C7", "L9")
def test_a_story_that_is_taken_back_is_gone_from_an_issued_paper_whose_digest_still_holds(scene, desk):
    story = scene.story()
    scene.add(PartKind.STORY, "What it meant", story=story)
    paper = scene.issue()
    assert story.worded_title in read(desk, paper)
    assert "Representation in 2019 (Equalities Committee)" in again(story).used_in
    papers.publish_paper(paper=paper, by=scene.by)
    public = reverse("representation:paper", args=[paper.reference])
    assert story.worded_title in desk.get(public).text
    stories.withdraw(story=again(story), by=story.enrolment.participant)
    pdf = desk.get(reverse("admin:representation_paper_pdf", args=[paper.pk])).content
    word = desk.get(reverse("admin:representation_paper_word", args=[paper.pk])).content
    in_word = " ".join(one.text for one in WordDocument(io.BytesIO(word)).paragraphs)
    for said in (read(desk, paper), desk.get(public).text, words_of(pdf), in_word):
        assert story.worded_title not in said
        assert story.byline not in said
        assert "Whoever told it has taken it back" in said
    assert "unchanged since" in read(desk, paper)


def test_only_stories_that_are_agreed_to_for_papers_are_offered(scene, desk):
    story = scene.story()
    address = reverse("admin:representation_paper_step", args=[scene.paper.pk, "add_part"])
    assert story.worded_title in desk.get(address).text
    stories.withdraw(story=story, by=story.enrolment.participant)
    assert story.worded_title not in desk.get(address).text


# -- forms -------------------------------------------------------------------------------------------


def test_a_paper_is_a_page_a_tagged_pdf_and_a_word_document(scene, desk):
    scene.everything()
    pdf = desk.get(reverse("admin:representation_paper_pdf", args=[scene.paper.pk])).content
    catalogue = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"].startswith("en")
    across = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(across.width), round(across.height)) == (842, 595)  # A4, so that seven columns find room
    found = words_of(pdf)
    word = WordDocument(io.BytesIO(desk.get(reverse("admin:representation_paper_word", args=[scene.paper.pk])).content))
    assert (round(word.sections[0].page_width.mm), round(word.sections[0].page_height.mm)) == (297, 210)
    paragraphs = [one.text for one in word.paragraphs]
    for heading in ("Why we report", "The plan", "The workforce", "The target", "Where the figures come from"):
        assert heading in found
        assert heading in paragraphs
    headings = [one.text for one in word.paragraphs if one.style.name.startswith("Heading")]
    assert headings[0] == "Why we report"
    assert [table.rows[0].cells[0].text for table in word.tables] == ["Outcome", "Unit", "Day"]
    assert "This is a draft." in paragraphs[-1]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "plan"}, "Choose the action plan."),
        ({"kind": "figures"}, "Choose the figures."),
        ({"kind": "target"}, "Choose the target."),
        ({"kind": "heads"}, "Choose the scheme."),
        ({"kind": "story"}, "Choose the story."),
        ({"kind": "words"}, "Write what it says."),
        ({"kind": "evidence"}, "Choose what of it."),
    ],
)
def test_what_a_part_is_made_from_has_to_be_chosen(scene, desk, given, sentence):
    address = reverse("admin:representation_paper_step", args=[scene.paper.pk, "add_part"])
    page = take_step(desk, address, heading="A heading that stays", **given)
    assert sentence in page.content.decode()
    assert "A heading that stays" in page.content.decode()
    assert not PaperPart.objects.exists()


def test_a_target_and_figures_of_something_else_do_not_go_together(scene):
    other = make.characteristic(scene.provider, "Disability")
    figures = releases.make_release(snapshot=make.snapshot(other, FIGURES, date(2019, 3, 31)), by=scene.by)
    with pytest.raises(NotPossible, match="counted by something else"):
        scene.add(PartKind.TARGET, release=figures, target=scene.target)
    with pytest.raises(NotPossible, match="Choose the figures"):
        scene.add(PartKind.TARGET, target=scene.target)


def test_nothing_of_another_provider_gets_into_a_paper(scene):
    stranger = ProviderFactory()
    plan = make.plan(stranger)
    with pytest.raises(NotPossible, match="of this provider"):
        scene.add(PartKind.PLAN, plan=plan)
    with pytest.raises(NotPossible, match="of this provider"):
        scene.add(PartKind.FIGURES, release=scene.first, against=make.figure(stranger))
    mine = scene.add(PartKind.PLAN, plan=scene.plan)
    other = scene.drafted("Another paper")
    scene.add(PartKind.PLAN, paper=other, plan=scene.plan)
    with pytest.raises(NotPossible, match="of this paper"):
        papers.remove_part(paper=other, part=mine, by=scene.by)


def test_parts_are_moved_and_taken_out(scene):
    for name in ("one", "two", "three"):
        scene.add(PartKind.WORDS, name, words=name)

    def order():
        return [part.heading for part in papers.parts_of(scene.paper)]

    def part(name):
        return PaperPart.objects.for_steps().get(heading=name)

    papers.move_part(paper=scene.paper, part=part("three"), to="first", by=scene.by)
    assert order() == ["three", "one", "two"]
    papers.move_part(paper=scene.paper, part=part("three"), to="down", by=scene.by)
    assert order() == ["one", "three", "two"]
    with pytest.raises(NotPossible, match="stands there already"):
        papers.move_part(paper=scene.paper, part=part("one"), to="up", by=scene.by)
    papers.remove_part(paper=scene.paper, part=part("three"), by=scene.by)
    assert order() == ["one", "two"]
    with pytest.raises(NotPossible, match="nothing newer"):
        papers.use_newer(paper=scene.paper, part=part("one"), by=scene.by)


def test_before_a_plan_is_public_the_page_says_that_its_leads_are_too(scene, desk):
    scene.add(PartKind.WORDS, "Why", words="Because.")
    address = reverse("admin:representation_paper_step", args=[scene.issue().pk, "publish_paper"])
    assert "who leads each item" not in desk.get(address).text
    scene.paper = Paper.objects.create(provider=scene.provider, title="With the plan", committee="Cabinet")
    scene.everything()
    address = reverse("admin:representation_paper_step", args=[scene.issue().pk, "publish_paper"])
    assert "everybody can read who leads each item" in desk.get(address).text


def test_a_paper_is_read_by_everybody_only_while_it_is_public(scene, client):
    scene.everything()
    address = reverse("representation:paper", args=[scene.paper.reference])
    assert client.get(address).status_code == 404
    with pytest.raises(NotPossible, match="Issue it first"):
        papers.publish_paper(paper=scene.paper, by=scene.by)
    paper = scene.issue()
    assert client.get(address).status_code == 404
    papers.publish_paper(paper=paper, by=scene.by)
    with pytest.raises(NotPossible, match="already"):
        papers.publish_paper(paper=paper, by=scene.by)
    assert "The workforce" in client.get(address).text
    assert client.get(reverse("representation:paper_pdf", args=[paper.reference])).content.startswith(b"%PDF")
    papers.take_down_paper(paper=paper, by=scene.by)
    assert client.get(address).status_code == 404
    with pytest.raises(NotPossible, match="not public"):
        papers.take_down_paper(paper=paper, by=scene.by)


def test_what_others_have_worked_out_is_put_in_word_for_word(scene, monkeypatch):
    monkeypatch.setattr(evidence, "_readers", {})
    said = ["12 of 30 stepped up."]
    evidence.register("outcomes", "Did they step up?", lambda provider: [evidence.Result(tuple(said))])
    with pytest.raises(ValueError, match="registered already"):
        evidence.register("outcomes", "Again", lambda provider: [])
    part = scene.add(PartKind.EVIDENCE, about="outcomes")
    assert part.contents["blocks"] == [{"kind": "sentence", "text": "12 of 30 stepped up."}]
    assert newer_of([part]) == []
    said[0] = "13 of 30 stepped up."
    [found] = newer_of([part])
    assert found.words == "“Did they step up?” as it stands now: “13 of 30 stepped up.”"
