"""An application from the first page to submitted, by one applicant: every page that is opened and every form that is sent,
with what the site does meanwhile (checking a CV, asking the sponsor, writing emails to the outbox)."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.form.parts import parts_of
from applications.form.work_forms import NOT_LISTED
from applications.models import Application, EligibilityQuestion, Window
from applications.states import ApplicationStatus, SupportRoute
from cohorts.models import Cohort
from steppingup.accounts.models import User
from tests.bench import fill
from tests.bench.measure import Backend
from tests.factories.applications import sponsor_answers
from tests.files.uploads import pdf

SLUG = "bench-open"
WANTED = 600  # milliseconds of all requests together
RUNS = 7

_numbers = count(1)


@dataclass
class Applicant:
    """A browser that adds up what its requests cost, in milliseconds: what passes, and processor time of ours and
    PostgreSQL's."""

    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost", raise_request_exception=True))
    backend: Backend = field(default_factory=Backend)
    requests: int = 0
    wall: float = 0.0
    processor: float = 0.0

    def ask(self, address: str, data: dict[str, Any] | None = None) -> str:
        """Open the page, or send the form. Raises RuntimeError for anything but a page, or a form that was not accepted."""
        start = time.perf_counter(), time.process_time() + self.backend.seconds()
        send = self.client.get(address, secure=True) if data is None else self.client.post(address, data, secure=True)
        self.wall += (time.perf_counter() - start[0]) * 1000
        self.processor += (time.process_time() + self.backend.seconds() - start[1]) * 1000
        self.requests += 1
        if send.status_code != (200 if data is None else 302):
            raise RuntimeError(f"{address} answered {send.status_code}")
        return send.headers.get("Location", "")


def open_cohort() -> Cohort:
    """A cohort that can be applied for, beside the two that are full."""
    found = Cohort.objects.filter(slug=SLUG).first()
    if found is None:
        found = fill.cohort(fill.programme(), SLUG)
        Window.objects.filter(cohort=found).update(closes_at=timezone.now() + timedelta(days=365))
    return found


def _answers(application: Application) -> Iterator[tuple[str, dict[str, Any]]]:
    today = timezone.localdate()
    given: dict[str, dict[str, Any]] = {
        "details": {"full_name": "Amara Okafor", "phone": "0117 496 0000"},
        "work": {
            "job_title": "Ward sister",
            "grade": "Band 6",
            "employer": NOT_LISTED,
            "employer_name": "Avon Hospital Trust",
            "manager_name": "Mo Patel",
            "manager_email": "mo.patel@bench.example",
        },
        "support": {
            "support_route": SupportRoute.TOLD,
            "told_on_0": today.day,
            "told_on_1": today.month,
            "told_on_2": today.year,
        },
        "access": {"has_needs": "False"},
        "equality": {},
    }
    for part in parts_of(application):
        if part.key.startswith("statement-"):
            yield part.key, {"text": "I led a night team of nine through the winter. " * 5}
        elif part.key == "cv":
            yield part.key, {"cv": SimpleUploadedFile("cv.pdf", pdf(2), "application/pdf")}
        elif part.key in given:
            yield part.key, given[part.key]


def apply() -> Applicant:
    """The whole way, by somebody new."""
    cohort = open_cohort()
    slug = cohort.programme.path
    user = User.objects.create_user(
        f"applicant-{time.time_ns()}-{next(_numbers)}@bench.example", full_name="Amara Okafor"
    )
    one = Applicant()
    one.client.handler.load_middleware()  # which a test client does with its first request, and a server at its start
    one.ask("/")
    one.ask(reverse("cohorts:programme", args=[slug]))
    one.ask(reverse("applications:check", args=[slug]))
    first = EligibilityQuestion.objects.filter(rule_set=cohort.rule_set_id).order_by("order", "pk").first()
    assert first
    address, result = (
        reverse("applications:check_question", args=[slug, first.key]),
        reverse("applications:check_result", args=[slug]),
    )
    while address != result:
        one.ask(address)
        address = one.ask(address, {"answer": "yes"})
    one.ask(result)
    one.client.force_login(user)
    start = reverse("applications:start", args=[cohort.pk])
    one.ask(start)
    home = one.ask(start, {})
    application = Application.objects.get(applicant=user)
    for key, data in _answers(application):
        address = reverse("applications:part", args=[application.pk, key])
        one.ask(home)
        one.ask(address)
        one.ask(address, {**data, "save": "yes"})
    fee = reverse("applications:fee", args=[application.pk])
    one.ask(fee)
    one.ask(fee, {"sponsor_name": "Hana Osei", "sponsor_email": f"hana-{user.pk}@bench.example"})
    sponsor_answers(application)  # by a link of their own; what that costs is not the applicant's
    one.ask(reverse("applications:check_answers", args=[application.pk]))
    submit = reverse("applications:submit", args=[application.pk])
    one.ask(submit)
    one.ask(submit, {"notice_read": "on", "is_true": "on"})
    one.ask(reverse("applications:submitted", args=[application.pk]))
    if Application.objects.get(pk=application.pk).status != ApplicationStatus.SUBMITTED:
        raise RuntimeError("The application was not submitted.")
    return one


def cost() -> Applicant:
    """The median of several applicants, after the first."""
    apply()
    runs = [apply() for _ in range(RUNS)]
    middle = Applicant(requests=runs[0].requests)
    middle.wall = statistics.median(one.wall for one in runs)
    middle.processor = statistics.median(one.processor for one in runs)
    return middle
