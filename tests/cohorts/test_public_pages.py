"""What visitors read about programmes."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.html import escape

from cohorts.models import Cohort, Partner, Programme
from cohorts.states import COHORT
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import CohortFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B1", "B5", "B6", "B7", "B11", "B13", "B37", "B38")
def test_the_programme_page_says_whom_it_is_for_and_what_the_days_are(client):
    call_command("load_programmes", verbosity=0)
    programme = Programme.objects.get(slug="stepping-up")
    Partner.objects.create(programme=programme, organisation=OrganisationFactory())
    page = client.get(reverse("cohorts:programme", args=["stepping-up"])).content.decode()
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
        assert client.get(reverse(f"cohorts:{name}", args=[programme.slug])).status_code == 404
    assert programme.name not in client.get(reverse("cohorts:programmes")).content.decode()


def test_a_cohort_in_preparation_is_not_shown(client):
    draft = CohortFactory(name="The secret one")
    page = client.get(reverse("cohorts:programme", args=[draft.programme.slug])).content.decode()
    assert draft.name not in page
    COHORT.move(Cohort.objects.get(pk=draft.pk), "publish")
    page = client.get(reverse("cohorts:programme", args=[draft.programme.slug])).content.decode()
    assert draft.name in page


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
    url = reverse("cohorts:partners", args=[programme.slug])
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
