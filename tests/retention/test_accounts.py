"""Whoever was turned down is forgotten whole: the application with what came back to our emails, and in time the account itself."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.utils import InternalError
from django.utils import timezone

from applications.actions import decisions
from applications.models import Decision
from applications.roles import RoleName
from cohorts.models import Needs
from steppingup.accounts.models import User
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.models import Message, Reply
from steppingup.messaging.states import ReplyKind
from steppingup.retention.actions.accounts import remove_unused
from steppingup.retention.actions.forgetting import forget_due
from steppingup.steps.behalf import DONE_FOR_YOU
from tests.factories import review
from tests.factories.accounts import UserFactory, staff
from tests.retention.test_forgetting import everywhere, later, say

pytestmark = pytest.mark.django_db
WORD = "Quillfeather"
LETTER = {"what": "x", "record": "x", "by": "x", "provider": "x", "asked": "x", "why": WORD}


@pytest.fixture
def window():
    return review.window()


@pytest.fixture
def by(window):
    return review.coordinator(window)


@pytest.fixture
def turned_down(window, by):
    """With everything that this year added: an answer to our email, with its history."""
    person = UserFactory(full_name=f"Ada {WORD}", email="ada@example.org")
    application = review.arrived(window, applicant=person, name=f"Ada {WORD}")
    decisions.turn_down(application=application, reason="not_ready", note=f"{WORD}, later.", by=by)
    letter = Message.objects.filter(to=person).latest("pk")
    Reply.objects.create(
        message=letter, provider=letter.provider, person=person, kind=ReplyKind.REPLY, from_name=f"Ada {WORD}",
        text=f"{WORD} is sorry.", key="k1",
    )  # fmt: skip
    return application


def test_decisions_are_still_changed_and_removed_by_nobody(turned_down):
    rows = Decision.objects.filter(application=turned_down)
    for forbidden in (rows.delete, partial(rows.update, note="x")):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            forbidden()
    assert Decision.objects.filter(application=turned_down).exists()


def test_whoever_was_turned_down_goes_with_what_they_wrote_back_and_then_with_their_account(turned_down, window):
    person = turned_down.applicant
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    send(Notice(DONE_FOR_YOU, person, None, LETTER))
    say(window.cohort.programme.provider)
    with later(days=370):
        assert forget_due() == 1
        assert remove_unused() == 0, "they have signed in within two years"
        assert "messaging.Reply" not in everywhere(f"{WORD} is sorry")
        assert everywhere(f"{WORD} is sorry") == set(), "nor in the history of it"
    with later(days=740):
        assert remove_unused() == 1
        assert everywhere(WORD) == set()
        assert everywhere("ada@example.org") == set()
        assert remove_unused() == 0


def test_an_account_that_something_refers_to_stays(turned_down, by):
    person = turned_down.applicant
    with later(days=800):
        assert remove_unused() == 0
    other = UserFactory(email="ben@example.org")
    send(Notice(DONE_FOR_YOU, other, turned_down, LETTER))
    with_needs = UserFactory()
    Needs.objects.create(person=with_needs, diet="Vegan")
    assert staff(RoleName.ASSESSOR).is_staff
    with later(days=800):
        assert remove_unused() == 0
    assert User.objects.filter(pk__in=[person.pk, other.pk, with_needs.pk, by.pk]).count() == 4


def test_whoever_has_signed_in_since_stays():
    person = UserFactory()
    with time_machine.travel(timezone.localtime() + timedelta(days=740)):
        User.objects.filter(pk=person.pk).update(last_login=timezone.now() - timedelta(days=3))
        assert remove_unused() == 0
        User.objects.filter(pk=person.pk).update(last_login=timezone.now() - timedelta(days=735))
        assert remove_unused() == 1
