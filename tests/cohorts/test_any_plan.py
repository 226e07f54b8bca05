"""Whatever a plan is for, and whatever becomes of it afterwards: who said where they see themselves reads what they were asked, and
what they said."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.actions import assessing, plans, programmes
from cohorts.actions.assessing import Said
from cohorts.assessing.own import lines_of, things_of
from cohorts.models import Assessment, Cohort, Plan, Programme
from cohorts.programme_files import writing
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, RunningCohortFactory, day

pytestmark = pytest.mark.django_db
WORDS = st.text("abcdefghijk lmnop’éß“&<", min_size=1, max_size=24).map(lambda said: " ".join(f"W {said}".split()))
SCALE = st.integers(2, 7).map(lambda steps: "\n".join(f"Answer {number}" for number in range(steps)))


def keyed(least: int, **columns: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries(columns), min_size=least, max_size=4).map(
        lambda rows: [{"key": f"k{number}", **row} for number, row in enumerate(rows)]
    )


#: What a plan is for, as a file has it.
FOR = st.fixed_dictionaries(
    {
        "scale": SCALE,
        "barrier_scale": SCALE,
        "aims": keyed(1, kind=st.sampled_from(["aim", "benefit"]), text=WORDS),
        "barriers": keyed(0, theme=st.sampled_from(["Social", "social", "Other"]), text=WORDS),
    }
)
LATER = st.lists(st.one_of(st.tuples(st.just("upload"), FOR), st.tuples(st.just("revise"), st.none())), max_size=2)


def upload(programme: Programme, plan: Plan, tables: dict[str, Any], by: Any) -> None:
    whole = {**writing.plan(plan), "aims": [], "barriers": [], **tables}
    text = writing.as_text({"plans": [{name: value for name, value in whole.items() if value != []}]}, "It")
    programmes.upload(programme=programme, text=text, by=by)


def what_it_says(person: Any) -> Any:
    plan = Cohort.objects.select_related("plan").get(pk=person.cohort_id).plan
    lines = lines_of(things_of(plan), Assessment.objects.filter(enrolment=person))
    said = [
        (line.thing.words, line.thing.labels, [(m.value, m.label, m.sentence) for m in line.marks]) for line in lines
    ]
    return said, writing.plan(plan), (plan.pk, plan.version, plan.frozen_at)


@pytest.mark.requirement("N9", "N10")
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=FOR, later=LATER, chosen=st.integers(1, 7))
def test_whatever_becomes_of_a_plan_who_said_where_they_are_reads_what_they_were_asked(first, later, chosen):
    with transaction.atomic():
        cohort = RunningCohortFactory(starts_on=day(-3))
        by, programme = staff(provider=cohort.programme.provider), Programme.objects.get(pk=cohort.programme_id)
        upload(programme, cohort.plan, first, by)
        person = ParticipantFactory(cohort=Cohort.objects.get(pk=cohort.pk))
        CohortFactory(programme=programme, plan=person.cohort.plan)
        things = things_of(person.cohort.plan)
        said = {one.key: Said(min(chosen, one.steps), "So it is.") for one in things}
        assessing.assess(enrolment=person, moment="before", answers=said, done=True, by=person.participant)
        before = what_it_says(person)
        assert len(before[0]) == len(first["aims"]) + len(first["barriers"])
        for what, tables in later:
            newest = Plan.objects.current().get(programme=programme)
            try:
                with transaction.atomic():
                    if what == "upload":
                        upload(programme, newest, tables, by)
                    else:
                        new, _ = plans.revise(plan=newest, by=by)
                        new.aims.all().delete()
            except NotPossible:
                pass  # and then nothing has changed, which is looked at too
            assert what_it_says(person) == before, what
        transaction.set_rollback(True)
