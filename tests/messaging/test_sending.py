"""What is written into the outbox, and in which words."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from steppingup.history.lifecycle import NotPossible
from steppingup.messaging import kinds
from steppingup.messaging.actions import Notice, delivery, send
from steppingup.messaging.adapter import NOTICES, send_account_mail
from steppingup.messaging.defaults import make_defaults
from steppingup.messaging.models import Message, MessageTemplate
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
LINK = "https://example.org/l/s3cret-t0ken"


def test_a_message_reads_well_as_plain_text_and_as_html(send_news):
    message = send_news(to=UserFactory(full_name="Amara Okafor"), note="See you soon.")
    assert message.subject == "News for Amara Okafor about your application"
    assert message.text.startswith(
        "Dear Amara Okafor,\n\nwe have news about your application:\n\n- one\n- two, see our site ("
    )
    assert "See you soon.\n\nOpen it: (private link)\n" in message.text
    assert "<strong>news</strong>" in message.html
    assert f'href="{LINK}"' in message.whole["html"]
    assert f"Open it: {LINK}" in message.whole["text"]


def test_what_somebody_typed_cannot_become_markup(send_news):
    evil = "[click](https://evil.example) <img src=x onerror=alert(1)>\n# Boo\n\n<https://evil.example>"
    message = send_news(thing=evil, note=evil)
    assert "<img" not in message.html
    assert 'href="https://evil' not in message.html
    assert "<h1" not in message.html
    assert "[click](https://evil.example)" in message.text


def test_a_link_made_of_a_value_leads_to_the_web_or_nowhere(news, send_news):
    row = MessageTemplate.objects.nearest(news.key, [])
    row.body = "[see]({{ thing }})"
    row.save()
    assert 'href="javascript' not in send_news(thing="javascript:alert(1)").html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in send_news(thing="https://example.org/a?b=1&c=2").html


def test_a_line_break_in_a_name_cannot_add_a_header(send_news, mailoutbox):
    message = send_news(name="Amara\r\nBcc: everybody@example.org", thing="x\nBcc: y@example.org")
    assert "\n" not in message.subject + message.to_name
    delivery.deliver_due()
    assert list(mailoutbox[0].message().keys()).count("Bcc") == 0
    with pytest.raises(NotPossible, match="not an email address"):
        send_news(to="amara@example.org\nBcc: everybody@example.org")


def test_private_links_are_encrypted_and_gone_once_the_message_is_sent(send_news, mailoutbox):
    message = send_news()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text, convert_from(sealed, 'UTF8') FROM messaging_message t WHERE id = %s", [message.pk]
        )
        row, sealed = cursor.fetchone()
    assert "s3cret" not in row + sealed
    assert delivery.deliver_due() == 1
    assert LINK in mailoutbox[0].body
    message.refresh_from_db()
    assert message.sealed is None
    assert "s3cret" not in message.text + message.html
    assert "(private link)" in message.text


def test_a_message_without_a_private_link_is_kept_once(plain_message):
    message = plain_message()
    assert message.sealed is None
    assert message.whole["text"] == message.text


def test_a_recipient_whose_name_is_not_known_is_greeted_without_one(plain_message):
    assert plain_message().text.startswith("Hello,\n")
    assert plain_message(to=UserFactory(full_name="Amara Okafor")).text.startswith("Dear Amara Okafor,\n")


def test_what_was_said_is_fixed_when_it_is_written(news, send_news):
    message = send_news()
    MessageTemplate.objects.filter(kind=news.key).update(subject="Something else")
    message.refresh_from_db()
    assert message.subject.startswith("News for")


def test_a_message_is_written_with_what_causes_it_or_not_at_all(send_news):
    def fail_afterwards():
        with transaction.atomic():
            send_news()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    assert not Message.objects.exists()


def test_the_words_of_the_cohort_come_before_those_of_the_programme_and_the_default(news, send_news, scope):
    cohort, programme = scope
    make_defaults()
    assert send_news(around=scope).subject.startswith("News for")
    MessageTemplate.objects.create(kind=news.key, scope=programme, subject="Programme", body="x")
    assert send_news(around=scope).subject == "Programme"
    MessageTemplate.objects.create(kind=news.key, scope=cohort, subject="Cohort", body="x")
    assert send_news(around=scope).subject == "Cohort"
    assert send_news(around=[programme]).subject == "Programme"
    assert send_news().subject.startswith("News for")
    assert send_news(around=scope).provider == programme


def test_an_unknown_placeholder_is_refused_with_a_list_of_those_that_may_be_used(news):
    row = MessageTemplate(kind=news.key, subject="Hello {{ nmae }}", body="{{ thing }} {% now %}")
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    sentences = refused.value.message_dict
    assert "“{{ nmae }}” is not available in this message" in sentences["subject"][0]
    assert "{{ thing }}" in sentences["subject"][0]
    assert "bracket" in sentences["body"][0]


def test_a_private_link_cannot_stand_in_a_subject(news):
    with pytest.raises(ValidationError, match="private"):
        MessageTemplate(kind=news.key, subject="{{ link }}", body="x").full_clean()


def test_an_edited_default_is_never_overwritten_and_an_unedited_one_follows_the_file(news):
    make_defaults()
    news.file.write_text("Subject: New words\n\nBody\n")
    kinds._parse.cache_clear()
    make_defaults()
    row = MessageTemplate.objects.get(kind=news.key)
    assert row.subject == "New words"
    row.subject, row.edited = "Mine", True
    row.save()
    news.file.write_text("Subject: Newer words\n\nBody\n")
    kinds._parse.cache_clear()
    make_defaults()
    row.refresh_from_db()
    assert row.subject == "Mine"


def test_every_shipped_text_is_there_and_uses_only_what_it_may():
    from steppingup.messaging.defaults import check_texts

    assert check_texts() == []
    shipped = {kind.key for kind in kinds.all_kinds()}
    assert shipped <= set(MessageTemplate.objects.defaults().values_list("kind", flat=True))


def test_a_forgotten_or_undeclared_placeholder_is_a_mistake_of_the_program(news):
    with pytest.raises(ValueError, match=r"missing placeholders \['note'\]"):
        send(Notice(news, "a@example.org", context={"thing": ""}, secrets={"link": ""}))
    with pytest.raises(ValueError, match="secret"):
        send(Notice(news, "a@example.org", context={"thing": "", "note": "", "link": "https://x"}))


def test_a_message_shows_on_the_pages_of_the_person_and_of_what_it_is_about(send_news):
    person, subject, other = UserFactory(), UserFactory(), UserFactory()
    message = send_news(to=person, about=subject, related=[other, subject])
    for obj in (person, subject, other):
        assert list(Message.objects.about(obj)) == [message]
    assert not Message.objects.about(UserFactory()).exists()


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_a_change_of_how_somebody_signs_in_is_told_in_our_own_words(name):
    told = {"timestamp": timezone.now(), "ip": "192.0.2.7", "provider": "the council"}
    told |= {"from_email": "old@example.org", "to_email": "new@example.org"}
    message = send_account_mail(name, UserFactory().email, told)
    assert message.kind == "account.notice"
    assert "192.0.2.7" in message.text
    assert "tell us straight away: http" in message.text
    assert "recognize" not in message.text
    assert not message.subject.istitle()
