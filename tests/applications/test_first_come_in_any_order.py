"""First come, first served, whatever happens in which order: no place is given twice, and none out of order."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import applications as applying
from applications.actions import decisions, offers, places
from applications.models import Application, EligibilityAnswer
from applications.queries import places_left
from applications.states import ApplicationStatus as S
from applications.states import OfferStatus
from cohorts.models import Cohort
from tests.applications.test_first_come import fresh
from tests.factories import review as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EVENTS = st.sampled_from(
    ["send", "send unsure", "accept", "decline", "withdraw", "expire", "look", "refuse", "lapse", "more", "fill"]
)


class Story:
    """One cohort, to which things happen in any order."""

    def __init__(self) -> None:
        self.window = make.first_come(capacity=3)
        self.window.cohort.rule_set.closes_when_full = False
        self.window.cohort.rule_set.save()
        self.by, self.now = make.coordinator(self.window), timezone.now()
        self.asked = list(self.window.cohort.rule_set.eligibility_questions.all())

    def send(self, how: str = "") -> None:
        application = Application.objects.create(
            applicant=UserFactory(), cohort=self.window.cohort, reference=f"T-{Application.objects.count()}",
            full_name="A B", employer=UserFactory().organisation or make.OrganisationFactory(),
        )  # fmt: skip
        for question in self.asked:
            answer = "not_sure" if how == "unsure" and question.key == "led" else "yes"
            EligibilityAnswer.objects.create(application=application, question=question, answer=answer)
        application = fresh(application)
        make.APPLICATION.move(application, "submit", submitted_at=self.now)
        places.take(application)

    def one(self, *statuses: str, **more: bool) -> Application | None:
        found = Application.objects.for_steps().filter(cohort=self.window.cohort, status__in=statuses, **more)
        return found.order_by("number").first()

    def happen(self, what: str) -> None:
        name, _, how = what.partition(" ")
        getattr(self, name)(*filter(None, [how]))

    def fill(self) -> None:
        places.fill(self.window.cohort, now=self.now)

    def more(self) -> None:
        Cohort.objects.filter(pk=self.window.cohort_id).update(capacity=F("capacity") + 1)
        self.window.cohort.refresh_from_db(fields=["capacity"])

    def expire(self) -> None:
        offers.expire_due(now=self.now + timedelta(days=40))

    def lapse(self) -> None:
        places.fill(self.window.cohort, now=self.now + timedelta(days=40))

    def accept(self) -> None:
        if application := self.one(S.OFFERED):
            offer = application.offers.get(status=OfferStatus.MADE)
            offers.accept(offer=offer, legal_name="Amara Okafor", by=application.applicant)

    def decline(self) -> None:
        if application := self.one(S.OFFERED):
            offers.decline(offer=application.offers.get(status=OfferStatus.MADE), by=application.applicant)

    def withdraw(self) -> None:
        if application := self.one(S.OFFERED, S.WAITING):
            applying.withdraw(application=application, by=application.applicant)

    def look(self) -> None:
        if application := self.one(S.SUBMITTED):
            decisions.mark_as_looked_at(application=application, reason="Yes.", by=self.by)

    def refuse(self) -> None:
        if application := self.one(S.SUBMITTED):
            decisions.turn_down(application=application, reason="not_eligible", by=self.by)

    def check(self) -> None:
        free, kept = places_left(self.window.cohort)
        assert kept <= free, "a place was given twice"
        rows = Application.objects.filter(cohort=self.window.cohort)
        numbers = list(rows.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

    def check_filled(self) -> None:
        """Nobody waits while a place is free, and nobody has one before somebody who waits with a lower number and could."""
        places.fill(self.window.cohort, now=self.now)
        self.check()
        free, kept = places_left(Cohort.objects.get(pk=self.window.cohort_id))
        line = Application.objects.filter(cohort=self.window.cohort).in_line()
        assert free == kept or not line.exists()


@pytest.mark.requirement("N18")
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(EVENTS, min_size=4, max_size=14))
def test_no_order_of_events_gives_a_place_twice_or_out_of_order(events):
    with transaction.atomic():
        story = Story()
        for event in events:
            story.happen(event)
            story.check()
        story.check_filled()
        transaction.set_rollback(True)
