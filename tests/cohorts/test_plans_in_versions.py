"""Plans, completion rules, qualifications and courses in versions: who is enrolled or registered keeps theirs."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from cohorts.actions import plans
from cohorts.models import Cohort, CompletionRule, Plan
from cohorts.progress import progress_of
from cohorts.progress.completion import standing_of
from modules.models import Qualification
from modules.progress import offers_to
from modules.progress import standing_of as credits_of
from steppingup.history.lifecycle import NotPossible
from tests.factories import funding, modules
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PlanFactory, RunningCohortFactory, SessionFactory
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db
Refused = (InternalError, IntegrityError)


@pytest.fixture
def cohort() -> Cohort:
    return RunningCohortFactory()


@pytest.fixture
def desk(client, cohort):
    return with_second_factor(client, staff(provider=cohort.programme.provider))


def page(record) -> str:
    return reverse(f"admin:{record._meta.label_lower.replace('.', '_')}_change", args=[record.pk])


def change(desk, record, **values: str):
    """The answer of the form of a record, saved with these values: `mentoring__days` is that of a component."""
    data = posted(desk.get(page(record)))
    for name, value in values.items():
        key, _, column = name.partition("__")
        if column:
            part = record.components.get(key=key)
            number = next(n for n in range(20) if str(data.get(f"components-{n}-id")) == str(part.pk))
            name = f"components-{number}-{column}"
        data[name] = value
    return desk.post(page(record), data)


def longer(desk, plan: Plan) -> None:
    assert change(desk, plan, mentoring__least="8", mentoring__most="8").status_code == 302


def test_who_is_enrolled_keeps_the_plan_and_the_next_cohort_gets_the_change(desk, cohort):
    person = ParticipantFactory(cohort=cohort)
    coming = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    funding.asked(cohort=coming)
    mentoring = cohort.plan.components.get(key="mentoring")
    rule = coming.completion_rules.create(component=mentoring, minimum=2)
    session = SessionFactory(cohort=coming, component=cohort.plan.components.get(key="modules"))
    before = progress_of(person)
    said = desk.get(page(cohort.plan)).text
    assert f"1 person has joined {cohort.name} by this version" in said
    assert f"version 2, for {coming.name}" in said
    assert f"For {coming.name}, 1 sponsor has been asked to release somebody for 8 days. What they read" in said
    assert change(desk, cohort.plan).status_code == 302  # as it was: no version, and nothing on record as changed
    assert cohort.plan.is_current
    assert "No fields changed" in str(LogEntry.objects.latest("pk"))
    longer(desk, cohort.plan)
    assert progress_of(person) == before
    new = Cohort.objects.get(pk=coming.pk).plan
    assert (new.version, new.components.get(key="mentoring").days) == (2, 8)
    assert Cohort.objects.get(pk=cohort.pk).plan == cohort.plan
    rule.refresh_from_db()
    session.refresh_from_db()
    assert {rule.component.plan, session.component.plan} == {new}
    funding.asked(cohort=Cohort.objects.get(pk=coming.pk))
    assert "2 sponsors have been asked to release somebody for 14 days (1) and 8 days (1)." in desk.get(page(new)).text
    assert change(desk, Cohort.objects.get(pk=coming.pk)).status_code == 302  # saving again is harmless
    with pytest.raises(Refused), transaction.atomic():
        cohort.plan.components.update(most=9)
    with pytest.raises(Refused), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(plan=new)


def test_before_anybody_is_enrolled_the_plan_changes_where_it_is_and_says_who_was_told_its_days(desk, cohort):
    window = WindowFactory(
        cohort=CohortFactory(programme=cohort.programme, plan=PlanFactory(programme=cohort.programme))
    )
    plan = window.cohort.plan
    assert "Nobody is on the programme by this plan yet" in desk.get(page(plan)).text
    longer(desk, plan)
    assert (Plan.objects.filter(name=plan.name).count(), plan.components.get(key="mentoring").days) == (1, 8)


def test_a_part_that_sessions_name_is_not_removed_from_under_them(desk, cohort):
    ParticipantFactory(cohort=cohort)
    coming = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    part = cohort.plan.components.get(key="modules")
    SessionFactory(cohort=coming, component=part)
    data = posted(desk.get(page(cohort.plan)))
    number = next(n for n in range(20) if str(data.get(f"components-{n}-id")) == str(part.pk))
    answer = desk.post(page(cohort.plan), data | {f"components-{number}-DELETE": "on"})
    assert f"The sessions of {coming.name} name" in answer.text
    coming.sessions.all().delete()
    assert desk.post(page(cohort.plan), data | {f"components-{number}-DELETE": "on"}).status_code == 302
    assert not Cohort.objects.get(pk=coming.pk).plan.components.filter(key="modules").exists()
    assert cohort.plan.components.filter(key="modules").exists()


def test_another_plan_takes_rules_and_sessions_along_or_says_what_it_lacks(desk, cohort):
    coming = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    other, bare = PlanFactory(programme=cohort.programme), PlanFactory(programme=cohort.programme)
    bare.components.exclude(key="peer").delete()
    rule = coming.completion_rules.create(component=cohort.plan.components.get(key="mentoring"), minimum=1)
    answer = change(desk, coming, plan=str(bare.pk))
    assert "has no part like" in answer.text
    data = posted(desk.get(page(coming))) | {"plan": str(other.pk), "completion_rules-0-minimum": "2"}
    assert desk.post(page(coming), data).status_code == 302
    rule.refresh_from_db()
    assert (rule.component, rule.minimum) == (other.components.get(key="mentoring"), 2)
    assert change(desk, Cohort.objects.get(pk=coming.pk)).status_code == 302
    ParticipantFactory(cohort=coming)
    with pytest.raises(NotPossible, match="keeps its plan"):
        plans.follow(cohort=coming, plan=cohort.plan, by=staff(provider=cohort.programme.provider))


def test_completion_rules_stand_from_the_first_enrolment_and_the_first_rules_can_come_later(desk, cohort):
    ParticipantFactory(cohort=cohort)
    data = posted(desk.get(page(cohort)))
    data |= {
        "completion_rules-TOTAL_FORMS": "1",
        "completion_rules-0-component": "",
        "completion_rules-0-minimum": "5",
    }
    assert desk.post(page(cohort), data).status_code == 302
    with transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cohort.refresh_from_db()
    assert cohort.completion_settled_at
    text = desk.get(page(cohort)).text
    assert "its plan and completion rules stay as they are" in text
    assert 'name="completion_rules-0-minimum"' not in text
    for attempt in (
        lambda: cohort.completion_rules.update(minimum=1),
        lambda: cohort.completion_rules.create(minimum=1, component=cohort.plan.components.first()),
        lambda: cohort.completion_rules.all().delete(),
    ):
        with pytest.raises(Refused), transaction.atomic():
            attempt()
    assert standing_of(cohort.enrolments.get()).checks[0].rule.minimum == 5
    assert CompletionRule.objects.get(cohort=cohort).minimum == Decimal(5)


def test_who_is_registered_keeps_the_qualification_and_is_not_offered_it_again(desk, cohort):
    registration = modules.registered(ParticipantFactory(cohort=cohort))
    old = registration.qualification
    before = credits_of(registration)
    assert "1 participant has registered by this version" in desk.get(page(old)).text
    assert change(desk, old, credits=str(old.credits + 7)).status_code == 302
    registration.refresh_from_db()
    new = Qualification.objects.current().get(key=old.key)
    assert (credits_of(registration), registration.qualification) == (before, old)
    assert (new.version, new.credits) == (2, old.credits + 7)
    assert new not in offers_to(registration.enrolment)
    assert new in offers_to(ParticipantFactory(cohort=cohort))
    data = posted(desk.get(page(new)))
    data.pop("is_offered")
    assert desk.post(page(new), data).status_code == 302  # retired, without another version
    assert not Qualification.objects.offered().filter(key=old.key).exists()
    assert Qualification.objects.filter(key=old.key).count() == 2


def test_the_list_shows_what_holds_now_and_earlier_versions_when_asked(desk, cohort):
    registration = modules.registered(ParticipantFactory(cohort=cohort))
    old = registration.qualification
    change(desk, old, name="Renamed award")
    address = reverse("admin:modules_qualification_changelist")
    assert old.name not in (now := desk.get(address).text)
    assert "Renamed award" in now
    assert old.name in desk.get(f"{address}?version=earlier").text
    assert desk.get(page(old)).text.count("It is kept as a record.") == 1


def test_a_fee_that_sponsors_agreed_is_said_before_it_is_changed(desk, cohort):
    window = WindowFactory(cohort=CohortFactory(programme=cohort.programme, plan=cohort.plan, fee=Decimal(2500)))
    funding.agreed(funding.AgreementFactory(cohort=window.cohort))
    text = desk.get(page(window.cohort)).text
    assert "1 fee agreement asked for or signed, at £2,500 (1), keeps its amount and terms." in text
