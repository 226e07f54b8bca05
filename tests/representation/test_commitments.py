"""What employers have committed themselves to: public once it is approved, kept once there is evidence (L10, B59)."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from cohorts.models import Partner
from representation.actions import commitments
from representation.models import Commitment
from steppingup.history.lifecycle import NotPossible
from tests.factories import commitments as make
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import ProgrammeFactory, day
from tests.representation.employers import Scene, read
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L10")]


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def desk(client, scene):
    return with_second_factor(client, scene.by)


# -- what is public ----------------------------------------------------------------------------------


def test_nothing_is_public_before_it_is_approved_and_it_is_gone_at_once_when_it_is_withdrawn(client, scene):
    Partner.objects.update(policy="")
    one = scene.pledge()
    assert client.get(scene.page).status_code == 404
    assert "Mixed panels" not in read(client, scene.directory)
    commitments.publish_commitment(commitment=one, by=scene.by)
    assert "Mixed panels" in read(client, scene.page)
    assert "1 pledge" in read(client, scene.directory)
    commitments.withdraw_commitment(commitment=make.fresh(one), by=scene.by)
    assert client.get(scene.page).status_code == 404
    assert "1 pledge" not in read(client, scene.directory)


@pytest.mark.requirement("B59")
def test_the_page_of_an_employer_has_the_policy_that_its_partner_has(client, scene):
    make.published(scene.provider, scene.employer, "policy", "Positive action in recruitment", since=day(-90))
    page = read(client, scene.page)
    assert "We <strong>interview</strong> everybody" in page
    assert "https://avon.example/policy" in page
    assert "A policy on positive action" in read(client, scene.directory)


@pytest.mark.requirement("B59")
def test_every_kind_is_read_in_plain_english(client, scene):
    for kind in make.GIVEN:
        make.published(scene.provider, scene.employer, kind, f"Our {kind}")
    page = read(client, scene.page)
    for words in ("12.3% in 2031", "Women and men", "Gender pay gap report, 2031", "A guaranteed interview"):
        assert words in page
    assert "Twelve apprentices a year" in page
    assert "1 apprenticeship commitment" in read(client, scene.directory)


def test_an_employer_that_is_not_listed_has_no_page(client, scene):
    make.published(scene.provider, scene.employer)
    Partner.objects.update(is_listed=False)
    assert client.get(scene.page).status_code == 404
    assert "No employers yet" in read(client, scene.directory)
    with pytest.raises(NotPossible, match="not shown in the directory"):
        commitments.publish_commitment(commitment=scene.pledge(), by=scene.by)


def test_a_provider_without_a_published_programme_has_no_directory(client, scene):
    make.published(scene.provider, scene.employer)
    scene.programme.is_published = False
    scene.programme.save()
    assert client.get(scene.directory).status_code == client.get(scene.page).status_code == 404


def test_another_provider_does_not_show_it(client, scene):
    make.published(scene.provider, scene.employer)
    other = ProgrammeFactory(is_published=True)
    Partner.objects.create(programme=other, organisation=scene.employer)
    assert (
        client.get(reverse("representation:partner", args=[other.provider.slug, scene.employer.pk])).status_code == 404
    )


def test_the_page_of_the_provider_leads_there_once_there_is_something_to_read(client, scene):
    front = reverse("cohorts:provider", args=[scene.provider.slug])
    assert scene.directory not in read(client, front)
    make.published(scene.provider, scene.employer)
    assert scene.directory in read(client, front)


def test_the_directory_is_searched_by_name_and_sector_and_downloaded(client, scene):
    make.published(scene.provider, scene.employer)
    make.listed(scene.programme, "Severn Trust")
    found = read(client, f"{scene.directory}?q=severn")
    assert "Severn Trust" in found
    assert "Avon Care" not in found
    assert "Avon Care" in read(client, f"{scene.directory}?sector={scene.employer.sector}")
    download = b"".join(client.get(f"{scene.directory}?export=csv").streaming_content).decode()
    assert "1 pledge" in download


def test_it_is_approved_once_and_withdrawn_once(scene):
    one = make.published(scene.provider, scene.employer)
    with pytest.raises(NotPossible, match="already"):
        commitments.publish_commitment(commitment=one, by=scene.by)
    with pytest.raises(NotPossible, match="not approved"):
        commitments.withdraw_commitment(commitment=scene.pledge(title="Another"), by=scene.by)


def test_what_is_public_stays_as_it_was_approved(desk, scene):
    one = make.published(scene.provider, scene.employer)
    with pytest.raises(InternalError), transaction.atomic():
        Commitment.objects.filter(pk=one.pk).update(title="Something else")
    page = read(desk, reverse("admin:representation_commitment_change", args=[one.pk]))
    assert 'name="title"' not in page


# -- the desk ----------------------------------------------------------------------------------------

ADD = "admin:representation_commitment_add"


def filled(scene, kind: str, **more) -> dict[str, object]:
    given = {"provider": scene.provider.pk, "employer": scene.employer.pk, "kind": kind, "title": "Mixed panels"}
    return {**given, **more}


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        ("pay_gap", {"characteristic": "Women and men", "percent": "12"}, "Say whose figure it is."),
        (
            "pay_gap",
            {"characteristic": "Women and men", "percent": "12", "source": "Report"},
            "Say of which year it is.",
        ),
        ("pledge", {}, "Say by when."),
        ("fast_track", {"whom": "Graduates"}, "Say what it gives."),
        ("apprenticeship", {"percent": "3"}, "it does not belong to “Apprenticeship commitment”"),
        ("policy", {"words": "We do."}, "the words of its policy stand on the page of the partner"),
    ],
)
def test_what_belongs_to_its_kind_is_asked_for_at_its_box(desk, scene, kind, more, sentence):
    page = desk.post(reverse(ADD), filled(scene, kind, **more)).content.decode()
    assert sentence in page
    assert not Commitment.objects.exists()


def test_it_is_written_down_for_a_partner_and_nobody_else(desk, scene):
    stranger = OrganisationFactory(name="A stranger")
    assert "A stranger" not in read(desk, reverse(ADD))
    desk.post(reverse(ADD), filled(scene, "fast_track", employer=stranger.pk, whom="All", gives="An interview"))
    assert not Commitment.objects.exists()
    desk.post(reverse(ADD), filled(scene, "fast_track", whom="All", gives="An interview", link="avon.example/fast"))
    one = Commitment.objects.get()
    assert (one.employer, one.link, one.published_at) == (scene.employer, "https://avon.example/fast", None)


@pytest.mark.requirement("B59")
def test_the_desk_shows_the_policy_of_the_partner_beside_its_days(desk, scene):
    one = scene.pledge(kind="policy")
    assert "everybody who meets the criteria" in read(
        desk, reverse("admin:representation_commitment_change", args=[one.pk])
    )


def test_the_list_is_filtered_and_downloaded(desk, scene):
    scene.pledge(title="Late", due_on=day(-1))
    scene.pledge(title="In time")
    page = reverse("admin:representation_commitment_changelist")
    late = read(desk, f"{page}?stands=overdue")
    assert "Late" in late
    assert "In time" not in late
    download = b"".join(desk.get(f"{page}?export=csv").streaming_content).decode()
    assert "Overdue" in download
    assert "Not yet" in download


def test_what_is_public_or_was_asked_about_is_not_deleted(desk, scene):
    public, about, unused = (
        make.published(scene.provider, scene.employer),
        scene.pledge(title="B"),
        scene.pledge(title="C"),
    )
    make.asked(about)
    for one, status in ((public, 403), (about, 403), (unused, 200)):
        assert desk.get(reverse("admin:representation_commitment_delete", args=[one.pk])).status_code == status
