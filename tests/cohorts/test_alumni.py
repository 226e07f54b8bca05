"""What graduates agree to (N21), and what employers offer them: told to those who asked, named to whoever offers it (B60)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import alumni
from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer, Partner
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """A graduate, somebody who is still on the programme, and something that an employer offers."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        self.person = complete(ParticipantFactory(cohort=self.cohort, participant__full_name="Ada Osei"), by=self.by)
        self.still = ParticipantFactory(cohort=self.cohort)
        self.offer = GraduateOffer.objects.create(
            programme=self.cohort.programme,
            organisation=OrganisationFactory(name="Avon Care"),
            title="Head of Care",
            kind="secondment",
            description="Six months.",
            contact_name="Sam Marsh",
            contact_email="sam@avon.example",
            closes_on=day(20),
        )

    def fresh(self) -> GraduateOffer:
        return GraduateOffer.objects.for_steps().get()


@pytest.fixture
def scene():
    return Scene()


@pytest.mark.requirement("N21")
def test_a_graduate_says_what_they_agree_to_and_changes_it(client, scene):
    client.force_login(scene.person.participant)
    front = reverse("cohorts:participant", args=[scene.person.pk])
    page = reverse("cohorts:stay_in_touch", args=[scene.person.pk])
    assert "Say how you would like to stay in touch" in client.get(front).text
    assert client.post(page, {"speaks": "on", "hears": "on", "words": "Mondays"}).status_code == 302
    said = AlumniChoice.objects.get()
    assert (said.speaks, said.mentors, said.hears, said.words) == (True, False, True, "Mondays")
    assert said.in_words == "Speaks and Hears of opportunities"
    assert "Say how you would like" not in client.get(front).text
    assert "Mondays" in client.get(page).text
    client.post(page, {})
    assert AlumniChoice.objects.get().in_words == "Nothing at the moment"
    client.force_login(scene.still.participant)
    assert client.get(reverse("cohorts:stay_in_touch", args=[scene.still.pk])).status_code == 404
    assert client.get(page).status_code == 404
    with pytest.raises(NotPossible, match="not recorded as having completed"):
        alumni.choose_as_graduate(enrolment=scene.still, by=scene.still.participant)
    with pytest.raises(NotAllowed):
        alumni.choose_as_graduate(enrolment=scene.person, by=UserFactory())


@pytest.mark.requirement("N21")
def test_staff_filter_and_download_who_agrees(client, scene):
    alumni.choose_as_graduate(enrolment=scene.person, speaks=True, by=scene.person.participant)
    other = complete(ParticipantFactory(cohort=scene.cohort), by=scene.by)
    alumni.choose_as_graduate(enrolment=other, mentors=True, by=other.participant)
    browser = with_second_factor(client, scene.by)
    page = reverse("admin:cohorts_alumnichoice_changelist") + "?speaks__exact=1"
    shown = browser.get(page).text
    assert "Ada Osei" in shown
    assert str(other.participant) not in shown
    given = b"".join(browser.get(page + "&export=csv").streaming_content).decode()
    assert scene.person.participant.email in given
    assert other.participant.email not in given
    far = with_second_factor(type(client)(), staff(RoleName.COORDINATOR))
    assert "Ada Osei" not in far.get(reverse("admin:cohorts_alumnichoice_changelist")).text


@pytest.mark.requirement("B60")
def test_what_an_employer_offers_is_told_to_those_who_asked_and_seen_by_all_graduates(client, scene):
    hears = complete(ParticipantFactory(cohort=scene.cohort), by=scene.by)
    alumni.choose_as_graduate(enrolment=hears, hears=True, by=hears.participant)
    client.force_login(scene.person.participant)
    page = reverse("cohorts:graduate_offer", args=[scene.person.pk, scene.offer.pk])
    assert client.get(page).status_code == 404, "it is not open yet"
    Message.objects.all().delete()
    browser = with_second_factor(type(client)(), scene.by)
    step = reverse("admin:cohorts_graduateoffer_step", args=[scene.offer.pk, "open_to_graduates"])
    assert take_step(browser, step).status_code == 302
    assert [one.to for one in Message.objects.filter(kind="cohorts.graduate_offer")] == [hears.participant]
    assert "Head of Care" in client.get(reverse("cohorts:stay_in_touch", args=[scene.person.pk])).text
    assert "1 opportunity for graduates" in client.get(reverse("cohorts:participant", args=[scene.person.pk])).text
    assert client.get(page).status_code == 200
    with pytest.raises(NotPossible, match="open already"):
        alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    client.force_login(scene.still.participant)
    assert client.get(reverse("cohorts:graduate_offer", args=[scene.still.pk, scene.offer.pk])).status_code == 404


@pytest.mark.requirement("B60")
def test_whoever_is_interested_is_named_to_the_employer_until_they_are_not(client, scene):
    alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    client.force_login(scene.person.participant)
    page = reverse("cohorts:graduate_offer", args=[scene.person.pk, scene.offer.pk])
    told = {"words": "I have led such a team.", "wish": "interested"}
    for _ in range(2):  # in two windows: it is so already
        assert client.post(page, told).status_code == 302
    letter = Message.objects.get(kind="cohorts.graduate_interest")
    assert letter.to_email == "sam@avon.example"
    assert scene.person.participant.email in letter.text
    assert "I have led such a team." in letter.text
    assert "You said on" in client.get(page).text
    with pytest.raises(NotPossible, match="said so already"):
        alumni.say_interest.run(enrolment=scene.person, offer=scene.fresh(), by=scene.by)
    with pytest.raises(NotPossible, match="No opportunity is open"):
        alumni.say_interest(enrolment=scene.person, offer=scene.fresh(), by=scene.person.participant)
    listed = with_second_factor(type(client)(), scene.by)
    given = listed.get(reverse("admin:cohorts_graduateoffer_changelist") + "?export=csv").streaming_content
    assert "Ada Osei" in b"".join(given).decode()
    for _ in range(2):
        client.post(page, {"wish": "not"})
    assert not GraduateInterest.objects.exists()
    assert Message.objects.filter(kind="cohorts.graduate_interest_ended", to_email="sam@avon.example").count() == 1
    with pytest.raises(NotPossible, match="asked about no opportunity"):
        alumni.end_interest(enrolment=scene.person, offer=scene.fresh(), by=scene.person.participant)
    with pytest.raises(NotPossible, match="not said that you are interested"):
        alumni.end_interest.run(enrolment=scene.person, offer=scene.fresh(), by=scene.by)


def test_whoever_follows_the_link_late_reads_that_it_is_closed(client, scene):
    alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    client.force_login(scene.person.participant)
    page = reverse("cohorts:graduate_offer", args=[scene.person.pk, scene.offer.pk])
    client.post(page, {"wish": "interested"})
    alumni.close_offer(offer=scene.fresh(), by=scene.by)
    shown = client.get(page).text
    assert "This is closed." in shown
    assert "and is the one to ask" in shown
    assert "I am not interested any more" not in shown
    client.post(page, {"wish": "not"})
    assert GraduateInterest.objects.exists()
    GraduateInterest.objects.all().delete()
    client.post(page, {"wish": "interested"})
    assert not GraduateInterest.objects.exists()
    client.force_login(scene.still.participant)
    assert client.get(reverse("cohorts:graduate_offer", args=[scene.still.pk, scene.offer.pk])).status_code == 404


def test_it_is_closed_by_staff_or_by_its_last_day(scene):
    with pytest.raises(NotPossible, match="not open"):
        alumni.close_offer(offer=scene.fresh(), by=scene.by)
    alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    with pytest.raises(NotPossible, match="not closed"):
        alumni.reopen_offer(offer=scene.fresh(), by=scene.by)
    assert scene.fresh().how_it_stands == "Open"
    alumni.close_offer(offer=scene.fresh(), by=scene.by)
    assert scene.fresh().how_it_stands == "Closed"
    assert not alumni.offers_for(scene.person).exists()
    assert not alumni.offers_for(scene.still).exists()
    alumni.reopen_offer(offer=scene.fresh(), by=scene.by)
    assert alumni.offers_for(scene.person).exists()
    GraduateOffer.objects.update(closes_on=timezone.localdate() - timedelta(days=1), opened_at=None)
    with pytest.raises(NotPossible, match="last day has passed"):
        alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    assert scene.fresh().how_it_stands == "Not open yet"


@pytest.mark.requirement("B59")
def test_beside_what_an_employer_offers_stands_its_own_policy_as_in_the_public_directory(client, scene):
    alumni.open_to_graduates(offer=scene.fresh(), by=scene.by)
    words = "We **interview** every graduate who meets the criteria."
    programme = scene.cohort.programme
    partner = Partner.objects.create(programme=programme, organisation=scene.offer.organisation, policy=words)
    client.force_login(scene.person.participant)
    page = reverse("cohorts:graduate_offer", args=[scene.person.pk, scene.offer.pk])
    directory = reverse("cohorts:partners", args=[programme.path])
    for address in (page, directory):
        assert "<strong>interview</strong> every graduate" in client.get(address).text
    partner.is_listed = False
    partner.save()
    for address in (page, directory):
        assert "every graduate who meets" not in client.get(address).text
