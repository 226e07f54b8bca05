"""An equality lead reads in a table of HR, publishes it, and looks at the grid beside everybody, the population and the year before."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import releases
from representation.models import FigureRelease, Paper, Tier
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("R9", "C1", "C2")]
TABLE = """Division,Grade,BME,White,Not known,Total
Housing,Officer,140,260,12,412
Housing,Team leader,30,90,3,123
Housing,Head of service,3,17,0,20
Parks,Officer,60,240,9,309
Parks,Team leader,8,52,1,61
Parks,Head of service,0,6,0,6
Libraries,Officer,80,x,2,190
"""
#: The year before: of the group, of others, not known.
BEFORE = {("Housing", "Officer"): (100, 290, 20), ("Parks", "Officer"): (55, 240, 10)}


def test_figures_from_a_table_to_the_grid(new_page, axe, screenshot):
    provider = ProviderFactory(name="Leicester City Council")
    ethnicity = make.characteristic(provider)
    user = staff(RoleName.EQUALITY, provider, email="eve@provider.example")
    releases.make_release(snapshot=make.snapshot(ethnicity, BEFORE, date(2019, 3, 31)), by=user)
    make.figure(provider, "Population of Leicester", whom="population", percent=36, source="Census", year=2001)
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:representation_figurerelease_changelist"))
    keeper.follow("Read in figures of a workforce")
    keeper.look("figures-file")
    keeper.press("See what is in it")
    keeper.reads("Choose a file.", "Enter the day.", "Name the source.")
    keeper.look("figures-file-errors")
    page.set_input_files(
        "input[type=file]", {"name": "report.csv", "mimeType": "text/csv", "buffer": ContentFile(TABLE.encode()).read()}
    )
    page.get_by_label("What are people counted by?").select_option(label="Ethnicity")
    page.get_by_label("Figures of which day?").fill("31 March 2020")
    page.get_by_label("Source").fill("Employment Monitoring Report 2020")
    keeper.press("See what is in it")
    for heading, role in (
        ("Division", "The unit: department, division or service"),
        ("Grade", "The tier or grade"),
        ("Total", "The total of the row, to check it by"),
    ):
        page.get_by_label(f"What “{heading}” is", exact=True).select_option(label=role)
    keeper.press("Keep this and look again")
    keeper.reads("“x” stands for a number that was left out", "18 counts would be.")
    keeper.look("figures-columns")
    keeper.press("Go on")
    keeper.look("figures-before")
    keeper.press("Continue")
    keeper.press("Take the counts over")
    for job in Job.objects.unfinished():
        jobs.run(job.pk)
    Tier.objects.filter(name__in=("Team leader", "Head of service")).update(is_senior=True)
    keeper.go(reverse("admin:representation_snapshot_changelist"))
    keeper.look("figures-snapshots")
    keeper.follow("Employment Monitoring Report 2020")
    keeper.press("Publish it")
    keeper.look("figures-publish")
    keeper.press("Publish it")
    for job in Job.objects.unfinished():
        jobs.run(job.pk)
    release = FigureRelease.objects.get(snapshot__taken_on=date(2020, 3, 31))
    keeper.go(reverse("admin:representation_figurerelease_changelist"))
    keeper.look("figures-releases")
    keeper.go(reverse("admin:representation_figurerelease_grid", args=[release.pk]))
    keeper.reads("Where the ladder breaks:", "All senior tiers", "too few", "Housing")
    keeper.look("figures-grid")
    page.get_by_label("Compare with").select_option(label="Population of Leicester: 36% (Census, 2001)")
    keeper.press("Compare")
    keeper.reads("Compared with Population of Leicester: 36%")
    keeper.look("figures-grid-population")
    keeper.follow("picture")
    keeper.look("figures-picture")
    keeper.follow("The same as a table")
    page.get_by_label("Tier", exact=True).select_option(label="Officer")
    keeper.press("Show")
    keeper.reads("31 March 2019", "31 March 2020", "The same as a table")
    keeper.look("figures-series")
    keeper.go(reverse("admin:representation_figurerelease_wres", args=[release.pk]))
    keeper.reads("Indicator 1", "Indicator 2", "Indicator 9")
    keeper.look("figures-wres")
    keeper.go(reverse("admin:representation_recruitmentfigure_add"))
    keeper.look("figures-recruitment")
    keeper.go(reverse("admin:representation_unit_changelist"))
    keeper.look("figures-units")
    keeper.go(reverse("admin:representation_characteristic_change", args=[ethnicity.pk]))
    keeper.look("figures-characteristic")
    keeper.go(reverse("admin:representation_publishedfigure_add"))
    keeper.look("figures-published")
    keeper.go(reverse("admin:representation_target_add"))
    keeper.press("Save")
    keeper.reads("Fill in “Where it was agreed”.", "Add at least one step")
    keeper.look("target-errors")
    for name, said in (("begins_on", "1 January 2019"), ("begins_at", "25"), ("source", "Reach Higher")):
        page.locator(f"#id_{name}").fill(said)
    page.locator("#id_steps-0-due_on").fill("31 December 2038")
    page.locator("#id_steps-0-percent").fill("36")
    page.locator("#id_steps-0-label").fill("2037")
    keeper.press("Save")
    keeper.go(reverse("admin:representation_target_changelist"))
    keeper.look("targets")
    keeper.follow("Ethnicity: everybody, all tiers")
    keeper.look("target-change")
    keeper.press("Divide it among the units below")
    keeper.look("target-divide")
    keeper.press("Divide it among the units below")
    keeper.reads("What it would take", "Its parts", "That is enough for 36.0%", "which is another year")
    keeper.look("target", full=False)
    page.get_by_label("How many of those who are appointed").fill("80")
    keeper.press("Work it out")
    keeper.reads("80% of those who are appointed are from the group.")
    keeper.look("target-ahead")
    write_a_paper(keeper, new_page, axe, screenshot)


def write_a_paper(keeper: Person, new_page, axe, screenshot) -> None:
    """From the figures and the target to what the committee and everybody reads."""
    page = keeper.page
    keeper.go(reverse("admin:representation_paper_changelist"))
    keeper.look("papers-none")
    keeper.go(reverse("admin:representation_paper_add"))
    for name, said in (
        ("title", "Representation in 2020"),
        ("committee", "Equalities Committee"),
        ("meets_on", "3 June 2020"),
    ):
        page.locator(f"#id_{name}").fill(said)
    page.locator("#id_opening").fill("How far we have come since last year.")
    keeper.press("Save")
    paper = Paper.objects.get()
    keeper.go(reverse("admin:representation_paper_read", args=[paper.pk]))
    keeper.reads("There are no parts yet.")
    keeper.look("paper-empty")
    keeper.follow("Add a part")
    keeper.press("Continue")
    keeper.reads("Write a heading.")
    keeper.look("paper-part-errors")
    parts = (
        ("Your own words", "Why we report", {"In your words (optional)": "Because the council asked for it."}),
        ("Workforce figures, as a grid", "The workforce", {"Figures": "2020"}),
        ("A target", "The target", {"Figures": "2020", "Target": "everybody"}),
    )
    for kind, heading, more in parts:
        keeper.go(reverse("admin:representation_paper_step", args=[paper.pk, "add_part"]))
        page.get_by_label("What shall it be?").select_option(label=kind)
        page.get_by_label("Its heading").fill(heading)
        for label, said in more.items():
            box = page.get_by_label(label, exact=True)
            if label.startswith("In your words"):
                box.fill(said)
            else:
                box.select_option(value=box.locator("option", has_text=said).first.get_attribute("value"))
        keeper.press("Continue")
        keeper.press("Add a part")
    keeper.reads("Where the figures come from", "[1]", "Where the ladder breaks:")
    keeper.look("paper-draft")
    keeper.press("Issue it")
    keeper.look("paper-issue")
    keeper.press("Issue it")
    keeper.reads("unchanged since")
    keeper.press("Put it on the public pages")
    keeper.press("Put it on the public pages")
    keeper.look("paper-issued")
    reader = Person(new_page(viewport=TELEPHONE), "", axe, screenshot)
    reader.go(reverse("representation:paper", args=[paper.reference]))
    reader.reads("Representation in 2020", "Why we report", "SHA-256")
    reader.look("paper-public")
