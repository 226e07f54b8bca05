"""The board of openings: seen by those for whom it is, told once to those who asked, names handed on with consent (L5, L6, B60)."""

import re

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import alumni, openings
from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer, OpeningInvitation
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import openings as make
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


def link_in(message: Message, path: str) -> str:
    return path + message.sealed["text"].split(path)[1].split()[0].rstrip(").")


class Scene:
    """Somebody on a programme, a graduate of it, and whoever runs it."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.programme = self.cohort.programme
        self.by = staff(RoleName.COORDINATOR, self.programme.provider)
        self.graduate = complete(ParticipantFactory(cohort=self.cohort), by=self.by)
        self.place = ParticipantFactory(cohort=self.cohort, participant__full_name="Amara Okafor")
        self.person = self.place.participant

    def board(self, place=None) -> str:
        return reverse("cohorts:openings", args=[(place or self.place).pk])

    def page(self, offer, place=None) -> str:
        return reverse("cohorts:graduate_offer", args=[(place or self.place).pk, offer.pk])

    def put_on(self, **said) -> GraduateOffer:
        return make.on_the_board(self.programme, self.by, **said)

    def letters(self, kind: str):
        return Message.objects.filter(kind=f"cohorts.{kind}")


@pytest.fixture
def scene():
    return Scene()


@pytest.mark.requirement("L5")
@pytest.mark.requirement("L6")
@pytest.mark.requirement("B60")
def test_the_board_has_what_is_for_them_and_still_open(client, scene):
    for title, whom in (("Both", "both"), ("Now", "participants"), ("After", "graduates")):
        scene.put_on(title=f"Opening {title}", for_whom=whom, kind="stretch" if title == "Now" else "mentoring")
    make.opening(scene.programme, title="Opening Hidden")
    over = scene.put_on(title="Opening Over")
    GraduateOffer.objects.filter(pk=over.pk).update(closes_on=day(-1))
    elsewhere = RunningCohortFactory().programme
    make.on_the_board(elsewhere, staff(RoleName.COORDINATOR, elsewhere.provider), title="Opening Elsewhere")
    seen = {
        scene.place: {"Opening Both", "Opening Now"},
        scene.graduate: {"Opening Both", "Opening After"},
    }
    for place, titles in seen.items():
        client.force_login(place.participant)
        shown = client.get(scene.board(place)).text
        assert set(re.findall(r"Opening \w+", shown)) == titles
    client.force_login(scene.person)
    one_kind = client.get(scene.board() + "?kind=stretch").text
    assert set(re.findall(r"Opening \w+", one_kind)) == {"Opening Now"}
    assert "2 openings for you" in client.get(reverse("cohorts:participant", args=[scene.place.pk])).text
    client.force_login(UserFactory())
    assert client.get(scene.board()).status_code == 404


def test_an_empty_board_says_what_to_do(client, scene):
    client.force_login(scene.person)
    shown = client.get(scene.board()).text
    assert "Nothing is open for you at the moment" in shown
    assert "What you asked about" not in shown
    with pgtrigger.ignore():
        type(scene.place).objects.filter(pk=scene.place.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    assert client.get(scene.board()).status_code == 404
    with pytest.raises(NotPossible, match="is not on the programme"):
        openings.choose_openings(enrolment=type(scene.place).objects.get(pk=scene.place.pk), by=scene.by)


@pytest.mark.requirement("L5")
def test_only_those_who_asked_are_told_by_kind_and_nobody_twice(client, scene):
    client.force_login(scene.person)
    client.post(scene.board(), {"kinds": ["project", "coaching"]})
    said = AlumniChoice.objects.get()
    assert (said.hears, said.kinds, said.chosen_at) == (True, ["project", "coaching"], None)
    alumni.choose_as_graduate(enrolment=scene.graduate, hears=True, by=scene.graduate.participant)
    again = ParticipantFactory(cohort=RunningCohortFactory(programme=scene.programme), participant=scene.person)
    openings.choose_openings(enrolment=again, kinds=["project"], by=scene.person)
    Message.objects.all().delete()
    scene.put_on(kind="secondment", for_whom="participants")
    assert not scene.letters("graduate_offer").exists(), "nobody asked to hear of secondments for participants"
    project = scene.put_on(kind="project")
    told = scene.letters("graduate_offer")
    assert sorted(one.to.pk for one in told) == sorted([scene.person.pk, scene.graduate.participant.pk])
    GraduateOffer.objects.filter(pk=project.pk).update(
        opened_at=None
    )  # it is put on the board once more, in whatever way
    alumni.open_to_graduates(offer=make.fresh(project), by=scene.by)
    assert told.count() == 2
    with pytest.raises(NotPossible, match="Choose from the list"):
        openings.choose_openings(enrolment=scene.place, kinds=["x"], by=scene.person)
    with pytest.raises(NotAllowed):
        openings.choose_openings(enrolment=scene.place, kinds=[], by=UserFactory())


@pytest.mark.requirement("L5")
def test_one_press_in_any_of_the_emails_stops_them(client, scene):
    openings.choose_openings(enrolment=scene.place, kinds=["project"], by=scene.person)
    scene.put_on(kind="project", title="First")
    first = link_in(scene.letters("graduate_offer").get(), "/openings/stop/")
    scene.put_on(kind="project", title="Second")
    assert "Stop these emails" in client.get(first).text
    assert AlumniChoice.objects.get().hears, "looking stops nothing"
    assert client.post(first).status_code == 302
    said = AlumniChoice.objects.get()
    assert (said.hears, said.kinds) == (False, [])
    shown = client.get(first).text
    assert "You have stopped them" in shown
    assert "Amara" not in shown
    client.post(first)
    scene.put_on(kind="project", title="Third")
    assert scene.letters("graduate_offer").count() == 2
    with pytest.raises(NotAllowed):
        openings.stop_hearing(choice=said, by=scene.person)


def test_a_graduate_who_hears_of_everything_stops_and_chooses_kinds(scene):
    alumni.choose_as_graduate(enrolment=scene.graduate, hears=True, speaks=True, by=scene.graduate.participant)
    assert len(AlumniChoice.objects.get().hears_of) == 8
    openings.choose_openings(enrolment=scene.graduate, kinds=["interview"], by=scene.graduate.participant)
    alumni.choose_as_graduate(enrolment=scene.graduate, hears=True, by=scene.graduate.participant)
    assert AlumniChoice.objects.get().hears_of == ["interview"], "their kinds stay"
    alumni.choose_as_graduate(enrolment=scene.graduate, by=scene.graduate.participant)
    assert AlumniChoice.objects.get().hears_of == []


def test_what_a_participant_hears_of_is_no_choice_of_a_graduate(client, scene):
    openings.choose_openings(enrolment=scene.place, kinds=["project"], by=scene.person)
    browser = with_second_factor(client, scene.by)
    assert "Amara Okafor" not in browser.get(reverse("admin:cohorts_alumnichoice_changelist")).text
    complete(scene.place, by=scene.by)
    client.force_login(scene.person)
    assert (
        "Say how you would like to stay in touch"
        in client.get(reverse("cohorts:participant", args=[scene.place.pk])).text
    )


@pytest.mark.requirement("L5")
@pytest.mark.requirement("B60")
def test_their_name_is_sent_when_they_say_so_and_they_see_all_that_is_kept(client, scene):
    offer = scene.put_on()
    client.force_login(scene.person)
    page = scene.page(offer)
    for _ in range(2):
        client.post(page, {"wish": "interested", "words": "I led one.", "first_to_us": "on"})
    assert not scene.letters("graduate_interest").exists()
    assert "does not know yet" in client.get(page).text
    assert "Your name was not sent to anybody." in client.get(scene.board()).text
    with pytest.raises(NotPossible, match="Nobody else whose name was handed on"):
        openings.record_who_got_it(
            offer=make.fresh(offer), interest=GraduateInterest.objects.get(), got_on=day(0), by=scene.by
        )
    browser = with_second_factor(type(client)(), scene.by)
    listed = browser.get(reverse("admin:cohorts_graduateoffer_change", args=[offer.pk])).text
    assert "No: would like to talk to you first" in listed
    for _ in range(2):
        client.post(page, {"wish": "send"})
    letter = scene.letters("graduate_interest").get()
    assert letter.to_email == "delia@avon.example"
    assert "Amara Okafor, who is on" in letter.text
    assert "I led one." in letter.text
    shown = client.get(scene.board()).text
    assert "Delia Marsh was sent your name and email address" in shown
    assert "I led one." in shown
    with pytest.raises(NotPossible, match="has their name"):
        alumni.hand_on_name(enrolment=scene.place, offer=make.fresh(offer), by=scene.person)
    with pytest.raises(NotPossible, match="they have your name"):
        alumni.hand_on_name.run(enrolment=scene.place, offer=make.fresh(offer), by=scene.person)
    client.post(page, {"wish": "not"})
    assert not GraduateInterest.objects.exists()
    assert scene.letters("graduate_interest_ended").count() == 1


def test_who_kept_their_name_takes_it_back_in_silence_even_once_it_is_closed(client, scene):
    offer = scene.put_on()
    alumni.say_interest(enrolment=scene.place, offer=offer, first_to_us=True, by=scene.person)
    alumni.close_offer(offer=make.fresh(offer), by=scene.by)
    client.force_login(scene.person)
    assert "your name was not sent" in client.get(scene.page(offer)).text
    client.post(scene.page(offer), {"wish": "send"})
    assert GraduateInterest.objects.get().handed_on_at is None, "it is closed"
    client.post(scene.page(offer), {"wish": "not"})
    assert not GraduateInterest.objects.exists()
    assert not scene.letters("graduate_interest_ended").exists()


def test_staff_hand_a_name_on_for_whoever_asked_for_it(client, scene):
    offer = scene.put_on()
    alumni.say_interest(enrolment=scene.place, offer=offer, first_to_us=True, by=scene.person)
    browser = with_second_factor(client, scene.by)
    step = reverse("admin:cohorts_enrolment_step", args=[scene.place.pk, "hand_on_name_for_them"])
    told = {"asked_how": "telephone", "asked_on": str(day(0)), "asked_why": "She would like to go."}
    take_step(browser, step, offer=offer.pk, **told)
    assert GraduateInterest.objects.get().handed_on_at
    assert scene.letters("graduate_interest").count() == 1
    assert Message.objects.filter(kind="steps.done_for_you", to=scene.person).exists()


@pytest.mark.requirement("L5")
@pytest.mark.requirement("L6")
def test_who_got_it_is_recorded_seen_by_them_and_counted_by_kind_and_year(client, scene):
    offer = scene.put_on(title="Deputy", kind="acting_up")
    scene.put_on(kind="stretch")
    alumni.say_interest(enrolment=scene.place, offer=offer, by=scene.person)
    alumni.say_interest(enrolment=scene.graduate, offer=offer, by=scene.graduate.participant)
    interest = GraduateInterest.objects.get(enrolment=scene.place)
    browser = with_second_factor(client, scene.by)
    step = reverse("admin:cohorts_graduateoffer_step", args=[offer.pk, "record_who_got_it"])
    assert "still to come" in take_step(browser, step, interest=interest.pk, got_on=str(day(3))).text
    take_step(browser, step, interest=interest.pk, got_on=str(day(-1)))
    assert GraduateInterest.objects.get(pk=interest.pk).got_on == day(-1)
    figures = reverse("admin:cohorts_graduateoffer_got")
    given = b"".join(browser.get(figures + "?export=csv").streaming_content).decode()
    year = timezone.localdate().year
    assert f"{year},Acting up,1,2,1" in given
    assert f"{year},A stretch task,1,0,0" in given
    shown = browser.get(figures).text
    assert "Amara" not in shown
    assert "by characteristic they are published" in shown
    theirs = type(client)()
    theirs.force_login(scene.person)
    assert "It is recorded that you got it" in theirs.get(scene.board()).text
    assert "It is recorded that you got this" in theirs.get(scene.page(offer)).text
    theirs.post(scene.page(offer), {"wish": "not"})
    assert GraduateInterest.objects.count() == 2, "it is a fact by now"
    with pytest.raises(NotPossible, match="whose name was handed on"):
        openings.record_who_got_it(offer=make.fresh(offer), interest=interest, got_on=day(0), by=scene.by)
    openings.record_who_did_not(offer=make.fresh(offer), interest=interest, by=scene.by)
    assert not openings.who_got(offer).exists()
    with pytest.raises(NotPossible, match="recorded of nobody"):
        openings.record_who_did_not(offer=make.fresh(offer), interest=interest, by=scene.by)
    with pytest.raises(NotPossible, match="not recorded of them"):
        openings.record_who_did_not.run(offer=make.fresh(offer), interest=interest, by=scene.by)


def test_nobody_got_anything_yet(client, scene):
    browser = with_second_factor(client, scene.by)
    assert "Nothing has been on the board yet" in browser.get(reverse("admin:cohorts_graduateoffer_got")).text
    assert browser.get(reverse("admin:cohorts_graduateoffer_changelist")).status_code == 200


@pytest.mark.requirement("B60")
def test_an_employer_offers_one_by_a_link_and_staff_put_it_on_the_board(client, scene):
    browser = with_second_factor(type(client)(), scene.by)
    ask = reverse("admin:cohorts_programme_step", args=[scene.programme.pk, "ask_for_openings"])
    employer = OrganisationFactory(name="Avon Care")
    told = {"organisation": employer.pk, "name": "Delia Marsh", "email": "delia@avon.example", "message": "A deputy?"}
    take_step(browser, ask, **told)
    invitation = OpeningInvitation.objects.get()
    page = link_in(scene.letters("openings_asked").get(), "/openings/offer/")
    assert "A deputy?" in client.get(page).text
    form = {
        **{name: value for name, value in make.SAID.items() if name != "closes_on"},
        **dict(
            zip(("closes_on_0", "closes_on_1", "closes_on_2"), (day(9).day, day(9).month, day(9).year), strict=True)
        ),
    }
    assert (
        "Enter the last day"
        in client.post(page, {**form, "closes_on_0": "", "closes_on_1": "", "closes_on_2": ""}).text
    )
    assert "This day has passed" in client.post(page, {**form, "closes_on_2": "2019"}).text
    assert client.post(page, form).status_code == 302
    assert "offered one of this title already" in client.post(page, form).text
    offer = GraduateOffer.objects.get()
    assert (offer.organisation, offer.how_it_stands, offer.closes_on) == (employer, "To be looked at", day(9))
    change = reverse("cohorts:opening_change", args=[page.rstrip("/").rsplit("/", 1)[1], offer.pk])
    client.post(change, {**form, "title": "Deputy manager"})
    assert "opening was offered and is to be looked at" in browser.get("/admin/").text
    client.force_login(scene.person)
    assert client.get(scene.page(offer)).status_code == 404, "nobody has looked at it"
    take_step(browser, reverse("admin:cohorts_graduateoffer_step", args=[offer.pk, "open_to_graduates"]))
    assert "Deputy manager" in client.get(scene.page(offer)).text
    shown = client.get(change).text
    assert "changed or closed by those who run the programme" in shown
    with pytest.raises(NotPossible, match="may have read it"):
        openings.change_opening(opening=make.fresh(offer), by=LinkHolder(make.link_of(invitation)), title="X")
    assert "It is on the board until" in client.get(page).text


def test_what_an_employer_takes_back_is_not_put_on_the_board(client, scene):
    invitation = make.asked(scene.programme)
    offer = make.offered(invitation)
    raw = make.link_of(invitation).raw
    back = reverse("cohorts:opening_take_back", args=[raw, offer.pk])
    assert "Nobody has seen it yet" in client.get(back).text
    assert client.post(back).status_code == 302
    assert make.fresh(offer).how_it_stands == "Taken off"
    assert "not offered any more" in client.get(back).text
    assert "not offered any more" in client.get(reverse("cohorts:opening_change", args=[raw, offer.pk])).text
    with pytest.raises(NotPossible, match="was taken off"):
        alumni.open_to_graduates(offer=make.fresh(offer), by=scene.by)
    other = make.offered(invitation, title="Another")
    alumni.close_offer(offer=make.fresh(other), by=scene.by)
    assert make.fresh(other).how_it_stands == "Taken off"
    alumni.reopen_offer(offer=make.fresh(other), by=scene.by)
    assert GraduateOffer.objects.to_look_at().get() == other
    far = make.offered(make.asked(scene.programme, "far@avon.example"))
    assert client.get(reverse("cohorts:opening_change", args=[raw, far.pk])).status_code == 404


def test_the_link_of_an_employer_is_replaced_and_ended(client, scene):
    invitation = make.asked(scene.programme)
    link = make.link_of(invitation)
    page = reverse("cohorts:offer_openings", args=[link.raw])
    with pytest.raises(NotPossible, match="asked already"):
        openings.ask_for_openings(
            programme=scene.programme,
            organisation=invitation.organisation,
            name="Delia",
            email=invitation.email,
            by=scene.by,
        )
    openings.send_opening_link(invitation=invitation, by=scene.by)
    with pytest.raises(NotPossible, match="has been replaced"):
        openings.offer_opening(invitation=invitation, by=LinkHolder(link), **make.SAID)
    newer = make.link_of(invitation)
    page = reverse("cohorts:offer_openings", args=[newer.raw])
    assert client.get(page).status_code == 200
    with pytest.raises(NotPossible, match="It must end on or after"):
        openings.offer_opening(
            invitation=invitation, by=LinkHolder(newer), **make.SAID, starts_on=day(9), ends_on=day(8)
        )
    with pytest.raises(ValueError, match="has no colour"):
        openings.offer_opening(invitation=invitation, by=LinkHolder(newer), **make.SAID, colour="red")
    openings.end_opening_link(invitation=invitation, by=scene.by)
    assert "There is nothing more to do" in client.get(page).text
    with pytest.raises(NotAllowed):
        openings.offer_opening(invitation=invitation, by=LinkHolder(newer), **make.SAID)
    with pytest.raises(NotPossible, match="has ended"):
        openings.send_opening_link(invitation=invitation, by=scene.by)
    with pytest.raises(NotAllowed):
        openings.offer_opening(invitation=make.asked(scene.programme, "b@avon.example"), by=scene.by, **make.SAID)
    assert not TokenLink.objects.usable().filter(pk=link.pk).exists()


def test_the_list_is_searched_filtered_and_exported(client, scene):
    scene.put_on(title="On now", kind="coaching")
    make.opening(scene.programme, title="In the drawer", kind="project")
    closed = scene.put_on(title="Over and done")
    alumni.close_offer(offer=make.fresh(closed), by=scene.by)
    make.offered(make.asked(scene.programme), title="By a link")
    browser = with_second_factor(client, scene.by)
    page = reverse("admin:cohorts_graduateoffer_changelist")
    titles = {"On now", "In the drawer", "Over and done", "By a link"}
    for query, found in {
        "stands=open": {"On now"},
        "stands=offered": {"By a link"},
        "stands=not_yet": {"In the drawer"},
        "stands=closed": {"Over and done"},
        "stands=off": set(),
        "kind__exact=coaching": {"On now"},
        "q=drawer": {"In the drawer"},
    }.items():
        given = b"".join(browser.get(f"{page}?{query}&export=csv").streaming_content).decode()
        assert {title for title in titles if title in given} == found, query
    asked = reverse("admin:cohorts_openinginvitation_changelist")
    assert "1 opening" in browser.get(f"{asked}?ended=no").text
    assert "1 opening" not in browser.get(f"{asked}?ended=yes").text
