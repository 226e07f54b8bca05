"""People, organisations and roles in the admin: one's own provider, nothing above oneself."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from applications.roles import RoleName
from steppingup.accounts import lockout
from steppingup.accounts.actions.people import remove_second_factors
from steppingup.accounts.actions.roles import close_ended_roles, end_role, give_role, join
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import send
from steppingup.messaging.messages import NOTICE
from steppingup.messaging.models import Message
from steppingup.messaging.notices import Notice
from tests.factories.accounts import OrganisationFactory, ProviderFactory, RoleAssignmentFactory, UserFactory, staff
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return staff(full_name="Gwen Morgan")


@pytest.fixture
def provider(coordinator):
    return coordinator.role_assignments.get().provider


def test_a_coordinator_sees_the_people_of_her_own_provider(in_admin, coordinator, provider):
    colleague = staff(RoleName.FINANCE, provider, full_name="Own Colleague")
    stranger = staff(full_name="Far Stranger")
    client = in_admin(coordinator)
    page = client.get("/admin/accounts/user/").content.decode()
    assert "Own Colleague" in page
    assert "Far Stranger" not in page
    assert client.get(f"/admin/accounts/user/{colleague.pk}/change/").status_code == 200
    assert client.get(f"/admin/accounts/user/{stranger.pk}/change/").status_code == 404


@pytest.mark.parametrize("role", [RoleName.ASSESSOR, RoleName.FINANCE, RoleName.EQUALITY])
@pytest.mark.parametrize("model", ["user", "organisation", "roleassignment"])
def test_only_those_who_keep_people_see_them(in_admin, role, model):
    assert in_admin(staff(role)).get(f"/admin/accounts/{model}/").status_code == 403


def test_a_person_page_says_what_changed_and_what_the_role_means(in_admin, coordinator, provider):
    assessor = staff(RoleName.ASSESSOR, provider, full_name="Old Name")
    client = in_admin(coordinator)
    data = {"full_name": "New Name", "phone": "", "job_title": "", "organisation": ""}
    response = client.post(f"/admin/accounts/user/{assessor.pk}/change/", data)
    assert response.status_code == 302
    page = client.get(f"/admin/accounts/user/{assessor.pk}/change/").content.decode()
    assert "Full name: from Old Name to New Name" in page
    assert "by Gwen Morgan" in page
    assert "without names, employers" in page
    assert "No email has been sent to this person." in page


def test_a_person_page_shows_no_emails_of_another_provider(in_admin, coordinator, provider):
    assessor = staff(RoleName.ASSESSOR, provider)
    for title, of in (("Of our own", provider), ("Of somebody else", ProviderFactory()), ("Of the site", None)):
        send(Notice(NOTICE, assessor, context={"title": title, "details": "-"}, provider=of))
    page = in_admin(coordinator).get(f"/admin/accounts/user/{assessor.pk}/change/").text
    assert "Of our own" in page
    assert "Of the site" in page
    assert "Of somebody else" not in page


def test_nobody_edits_a_superuser_or_somebody_above_them(in_admin, coordinator, provider):
    chief = UserFactory(is_staff=True, is_superuser=True)
    RoleAssignmentFactory(user=chief, provider=provider)
    finance = staff(RoleName.FINANCE, provider)
    client = in_admin(coordinator)
    for user in (chief, finance):
        response = client.post(f"/admin/accounts/user/{user.pk}/change/", {"full_name": "Taken over"})
        assert response.status_code == 403
        user.refresh_from_db()
        assert user.full_name != "Taken over"


def test_the_address_of_staff_is_not_changed_by_a_coordinator(in_admin, coordinator, provider):
    assessor = staff(RoleName.ASSESSOR, provider, email="assessor@example.org")
    data = {"full_name": "A", "email": "mine@example.org"}
    in_admin(coordinator).post(f"/admin/accounts/user/{assessor.pk}/change/", data)
    assessor.refresh_from_db()
    assert assessor.email == "assessor@example.org"


def test_nobody_becomes_a_superuser_by_a_form(in_admin, coordinator, provider):
    assessor = staff(RoleName.ASSESSOR, provider)
    data = {"full_name": "A", "is_superuser": "on", "is_staff": "on"}
    in_admin(coordinator).post(f"/admin/accounts/user/{assessor.pk}/change/", data)
    assert not User.objects.get(pk=assessor.pk).is_superuser


def test_a_new_person_is_added_with_a_role(in_admin, coordinator, provider):
    client = in_admin(coordinator)
    data = {"full_name": "New Assessor", "email": "New@Example.org", "role": "assessor", "provider": provider.pk}
    assert client.post("/admin/accounts/user/add/", data | {"role": "finance"}).status_code == 200
    assert client.post("/admin/accounts/user/add/", data | {"role": ""}).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    assert client.post("/admin/accounts/user/add/", data).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.is_staff
    assert not user.has_usable_password()
    assert [str(role) for role in user.current_roles] == [f"Assessor at {provider}"]


@pytest.mark.parametrize("role", [RoleName.FINANCE, RoleName.EQUALITY])
def test_nobody_gives_a_role_above_their_own(in_admin, coordinator, provider, role):
    user = staff(RoleName.ASSESSOR, provider)
    with pytest.raises(NotAllowed):
        give_role(user=user, role=role, provider=provider, by=coordinator)
    url = f"/admin/accounts/user/{user.pk}/step/give_role/"
    client = in_admin(coordinator)
    assert f'value="{role}"' not in client.get(url).text
    assert "This cannot be chosen" in take_step(client, url, role=role, provider=provider.pk).text
    assert not user.role_assignments.filter(role=role).exists()


def test_nobody_gives_a_role_at_another_provider_or_to_themselves(coordinator, provider):
    user = UserFactory()
    with pytest.raises(NotAllowed):
        give_role(user=user, role=RoleName.ASSESSOR, provider=ProviderFactory(), by=coordinator)
    with pytest.raises(NotPossible):
        give_role(user=coordinator, role=RoleName.ASSESSOR, provider=provider, by=coordinator)
    with pytest.raises(NotPossible):
        give_role(user=user, role=RoleName.ASSESSOR, provider=OrganisationFactory(), by=SYSTEM)


def test_a_role_opens_the_admin_and_its_end_closes_it(coordinator, provider):
    user = UserFactory()
    assignment = give_role(user=user, role=RoleName.ASSESSOR, provider=provider, by=coordinator)
    assert user.is_staff
    end_role(assignment=assignment, by=coordinator)
    user.refresh_from_db()
    assert not user.is_staff
    with pytest.raises(NotPossible):
        end_role(assignment=assignment, by=coordinator)
    give_role(user=user, role=RoleName.ASSESSOR, provider=provider, by=coordinator)
    assert RoleAssignment.objects.filter(user=user).count() == 1


def test_a_role_that_has_run_out_closes_the_admin_overnight(provider):
    gone, stays = (staff(RoleName.ASSESSOR, provider) for _ in range(2))
    gone.role_assignments.update(until=timezone.localdate() - timedelta(days=1))
    stays.role_assignments.update(until=timezone.localdate())
    assert close_ended_roles() == 1
    assert not User.objects.get(pk=gone.pk).is_staff
    assert User.objects.get(pk=stays.pk).is_staff


def test_ending_a_role_asks_first(in_admin, coordinator, provider):
    user = staff(RoleName.ASSESSOR, provider)
    assignment = user.role_assignments.get()
    client = in_admin(coordinator)
    address = f"/admin/accounts/roleassignment/{assignment.pk}/step/end_role/"
    assert "will no longer be able to do any of this" in client.post(address).text
    assert user.role_assignments.current().exists()
    take_step(client, address)
    assert not user.role_assignments.current().exists()


def test_organisations_are_everybodys_and_a_provider_is_its_own(in_admin, coordinator, provider):
    employer, other = OrganisationFactory(name="Harbour Trust"), ProviderFactory()
    client = in_admin(coordinator)
    assert "Harbour Trust" in client.get("/admin/accounts/organisation/").content.decode()
    data = {"name": "Renamed", "slug": "renamed", "kind": "nhs", "sector": "public", "is_provider": "on"}
    assert client.post(f"/admin/accounts/organisation/{employer.pk}/change/", data).status_code == 302
    assert client.post(f"/admin/accounts/organisation/{other.pk}/change/", data).status_code == 403
    employer.refresh_from_db()
    assert (employer.name, employer.is_provider) == ("Renamed", False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("brand_colour", "#ffdd00", "Choose a darker colour."),
        ("logo", SimpleUploadedFile("logo.png", b"MZ\x90\x00" + b"\x00" * 99), "This file is a program."),
    ],
)
def test_a_brand_is_checked_before_it_is_saved(in_admin, coordinator, provider, field, value, sentence):
    data = {"name": provider.name, "slug": provider.slug, "kind": "council", "sector": "public", field: value}
    page = in_admin(coordinator).post(f"/admin/accounts/organisation/{provider.pk}/change/", data)
    assert sentence in page.content.decode()
    assert not Organisation.objects.get(pk=provider.pk).logo


def test_whoever_is_given_a_role_is_told_what_it_is_for_and_how_to_sign_in(in_admin, coordinator, provider):
    client = in_admin(coordinator)
    page = client.get("/admin/accounts/user/add/").text
    assert "They will get an email" in page
    assert f'<option value="{provider.pk}" selected>' in page
    new = {"full_name": "Siân O'Brien", "email": "sian@example.org", "role": "assessor", "provider": provider.pk}
    client.post("/admin/accounts/user/add/", new)
    message = Message.objects.get(to_email="sian@example.org")
    assert (message.to, message.to_name) == (None, "Siân O'Brien")
    assert message.subject == f"You are now Assessor at {provider}"
    assert "without names, employers" in message.text
    assert "/admin/" in message.text
    assert "Gwen Morgan" in message.text
    person = User.objects.get(email="sian@example.org")
    join(user=person)  # they have signed in
    step = f"/admin/accounts/user/{person.pk}/step/give_role/"
    given = {"role": "coordinator", "provider": provider.pk}
    assert "You are now Coordinator" in client.post(step, {**given, "filled": "yes"}).text
    assert not Message.objects.filter(to=person).exists()
    take_step(client, step, **given)
    assert Message.objects.filter(to=person).count() == 1
    assert person.role_assignments.filter(role="coordinator").exists()


def test_a_lost_second_factor_is_removed_for_a_colleague_who_is_told(in_admin, coordinator, provider):
    assessor = staff(RoleName.ASSESSOR, provider)
    Authenticator.objects.create(user=assessor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    before = assessor.session_epoch
    client = in_admin(coordinator)
    step = f"/admin/accounts/user/{assessor.pk}/step/remove_second_factors/"
    assert "Remove the second factor" in client.get(f"/admin/accounts/user/{assessor.pk}/change/").text
    assert "Set up your authenticator app or passkey again" in client.post(step).text
    assert Authenticator.objects.exists()
    take_step(client, step)
    take_step(client, step)
    assessor.refresh_from_db()
    assert not Authenticator.objects.exists()
    assert assessor.session_epoch == before + 1
    assert Message.objects.filter(to=assessor).count() == 1


def test_nobody_removes_their_own_second_factor_there_or_that_of_somebody_above_them(in_admin, coordinator, provider):
    finance, chief = staff(RoleName.FINANCE, provider), UserFactory(is_staff=True, is_superuser=True)
    RoleAssignmentFactory(user=chief, provider=provider)
    client = in_admin(coordinator)
    for user in (coordinator, finance, chief):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
        assert client.post(f"/admin/accounts/user/{user.pk}/step/remove_second_factors/").status_code == 404
        with pytest.raises(NotAllowed):
            remove_second_factors(user=user, by=coordinator)
    assert Authenticator.objects.count() == 3


def test_an_account_is_closed_and_opened_again(in_admin, coordinator, provider, client):
    assessor = staff(RoleName.ASSESSOR, provider)
    client.force_login(assessor)
    admin, page = in_admin(coordinator), f"/admin/accounts/user/{assessor.pk}"
    assert "signed out everywhere" in admin.get(f"{page}/step/close_account/").text
    take_step(admin, f"{page}/step/close_account/")
    assert client.get("/account/")["Location"].startswith("/account/sign-in/")
    assert "Close the account" not in admin.get(f"{page}/change/").text
    take_step(admin, f"{page}/step/open_account/")
    assert client.get("/account/").status_code == 200
    assert admin.post(f"/admin/accounts/user/{coordinator.pk}/step/close_account/").status_code == 404


def test_a_lock_out_is_ended_by_a_button(in_admin, coordinator, provider, django_capture_on_commit_callbacks):
    assessor = staff(RoleName.ASSESSOR, provider)
    for _ in range(lockout.WRONG_CODES):
        lockout.note_wrong_code(assessor.email)
    client = in_admin(coordinator)
    assert "Let them sign in again" in client.get(f"/admin/accounts/user/{assessor.pk}/change/").text
    with django_capture_on_commit_callbacks(execute=True):
        take_step(client, f"/admin/accounts/user/{assessor.pk}/step/end_lock_out/")
    assert not lockout.is_locked(assessor.email)
    assert "Let them sign in again" not in client.get(f"/admin/accounts/user/{assessor.pk}/change/").text


def test_what_a_provider_says_of_itself_has_a_history_for_its_own_staff(in_admin, coordinator, provider):
    Organisation.objects.filter(pk=provider.pk).update(footer="City Hall")
    Organisation.objects.filter(pk=provider.pk).update(footer="City Hall, Bristol", sender_name="Stepping Up")
    page = f"/admin/accounts/organisation/{provider.pk}/change/"
    text = in_admin(coordinator).get(page).text
    assert "What has changed" in text
    assert "from City Hall to City Hall, Bristol" in text
    assert "What has changed" not in in_admin(staff()).get(page).text
    # An employer belongs to everybody.
    employer = OrganisationFactory(website="https://a.example")
    Organisation.objects.filter(pk=employer.pk).update(website="https://b.example")
    assert (
        "What has changed" not in in_admin(coordinator).get(f"/admin/accounts/organisation/{employer.pk}/change/").text
    )
