"""What visitors read about programmes."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.html import escape

from cohorts.models import Cohort, Partner, Programme, TargetGroup
from cohorts.states import COHORT
from steppingup.formats import english
from steppingup.history.versions import next_version
from tests.bench.pages import Counter
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import (
    CohortFactory,
    PlanFactory,
    ProgrammeFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    day,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B1", "B5", "B6", "B7", "B11", "B13", "B37", "B38")
def test_the_programme_page_says_whom_it_is_for_and_what_the_days_are(client):
    call_command("load_programmes", "bristol", verbosity=0)
    programme = Programme.objects.get(slug="stepping-up")
    Partner.objects.create(programme=programme, organisation=OrganisationFactory())
    page = client.get(reverse("cohorts:programme", args=[programme.path])).content.decode()
    for words in (
        "Black, Asian and minority ethnic people",
        "disabled people",
        "You stay in your current job",
        "30 days of development",
        "Five modules of two days each",
        "half a day between the modules",
        "Stretch assignment",
        "key speakers from employers",
        "A mentor from outside your own organisation",
        "1 organisation has pledged to release its people",
        "Corporate Fund",
        "bursaries",
    ):
        assert escape(words) in page, words


def test_an_unpublished_programme_is_not_found(client):
    programme = ProgrammeFactory(is_published=False)
    for name in ("programme", "partners"):
        assert client.get(reverse(f"cohorts:{name}", args=[programme.path])).status_code == 404
    assert programme.name not in client.get(reverse("cohorts:programmes")).content.decode()


def test_a_cohort_in_preparation_is_not_shown(client):
    draft = CohortFactory(name="The secret one")
    page = client.get(reverse("cohorts:programme", args=[draft.programme.path])).content.decode()
    assert draft.name not in page
    COHORT.move(Cohort.objects.get(pk=draft.pk), "publish")
    page = client.get(reverse("cohorts:programme", args=[draft.programme.path])).content.decode()
    assert draft.name in page


def test_every_cohort_that_can_be_applied_for_is_shown_soonest_first_with_its_own_days_and_fee(client):
    programme = ProgrammeFactory()
    shared, longer = PlanFactory(programme=programme), PlanFactory(programme=programme)
    longer.components.filter(key="mentoring").update(least=9, most=9)
    for name, start, plan, fee in (
        ("Autumn", 90, longer, 0),
        ("Spring", 30, shared, 1250),
        ("Winter", 120, shared, 1250),
    ):
        cohort = PublishedCohortFactory(
            programme=programme, plan=plan, name=name, fee=fee, starts_on=day(start), ends_on=day(start + 200)
        )
        WindowFactory(cohort=cohort)
    RunningCohortFactory(programme=programme, plan=shared, name="Last year", starts_on=day(-300))
    page = client.get(reverse("cohorts:programme", args=[programme.path])).text
    for opened in ("Applications for {} are open until", '<h3 class="card__title">{}</h3>'):
        places = [page.index(opened.format(name)) for name in ("Spring", "Autumn", "Winter")]
        assert places == sorted(places)
    assert page.count("Apply now") == 3
    assert f"{english.days_counted(shared.days)} of development: Spring and Winter" in page
    assert f"{english.days_counted(longer.days)} of development: Autumn" in page
    assert f"{english.days_counted(longer.days)}, nothing to pay" in page
    assert f"{english.days_counted(shared.days)}, £1,250 for each participant" in page
    assert "The next cohort starts on" in client.get(reverse("cohorts:programmes")).text
    user = UserFactory()
    client.force_login(user)
    autumn = Cohort.objects.get(name="Autumn")
    client.post(reverse("applications:start", args=[autumn.pk]))
    page = client.get(reverse("cohorts:programme", args=[programme.path])).text
    assert (page.count("Apply now"), page.count("Go to your application")) == (2, 1)


def test_each_open_cohort_says_whom_it_is_for_where_that_differs(client):
    programme = ProgrammeFactory()
    spring, autumn = (
        PublishedCohortFactory(programme=programme, name=name, starts_on=day(start))
        for name, start in (("Spring", 30), ("Autumn", 90))
    )
    TargetGroup.objects.create(rule_set=spring.rule_set, name="carers", statement="I am a carer", key="carers")
    url = reverse("cohorts:programme", args=[programme.path])
    page = client.get(url).text
    assert page.count("The programme is for you if") == page.count("<li>carers</li>") == 1
    new, _ = next_version(spring.rule_set)
    TargetGroup.objects.create(rule_set=new, name="veterans", statement="I am a veteran", key="veterans")
    Cohort.objects.filter(pk=autumn.pk).update(rule_set=new)
    page = client.get(url).text
    first, second = page.index("Spring: the programme is for you if"), page.index("Autumn: the programme is for you if")
    assert first < page.index("<li>carers</li>") < second < page.index("<li>veterans</li>")
    assert page.count("<li>carers</li>") == 2


@pytest.mark.requirement("B3")
def test_the_directory_finds_partners_by_name_and_sector_and_says_since_when_they_pledged(client):
    programme = ProgrammeFactory()
    for name, sector in (("Avon Hospice", "voluntary"), ("Severn Steel", "commercial"), ("Quiet Trust", "public")):
        Partner.objects.create(
            programme=programme,
            organisation=OrganisationFactory(name=name, sector=sector),
            pledged_on=date(2019, 3, 1),
            is_listed=name != "Quiet Trust",
        )
    url = reverse("cohorts:partners", args=[programme.path])
    everybody = client.get(url).content.decode()
    assert "March 2019" in everybody
    assert "Quiet Trust" not in everybody
    assert "Avon Hospice" in client.get(url, {"q": "hospice"}).content.decode()
    only = client.get(url, {"sector": "commercial"}).content.decode()
    assert "Severn Steel" in only
    assert "Avon Hospice" not in only
    download = b"".join(client.get(url, {"sector": "commercial", "export": "csv"}).streaming_content).decode()
    assert "Severn Steel" in download
    assert "Avon Hospice" not in download


def test_the_page_of_a_programme_costs_the_same_with_one_cohort_and_with_five(client):
    programme = ProgrammeFactory()
    address = reverse("cohorts:programme", args=[programme.path])
    numbers = []
    for more in (1, 4):
        for _ in range(more):
            WindowFactory(cohort=PublishedCohortFactory(programme=programme, fee=600))
        client.get(address)
        with Counter() as queries:
            assert client.get(address).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
