"""Two members of staff press “Save” in the same moment: one of the two is saved, and the other is shown what it was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.actions import reviews
from applications.roles import RoleName
from cohorts.actions import attendance
from cohorts.states import Mark
from steppingup.accounts.models import User
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, SessionFactory
from tests.racing import at_once, meanwhile
from tests.staff import with_second_factor
from tests.sweeps.forms_found import Found, read

pytestmark = pytest.mark.django_db(transaction=True)


TYPED = ("Hers", "His", "Another", "One more")


@dataclass
class Case:
    """One box of a page, what is typed into it, two by two, and what is there by now. `acts`: where the page is sent to, if
    elsewhere; `looks_first`: the page shows what would be done before it is; `browsers`: where both are of one person."""

    page: str
    box: str
    kept: Callable[[], Any]
    typed: tuple[str, ...] = TYPED
    acts: str = ""
    looks_first: bool = False
    browsers: tuple[Client, ...] = ()

    def ready(self, browser: Client, typed: str) -> Callable[[], Any]:
        """The last press, with all that this browser sends."""
        sent: dict[str, Any] = form_of(browser.get(self.page)).as_a_browser(**{self.box: typed})
        if self.looks_first:
            sent = form_of(browser.post(self.page, sent)).as_a_browser()
            assert sent["digest"]
        return lambda: browser.post(self.acts or self.page, sent)


def form_of(page: Any) -> Found:
    return next(form for form in read(page.content.decode()).forms if "seen-before" in form.fields)


def now(thing: Any, name: str) -> Callable[[], Any]:
    return lambda: getattr(type(thing)._base_manager.get(pk=thing.pk), name)


def cases(ana: User, cohort: Any) -> dict[str, Case]:
    before = timezone.now() - timedelta(days=3)  # the session of two hours ago may be yesterday's
    participant = ParticipantFactory(cohort=PublishedCohortFactory(programme=cohort.programme), enrolled_at=before)
    over = SessionFactory(cohort=participant.cohort, starts_at=timezone.now() - timedelta(hours=2))
    attendance.mark(session=over, marks={participant.pk: Mark.ABSENT}, by=ana)
    coming = SessionFactory(cohort=participant.cohort, venue="Hall")
    application = make.arrived(cohort.window)
    review = reviews.assign(application=application, assessor=make.assessor(cohort.window), by=ana)
    criterion = cohort.rule_set.criteria.order_by("order", "pk").first()
    admin = "admin:cohorts"
    return {
        "a form": Case(reverse(f"{admin}_cohort_change", args=[cohort.pk]), "venue", now(cohort, "venue")),
        "a step": Case(
            reverse(f"{admin}_session_step", args=[coming.pk, "move"]), "venue", now(coming, "venue"), looks_first=True
        ),
        "a form with steps": Case(
            reverse("admin:applications_window_change", args=[cohort.window.pk]),
            "reserve",
            lambda: str(type(cohort.window).objects.get().reserve),
            ("3", "4", "5", "6"),
        ),
        "a register": Case(
            reverse(f"{admin}_session_register", args=[over.pk]),
            f"mark-{participant.pk}",
            lambda: over.attendances.get().mark,
            ("part", "present", "absent", "excused"),
        ),
        "scores": Case(
            reverse("admin:applications_review_change", args=[review.pk]),
            f"comment_{criterion.pk}",
            lambda: review.scores.get(criterion=criterion).comment,
            acts=reverse("admin:applications_review_save", args=[review.pk]),
            browsers=tuple(with_second_factor(Client(), review.assessor) for _ in range(2)),
        ),
    }


def test_of_two_who_save_in_the_same_moment_one_is_saved_and_the_other_is_shown_it():
    """While the first is being saved and not committed yet, and where nobody is first."""
    window = make.window()
    provider = window.cohort.programme.provider
    ana, bo = (staff(RoleName.COORDINATOR, provider, full_name=name) for name in ("Ana Perez", "Bo Olsen"))
    for name, case in cases(ana, window.cohort).items():
        browsers = case.browsers or tuple(with_second_factor(Client(), one) for one in (ana, bo))
        for typed, has_begun in ((case.typed[:2], True), (case.typed[2:], False)):
            hers, his = (case.ready(browser, one) for browser, one in zip(browsers, typed, strict=True))
            first: list[Any] = []
            second = meanwhile(partial(_keep, first, hers), his) if has_begun else None
            answers = [*first, second] if has_begun else at_once([hers, his])
            assert not [one for one in answers if isinstance(one, Exception)], (name, answers)
            statuses = [one.status_code for one in answers]
            assert sorted(statuses) == [200, 302], (name, has_begun, statuses)
            assert not has_begun or statuses == [302, 200], name
            saved, shown = statuses.index(302), answers[statuses.index(200)]
            assert case.kept() == typed[saved], (name, has_begun)
            assert "Since you opened this page" in shown.text, (name, has_begun)
            assert "You wrote" in shown.text, (name, has_begun)


def _keep(found: list[Any], press: Callable[[], Any]) -> None:
    found.append(press())
