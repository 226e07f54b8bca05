"""An address that belongs to an account with another name: who may see the account chooses, nobody else learns of it."""

import re

import pytest
from allauth.account.signals import user_logged_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from cohorts.actions import enrolments
from cohorts.models import Enrolment
from mentoring.actions import mentors
from mentoring.models import Mentor
from mentoring.models.mentor import called_here
from steppingup.accounts.actions import merging
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.naming import WhoseName, named_otherwise
from steppingup.desk import people_steps
from steppingup.history.changes import history_of
from steppingup.messaging.models import Message
from tests.accounts.test_sign_in import code_in
from tests.cohorts.test_enrolling import take_a_place
from tests.factories.accounts import OrganisationFactory, ProviderFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, submitted
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def test_a_participant_learns_nothing_of_whose_address_they_typed(client):
    known = UserFactory(email="known@example.org", full_name="Mary Xavier", phone="0117 496 0123")
    pages = []
    for address in ("known@example.org", "new@example.org"):
        place = take_a_place(
            PublishedCohortFactory(),
            UserFactory(full_name="Ada Osei"),
            line_manager_name="Jo Boss",
            line_manager_email=address,
        )
        client.force_login(place.participant)
        page = client.get(reverse("cohorts:participant", args=[place.pk]))
        assert "Jo Boss" in page.text
        assert "Mary" not in page.text
        told = Message.objects.get(kind="cohorts.manager_welcome", to_email=address)
        assert "Jo Boss" not in told.text or address == "new@example.org"
        pages.append(place.manager)
    assert pages == ["Jo Boss", "Jo Boss"]
    known.refresh_from_db()
    assert known.full_name == "Mary Xavier"
    assert User.objects.get(email="new@example.org").full_name == "Jo Boss"


def test_an_account_without_a_name_is_not_named_by_others():
    UserFactory(email="known@example.org", full_name="")
    place = take_a_place(PublishedCohortFactory(), line_manager_name="Jo Boss", line_manager_email="KNOWN@example.org ")
    assert place.line_manager.full_name == ""
    assert place.manager == "Jo Boss"


def test_who_may_see_the_account_is_shown_both_names_and_chooses(in_admin):
    place = take_a_place(PublishedCohortFactory())
    provider = place.cohort.programme.provider
    by, known = staff(provider=provider), staff(provider=provider, email="known@example.org", full_name="Zoë Xavier")
    browser, url = in_admin(by), f"/admin/cohorts/enrolment/{place.pk}/step/change_line_manager/"
    asked = take_step(browser, url, name="Jo Boss", email=known.email)
    assert "is the address of Zoë Xavier’s account, and you typed “Jo Boss”" in asked.text
    assert "Use the account’s name: Zoë Xavier" in asked.text
    take_step(browser, url, name="Jo Boss", email=known.email, whose_name="account")
    place.refresh_from_db()
    assert (place.line_manager, place.manager) == (known, "Zoë Xavier")
    other = take_a_place(place.cohort, line_manager_email="else@example.org")
    enrolments.change_line_manager(enrolment=other, name="Jo Boss", email=known.email, by=by)
    assert Enrolment.objects.get(pk=other.pk).manager == "Jo Boss"
    known.refresh_from_db()
    assert known.full_name == "Zoë Xavier"


def test_the_same_name_in_another_spelling_is_no_other_name():
    provider = ProviderFactory()
    by = staff(provider=provider)
    staff(provider=provider, email="known@example.org", full_name="Zoë O’Brien")
    assert named_otherwise(by, "Known@Example.org", "zoe obrien") is None
    assert named_otherwise(by, "known@example.org", "Jo Boss")
    assert named_otherwise(staff(), "known@example.org", "Jo Boss") is None


@pytest.fixture
def desk(in_admin):
    programme, home = ProgrammeFactory(), OrganisationFactory(name="Harbour Trust")
    by = staff(provider=programme.provider)
    staff(provider=programme.provider, email="seen@example.org", full_name="Zoë Xavier")
    UserFactory(email="unseen@example.org", full_name="Mary Xavier")
    return programme, home, by, in_admin(by)


def test_a_mentor_is_called_what_was_typed_or_chosen(desk):
    programme, home, by, browser = desk
    data = {
        "programme": programme.pk, "full_name": "Jo Boss", "organisation": home.pk, "job_title": "Head", "about": "",
        "area": "", "capacity": 1, "is_available": "on",
    }  # fmt: skip
    url = "/admin/mentoring/mentor/add/"
    pages = [browser.post(url, {**data, "email": f"{who}@example.org"}, follow=True) for who in ("unseen", "unknown")]
    assert [mentor.called for mentor in Mentor.objects.order_by("pk")] == ["Jo Boss", "Jo Boss"]
    people = browser.get("/admin/accounts/user/?q=unseen")
    assert "Mary" not in "".join(page.text for page in (*pages, people, browser.get("/admin/mentoring/mentor/")))
    said = [re.sub(r"<[^>]*>", "", re.search(r"The mentor “.*?successfully", page.text, re.S)[0]) for page in pages]
    assert said == ["The mentor “Jo Boss, Harbour Trust” was added successfully"] * 2
    asked = browser.post(url, {**data, "email": "seen@example.org"})
    assert "is the address of Zoë Xavier’s account, and you typed “Jo Boss”" in asked.text
    browser.post(url, {**data, "email": "seen@example.org", "whose_name": "account"})
    assert Mentor.objects.get(user__email="seen@example.org").called == "Zoë Xavier"
    # A search for what the account is called finds nobody who goes by another name here.
    for words, found in (("Mary", 0), ("jo boss", 2), ("Xavier", 1)):
        assert Mentor.objects.alias(one=called_here()).filter(one__finds=words).count() == found
        assert ("unseen@" in browser.get(f"/admin/mentoring/mentor/?q={words}&o=1").text) == (words == "jo boss")
    assert User.objects.get(email="unseen@example.org").full_name == "Mary Xavier"


def test_a_file_of_mentors_asks_for_each_row_whose_name_stands(desk):
    programme, home, by, browser = desk
    url = "/admin/mentoring/mentor/import/"

    def read_in(head: str, rows: str):
        file = SimpleUploadedFile("mentors.csv", (head + rows).encode(), content_type="text/csv")
        return browser.post(url, {"import_file": file, "format": "0"}, follow=True)

    rows = "unseen@example.org,Jo Boss,harbour  TRUST{0}\nseen@example.org,Jo Boss,Harbour Trust{1}\n"
    page = read_in("Email,Name,Organisation\n", rows.format("", ""))
    assert "seen@example.org is the address of Zoë Xavier’s account, and this row says “Jo Boss”" in page.text
    assert "Mary" not in page.text
    page = read_in("Email,Name,Organisation,Whose name\n", rows.format(",", ",account"))
    assert "Zoë Xavier’s account" not in page.text
    mentors.put(programme=programme, email="unseen@example.org", full_name="Jo Boss", organisation=home, by=by)
    chosen = {"programme": programme, "email": "seen@example.org", "full_name": "Jo", "organisation": home, "by": by}
    made, _ = mentors.put(**chosen, whose_name=WhoseName.ACCOUNT)
    assert made.called == "Zoë Xavier"


def test_adding_staff_tells_of_an_account_only_to_those_who_see_it(desk):
    programme, home, by, browser = desk
    data = {
        "full_name": "Jo Boss",
        "job_title": "",
        "organisation": "",
        "role": "assessor",
        "provider": programme.provider_id,
    }
    page = browser.post("/admin/accounts/user/add/", {**data, "email": "seen@example.org"})
    assert "It is called Zoë Xavier, and you typed “Jo Boss”" in page.text
    told = {}
    for who in ("unseen", "unknown"):
        with transaction.atomic():
            added = browser.post("/admin/accounts/user/add/", {**data, "email": f"{who}@example.org"}, follow=True)
            pages = [added, *(browser.get(address) for address in lists_of(who))]
            told[who] = [plain(page.getvalue().decode().replace(who, "who")) for page in pages]
            message = Message.objects.get(kind="account.role_given")
            told[who] += [message.text.replace(who, "who"), message.to, message.to_name]
            transaction.set_rollback(True)
    assert "We have emailed who@example.org." in told["unseen"][0]
    assert "Jo Boss (who@example.org)" in told["unseen"][0]
    assert told["unseen"] == told["unknown"]
    browser.post("/admin/accounts/user/add/", {**data, "email": "unseen@example.org"})
    found = User.objects.get(email="unseen@example.org")
    assert (found.full_name, found.is_staff) == ("Mary Xavier", True)
    assert found not in User.objects.visible_to(by)


def plain(page):
    """Without what is another on every page: tokens, and numbers."""
    page = re.sub(r'(csrfmiddlewaretoken" value|nonce|digest" value)="[^"]*"', "", page)
    return re.sub(r"\d+", "0", re.sub(r'value="[^" ]{30,}"', "", page))


def lists_of(who):
    role = RoleAssignment.objects.get(typed_email=f"{who}@example.org")
    people, held = "/admin/accounts/user/", "/admin/accounts/roleassignment/"
    yield from (f"{people}?q={who}", f"{people}?export=csv", f"{held}?q={who}", f"{held}?q=Mary", f"{held}?export=csv")
    yield from (f"{held}{role.pk}/change/", f"{held}{role.pk}/step/end_role/", f"{people}{role.user_id}/change/")
    yield from ("/admin/messaging/message/", "/admin/", "/admin/applications/application/")


def test_whoever_signs_in_is_seen_by_their_own_name_from_then_on(desk, client, mailbox):
    programme, home, by, browser = desk
    unseen = User.objects.get(email="unseen@example.org")
    typed = ("Jo Boss", "unseen@example.org")
    people_steps.invite(user=unseen, role="assessor", provider=programme.provider, by=by, typed=typed)
    role = unseen.role_assignments.get()
    assert role.called == "Jo Boss (unseen@example.org)"
    client.post("/account/sign-in/", {"email": unseen.email})
    client.post("/account/sign-in/code/", {"code": code_in(mailbox()[-1])})
    role.refresh_from_db()
    assert (role.called, role.typed_name, role.typed_email) == ("Mary Xavier", "", "")
    assert unseen in User.objects.visible_to(by)


def test_whoever_is_called_the_same_goes_by_the_account_once_they_sign_in(desk):
    """Not before: until then nobody can tell whether there was an account. By another name, nothing changes."""
    programme, home, by, browser = desk
    UserFactory(email="namesake@example.org", full_name="Jo Boss", phone="0117 496 0123")
    cohort = PublishedCohortFactory(programme=programme)
    people = ("unknown", "namesake", "unseen")
    for who in people:
        address = f"{who}@example.org"
        mentors.put(programme=programme, email=address, full_name="Jo Boss", organisation=home, by=by)
        take_a_place(cohort, line_manager_name="Dr Jo Boss", line_manager_email=address)

    def kept():
        seen = User.objects.visible_to(by)
        return [seen.filter(email=f"{who}@example.org").exists() for who in people]

    assert kept() == [False, False, False]
    for who in people:
        user = User.objects.get(email=f"{who}@example.org")
        user_logged_in.send(type(user), user=user, request=None)
    assert kept() == [True, True, False]
    called = {place.line_manager.email.partition("@")[0]: place.manager for place in Enrolment.objects.all()}
    assert called == {"unknown": "Jo Boss", "namesake": "Jo Boss", "unseen": "Dr Jo Boss"}
    assert all(place.memberships.count() == 1 for place in Enrolment.objects.all())
    changes = [detail for place in Enrolment.objects.all() for change in history_of(place) for detail in change.details]
    assert changes == ["Line manager: from Dr Jo Boss to Jo Boss"] * 2


def test_after_a_merger_a_record_goes_on_knowing_its_own_address(desk):
    programme, home, by, browser = desk
    gone, kept = (
        User.objects.get(email="unseen@example.org"),
        UserFactory(email="first@example.org", full_name="Mary X"),
    )
    mentors.put(programme=programme, email=gone.email, full_name="Jo Boss", organisation=home, by=by)
    place = take_a_place(
        PublishedCohortFactory(programme=programme), line_manager_name="Jo", line_manager_email=gone.email
    )
    merging.merge(kept=kept, gone=gone, by=UserFactory(is_superuser=True))
    enrolments.withdraw(enrolment=Enrolment.objects.get(pk=place.pk), reason="A new job.", by=by)
    assert Message.objects.get(kind="cohorts.manager_withdrawn").to_email == "unseen@example.org"
    lists = ("cohorts/enrolment/", "mentoring/mentor/", "messaging/message/")
    shown = "".join(browser.get(f"/admin/{page}").text for page in lists)
    shown += "".join(browser.get(f"/admin/{page}?export=csv").getvalue().decode() for page in lists)
    assert ("unseen@" in shown, "first@" in shown) == (True, False)


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_mentor_whose_account_is_elsewhere_is_put_down_as_anybody_is(desk, state):
    programme, home, by, browser = desk
    User.objects.filter(email="unseen@example.org").update(is_active=state == "open")
    for who in ("unseen", "unknown"):
        mentor, made = mentors.put(
            programme=programme, email=f"{who}@example.org", full_name="Jo Boss", organisation=home, by=by
        )
        assert (made, mentor.called) == (True, "Jo Boss")


def test_a_coordinator_who_mends_an_address_is_told_the_same_whoever_has_it(desk, client, mailbox):
    programme, home, by, browser = desk
    cohort = PublishedCohortFactory(programme=programme)
    person = submitted(WindowFactory(cohort=cohort)).applicant
    page = reverse("admin:accounts_user_change", args=[person.pk])
    told = {}
    for who in ("unseen", "unknown"):
        data = {"full_name": person.full_name, "email": f"{who}@example.org"}
        told[who] = browser.post(page, data, follow=True).text.count(f"We have sent a link to {who}@example.org.")
        assert "Mary" not in browser.get(page).text
        person.refresh_from_db()
        assert person.email not in (f"{who}@example.org", "")
    assert told == {"unseen": 1, "unknown": 1}
    found = [re.search(r"(/account/mended-address/\S+/)", mail.body) for mail in mailbox()]
    links = dict(zip(("unseen", "unknown"), [one[1] for one in found if one], strict=True))
    assert client.post(links["unseen"]).status_code == 404  # only the latest link works
    client.post(links["unknown"])
    person.refresh_from_db()
    assert (person.email, person.has_usable_password()) == ("unknown@example.org", False)
