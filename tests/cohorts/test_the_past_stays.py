"""Whatever comes one after the other of moving, to another group or cohort, leaving, returning, pausing, working on other days, marking,
correcting and working, on days of one's own and on days together: the past stays as it was, and no date has more than a day."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import attendance, enrolments, marking, pausing, placements, transfers, working_days
from cohorts.models import Attendance, DayEntry, Enrolment, JointInvitation, PlacementDay, Session
from cohorts.models.joint import others_of
from cohorts.progress import progress_of
from cohorts.progress.dates import dates_of
from cohorts.states import JOINT, Mark
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day

DAYS = 6
ago = st.integers(0, DAYS)
OPERATIONS = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 2), ago),
    st.tuples(st.just("transfer"), st.integers(0, 1), ago),
    st.tuples(st.just("leave"), ago),
    st.tuples(st.just("come_back"), ago),
    st.tuples(st.just("mark"), st.integers(0, 4 * DAYS), st.sampled_from(Mark.values)),
    st.tuples(st.just("work"), ago, st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1)])),
    st.tuples(st.just("unwork"), ago),
    st.tuples(st.just("pause"), ago, st.integers(1, 4)),
    st.tuples(st.just("unpause")),
    st.tuples(st.just("part_time"), st.sets(st.integers(0, 6), min_size=1)),
)


class ThePastStays(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.cohort = RunningCohortFactory()
        cls.cohort.plan.components.filter(kind="stretch").update(least=99, most=99)  # before anybody begins
        cls.by = staff(provider=cls.cohort.programme.provider)
        cls.groups = [cls.cohort.peer_groups.create(name=name) for name in ("Avon", "Frome")]
        cls.person = ParticipantFactory(cohort=cls.cohort, peer_group=cls.groups[0])
        cls.placement = placements.set_placement(
            enrolment=cls.person, host=OrganisationFactory(), kind="project", title="A front desk", by=cls.by
        )
        cls.other = RunningCohortFactory(programme=cls.cohort.programme, plan=cls.cohort.plan)
        cls.sessions = []
        for number in range(1, DAYS + 1):
            # Every third day everybody meets for a day, on the others each group meets for half of one.
            for group in (None,) if number % 3 == 0 else cls.groups:
                starts = timezone.make_aware(datetime.combine(day(-number), time(9)))
                ends = starts + timedelta(hours=3 if group else 7)
                cls.sessions.append(
                    SessionFactory(
                        cohort=cls.cohort,
                        peer_group=group,
                        starts_at=starts,
                        ends_at=ends,
                        days=Decimal("0.5" if group else 1),
                    )
                )
            starts = timezone.make_aware(datetime.combine(day(-number), time(13)))
            ends = starts + timedelta(hours=3)
            theirs = SessionFactory(cohort=cls.other, starts_at=starts, ends_at=ends, days=Decimal("0.5"))
            cls.sessions.append(theirs)
            if number % 3 == 0:
                cls.share(cls.sessions[-2], theirs)

    @classmethod
    def share(cls, host: Session, guest: Session) -> None:
        """The other cohort is there for the afternoon."""
        asked = JointInvitation.objects.create(host_session=host, cohort=cls.other, asked_by=cls.by)
        JOINT.move(asked, "accept", session=guest, answered_at=timezone.now())

    # -- what is asked and what is expected ---------------------------------------------------------

    def take(self, name: str, *given: Any) -> None:
        person = Enrolment.objects.get(pk=self.person.pk)
        if name == "move":
            groups = self.groups if person.cohort == self.cohort else []
            group = [*groups, None][given[0] % (len(groups) + 1)]
            enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-given[1]), by=self.by)
        elif name == "transfer":
            cohort = (self.cohort, self.other)[given[0]]
            transfers.transfer(enrolment=person, cohort=cohort, from_on=day(-given[1]), by=self.by)
        elif name == "leave":
            enrolments.withdraw(enrolment=person, reason="A new job.", on=day(-given[0]), by=self.by)
        elif name == "come_back":
            enrolments.come_back(enrolment=person, on=day(-given[0]), by=self.by)
        elif name == "pause":
            back_on = day(given[1] - given[0])
            pausing.pause(enrolment=person, starts_on=day(-given[0]), ends_on=back_on, by=self.by)
        elif name == "unpause":
            pausing.remove_pause(enrolment=person, by=self.by)
        elif name == "part_time":
            working_days.say_working_days(enrolment=person, works_on=given[0], by=self.by)
        elif name == "mark":
            session = self.sessions[given[0] % len(self.sessions)]
            attendance.mark(session=session, marks={person.pk: given[1]}, by=self.by)
        elif name == "work":
            self.placement.enrolment = person
            placements.record_day(placement=self.placement, on=day(-given[0]), days=given[1], by=self.by)
        else:
            for found in PlacementDay.objects.filter(on=day(-given[0]), removed_at=None):
                placements.remove_day(day=found, by=self.by)

    def registers(self) -> dict[int, str | None]:
        """For each session the mark, empty when it is due, nothing when she does not stand in the register."""
        found: dict[int, str | None] = {}
        for session in self.sessions:
            lines = {line.enrolment.pk: line.mark for line in attendance.register_of(session)}
            found[session.pk] = lines.get(self.person.pk)
        return found

    def marks(self) -> dict[int, str]:
        return dict(Attendance.objects.filter(enrolment=self.person).values_list("session", "mark"))

    def balance(self) -> dict[Any, Decimal]:
        rows = DayEntry.objects.filter(enrolment=self.person).order_by().values("on")
        return {row["on"]: row["sum"] for row in rows.annotate(sum=Sum("days")) if row["sum"]}

    def effective_from(self, name: str, *given: Any) -> Any:
        """The first day of which the operation may speak; marks and work speak of their own day alone."""
        if name in ("move", "transfer"):
            return day(-given[1])
        return day(-given[0]) if name in ("leave", "come_back") else None

    # -- the property ------------------------------------------------------------------------------

    @settings(max_examples=15, deadline=None)
    @given(st.lists(OPERATIONS, min_size=1, max_size=9))
    def test_the_past_stays(self, operations: list[tuple[Any, ...]]) -> None:
        before = self.state()
        for operation in operations:
            try:
                self.take(*operation)
            except NotPossible:
                assert (self.marks(), self.balance()) == before[1:]
                continue
            after = self.state()
            self.compare(operation, before, after)
            self.check(after)
            before = after

    def state(self) -> tuple[Any, Any, Any]:
        return self.registers(), self.marks(), self.balance()

    def compare(self, operation: Any, before: Any, after: Any) -> None:
        name, first = operation[0], self.effective_from(*operation)
        if name in ("move", "transfer", "leave", "come_back"):
            assert after[1:] == before[1:], "marks or days were lost"
            for session in self.sessions:
                if timezone.localdate(session.starts_at) < first:
                    assert after[0][session.pk] == before[0][session.pk], (operation, session)
        elif name in ("pause", "unpause"):
            assert after[1:] == before[1:], "marks or days were lost"
        elif name == "mark":
            session = self.sessions[operation[1] % len(self.sessions)]
            # On a day together the mark stands with the cohort that they were on.
            assert after[1] in [before[1] | {one.pk: operation[2]} for one in (session, *others_of(session))]
        else:
            assert after[0] == before[0]

    def check(self, after: Any) -> None:
        registers, marks, balance = after
        expected: dict[Any, Decimal] = defaultdict(Decimal)
        for session in self.sessions:
            expected[timezone.localdate(session.starts_at)] += marking.days_for(
                session.component, session.days, marks.get(session.pk, Mark.ABSENT)
            )
        for found in PlacementDay.objects.filter(removed_at=None):
            expected[found.on] += found.days
        assert balance == {on: days for on, days in expected.items() if days}
        assert all(0 <= days <= 1 for days in balance.values())
        assert not [on for on in balance for pause in self.person.pauses.all() if pause.covers(on)]
        person = Enrolment.objects.get(pk=self.person.pk)
        assert progress_of(person).done == sum(expected.values())
        assert {date.session.pk for date in dates_of(person)} == {
            pk for pk, mark in registers.items() if mark is not None
        }
        spans = list(person.memberships.all())
        assert all(a.ends_on is not None and a.ends_on <= b.starts_on for a, b in zip(spans, spans[1:], strict=False))
        assert (spans[-1].ends_on is None) == (person.withdrawn_at is None)
        assert (spans[-1].cohort_id, spans[-1].peer_group_id) == (person.cohort_id, person.peer_group_id)
        assert all(span.peer_group is None or span.peer_group.cohort_id == span.cohort_id for span in spans)
        assert Session.objects.count() == len(self.sessions)
