"""Since when participants have not talked with their line manager, and after how many days that is too long: a reminder says it, as
each provider, programme or cohort has it."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.timezone import localdate

from cohorts.extensions import Trouble, TroubleKind
from cohorts.models import Cohort, Conversation, Enrolment, Pause
from steppingup import clock
from steppingup.formats import english
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.notices import scopes_around
from steppingup.messaging.reminders import holds_for

#: The key of the reminder whose days say what is too long.
KIND = "cohorts.conversation_due"
NO_CONVERSATION = TroubleKind("no_conversation", "No conversation with the line manager", 80)
#: Staff look after it when the reminder was in vain for so long.
IN_VAIN = timedelta(days=14)


class Limits:
    """After how many days without a conversation somebody of a cohort is reminded; asks the database once."""

    def __init__(self) -> None:
        self.rules = list(ReminderRule.objects.filter(kind=KIND).order_by("days"))
        self.scoped = {(rule.kind, rule.content_type_id, rule.object_id) for rule in self.rules}

    def of(self, cohort: Cohort) -> timedelta | None:
        """Nothing where nobody is reminded."""
        around = scopes_around(cohort)
        holding = (rule for rule in self.rules if rule.active and holds_for(rule, around, self.scoped))
        rule = next(holding, None)
        return timedelta(days=rule.days) if rule else None


def silent_since(people: Collection[Enrolment]) -> dict[int, date]:
    """Since when each has not talked: the last conversation, else the beginning. A pause counts for nothing, and whoever is on one
    today is not in it."""
    today, own = clock.today(), {"enrolment": OuterRef("pk")}
    talks = Conversation.objects.standing().filter(**own).order_by("-on").values("on")
    pauses = Pause.objects.filter(**own)
    ended = pauses.filter(ends_on__lte=today).order_by("-ends_on").values("ends_on")
    known = Enrolment.objects.filter(pk__in=[one.pk for one in people]).order_by()
    # The last of each, and nobody who is on a pause: in one query, however many there are.
    rows = known.exclude(Exists(pauses.on(today))).values_list("pk", Subquery(talks[:1]), Subquery(ended[:1]))
    by_key = {one.pk: one for one in people}
    return {
        pk: max(by_key[pk].cohort.starts_on, localdate(by_key[pk].enrolled_at), *(one for one in later if one))
        for pk, *later in rows
    }


def overdue(people: Iterable[Enrolment], more: timedelta = timedelta(0)) -> dict[int, tuple[date, timedelta]]:
    """Of these people, those who are reminded by now (and were `more` days ago): since when, and after how long one is."""
    limits, with_manager = Limits(), [one for one in people if one.line_manager_id]
    if not limits.rules or not with_manager:
        return {}
    cohorts = {one.pk: one.cohort for one in with_manager}
    found = {}
    for pk, since in silent_since(with_manager).items():
        limit = limits.of(cohorts[pk])
        if limit is not None and clock.today() - since >= limit + more:
            found[pk] = (since, limit)
    return found


def by_conversations(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """Who does not talk with their line manager although both were reminded (B52). No word of any conversation is read."""
    return [
        Trouble(
            pk,
            NO_CONVERSATION,
            f"none since {english.day_date(since)}",
            max(clock.today(), since + 3 * limit),
            f"Since {english.day_date(since)} we know of no conversation between you and your line manager. If you have talked, write it down "
            "in a few lines. If it is hard to find the time, tell us, and we will see how we can help.",
        )
        for pk, (since, limit) in overdue(people, IN_VAIN).items()
    ]
