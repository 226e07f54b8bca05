"""What coordinators see of messages, and how they change the words."""

import json

import pytest
from django.urls import reverse

from steppingup.messaging import reminder_kinds, reminders
from steppingup.messaging.actions import delivery
from steppingup.messaging.defaults import make_defaults
from steppingup.messaging.models import Message, MessageTemplate, ReminderRule, ReminderSent
from tests.factories.accounts import ProviderFactory, UserFactory, staff
from tests.staff import take_step

pytestmark = pytest.mark.django_db
LIST = "/admin/messaging/message/"
AGAIN = "step/send_again/"
TEXTS = "/admin/messaging/messagetemplate/"
RULES = "/admin/messaging/reminderrule/"


@pytest.fixture
def defaults(news):
    make_defaults()
    return MessageTemplate.objects.get(kind=news.key)


def test_a_coordinator_sees_the_messages_of_their_own_provider_only(in_admin, send_news):
    mine, other = ProviderFactory(), ProviderFactory()
    own = send_news(to="own@example.org", provider=mine)
    strange = send_news(to="strange@example.org", provider=other)
    code = send_news(to="code@example.org")
    client = in_admin(staff(provider=mine))
    page = client.get(LIST).text
    assert "own@example.org" in page
    assert "strange@example.org" not in page + client.get(f"{LIST}?q=example").text
    assert "strange@example.org" not in client.get(f"{LIST}?export=csv").getvalue().decode()
    assert client.get(f"{LIST}{own.pk}/change/").status_code == 200
    ticked = {"action": "print_letters", "_selected_action": [own.pk]}
    assert "so there is nothing to print" in client.post(LIST, ticked, follow=True).text
    for message in (strange, code):
        assert client.get(f"{LIST}{message.pk}/change/").status_code == 404
        assert client.post(f"{LIST}{message.pk}/step/send_again/").status_code == 404
    assert in_admin(UserFactory(is_staff=True, is_superuser=True)).get(f"{LIST}{code.pk}/change/").status_code == 200
    assert in_admin(staff("finance", mine)).get(LIST).status_code == 403


def test_private_links_are_never_shown_to_staff(in_admin, send_news):
    provider = ProviderFactory()
    message = send_news(provider=provider)
    page = in_admin(staff(provider=provider)).get(f"{LIST}{message.pk}/change/").text
    assert "(private link)" in page
    assert "s3cret" not in page


def test_send_again_is_a_button_only_where_it_is_possible(in_admin, send_news, smtp_server):
    provider = ProviderFactory()
    smtp_server.refuse = "554 No"
    message = send_news(provider=provider)
    client = in_admin(staff(provider=provider))
    page = f"{LIST}{message.pk}/change/"
    assert AGAIN not in client.get(page).text
    delivery.deliver_due()
    assert AGAIN in client.get(page).text
    smtp_server.refuse = ""
    assert message.subject in client.post(f"{LIST}{message.pk}/{AGAIN}").text
    take_step(client, f"{LIST}{message.pk}/{AGAIN}")
    assert delivery.deliver_due() == 1
    refused = client.post(LIST, {"action": "step_send_again", "_selected_action": [message.pk]})
    assert "so you cannot send it again" in refused.text


def test_a_coordinator_reads_the_default_and_changes_their_own_version(in_admin, defaults, scope):
    cohort, programme = scope
    client = in_admin(staff(provider=programme))
    page = client.get(f"{TEXTS}{defaults.pk}/change/")
    assert "_save" not in page.text
    assert "{{ thing }}" in page.text
    assert 'srcdoc="&lt;!doctype html&gt;' in page.text
    assert client.post(f"{TEXTS}{defaults.pk}/change/", {"subject": "Mine", "body": "x"}).status_code == 403
    assert client.post(f"{TEXTS}{defaults.pk}/step/put_back/").status_code == 404
    key = "-".join(str(part) for part in reminders.scopes.key(cohort))
    take_step(client, f"{TEXTS}{defaults.pk}/step/make_version/", scope=key)
    version = MessageTemplate.objects.get(kind=defaults.kind, provider=programme)
    assert (version.scope, version.subject) == (cohort, defaults.subject)
    wrong = client.post(f"{TEXTS}{version.pk}/change/", {"subject": "Hello {{ nmae }}", "body": "x"})
    assert "is not available in this message" in wrong.text
    client.post(f"{TEXTS}{version.pk}/change/", {"subject": "Hello {{ name }}", "body": "x"})
    version.refresh_from_db()
    assert (version.subject, version.edited) == ("Hello {{ name }}", True)
    stranger = in_admin(staff())
    for what in ("change", "step/remove_version", "step/make_version", "preview"):
        assert stranger.post(f"{TEXTS}{version.pk}/{what}/").status_code == 404
    client = in_admin(staff(provider=programme))
    take_step(client, f"{TEXTS}{version.pk}/step/remove_version/")
    assert not MessageTemplate.objects.filter(pk=version.pk).exists()


def test_the_preview_follows_the_form_with_words_that_were_really_sent(in_admin, defaults, send_news):
    provider = ProviderFactory()
    send_news(name="Amara Okafor", thing="the Bristol programme", provider=provider)
    send_news(name="Somebody else", thing="a secret", provider=ProviderFactory())
    client = in_admin(staff(provider=provider))
    words = {"subject": "Now: {{ thing }}", "body": "**{{ name }}** {{ nmae }}", "button_label": "Go"}
    url = reverse("admin:messaging_messagetemplate_preview", args=[defaults.pk])
    shown = client.post(url, json.dumps(words), content_type="application/json").json()
    assert shown["subject"] == "Now: the Bristol programme"
    assert "<strong>Amara Okafor</strong>" in shown["html"]
    assert "nmae" in shown["problems"][0]
    assert client.post(url, "[1", content_type="application/json").status_code == 400
    defaults.refresh_from_db()
    assert defaults.subject.startswith("News for")


def test_those_who_run_the_site_change_the_default_and_put_it_back(in_admin, defaults):
    client = in_admin(UserFactory(is_staff=True, is_superuser=True))
    client.post(f"{TEXTS}{defaults.pk}/change/", {"subject": "Changed", "body": "x"})
    defaults.refresh_from_db()
    assert (defaults.subject, defaults.edited) == ("Changed", True)
    take_step(client, f"{TEXTS}{defaults.pk}/step/put_back/")
    defaults.refresh_from_db()
    assert (defaults.subject.startswith("News"), defaults.edited) == (True, False)


def test_a_coordinator_makes_a_rule_for_a_cohort_of_theirs_only(in_admin, news, scope, monkeypatch):
    cohort, programme = scope
    monkeypatch.setattr(reminder_kinds, "_kinds", dict(reminder_kinds._kinds))
    reminders.add_reminder_kind(
        reminders.ReminderKind("tests.closing", "Closing", "the closing", news.key, lambda *_: ())
    )
    default = reminders.add_rule(kind="tests.closing", days=7, when="before")
    client = in_admin(staff(provider=programme))
    assert "7 days before the closing" in client.get(RULES).text
    assert client.post(f"{RULES}{default.pk}/change/", {"days": 1}).status_code == 403
    given = {"kind": "tests.closing", "days": 3, "when": "before", "until": 0, "active": "on"}
    assert client.post(f"{RULES}add/", {**given, "place": ""}).status_code == 200
    assert client.post(f"{RULES}add/", {**given, "place": "1-999999"}).status_code == 200
    assert ReminderRule.objects.filter(kind="tests.closing").count() == 1
    key = "-".join(str(part) for part in reminders.scopes.key(cohort))
    client.post(f"{RULES}add/", {**given, "place": key})
    rule = ReminderRule.objects.get(kind="tests.closing", days=3)
    assert (rule.scope, rule.provider) == (cohort, programme)
    never = client.post(f"{RULES}{rule.pk}/change/", {**given, "until": -9})
    assert "never be sent" in never.text
    assert Message.objects.count() == 0


def test_the_same_rule_twice_is_refused_in_a_sentence(in_admin, news, scope, monkeypatch):
    cohort, programme = scope
    monkeypatch.setattr(reminder_kinds, "_kinds", dict(reminder_kinds._kinds))
    reminders.add_reminder_kind(
        reminders.ReminderKind("tests.closing", "Closing", "the closing", news.key, lambda *_: ())
    )
    client = in_admin(staff(provider=programme))
    place = "-".join(str(part) for part in reminders.scopes.key(cohort))
    given = {"kind": "tests.closing", "days": 3, "when": "before", "until": 0, "active": "on", "place": place}
    for _ in range(2):
        answer = client.post(f"{RULES}add/", given)
    assert "There is already a reminder like this" in answer.text
    client.post(f"{RULES}add/", {**given, "days": 5})
    other = ReminderRule.objects.get(kind="tests.closing", days=5)
    assert "There is already a reminder like this" in client.post(f"{RULES}{other.pk}/change/", given).text
    assert sorted(ReminderRule.objects.filter(kind="tests.closing").values_list("days", flat=True)) == [3, 5]


def test_a_rule_says_what_it_sent_to_people_of_ones_own_provider(in_admin, send_news, news, monkeypatch):
    monkeypatch.setattr(reminder_kinds, "_kinds", dict(reminder_kinds._kinds))
    reminders.add_reminder_kind(
        reminders.ReminderKind("tests.closing", "Closing", "the closing", news.key, lambda *_: ())
    )
    rule = reminders.add_rule(kind="tests.closing", days=7, when="before")
    mine, other = ProviderFactory(), ProviderFactory()
    for provider, address in ((mine, "own@example.org"), (other, "strange@example.org")):
        message = send_news(to=address, provider=provider)
        ReminderSent.objects.create(rule=rule, object=provider, anchor="2026-03-01", recipient=address, message=message)
    client = in_admin(staff(provider=mine))
    page = client.get(f"{RULES}{rule.pk}/change/").text
    assert "own@example.org" in page
    assert "strange@example.org" not in page
    assert "kind=tests.closing" in page
    assert client.get(RULES).context["cl"].result_list.get(pk=rule.pk).times == 1
