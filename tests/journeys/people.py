"""Somebody in a browser: opens pages, reads emails, follows links, and looks at every page as axe would."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Error, Locator, Page

from steppingup.accounts.models import User
from steppingup.messaging.actions.delivery import deliver_due
from tests.plugins.browser import WITHOUT_SIDEBAR

FILES_ARE_SENT = """[...document.querySelectorAll("input[type=file]")].every(
    box => box.form && box.form.enctype === "multipart/form-data")"""


def letters_to(address: str) -> list:
    """The emails to an address, after delivering what is in the outbox."""
    deliver_due()
    return [letter for letter in mail.outbox if address in letter.to]


def link_in(letter, part: str) -> str:
    """The first address in the text of an email that holds `part`."""
    found = [url.rstrip(").,") for url in re.findall(r"https?://\S+", letter.body) if part in url]
    assert found, f"no link with {part} in:\n{letter.body}"
    return found[0]


class Person:
    """A person with a browser of their own."""

    def __init__(self, page: Page, email: str, axe: Callable[..., None], take: Callable[..., Path]) -> None:
        self.page, self.email, self._axe, self._take = page, email, axe, take

    # -- looking ---------------------------------------------------------------------------------

    def look(self, picture: str = "", *, full: bool = True) -> None:
        """Check the page for accessibility and that nothing runs over its edge; perhaps take a picture."""
        path, first = urlsplit(self.page.url).path, reverse("admin:index")
        self._axe(self.page, context=WITHOUT_SIDEBAR if path.startswith(first) and path != first else None)
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide for {self.page.viewport_size}"
        assert self.page.evaluate(FILES_ARE_SENT), f"a file that is chosen on {self.page.url} would not be sent"
        if picture and "PICTURES" in os.environ:  # nobody looks at them otherwise
            self._take(self.page, picture, full_page=full)

    def go(self, address: str) -> None:
        # A page that shows how far a job is may be on its way somewhere itself: then nothing answers the first time.
        response = self.page.goto(address) or self.page.goto(address)
        assert response is not None
        assert response.status < 400, f"{address}: {response.status}"
        if reverse("mfa_reauthenticate") in self.page.url:  # it was used too long ago for what is asked for
            self.page.get_by_label("Code").fill(self.app_code(User.objects.get(email=self.email)))
            self.press("Continue")

    def look_again(self) -> None:
        """Load the page anew. One that shows how far a job is may be doing the same at that moment, and the first to ask wins."""
        try:
            self.page.reload()
        except Error as stopped:
            if "ERR_ABORTED" not in stopped.message:
                raise
            self.page.wait_for_load_state("load")

    def reads(self, *words: str) -> None:
        """These words stand on the page."""
        self.page.wait_for_load_state("load")
        text = self.page.locator("body").inner_text()
        for expected in words:
            assert expected in text, f"“{expected}” is not on {self.page.url}:\n{text}"

    # -- doing -----------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Press a button that leads to another page (or back to the same one)."""
        self.leave_by(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str) -> None:
        self.leave_by(self.page.get_by_role("link", name=name, exact=True).first)

    def leave_by(self, target: Locator) -> None:
        """Click, and wait for the page that it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            target.click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    def choose(self, group: str, answer: str) -> None:
        self.page.get_by_role("group", name=group).get_by_label(answer, exact=True).check()

    def find(self, name: str, words: str) -> None:
        """Type into one of the admin's boxes that look things up, and take what it finds."""
        self.page.locator(f"#id_{name} + .select2").click()
        self.page.locator(".select2-search__field").last.fill(words)
        self.page.locator(".select2-results__option", has_text=words).first.click()

    # -- signing in ------------------------------------------------------------------------------

    def enter_code(self) -> None:
        """Type the code that was sent."""
        code = re.search(r"^[A-Z]{4}-[A-Z]{4}$", letters_to(self.email)[-1].body, re.MULTILINE)
        assert code
        self.page.get_by_label("Code").fill(code.group())
        self.press("Continue")

    def sign_in(self, address: str = "/account/sign-in/") -> None:
        """Through the emailed code; staff with an authenticator app give its code too."""
        self.page.goto(address)
        self.page.get_by_label("Email address").fill(self.email)
        self.press("Send me a code")
        self.enter_code()
        user = User.objects.get(email=self.email)
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            self.page.get_by_label("Code").fill(self.app_code(user))
            self.press("Sign in")

    @staticmethod
    def app_code(user: User) -> str:
        return code_of(decrypt(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]))


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_authenticator(user: User) -> None:
    """The person has set up an authenticator app before."""
    TOTP.activate(user, generate_totp_secret())
