"""From an empty installation to a cohort that people apply for, on the pages alone, by what the guide leads to."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils import timezone
from playwright.sync_api import Locator

from cohorts.models import Cohort
from steppingup.accounts.actions.first import invite_first
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from tests.journeys.people import Person, code_of
from tests.plugins.browser import TELEPHONE

MOST_PAGES = 25
#: What is typed, as docs/setting-up.md lists it.
LISTED = Path(project.BASE_DIR) / "docs" / "setting-up.md"


class Counting(Person):
    """Counts the pages that open, and keeps what is typed."""

    pages = 0
    typed: dict[str, str]

    def go(self, address: str) -> None:
        super().go(address)
        self.pages += 1

    def leave_by(self, target: Locator) -> None:
        super().leave_by(target)
        self.pages += 1

    def fill(self, label: str, value: str) -> None:
        super().fill(label, value)
        self.typed[label] = value


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R8")
def test_somebody_who_never_saw_it_sets_up_a_programme_and_opens_it(new_page, axe, screenshot):
    ada = Counting(new_page(), "ada@example.org", axe, screenshot)
    ada.typed = {}
    ada.page.context.set_default_timeout(8000)
    starts = timezone.localdate() + timedelta(days=70)
    an_administrator(ada)
    ada.look("getting-started-today")
    ada.follow("Set up a programme")
    ada.look("getting-started")
    ada.follow("Add your organisation")
    ada.fill("Name*", "Bath Council")
    assert ada.page.get_by_label("Runs programmes here").is_checked()
    ada.press("Save")
    ada.reads("Getting started", "Bath Council")
    ada.follow("Coordinator")
    ada.fill("Full name", "Cora Coordinator")
    ada.fill("Email address*", "cora@example.org")
    ada.press("Save")
    ada.reads("Cora Coordinator")
    ada.follow("Start a programme")
    ada.page.get_by_label("Begin with", exact=True).select_option(label="Stepping Up, as Bristol City Council runs it")
    ada.fill("What is the new programme called?", "Rising")
    ada.fill("When does its first cohort start?", f"{starts:%d/%m/%Y}")
    ada.look("start-a-programme")
    ada.press("Continue")
    ada.reads("The texts are those of Bristol City Council", "Nobody will be told")
    ada.press("Start a programme")
    ada.look("guide-with-a-programme")
    ada.follow(f"{starts:%B %Y}")
    ada.reads("1 more before anybody can apply")
    ada.follow("The programme on the site")
    ada.page.get_by_label("Public", exact=True).check()
    ada.press("Save")
    ada.reads("Getting ready")
    ada.follow("A dry run")
    ada.press("Do a dry run")
    assert jobs.run(Job.objects.get().pk)
    ada.page.wait_for_url("**/dry-run/**")
    ada.pages += 1
    ada.reads("Came to the certificate", "This needs 2 people with the role of assessor")
    ada.look("dry-run")
    ada.follow("Getting ready")
    ada.press("Publish the cohort")
    ada.press("Publish the cohort")
    assert Cohort.objects.get().status == "published"
    assert ada.pages <= MOST_PAGES, ada.pages
    visitor = Person(new_page(TELEPHONE), "amara@example.org", axe, screenshot)
    visitor.go("/programmes/bath-council/rising/")
    visitor.reads("Rising", "Bath Council")
    visitor.look("a-programme-from-the-guide")
    visitor.page.get_by_role("link", name=re.compile("Apply|Start your application")).first.wait_for()
    listed = LISTED.read_text(encoding="utf-8")
    for label in ada.typed:
        assert f"| {label.rstrip('*')} |" in listed, label
    assert f"{ada.pages} pages" in listed


def an_administrator(ada: Counting) -> None:
    """By the link that `script/server --empty` prints, with an authenticator app."""
    ada.go(f"/account/first/{invite_first()}/")
    ada.fill("Full name", "Ada Admin")
    ada.fill("Email address", ada.email)
    ada.fill("Password", "Correct-horse-9-battery")
    ada.look("first-administrator")
    ada.leave_by(ada.page.locator("main button[type=submit]"))
    ada.page.get_by_label("Email address").fill(ada.email)
    ada.page.get_by_label("Password").fill("Correct-horse-9-battery")
    ada.press("Sign in")
    ada.press("Set up an authenticator app")
    ada.page.get_by_label("Password").fill("Correct-horse-9-battery")
    ada.press("Continue")
    secret = re.search(r"\b[A-Z2-7]{32}\b", ada.page.content())
    assert secret
    ada.page.get_by_label("Code that the app shows").fill(code_of(secret[0]))
    ada.press("Save the authenticator app")
    ada.follow("I have put them somewhere safe, continue")
