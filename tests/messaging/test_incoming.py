"""What comes in by email: whose answer it is, what kind, and that nothing in it does harm."""

import random
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from uuid import uuid4

import pytest

from steppingup.messaging import incoming
from steppingup.messaging.incoming import MOST_CHARACTERS, NO_WORDS, read
from steppingup.messaging.states import ReplyKind

KEY = uuid4()


def email(body: str = "I will come.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {"From": "Amara Okafor <amara@example.org>", "Subject": "Re: The room", "Message-ID": "<1@example.org>"}
    for name, value in {**given, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        made[name] = value
    made.set_content(body)
    return made


@pytest.mark.parametrize(
    "headers",
    [
        {"To": f"replies+{KEY.hex}@example.org"},
        {"To": f'"Stepping Up" <replies+{KEY.hex.upper()}@example.org>, other@example.org'},
        {"Delivered_To": f"replies+{KEY.hex}@example.org"},
        {"In_Reply_To": f"<{KEY}@steppingup.example.org>"},
        {"References": f"<x@y> <{KEY}@steppingup.example.org>"},
    ],
)
def test_what_it_answers_is_known_by_its_address_or_by_what_it_refers_to(headers):
    found = read(email(**headers).as_bytes())
    assert found.answers == (KEY,)
    assert (found.kind, found.text) == (ReplyKind.REPLY, "I will come.")
    assert (found.from_name, found.from_email) == ("Amara Okafor", "amara@example.org")


def test_the_address_holds_before_what_it_refers_to():
    other = uuid4()
    found = read(email(To=f"r+{KEY.hex}@e.org", References=f"<{other}@e.org>").as_bytes())
    assert found.answers == (KEY, other)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, ReplyKind.AWAY),
        ({"Auto_Submitted": "auto-replied; owner-email=x"}, ReplyKind.AWAY),
        ({"X_Autoreply": "yes"}, ReplyKind.AWAY),
        ({"Precedence": "bulk"}, ReplyKind.AWAY),
        ({"Auto_Submitted": "no"}, ReplyKind.REPLY),
        ({}, ReplyKind.REPLY),
    ],
)
def test_who_is_out_of_office_is_known_by_what_the_email_says_of_itself(headers, kind):
    assert read(email(**headers).as_bytes()).kind == kind


def report(action: str = "failed", *, headers_only: bool = False) -> bytes:
    """As a mail server writes that it could not deliver an email (RFC 3464)."""
    made = MIMEMultipart("report", report_type="delivery-status")
    made["From"], made["Subject"], made["Message-ID"] = "MAILER-DAEMON@mx.example.org", "Undelivered", "<2@mx>"
    made["To"], made["Auto-Submitted"] = "stepping-up@example.org", "auto-replied"
    made.attach(MIMEText("I am sorry to have to inform you."))
    status = MIMEBase("message", "delivery-status")
    lines = f"Final-Recipient: rfc822; amara@example.org\nAction: {action}\nStatus: 5.1.1\n"
    status.set_payload(
        [
            _headers("Reporting-MTA: dns; mx.example.org"),
            _headers(lines + "Diagnostic-Code: smtp; 550 5.1.1 No such user"),
        ]
    )
    made.attach(status)
    came_back = f"Message-ID: <{KEY}@steppingup.example.org>\nSubject: The room\n"
    if headers_only:
        part = MIMEText(came_back)
        part.replace_header("Content-Type", "text/rfc822-headers")
    else:
        part = MIMEBase("message", "rfc822")
        part.set_payload([_headers(came_back)])
    made.attach(part)
    return made.as_bytes()


def _headers(text: str):
    from email import message_from_string

    return message_from_string(text + "\n")


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_report_that_it_could_not_be_delivered_names_the_email_and_says_why(headers_only):
    found = read(report(headers_only=headers_only))
    assert (found.kind, found.answers, found.why) == (ReplyKind.FAILED, (KEY,), "550 5.1.1 No such user")
    assert not found.files


def test_a_report_of_a_delay_is_no_failure():
    assert read(report("delayed")).kind == ReplyKind.AWAY


def test_the_words_of_html_stand_without_what_a_browser_would_do_with_them():
    made = MIMEText("<style>p{}</style><p>Yes, <b>please</b>.</p><script>alert(1)</script><p>A &lt;b&gt;", "html")
    text = read(made.as_bytes()).text
    assert text.split() == ["Yes,", "please.", "A", "<b>"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", NO_WORDS),
        (b"\r\n", NO_WORDS),
        (b"\x00\x01\xff", "\ufffd"),
        (b"Subject: =?utf-8?b?w?=\r\n\r\nBroken\x00 subject", "Broken subject"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nGr\xfc\xdfe", "Gr\ufffd\ufffde"),
        (b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe", "Grüße"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno part at all", NO_WORDS),
        (b"Content-Type: text/html\r\n\r\n<<<p <!DOCTYPE <!-- hello", None),
        (b"From: a@b\r\n c@d <\r\nTo: <<<>>>\r\nMessage-ID: \r\n\r\nHello", "Hello"),
        (b"Content-Transfer-Encoding: base64\r\n\r\n====", None),
        (b"X: y\r\n" * 20_000 + b"\r\nMany headers", "Many headers"),
        (b"\r\n" + b"a" * 3_000_000, "a" * MOST_CHARACTERS),
    ],
)
def test_whatever_comes_is_read_without_harm(raw, text):
    found = read(raw)
    assert "\x00" not in found.text + found.subject + found.from_name
    assert len(found.text) <= MOST_CHARACTERS
    assert len(found.key) == 64
    if text is not None:
        assert found.text == text


def test_boxes_within_boxes_are_opened_only_so_far():
    made = MIMEText("Inside")
    for _ in range(80):
        box = MIMEMultipart()
        box.attach(made)
        made = box
    assert read(made.as_bytes()).text in (NO_WORDS, "Inside")


def test_what_was_changed_anywhere_is_read_without_harm():
    dice, whole = random.Random(5), report() + email(To=f"r+{KEY.hex}@e.org").as_bytes()
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        read(bytes(raw))


def test_the_same_email_has_the_same_key_and_one_without_a_number_its_own():
    one, other = email().as_bytes(), email("Other words").as_bytes()
    assert read(one).key == read(other).key  # the same number: the same email, sent twice
    without = [raw.replace(b"Message-ID: <1@example.org>\n", b"") for raw in (one, other)]
    assert read(without[0]).key != read(without[1]).key
    assert read(without[0]).key == read(without[0]).key


def test_no_more_files_are_looked_at_than_some():
    made = MIMEMultipart()
    made.attach(MIMEText("See these"))
    for number in range(incoming.MOST_FILES + 2):
        part = MIMEApplication(b"%PDF-")
        part.add_header("Content-Disposition", "attachment", filename=f"../../{number}.pdf")
        made.attach(part)
    found = read(made.as_bytes())
    assert len(found.files) == incoming.MOST_FILES
    assert len(found.left_out) == 2
