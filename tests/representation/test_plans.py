"""An action plan on the desk: Leicester's is read in as it stands, worked with, and downloaded in the order of its source."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from applications.roles import RoleName
from representation.actions import plans
from representation.models import TEXTS, ActionItem, PlanReading
from representation.reading.document import Said
from representation.states import ItemStatus
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import latest_on, take_back
from tests.factories import representation as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.representation import leicester
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
#: What somebody says who sees the scan: the columns of the table whose headings cannot be told apart.
SEEN = {f"column-0-{at}": name for at, name in enumerate(("detail", "progress", "recommendation", "lead", "timescale"))}


@pytest.fixture
def provider():
    return OrganisationFactory(name="Leicester City Council", is_provider=True)


@pytest.fixture
def lead(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def desk(client, lead):
    return with_second_factor(client, lead)


def upload(desk, plan, content: bytes, name: str):
    file = SimpleUploadedFile(name, content)
    return desk.post(reverse("admin:representation_actionplan_file", args=[plan.pk]), {"file": file})


def scan() -> bytes:
    return "\n".join(leicester.scan()).encode()


def page_of(reading: PlanReading) -> str:
    return reverse("admin:representation_planreading_look", args=[reading.pk])


def taken_over(desk, plan) -> list[ActionItem]:
    """Leicester's document, through the pages."""
    upload(desk, plan, scan(), "reach-higher.txt")
    reading = plan.readings.get()
    desk.post(page_of(reading), SEEN)
    take_step(desk, reverse("admin:representation_planreading_step", args=[reading.pk, "take_over"]))
    return list(plan.items.select_related("section").in_order())


@pytest.mark.requirement("R1", "R2", "R3", "R10")
def test_leicesters_document_is_read_in_word_for_word(desk, provider):
    items = taken_over(desk, make.plan(provider))
    typed = leicester.typed()["rows"]
    assert [{name: getattr(item, name) for name in TEXTS} for item in items] == [
        {name: row[name] for name in leicester.COLUMNS} for row in typed
    ]
    assert [item.section.key for item in items] == [row["section"] for row in typed]
    assert [f"{item.due_month:%Y-%m}" if item.due_month else None for item in items] == [row["month"] for row in typed]
    assert {item.status for item in items} == {ItemStatus.NOT_STATED}  # “•” and “0” say nothing by themselves
    assert items[0].source == "reach-higher.txt, line 10"


def test_the_page_of_a_file_says_what_could_not_be_read(desk, provider):
    plan = make.plan(provider)
    answer = upload(desk, plan, scan(), "reach-higher.txt")
    page = desk.get(answer.url).content.decode()
    assert "The headings in line 9 could not be read" in page
    assert "Perhaps “Lead”?" in page
    assert "Could not be read: 1 line" in page
    assert "12 items would be taken over, and 2 lines wait until you say what the columns are" in page
    assert plan.items.count() == 0
    kept = desk.post(answer.url, {**SEEN, "fate-28": "join"}, follow=True).content.decode()
    assert "13 items would be taken over." in kept
    assert 'value="detail" selected' in kept
    assert plan.items.count() == 0


def test_naming_a_column_twice_is_said_and_nothing_typed_is_lost(desk, provider):
    plan = make.plan(provider)
    answer = upload(desk, plan, scan(), "reach-higher.txt")
    page = desk.post(answer.url, {**SEEN, "column-0-1": "detail"}, follow=True).content.decode()
    assert "The same column was named twice" in page
    assert page.count('value="detail" selected') == 2
    assert "12 items would be taken over" in page


def test_a_file_is_taken_over_once_and_can_be_taken_back(desk, provider, lead):
    plan = make.plan(provider)
    first = taken_over(desk, plan)
    again = upload(desk, plan, scan(), "reach-higher.txt").content.decode()
    assert "This file was taken over into the plan on" in again
    reading = PlanReading.objects.for_steps().get(plan=plan)
    with pytest.raises(NotPossible, match="already"):
        plans.take_over(reading=reading, by=lead)
    with pytest.raises(NotPossible, match="already"):
        plans.say(reading=reading, said=Said(), by=lead)
    take_back(taking=latest_on(reading, lead), reason="The wrong plan", by=lead)
    assert plan.items.count() == 0
    assert plan.sections.count() == 0
    assert len(taken_over(desk, plan)) == len(first)


def test_reading_the_same_file_again_leads_to_how_far_one_has_come(desk, provider):
    plan = make.plan(provider)
    first = upload(desk, plan, scan(), "reach-higher.txt")
    desk.post(first.url, SEEN)
    again = upload(desk, plan, scan(), "reach-higher.txt")
    assert again.url == first.url
    assert plan.readings.get().said["columns"] == {"0": list(leicester.COLUMNS[1:])}


def test_a_file_in_which_nothing_is_understood_yet_cannot_be_taken_over(provider, lead):
    reading = make.reading(make.plan(provider), lead, [["one", "two"], ["three", "four"]])
    with pytest.raises(NotPossible, match="nothing to take over yet"):
        plans.take_over(reading=PlanReading.objects.for_steps().get(pk=reading.pk), by=lead)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.pdf", b"%PDF-1.7", "Upload a Word document (.docx)"),
        ("plan.docx", b"not a document", "damaged"),
        ("plan.txt", b"Only words here\nand here", "We found no table in this file"),
        ("plan.csv", b"", "This file is empty"),
        ("plan.txt", b"a\tb\n" * 6_000, "at most 5,000 lines"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_a_sentence(desk, provider, name, content, sentence):
    page = upload(desk, make.plan(provider), content, name).content.decode()
    assert sentence in page
    assert not PlanReading.objects.exists()


def cells(items: list[ActionItem]) -> list[list[str]]:
    return [[getattr(item, name) for name in TEXTS] for item in items]


@pytest.mark.requirement("R1")
def test_downloads_hold_the_six_columns_in_the_order_of_the_source(desk, provider):
    plan = make.plan(provider)
    wanted = cells(taken_over(desk, plan))
    listed = reverse("admin:representation_actionitem_changelist")
    book = load_workbook(io.BytesIO(b"".join(desk.get(f"{listed}?export=xlsx"))))
    head, *rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert head[:6] == ["Outcome", "Detail", "Progress", "Recommendation", "Lead", "Timescale"]
    assert [row[:6] for row in rows] == wanted
    csv = b"".join(desk.get(f"{listed}?export=csv")).decode()
    assert csv.lstrip("\ufeff").startswith("Outcome,Detail,Progress,Recommendation,Lead,Timescale,")

    word = Document(io.BytesIO(desk.get(reverse("admin:representation_actionplan_word", args=[plan.pk])).content))
    assert [[cell.text for cell in row.cells] for table in word.tables for row in table.rows[1:]] == wanted
    assert [one.text for one in word.paragraphs if one.style.name == "Heading 1"][1].startswith("1b Developing future")

    printed = PdfReader(io.BytesIO(desk.get(reverse("admin:representation_actionplan_pdf", args=[plan.pk])).content))
    text = " ".join("".join(page.extract_text() for page in printed.pages).split())
    assert "Including BME staff" in text
    assert "First meeting of the group" in text
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
def test_what_was_downloaded_reads_in_as_the_same_plan(desk, provider, kind):
    wanted = cells(taken_over(desk, make.plan(provider)))
    first = provider.action_plans.get()
    if kind == "docx":
        content = desk.get(reverse("admin:representation_actionplan_word", args=[first.pk])).content
    else:
        content = b"".join(desk.get(f"{reverse('admin:representation_actionitem_changelist')}?export={kind}"))
    second = make.plan(provider, "Copy")
    upload(desk, second, content, f"plan.{kind}")
    reading = second.readings.get()
    page = desk.get(page_of(reading)).content.decode()
    assert ("Not read, as they are no columns of a plan: “Status”, “Due”" in page) is (kind != "docx")
    take_step(desk, reverse("admin:representation_planreading_step", args=[reading.pk, "take_over"]))
    assert cells(list(second.items.in_order())) == wanted


@pytest.mark.requirement("R10")
def test_a_timescale_that_a_workbook_keeps_as_a_day_has_its_month(desk, provider):
    book = Workbook()
    book.active.append(list(leicester.COLUMNS))
    book.active.append(["Mixed panels", "", "", "", "HR", date(2031, 5, 1)])
    out = io.BytesIO()
    book.save(out)
    plan = make.plan(provider)
    upload(desk, plan, out.getvalue(), "plan.xlsx")
    take_step(desk, reverse("admin:representation_planreading_step", args=[plan.readings.get().pk, "take_over"]))
    item = plan.items.get()
    assert (item.timescale, item.due_month) == ("1 May 2031", date(2031, 5, 1))


@pytest.mark.requirement("R3")
def test_cells_of_a_word_document_that_were_merged_say_what_they_say_once(desk, provider):
    document = Document()
    document.add_paragraph("What we have set out to do")
    table = document.add_table(rows=4, cols=6)
    for at, heading in enumerate(leicester.COLUMNS):
        table.cell(0, at).text = heading.title()
    table.cell(1, 0).merge(table.cell(1, 5)).text = "Appendix 2b Mentoring"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "More mentors"
    for row, lead in ((2, "HR"), (3, "Equality forum")):
        table.cell(row, 4).text, table.cell(row, 5).text = lead, "March 2031"
    out = io.BytesIO()
    document.save(out)
    plan = make.plan(provider)
    upload(desk, plan, out.getvalue(), "plan.docx")
    reading = plan.readings.get()
    take_step(desk, reverse("admin:representation_planreading_step", args=[reading.pk, "take_over"]))
    items = [(item.section.key, item.outcome, item.lead, item.due_month) for item in plan.items.in_order()]
    march = date(2031, 3, 1)
    assert items == [("2b", "More mentors", "HR", march), ("2b", "", "Equality forum", march)]


@pytest.mark.requirement("R2")
def test_progress_is_reported_with_where_it_can_be_seen_and_the_reports_stay(desk, provider, lead):
    item = make.item(make.plan(provider), timescale="By May 2031")
    address = reverse("admin:representation_actionitem_step", args=[item.pk, "report_progress"])
    take_step(desk, address, status="progressing", words="Two have one.", evidence="Minutes of June")
    take_step(desk, address, status="achieved", words="All have one.", evidence="")
    item.refresh_from_db()
    assert (item.status, item.progress) == ("achieved", "All have one.")
    reports = [(one.status, one.words, one.evidence, one.by) for one in item.reports.all()]
    assert reports == [
        ("achieved", "All have one.", "", lead),
        ("progressing", "Two have one.", "Minutes of June", lead),
    ]
    page = desk.post(address, {"status": "achieved", "words": "", "filled": "yes"}).content.decode()
    assert "That is how it stands already" in page
    take_step(desk, address, status="no_progress", words="It came undone.")
    item.refresh_from_db()
    assert item.status == "no_progress"


@pytest.mark.requirement("R16")
@pytest.mark.parametrize(
    ("today", "overdue"), [(date(2031, 5, 31), False), (date(2031, 6, 1), True), (date(2030, 12, 31), False)]
)
def test_an_item_is_overdue_once_its_month_is_over(provider, lead, time_machine, today, overdue):
    time_machine.move_to(today)
    item = make.item(make.plan(provider), timescale="By May 2031")
    assert item.is_overdue is overdue
    assert ActionItem.objects.overdue().exists() is overdue
    make.reported(item, lead, "achieved")
    item.refresh_from_db()
    assert not item.is_overdue
    assert not ActionItem.objects.overdue().exists()


@pytest.mark.requirement("R16")
def test_today_says_how_many_items_are_overdue_and_leads_to_them(desk, provider):
    plan = make.plan(provider)
    make.item(plan, "Late", timescale="By May 2020")
    make.item(plan, "Some day")
    today = desk.get(reverse("admin:index")).content.decode()
    assert "item of a plan is overdue" in today
    found = re.search(r'href="([^"]*actionitem/\?[^"]*)"', today)
    assert found is not None
    listed = desk.get(found[1].replace("&amp;", "&")).content.decode()
    assert "Late" in listed
    assert "Some day" not in listed


@pytest.mark.requirement("R5")
def test_an_estimate_is_people_times_days_times_months(provider):
    item = make.item(make.plan(provider), people=2, days_a_week=2, months=6)
    assert item.person_days == 104
    item.months = None
    assert item.person_days is None


def test_the_month_follows_the_words_of_the_timescale(desk, provider):
    plan = make.plan(provider)
    item = make.item(plan, timescale="By May 2031")
    address = reverse("admin:representation_actionitem_change", args=[item.pk])
    given = {"section": "", "outcome": "Mixed panels", "timescale": "Sept 2032", "order": "0"}
    formset = {
        f"{name}-{count}_FORMS": "0" for name in ("leads", "references", "reports") for count in ("TOTAL", "INITIAL")
    }
    assert desk.post(address, given | formset).status_code == 302
    item.refresh_from_db()
    assert item.due_month == date(2032, 9, 1)
    page = desk.post(address, given | formset | {"outcome": " ", "timescale": ""}).content.decode()
    assert "Fill in at least one of the six columns." in page
    other = make.section(make.plan(provider, "Another"))
    page = desk.post(address, given | formset | {"section": other.pk}).content.decode()
    assert "Choose a section of this plan." in page


def test_two_people_at_one_file_see_what_the_other_has_said(desk, provider):
    plan = make.plan(provider)
    address = upload(desk, plan, scan(), "reach-higher.txt").url
    first, second = desk.get(address).content.decode(), desk.get(address).content.decode()
    desk.post(address, {**SEEN, "seen-before": sealed(first)})
    answer = desk.post(address, {**SEEN, "column-0-0": "outcome", "seen-before": sealed(second)})
    page = answer.content.decode()
    assert "Changed since you opened this page" in page
    assert plan.readings.get().said["columns"] == {"0": list(SEEN.values())}
    desk.post(address, {**SEEN, "column-0-0": "outcome", "keep-column-0-0": "yours", "seen-before": sealed(page)})
    assert plan.readings.get().said["columns"]["0"][0] == "outcome"


def sealed(page: str) -> str:
    return page.split('name="seen-before" value="')[1].split('"')[0]
