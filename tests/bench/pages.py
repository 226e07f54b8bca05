"""The pages that coordinators, participants and line managers live in, and what each may cost."""

from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.states import ApplicationStatus
from cohorts.models import Cohort, Enrolment
from steppingup.accounts.models import User
from steppingup.desk import workspace
from steppingup.site.topics import Entry, menu_of, with_facts

MOST_QUERIES = 15
#: Who is stuck is looked for in everything that all apps have on record.
LOOKED_AT = 18
LIST = "admin:applications_application_changelist"
#: Places of the columns in the address of the list: o=-5 is “by the mean, the highest first”.
BY_MEAN = "-5"


@dataclass(frozen=True)
class Page:
    """`limit`: milliseconds; None where there is none. `most`: queries."""

    title: str
    address: str
    limit: float | None = None
    by: str = "coordinator"
    most: int = MOST_QUERIES


def signed_in(user: User) -> Client:
    """A browser whose session says that a second factor was used."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method="mfa", type="totp")
    request.session.save()
    return client


def everything() -> Page:
    """The list as it opens: all cohorts."""
    return Page("Applications: all, 50 rows", reverse(LIST), 150)


def pages_of(cohort: Cohort) -> list[Page]:
    """What a coordinator does with one cohort's applications."""
    inbox = reverse(LIST)
    here = f"{inbox}?cohort={cohort.pk}"
    one = Application.objects.filter(cohort=cohort, status=ApplicationStatus.TURNED_DOWN).order_by("pk").first()
    assert one is not None
    return [
        Page("Applications: one cohort, 50 rows", here, 150),
        Page("… sorted by mean score", f"{here}&o={BY_MEAN}", 150),
        Page("… in review, search “ar”", f"{here}&status=in_review&q=ar", 150),
        Page("… scores missing", f"{here}&reviews=missing", 150),
        Page("… the last page", f"{here}&p={max(1, last_page(cohort))}", 150),
        Page(
            "Ranking and shortlist, 250 rows", reverse("admin:applications_application_ranking", args=[cohort.pk]), 250
        ),
        Page("One application", reverse("admin:applications_application_change", args=[one.pk]), 80),
    ]


def stuck_of_all() -> Page:
    """Everybody who is stuck, of all cohorts under way."""
    return Page("Who is stuck: 20 cohorts of 50", reverse("admin:cohorts_enrolment_stuck"), 500, most=LOOKED_AT)


def tabs_of(cohort: Cohort) -> list[Page]:
    """Every tab of the cohort's workspace, where it leads."""
    return [
        Page(f"Workspace: {tab.title}", tab.onward(cohort) or workspace.leads_to(tab, cohort), 150)
        for tab in workspace.all_tabs()
    ]


def last_page(cohort: Cohort) -> int:
    return -(-Application.objects.filter(cohort=cohort).submitted().count() // 50)


def team_pages(manager: User) -> list[Page]:
    enrolment = manager.managed_enrolments.select_related("participant").order_by("pk").first()
    assert enrolment is not None
    return [
        Page("Participant’s page", reverse("cohorts:participant", args=[enrolment.pk]), by="participant"),
        *(
            Page(f"… {entry.title}", entry.url, by="participant")
            for entry in menu("participant", enrolment, enrolment.participant)
        ),
        Page("Line manager, 20 people", reverse("cohorts:team"), by="manager"),
        Page("Line manager, one person", reverse("cohorts:managed", args=[enrolment.pk]), by="manager"),
        *(
            Page(f"… {entry.title}, for the line manager", entry.url, by="manager")
            for entry in menu("manager", enrolment, manager)
        ),
    ]


def menu(page: str, enrolment: Enrolment, viewer: User) -> list[Entry]:
    """The short pages that the front page leads to."""
    return menu_of(page, with_facts(page, Enrolment.objects.filter(pk=enrolment.pk), viewer).get(), viewer)


def participant_of(manager: User) -> User:
    return manager.managed_enrolments.select_related("participant").order_by("pk").first().participant


def export_address(cohort: Cohort, **more: str) -> str:
    words = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{reverse(LIST)}?cohort={cohort.pk}&export=csv{words}"


def get(client: Client, address: str) -> HttpResponseBase:
    """The page, over https as in production. Raises RuntimeError for anything but a page."""
    response = client.get(address, secure=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code} {response.headers.get('Location', '')}")
    return response


def body_of(response: Any) -> int:
    """Bytes, without keeping them."""
    if response.streaming:
        return sum(len(piece) for piece in response.streaming_content)
    return len(response.content)


class Counter:
    """`with Counter() as queries:` counts what goes to the database; `.said` keeps the statements."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.said.append(sql)
        return execute(sql, params, many, context)

    def __enter__(self) -> "Counter":
        self._wrapper = connection.execute_wrapper(self)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)

    def __len__(self) -> int:
        return len(self.said)


def queries_of(client: Client, page: Page) -> Counter:
    """The statements of one request, after one that fills the process's own memory (content types, settings)."""
    body_of(get(client, page.address))
    with Counter() as counter:
        body_of(get(client, page.address))
    return counter
