"""By nomination only: employers are asked, nominate by a link, and only those whom they nominate apply (B35)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as applying
from applications.actions import nominations, offers
from applications.models import Application, Nomination, NominationRequest, Window
from applications.queries import to_offer
from applications.states import ONLY, SupportRoute
from applications.states import ApplicationStatus as S
from applications.words import OWN, how_we_choose
from cohorts.models import Cohort
from cohorts.states import WAYS, Selection, Standing
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import completed, part_values, started
from tests.factories.standings import accept
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window() -> Window:
    return make.chosen_by(Selection.NOMINATION)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


@pytest.fixture
def asked(window, coordinator) -> NominationRequest:
    return nominations.ask_for_nominations(
        cohort=window.cohort, organisation=OrganisationFactory(name="Avon Hospice"), name="Denise Hallam",
        email="denise@hospice.example", places=2, by=coordinator,
    )  # fmt: skip


def holder(asked: NominationRequest) -> LinkHolder:
    links = TokenLink.objects.usable().filter(purpose=nominations.NOMINATE, object_id=asked.pk)
    return LinkHolder(links.latest("created_at"))


def address_of(asked: NominationRequest) -> str:
    """Of the page, by a new link: what was sent is kept encrypted."""
    return re.search(r"/nominate/[^/]+/", nominations.new_link(make.fresh(asked)))[0]


def nominated(asked: NominationRequest, email: str = "amara@hospice.example", name: str = "Amara Okafor") -> Nomination:
    return nominations.nominate(request=asked, name=name, email=email, why="She runs our nights.", by=holder(asked))


@pytest.mark.requirement("B35")
def test_from_the_question_over_a_nomination_to_a_place(client, in_admin, window, coordinator):
    employer = OrganisationFactory(name="Avon Hospice")
    step = reverse("admin:cohorts_cohort_step", args=[window.cohort_id, "ask_for_nominations"])
    desk = in_admin(coordinator)
    take_step(desk, step, organisation=employer.pk, name="Denise Hallam", email="denise@hospice.example", places="2")
    asked = NominationRequest.objects.get()
    page = address_of(asked)
    assert "You have not nominated anybody yet." in client.get(page).text
    person = {"name": "Amara Okafor", "email": "Amara@Hospice.example", "why": "She runs our nights."}
    checked = client.post(page, person).text
    assert "Check it before you send it" in checked
    assert "has nominated you for" in checked
    assert not Nomination.objects.exists()
    said = client.post(page, {**person, "confirmed": "yes"}, follow=True).text
    assert "We have written to them." in said
    assert "You can nominate 1 more person." in said
    [letter] = Message.objects.filter(kind="applications.nominated")
    assert "Denise Hallam at Avon Hospice has nominated you" in letter.text
    amara = UserFactory(email="amara@hospice.example")
    client.force_login(amara)
    client.post(reverse("applications:start", args=[window.cohort_id]))
    application = Application.objects.get(applicant=amara)
    assert (application.employer, application.nominator_name) == (employer, "Denise Hallam")
    assert "How your employer knows" not in client.get(reverse("applications:application", args=[application.pk])).text
    for key, values in part_values(application, employer).items():
        if key != "support":
            applying.save_part(application=application, part=key, values=values, by=amara)
    said = client.post(
        reverse("applications:submit", args=[application.pk]), {"notice_read": "on", "is_true": "on"}, follow=True
    ).text
    assert "Your employer has nominated you." in said
    application = Application.objects.for_steps().get()
    assert application.support_route == SupportRoute.NOMINATED
    assert "Has applied" in client.get(page).text
    assert list(to_offer(Application.objects.all())) == [application]
    offer = offers.make(application=application, by=coordinator)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=amara)
    assert make.fresh(application).status == S.ACCEPTED


def test_nobody_applies_without_a_nomination(client, window, asked):
    with pytest.raises(NotPossible, match="nobody has nominated you with the address") as refused:
        started(window)
    assert refused.value.code == "not_nominated"
    client.force_login(UserFactory())
    said = client.post(reverse("applications:start", args=[window.cohort_id]), follow=True)
    assert "nobody has nominated you with the address" in said.text
    page = client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])).text
    assert "Employers nominate people for it." in page
    assert "Apply, if you have been nominated" in page


def test_a_nomination_is_taken_back_until_the_application_is_submitted(client, window, asked):
    found = nominated(asked)
    draft = completed(window, UserFactory(email=found.email))
    page = reverse("applications:nomination_take_back", args=[address_of(asked).split("/")[2], found.pk])
    assert "Take the nomination of Amara Okafor back?" in client.get(page).text
    assert "Who will be told" in client.post(page, {"nomination": found.pk}).text
    assert make.fresh(found).withdrawn_at is None
    sent = client.post(page, {"nomination": found.pk, "confirmed": "yes"}, follow=True).text
    assert "You no longer nominate Amara Okafor." in sent
    assert Message.objects.filter(kind="applications.not_nominated").count() == 1
    with pytest.raises(NotPossible, match="nobody has nominated you"):
        applying.submit(application=draft, by=draft.applicant, notice_read=True)
    again = nominated(asked)
    applying.submit(application=draft, by=draft.applicant, notice_read=True)
    page = reverse("applications:nomination_take_back", args=[address_of(asked).split("/")[2], again.pk])
    assert "They have submitted their application" in client.post(page, {"nomination": again.pk}).text
    assert make.fresh(again).withdrawn_at is None


def test_as_many_as_were_asked_for_and_nobody_twice(client, asked):
    nominated(asked)
    page = address_of(asked)
    again = client.post(page, {"name": "A", "email": "amara@hospice.example", "why": "Again."}).text
    assert "Somebody has nominated this person already." in again
    assert (
        "You cannot nominate yourself."
        in client.post(page, {"name": "D", "email": "Denise@hospice.example", "why": "Me."}).text
    )
    assert "Enter their email address." in client.post(page, {"name": "Typed name"}).text
    nominated(asked, "ben@hospice.example", "Ben Cole")
    with pytest.raises(NotPossible, match="You have nominated 2 people"):
        nominated(asked, "cy@hospice.example", "Cy Dunn")
    assert "as many people as you were asked for" in client.get(page).text


def test_a_list_is_closed_and_opened_again_and_ends_with_applications(client, in_admin, window, coordinator, asked):
    page, desk = address_of(asked), in_admin(coordinator)
    row = f"/admin/applications/nominationrequest/{asked.pk}/step"
    take_step(desk, f"{row}/close/")
    assert client.get(page).status_code == 404
    with pytest.raises(NotPossible, match="closed this list"):
        nominations.send_again(request=make.fresh(asked), by=coordinator)
    take_step(desk, f"{row}/open_again/")
    assert client.get(address_of(asked)).status_code == 200
    held = holder(asked)
    Window.objects.filter(pk=window.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(NotPossible, match="Applications have closed, so nobody can be nominated"):
        nominations.nominate(request=make.fresh(asked), name="A", email="a@x.example", why="B", by=held)
    with pytest.raises(NotPossible, match="Applications have closed"):
        nominations.ask_for_nominations(
            cohort=window.cohort,
            organisation=asked.organisation,
            name="A",
            email="a@x.example",
            places=1,
            by=coordinator,
        )


def test_a_closed_list_is_not_closed_again_and_none_is_asked_for_before_there_are_dates(coordinator, asked):
    nominations.close(request=asked, by=coordinator)
    with pytest.raises(NotPossible, match="This list is closed already"):
        nominations.close(request=make.fresh(asked), by=coordinator)
    bare = make.chosen_by(Selection.NOMINATION)
    by = make.coordinator(bare)
    Window.objects.filter(pk=bare.pk).delete()
    with pytest.raises(NotPossible, match="First set the application dates"):
        nominations.ask_for_nominations(
            cohort=Cohort.objects.get(pk=bare.cohort_id), organisation=asked.organisation, name="A",
            email="a@x.example", places=1, by=by,
        )  # fmt: skip


def test_two_employers_who_nominate_one_person_at_the_same_moment_are_told_that_it_is_done(monkeypatch, asked):
    nominated(asked)
    monkeypatch.setattr(type(Nomination.objects.all()), "standing", lambda rows: rows.none())  # not seen yet
    with pytest.raises(NotPossible, match="Somebody has nominated this person already"):
        nominated(asked)


def test_one_employers_link_opens_no_other_list(client, window, coordinator, asked):
    other = nominations.ask_for_nominations(
        cohort=window.cohort,
        organisation=OrganisationFactory(),
        name="Eve",
        email="eve@x.example",
        places=2,
        by=coordinator,
    )
    mine = nominated(asked)
    with pytest.raises(NotAllowed):
        nominations.nominate(request=asked, name="A", email="a@x.example", why="B", by=holder(other))
    with pytest.raises(NotAllowed):
        nominations.withdraw_nomination(request=asked, nomination=mine, by=holder(other))
    theirs = address_of(other).split("/")[2]
    assert client.get(reverse("applications:nomination_take_back", args=[theirs, mine.pk])).status_code == 404
    assert "Amara" not in client.get(address_of(other)).text


def test_nobody_is_asked_where_people_apply_by_themselves():
    window = make.window()
    with pytest.raises(NotPossible, match="People apply for this cohort by themselves"):
        nominations.ask_for_nominations(
            cohort=window.cohort, organisation=OrganisationFactory(), name="A", email="a@x.example", places=1,
            by=make.coordinator(window),
        )  # fmt: skip
    assert not NominationRequest.objects.exists()


def test_the_list_of_staff_says_who_was_asked_and_whom_they_nominated(in_admin, coordinator, asked):
    nominated(asked)
    desk = in_admin(coordinator)
    listed = reverse("admin:applications_nominationrequest_changelist")
    assert "1 of 2" in desk.get(listed).text
    assert "Avon Hospice" not in desk.get(listed, {"state": "none"}).text
    page = desk.get(reverse("admin:applications_nominationrequest_change", args=[asked.pk])).text
    assert "She runs our nights." in page
    assert "Nominated" in b"".join(desk.get(listed, {"export": "csv"})).decode()


@pytest.mark.requirement("B2", "B35")
def test_where_volunteers_are_nominated_nothing_speaks_of_employers_and_work(
    client, window, asked, in_admin, coordinator
):
    accept(window.cohort.rule_set, Standing.EMPLOYED, Standing.VOLUNTEER)
    page = client.get(address_of(asked)).text
    assert "Only people whom an organisation nominates can." in page
    assert "Their email address" in page
    assert "work email" not in page
    site = client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])).text
    assert "Organisations nominate people for it." in site
    with pytest.raises(NotPossible, match=r"^Organisations nominate people .* Ask your organisation"):
        started(window)
    assert how_we_choose(window.cohort.rule_set).startswith("Organisations nominate people")
    desk = in_admin(coordinator)
    form = desk.get(reverse("admin:cohorts_cohort_step", args=[window.cohort_id, "ask_for_nominations"])).text
    assert "Organisation" in form.partition("Who nominates there")[0].rpartition("<label")[0]


@pytest.mark.requirement("B35")
def test_a_coordinator_nominates_for_whoever_rang_and_never_themselves(in_admin, coordinator, asked):
    desk, steps = in_admin(coordinator), f"/admin/applications/nominationrequest/{asked.pk}/step"
    rang = {
        "asked_how": "telephone",
        "asked_on": timezone.localdate().isoformat(),
        "asked_why": "She has no time to log in.",
    }
    day = timezone.localdate()
    rang |= {"asked_on_0": day.day, "asked_on_1": day.month, "asked_on_2": day.year}
    person = {"name": "Amara Okafor", "email": "amara@hospice.example", "why": "She runs our nights."}
    take_step(desk, f"{steps}/nominate_for_them/", **person, **rang)
    found = Nomination.objects.get()
    assert found.email == "amara@hospice.example"
    assert Message.objects.filter(to_email=asked.email, kind__contains="done_for_you").exists()
    take_step(desk, f"{steps}/withdraw_nomination_for_them/", nomination=found.pk, **rang)
    assert make.fresh(found).withdrawn_at
    said = {"asked_how": "telephone", "asked_on": day, "asked_why": "She asked."}
    with pytest.raises(NotPossible, match="cannot nominate yourself"):
        nominations.nominate_for_them(
            nominationrequest=make.fresh(asked), by=coordinator, **{**person, "email": coordinator.email}, **said
        )


@pytest.mark.requirement("B35")
def test_those_who_are_nominated_are_listed_without_scores_by_who_submitted_first(in_admin, window, coordinator, asked):
    first = nominated(asked)
    draft = completed(window, UserFactory(email=first.email))
    applying.submit(application=draft, by=draft.applicant, notice_read=True)
    page = in_admin(coordinator).get(reverse("admin:applications_application_ranking", args=[window.cohort_id])).text
    assert f"Nominated: {window.cohort}" in page
    assert "Mean" not in page
    assert "Employers have nominated them, and nobody is scored." in page
    listed = reverse("admin:applications_nominationrequest_changelist")
    assert f"{listed}?cohort={window.cohort_id}" in page
    assert "Avon Hospice" in in_admin(coordinator).get(listed, {"cohort": window.cohort_id}).text


def test_every_way_of_choosing_is_in_every_table_about_them():
    assert set(Selection) == set(WAYS) == set(ONLY) == set(OWN)
    assert not [way for way in WAYS.values() if not way.how or bool(way.unscored) == way.is_scored]
    assert not [way for way in WAYS.values() if way.has_interview and not way.is_scored]


def test_the_second_address_of_a_merged_account_counts_as_well(client, window, asked):
    found = nominated(asked)
    person = UserFactory(email="amara@home.example")
    person.emailaddress_set.create(email=found.email, verified=True, primary=False)
    draft = completed(window, person)
    applying.submit(application=draft, by=person, notice_read=True)
    assert "Has applied" in client.get(address_of(asked)).text
