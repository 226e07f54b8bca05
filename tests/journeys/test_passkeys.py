"""A passkey for real: Chromium's own virtual authenticator makes it, keeps it and answers with it."""

import pytest

from applications.roles import RoleName
from tests.factories.accounts import OrganisationFactory
from tests.journeys.people import Person
from tests.journeys.test_the_year import employ

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

FINGERPRINT = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_staff_set_up_a_passkey_and_sign_in_with_it_alone(new_page, axe, screenshot):
    jo = Person(new_page(), "jo.maddern@bristol.example", axe, screenshot)
    employ(RoleName.COORDINATOR, jo.email, OrganisationFactory())
    browser = jo.page.context.new_cdp_session(jo.page)
    browser.send("WebAuthn.enable")
    finger = browser.send("WebAuthn.addVirtualAuthenticator", {"options": FINGERPRINT})["authenticatorId"]

    # Before there is one, and when somebody stops it: a sentence, not silence.
    jo.go("/account/sign-in/?next=/admin/")
    jo.page.get_by_role("button", name="Use a passkey").click()
    jo.page.get_by_role("alert").get_by_text("No passkey was used.").wait_for()
    jo.look("passkey-not-used")

    jo.sign_in("/account/sign-in/?next=/admin/")
    jo.reads("One more step before the admin")
    jo.press("Add a passkey")
    jo.look("passkey-add")
    jo.fill("Name for this passkey", "Work laptop")
    jo.page.get_by_label("Let me sign in with this passkey alone").check()
    jo.press("Add the passkey")
    jo.reads("Your passkey has been saved.", "Your recovery codes")
    jo.look("passkey-saved")
    assert len(browser.send("WebAuthn.getCredentials", {"authenticatorId": finger})["credentials"]) == 1
    jo.follow("I have put them somewhere safe, continue")
    jo.reads("Today")

    jo.page.context.clear_cookies()
    jo.go("/account/sign-in/?next=/admin/")
    jo.press("Use a passkey")
    jo.reads("Today")
    assert jo.page.url.endswith("/admin/")

    jo.page.context.clear_cookies()
    jo.sign_in("/account/sign-in/?next=/admin/")
    jo.reads("Your second step", "Or use a recovery code")  # and nothing of an app, which this person does not have
    jo.look("passkey-second-step")
    jo.press("Use your passkey")
    jo.reads("Today")
