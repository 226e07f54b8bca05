"""Two plans, peer groups, themes, speakers or funds whose names people cannot tell apart: refused beside the field, however the second is
written, and by the database."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cohorts.models import PeerGroup
from funding.models import FundingSource
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, PlanFactory, ProgrammeFactory, RunningCohortFactory
from tests.factories.funding import FundFactory
from tests.factories.mentoring import ThemeFactory
from tests.factories.modules import partner_speaker
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db

NAME = "Zoë’s, for St Anne-Marie"
WRITTEN = (
    "Zoë’s, for St Anne-Marie",
    "ZOE'S,  FOR ST ANNE–MARIE",
    "Zoёs, for St. Anne\u2011Marie\u200b",
    "Zoe`s, for St Аnne Marie",
)


def two_of(kind):
    programme = ProgrammeFactory()
    if kind == "plan":
        return [PlanFactory(programme=programme, name=name) for name in (NAME, "Another")]
    if kind == "peer group":
        cohort = RunningCohortFactory(programme=programme)
        return [PeerGroup.objects.create(cohort=cohort, name=name) for name in (NAME, "Another")]
    if kind == "theme":
        return [ThemeFactory(programme=programme, name=name) for name in (NAME, "Another")]
    if kind == "fund":  # also of two programmes
        other = ProgrammeFactory(provider=programme.provider)
        return [FundFactory(programme=programme, name=NAME), FundFactory(programme=other, name="Another")]
    first = partner_speaker(programme, name=NAME)
    other = type(first).objects.create(provider=first.provider, organisation=first.organisation, name="Another")
    return [first, other]


@pytest.mark.parametrize("kind", ["plan", "peer group", "theme", "speaker", "fund"])
def test_a_name_that_is_there_already_is_refused_beside_its_field(client, kind):
    first, other = two_of(kind)
    provider = getattr(first, "provider", None) or getattr(first, "cohort", first).programme.provider
    desk, label = (
        with_second_factor(client, staff("finance" if kind == "fund" else "coordinator", provider)),
        first._meta.label_lower.replace(".", "_"),
    )
    page = reverse(f"admin:{label}_change", args=[other.pk])
    for written in WRITTEN:
        answer = desk.post(page, posted(desk.get(page)) | {"name": written})
        assert answer.status_code == 200, written
        assert "already" in str(answer.context["adminform"].form.errors["name"]), written
        with pytest.raises(IntegrityError), transaction.atomic():
            type(other).objects.filter(pk=other.pk).update(name=written)
    assert desk.post(page, posted(desk.get(page)) | {"name": "Something else"}).status_code == 302
    own = reverse(f"admin:{label}_change", args=[first.pk])
    assert (
        desk.post(own, posted(desk.get(own)) | {"name": NAME.upper()}).status_code == 302
    )  # its own name is no other's


def test_a_new_version_of_a_plan_may_have_the_name_of_an_earlier_one_but_of_no_other(client):
    cohort = RunningCohortFactory(plan__name="Thirty days")
    ParticipantFactory(cohort=cohort)
    PlanFactory(programme=cohort.programme, name="Ten days", version=2)
    desk = with_second_factor(client, staff(provider=cohort.programme.provider))

    def save(plan, name):
        page = reverse("admin:cohorts_plan_change", args=[plan.pk])
        return desk.post(page, posted(desk.get(page)) | {"name": name})

    assert "already" in str(save(cohort.plan, "TEN days").context["adminform"].form.errors["name"])
    assert save(cohort.plan, "A month").status_code == 302
    cohort.plan.refresh_from_db()
    again = PlanFactory(programme=cohort.programme, name="Another")
    assert save(again, "Thirty days").status_code == 302  # nobody is given that one any more
    assert cohort.plan.newest().name == "A month"


def test_funds_of_two_providers_may_have_one_name(client):
    funds = [FundFactory(name=NAME), FundFactory(name=NAME.upper())]
    assert [fund.provider_id for fund in funds] == [fund.programme.provider_id for fund in funds]
    desk = with_second_factor(client, staff("finance", funds[0].provider))
    page = reverse("admin:funding_fundingsource_add")
    for written in WRITTEN:
        given = {"programme": funds[0].programme_id, "key": "key-1", "route": "bursary", "budget": "1", "name": written}
        answer = desk.post(page, posted(desk.get(page)) | given)
        assert "already, perhaps of another programme" in str(answer.context["adminform"].form.errors["name"])


def test_funds_that_have_one_name_already_are_numbered_and_their_history_says_so():
    """What the migration does with rows of before there was a constraint."""
    first, other = FundFactory(name="Bursaries"), FundFactory()
    second, third = (FundFactory(programme=ProgrammeFactory(provider=first.provider)) for _ in range(2))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX fund_name_once")
    for fund, name in ((second, "BURSARIES"), (third, "Bursaries "), (other, "Bursaries")):
        FundingSource.objects.filter(pk=fund.pk).update(name=name)
    import_module("funding.migrations.0011_fund_names_once").tell_apart(apps, None)
    found = FundingSource.objects.order_by("pk").values_list("name", flat=True)
    assert list(found) == ["Bursaries", "Bursaries", "BURSARIES (2)", "Bursaries (3)"]
