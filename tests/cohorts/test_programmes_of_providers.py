"""Two providers may each have a programme of one name: it is found at its provider’s, and old addresses lead there."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions.programmes import start
from cohorts.addresses import WORDS
from cohorts.models import Programme
from cohorts.programme_files import writing
from cohorts.programme_files.loading import shipped
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, ProviderFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def programme_of(name: str, slug: str = "stepping-up", **fields) -> Programme:
    provider = OrganisationFactory(name=name, slug=name.lower(), is_provider=True)
    made = ProgrammeFactory(provider=provider, slug=slug, name="Stepping Up", is_published=True, **fields)
    WindowFactory(cohort=PublishedCohortFactory(programme=made))
    return made


def test_each_of_two_of_one_name_has_its_own_pages(client):
    bath, york = programme_of("Bath"), programme_of("York")
    for one, other in ((bath, york), (york, bath)):
        assert one.path == f"{one.provider.slug}/stepping-up"
        for name in ("cohorts:programme", "cohorts:partners", "applications:check", "applications:interest"):
            page = client.get(reverse(name, args=[one.path]))
            assert page.status_code == 200
            assert one.provider.name in page.text
            assert other.provider.name not in page.text
    assert client.get("/programmes/bath/stepping-down/").status_code == 404
    assert client.get("/programmes/hull/stepping-up/").status_code == 404


@pytest.mark.parametrize(
    "rest", ["", "partners/", "check/", "check/groups/", "interest/", "interest/sent/", "check/?from=result"]
)
def test_an_address_of_before_leads_on_for_good(client, rest):
    bath = programme_of("Bath")
    answer = client.get(f"/programmes/stepping-up/{rest}")
    assert (answer.status_code, answer.url) == (301, f"/programmes/bath/stepping-up/{rest}")
    assert client.get(f"/programmes/nothing/{rest}").status_code == 404
    bath.is_published = False
    bath.save()
    assert client.get(f"/programmes/stepping-up/{rest}").status_code == 404


def test_a_form_that_was_open_meanwhile_is_sent_to_where_it_belongs(client):
    programme_of("Bath")
    answer = client.post("/programmes/stepping-up/interest/", {"email": "amara@example.org"})
    assert (answer.status_code, answer.url) == (308, "/programmes/bath/stepping-up/interest/")


@pytest.mark.parametrize("rest", ["", "check/", "interest/"])
def test_an_address_of_before_that_could_mean_either_asks_which(client, rest):
    programme_of("Bath"), programme_of("York")
    page = client.get(f"/programmes/stepping-up/{rest}")
    assert "Which programme are you looking for?" in page.text
    for name in ("Bath", "York"):
        assert name in page.text
        assert f'"/programmes/{name.lower()}/stepping-up/{rest}"' in page.text, "on to where they wanted to go"


def test_a_provider_has_a_page_of_its_programmes(client):
    programme_of("Bath"), programme_of("York")
    page = client.get(reverse("cohorts:provider", args=["bath"]))
    assert "/programmes/bath/stepping-up/" in page.text
    assert "York" not in page.text
    OrganisationFactory(slug="quiet", is_provider=True)
    assert client.get(reverse("cohorts:provider", args=["quiet"])).status_code == 404


def test_a_provider_called_as_a_programme_of_another_does_not_hide_it(client):
    bath = programme_of("Bath", slug="york")
    assert client.get("/programmes/york/").url == f"/programmes/{bath.path}/"
    york = programme_of("York")
    page = client.get("/programmes/york/")
    assert "Which programme are you looking for?" in page.text
    for one in (bath, york):
        assert f"/programmes/{one.path}/" in page.text
    assert client.get("/programmes/york/check/").url == f"/programmes/{bath.path}/check/"


def test_whoever_changes_the_short_name_of_a_provider_reads_that_links_will_break(client):
    by = staff(provider=ProviderFactory())
    page = reverse("admin:accounts_organisation_change", args=[by.role_assignments.get().provider_id])
    assert "also in emails that were sent, stop working" in with_second_factor(client, by).get(page).text


def test_the_figures_of_before_lead_on_too(client):
    bath, york = programme_of("Bath"), programme_of("York")
    browser = with_second_factor(client, staff("equality", bath.provider))
    answer = browser.get("/equality/stepping-up/")
    assert answer.url == reverse("applications:equality_register", args=[bath.path])
    assert browser.get(reverse("applications:equality_register", args=[york.path])).status_code == 404
    assert browser.get("/equality/stepping-up/publish/").url == answer.url
    assert browser.get("/equality/nothing/").status_code == 404
    another = ProgrammeFactory(provider=bath.provider, slug="another")
    assert browser.get("/equality/another/").url == reverse("applications:equality_register", args=[another.path])


def test_one_provider_has_a_name_once():
    bath = programme_of("Bath")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeFactory(provider=bath.provider, slug=bath.slug)


@pytest.mark.parametrize("word", WORDS)
def test_no_programme_is_called_as_its_pages_are(word):
    programme = ProgrammeFactory.build(slug=word, provider=ProviderFactory())
    with pytest.raises(ValidationError, match="is a page of every programme"):
        programme.full_clean()


def test_a_file_is_taken_for_the_programme_of_its_provider():
    bath = programme_of("Bath")
    by = staff(provider=ProviderFactory())
    provider = by.role_assignments.get().provider
    given = {"text": shipped()["bristol"].read_text(encoding="utf-8"), "starts_on": timezone.localdate(), "by": by}
    made = start(provider=provider, name="Stepping Up", **given)
    assert (made.slug, made.provider) == (bath.slug, provider)
    assert Programme.objects.filter(slug="stepping-up").count() == 2
    assert f'slug = "{provider.slug}"' in writing.as_text(writing.programme(made), "It")
    for name in ("Stepping Up", "Check"):
        with pytest.raises(NotPossible, match="Enter another address"):
            start(provider=provider, name=name, **given)
