"""Each reminder once: whatever was missed, run twice, or moved."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError

from steppingup.messaging import reminder_kinds, reminders
from steppingup.messaging.actions import Notice
from steppingup.messaging.models import Message, ReminderRule, ReminderSent
from steppingup.messaging.reminders import ReminderItem, ReminderKind, add_rule, work_out_reminders
from tests.factories.accounts import UserFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db
BRISTOL = ZoneInfo("Europe/London")
CLOSING = date(2019, 12, 20)


@pytest.fixture
def closing(news, monkeypatch, db):
    """A reminder of the closing of a window; `.people` get it, `.around` is where they apply."""

    class Closing:
        people = [UserFactory(full_name="Amara Okafor")]
        day = CLOSING
        around: list = []
        links = 0

        def due(self, rule, start, end):
            for person in self.people:
                words = {"thing": "your application", "note": ""}
                yield ReminderItem(self.day, Notice(news, person, person, words, self.issue, scopes=self.around))

        def issue(self):
            self.links += 1
            return {"link": f"https://example.org/l/{self.links}"}

    made = Closing()
    monkeypatch.setattr(reminder_kinds, "_kinds", dict(reminder_kinds._kinds))
    made.kind = reminders.add_reminder_kind(ReminderKind("tests.closing", "Closing", "the closing", news.key, made.due))
    return made


def on(day: date) -> int:
    with time_machine.travel(datetime.combine(day, reminders.DAYTIME[0], BRISTOL), tick=False):
        return reminders.work_out_in_daytime()


def before(days: int, **more) -> ReminderRule:
    return add_rule(kind="tests.closing", days=days, when="before", **more)


def test_it_goes_out_on_its_day_and_only_once_however_often_it_runs(closing):
    before(7)
    assert on(CLOSING - timedelta(days=8)) == 0
    assert on(CLOSING - timedelta(days=7)) == 1
    assert [on(CLOSING - timedelta(days=n)) for n in (7, 7, 6, 0)] == [0, 0, 0, 0]
    assert Message.objects.get().to == closing.people[0]
    assert closing.links == 1  # a private link is made only for what is really sent


def test_a_missed_day_is_caught_up_with_as_long_as_it_is_worth_it(closing):
    before(7, until=-2)
    assert on(CLOSING - timedelta(days=1)) == 0
    assert on(CLOSING - timedelta(days=2)) == 1


def test_another_date_is_another_reminder(closing):
    before(7)
    assert on(CLOSING - timedelta(days=7)) == 1
    closing.day = CLOSING + timedelta(days=10)
    assert on(CLOSING - timedelta(days=6)) == 0
    assert on(CLOSING + timedelta(days=3)) == 1


def test_after_a_date_it_goes_out_so_many_days_later_until_it_is_useless(closing):
    add_rule(kind="tests.closing", days=7, when="after", until=21)
    assert on(CLOSING + timedelta(days=6)) == 0
    assert on(CLOSING + timedelta(days=22)) == 0
    assert on(CLOSING + timedelta(days=21)) == 1


def test_nobody_is_reminded_at_night(closing):
    before(7)
    with time_machine.travel(datetime(2019, 12, 13, 3, 0, tzinfo=BRISTOL)):
        assert reminders.work_out_in_daytime() == 0
    with time_machine.travel(datetime(2019, 12, 13, 9, 0, tzinfo=BRISTOL)):
        assert reminders.work_out_in_daytime() == 1


def test_rules_of_a_cohort_replace_the_default_there(closing, scope):
    cohort, _ = scope
    before(7)
    nearer = before(3, scope=cohort)
    closing.around = scope
    assert on(CLOSING - timedelta(days=7)) == 0
    assert on(CLOSING - timedelta(days=3)) == 1
    ReminderSent.objects.all().delete()
    ReminderRule.objects.filter(pk=nearer.pk).update(active=False)  # switched off for this cohort
    assert on(CLOSING - timedelta(days=2)) == 0


def test_one_that_cannot_be_written_keeps_nobody_else_waiting(closing):
    broken = UserFactory(email="nobody")
    closing.people = [broken, *closing.people]
    rule = before(7)
    assert on(CLOSING - timedelta(days=7)) == 1
    rule.refresh_from_db()
    assert "nobody" in rule.last_problem
    assert not ReminderSent.objects.filter(recipient="nobody").exists()


def test_loading_a_rule_again_keeps_what_was_changed(closing):
    rule = before(7, until=-1)
    ReminderRule.objects.filter(pk=rule.pk).update(active=False)
    assert before(7).active is False
    with pytest.raises(ValidationError, match="never be sent"):
        ReminderRule(kind="tests.closing", days=7, when="before", until=-8).full_clean()


@pytest.mark.django_db(transaction=True)
def test_side_by_side_each_person_is_reminded_once(closing):
    closing.people = [UserFactory() for _ in range(12)]
    before(7)
    done = at_once([lambda: work_out_reminders(today=CLOSING)] * 4)
    assert sum(done) == Message.objects.count() == ReminderSent.objects.count() == 12
