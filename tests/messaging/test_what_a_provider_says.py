"""A provider's pages and emails bear its footer; its emails come under its name, and answers to them reach it."""

import smtplib
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.conf import settings
from django.core.mail.message import sanitize_address
from django.urls import reverse

from steppingup.messaging.actions.delivery import email_of
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.applications import WindowFactory
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
FOOTER = "Charity 1234567\n1 Quay Street <b>Bristol</b>\nhttps://quay.example"


def letter_of(**said) -> tuple[Message, object]:
    """What an applicant of a provider that says this of itself is sent, as it is stored and as it goes out."""
    window = make.window()
    provider = window.cohort.programme.provider
    for name, value in said.items():
        setattr(provider, name, value)
    provider.save()
    make.shortlisted(window, make.coordinator(window))
    message = Message.objects.latest("pk")
    return message, email_of(message)


def test_until_it_says_anything_emails_are_as_they_were(settings):
    message, email = letter_of()
    assert (email.from_email, email.reply_to) == (settings.DEFAULT_FROM_EMAIL, [])
    assert message.text.rstrip().endswith("Stepping Up")


def test_its_footer_stands_below_every_email_and_cannot_be_more_than_words():
    message, _ = letter_of(footer=FOOTER)
    assert message.text.rstrip().endswith("https://quay.example")
    assert "Charity 1234567<br>" in message.html
    assert "&lt;b&gt;Bristol&lt;/b&gt;" in message.html
    assert '<a href="https://quay.example"' in message.html


def test_emails_come_under_its_name_from_the_address_of_the_site(settings):
    settings.DEFAULT_FROM_EMAIL = "Stepping Up <post@site.example>"
    _, email = letter_of(sender_name="Quay, Leaders")
    assert email.from_email == '"Quay, Leaders" <post@site.example>'
    assert email.message()["From"] == '"Quay, Leaders" <post@site.example>'


def test_a_name_cannot_smuggle_a_header_into_an_email(settings):
    _, email = letter_of(sender_name="Quay\r\nBcc: eve@example.org")
    assert "\n" not in str(email.message()["From"])
    assert email.message()["Bcc"] is None


@pytest.mark.parametrize(
    "typed", ["=?utf-8?q?a=0D=0ABcc=3A_eve=40example=2Eorg?=", "=?utf-8?b?WW91ciBiYW5r?=", "ആ" * 80]
)
def test_a_name_is_never_read_as_an_encoded_word_nor_keeps_an_email_from_going(typed):
    _, email = letter_of(sender_name=typed)
    assert (
        smtplib.quoteaddr(sanitize_address(email.from_email, "utf-8"))
        == f"<{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>"
    )
    name, _ = parseaddr(email.message()["From"])
    shown = str(make_header(decode_header(name)))
    assert shown == typed.replace("=?", "= ?")


def test_answers_reach_the_programme_or_else_its_provider():
    message, email = letter_of(reply_to="hello@quay.example")
    assert (message.reply_to, email.reply_to) == ("hello@quay.example", ["hello@quay.example"])
    window = WindowFactory()
    programme = window.cohort.programme
    programme.provider.reply_to, programme.contact_email = "hello@quay.example", "leaders@quay.example"
    programme.provider.save()
    programme.save()
    make.shortlisted(window, make.coordinator(window))
    assert Message.objects.latest("pk").reply_to == "leaders@quay.example"


def test_the_pages_of_its_programmes_bear_its_footer_and_those_of_others_do_not(client):
    ours, theirs = make.window(), make.window()
    provider = ours.cohort.programme.provider
    provider.footer = FOOTER
    provider.save()
    shown, other = (
        client.get(reverse("cohorts:programme", args=[of.cohort.programme.path])).text for of in (ours, theirs)
    )
    assert "Charity 1234567<br>" in shown
    assert "<b>Bristol</b>" not in shown
    assert "Charity 1234567" not in other


def test_it_says_so_on_its_page_of_the_desk(client):
    by = staff(provider=ProviderFactory())
    provider = by.role_assignments.get().provider
    browser = with_second_factor(client, by)
    url = reverse("admin:accounts_organisation_change", args=[provider.pk])
    for name in ("Emails come from", "Answers to emails go to", "At the foot of pages and emails"):
        assert name in browser.get(url).text
    data = {"name": provider.name, "slug": provider.slug, "kind": "council", "sector": "public"}
    given = {"footer": FOOTER, "sender_name": "Quay", "reply_to": "not an address"}
    assert (
        "Enter an email address" in browser.post(url, data | given).text
        or "valid email" in browser.post(url, data | given).text
    )
    given["reply_to"] = "hello@quay.example"
    assert "Enter a name" in browser.post(url, data | given | {"sender_name": "pay@bank.example"}).text
    assert browser.post(url, data | given).status_code == 302
    provider.refresh_from_db()
    assert (provider.sender_name, provider.reply_to) == ("Quay", "hello@quay.example")
