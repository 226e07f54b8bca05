"""The demonstration, loaded once: everything that it promises is there, and nobody's data breaks a rule."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Avg, Count, Sum
from django.test import Client, override_settings
from django.utils import timezone

from applications.models import Application, EqualityResponse, Interest, Offer, Review, Statement, Window
from applications.queries import places_left
from applications.states import ApplicationStatus as S
from applications.states import OfferStatus, ReviewStatus
from cohorts.directory import seen_by
from cohorts.models import (
    Certificate,
    CoachingRequest,
    Cohort,
    Conversation,
    DayEntry,
    Destination,
    Enrolment,
    InternalMentor,
    JointInvitation,
    JournalEntry,
    Occasion,
    PeerAnswer,
    PeerPaper,
    PeerPoll,
    Placement,
    PlacementReport,
    Programme,
    Story,
    ThreeWayReview,
)
from cohorts.progress import progress_of_many
from cohorts.states import CertificateStatus, CohortStatus, EnrolmentStatus
from cohorts.states.events import EventKind
from cohorts.states.stories import StoryStatus
from funding.models import BursaryRequest, Commitment, FundingSource, Invoice, LiabilityCase
from funding.rules import year_of
from funding.states import BursaryStatus, CaseStatus, Route
from mentoring.models import Mentor, Pair
from modules.models import Registration
from modules.progress import standing_of
from modules.states import RegistrationStatus
from steppingup.accounts.families import Reach
from steppingup.accounts.models import DemonstrationPerson, Organisation, User
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION
from steppingup.demo import academy, beside, community, leaving, leicester, loading, reset
from steppingup.demo.visitors import is_still_loading
from steppingup.formats.counting import count_words
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from steppingup.messaging.states import MessageStatus
from tests.demo import in_leicester, still_open, whether_it_worked, without_account


@dataclass
class Told:
    """What the command printed, and what there was to see half-way."""

    out: str = ""
    soon: dict[str, int] = field(default_factory=dict)  # the status of the first page of each who is there


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker) -> Iterator[Told]:
    """It is loaded once for this file, and taken back afterwards."""
    out, found = StringIO(), Told()
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMONSTRATION=True):
        call_command("load_demo", first=True, stdout=out)
        found.soon = {entry.title: status_of(entry) for entry in DemonstrationPerson.objects.exclude(address="")}
        call_command("load_demo", stdout=out)
        found.out = out.getvalue()
        with override_settings(DEMONSTRATION=False):
            yield found
        transaction.set_rollback(True)


def status_of(entry: DemonstrationPerson) -> int:
    client = Client()  # of the page that the person begins with
    if entry.user:
        client.force_login(entry.user)
        session = client.session
        session[DEMONSTRATION_SESSION] = True
        session.save()
    return client.get(entry.address).status_code


@pytest.fixture(autouse=True)
def _loaded(told: Told) -> Iterator[None]:
    """Every test of this file looks at the same demonstration, and leaves it as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def cohort(status: str) -> Cohort:
    return Cohort.objects.get(status=status, programme__slug="stepping-up")


def statuses(of: Cohort) -> Counter:
    return Counter(of.applications.values_list("status", flat=True))


def test_there_are_three_cohorts_with_so_many_people(told):
    finished, running, coming = (
        cohort(s) for s in (CohortStatus.FINISHED, CohortStatus.RUNNING, CohortStatus.PUBLISHED)
    )
    assert finished.starts_on.year == 2020
    assert timedelta(days=130) < timezone.localdate() - running.starts_on < timedelta(days=180)
    assert running.enrolments.holding_a_place().count() == 24
    assert coming.window.is_open()
    ours = Application.objects.filter(cohort__programme__slug=loading.PROGRAMME)
    assert 60 <= ours.count() <= 75
    assert Organisation.objects.filter(partnerships__isnull=False).count() >= 25
    assert Organisation.objects.filter(is_provider=False).count() == 30
    assert Mentor.objects.count() == 40
    assert "Corporate Fund: £5,000 of £40,000 left" in told.out


@pytest.mark.requirement("C4", "C5", "R1", "R7", "R9", "R11", "R12")
def test_four_providers_run_six_programmes_and_two_of_them_share_a_day():
    programmes = Programme.objects.values_list("slug", "provider__slug")
    assert dict(programmes) == {
        "stepping-up": "bristol-city-council",
        "community-leaders": "bristol-city-council",
        "nhs-stepping-up": "nhs-leadership-academy",
        "nhs-ready-now": "nhs-leadership-academy",
        "moving-up": "skills-for-care",
        "reach-higher": "leicester-city-council",
    }
    open_now = Window.objects.public().open_at().values_list("cohort__programme__slug", flat=True)
    assert set(open_now) == {slug for slug, _ in programmes} - {leicester.PROGRAMME}  # its people are at work
    in_leicester.everything_is_there()
    whether_it_worked.everything_is_there()
    [joint] = JointInvitation.objects.all()
    assert (joint.status, joint.cohort.programme.slug) == ("accepted", "moving-up")
    assert joint.session.starts_at == joint.host_session.starts_at > timezone.now()


def test_the_awkward_cases_are_there():
    finished, running, coming = (
        cohort(s) for s in (CohortStatus.FINISHED, CohortStatus.RUNNING, CohortStatus.PUBLISHED)
    )
    late = running.applications.filter(status=S.DRAFT)
    assert late.exists()
    assert any("cv" in application.parts_done for application in late)  # all was ready, and the window had closed
    assert any("cv" not in application.parts_done for application in late)
    for status in (S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.TURNED_DOWN, S.WAITING, S.OFFERED):
        assert statuses(running)[status], status
    for status in (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.HELD, S.WITHDRAWN):
        assert statuses(coming)[status], status
    here = Offer.objects.filter(application__cohort__programme__slug=loading.PROGRAMME)
    assert here.filter(status=OfferStatus.MADE, expires_at__gt=timezone.now()).count() == 1
    means = (
        coming.applications.filter(status=S.IN_REVIEW)
        .annotate(mean=Avg("reviews__total"))
        .values_list("mean", flat=True)
    )
    assert max(Counter(mean for mean in means if mean).values()) >= 2  # tied
    assert Counter(Review.objects.filter(application__cohort=coming).values_list("status", flat=True)).keys() >= {
        ReviewStatus.ASSIGNED,
        ReviewStatus.SUBMITTED,
    }
    ended = Counter(finished.enrolments.values_list("status", flat=True))
    assert ended.keys() == {EnrolmentStatus.COMPLETED, EnrolmentStatus.ENROLLED, EnrolmentStatus.WITHDRAWN}
    certificates = Counter(Certificate.objects.values_list("status", flat=True))
    assert certificates[CertificateStatus.REVOKED] == 1
    assert certificates[CertificateStatus.ISSUED] >= 6


def test_places_in_the_nhs_went_in_the_order_of_submission():
    recent = Cohort.objects.filter(programme__slug=academy.PROGRAMME, window__opens_at__year__gte=2021)
    of = recent.get(status=CohortStatus.PUBLISHED)
    assert set(statuses(of)) >= {S.DRAFT, S.SUBMITTED, S.OFFERED, S.ACCEPTED, S.DECLINED, S.EXPIRED, S.WAITING}
    rows = of.applications.exclude(number=None).order_by("number")
    assert [one.number for one in rows] == list(range(1, len(academy.PEOPLE) + 1))
    assert rows.filter(passed_on_at__isnull=False).count() == rows.filter(held_until__isnull=False).count() == 1
    free, kept = places_left(of)
    assert free == kept  # nobody waits while a place is free
    last = max(one.number for one in rows if one.status in (S.OFFERED, S.ACCEPTED))
    assert min(one.number for one in rows.in_line()) > last


@pytest.mark.requirement("N13", "N14", "N15")
def test_of_three_who_left_the_nhs_one_owes_nothing_one_half_and_one_waits_to_be_decided():
    cases = {case.agreement.person.full_name: case for case in LiabilityCase.objects.for_steps()}
    waived, reduced, waits = (cases[name] for name in (leaving.WAIVED, leaving.REDUCED, leaving.WAITS))
    assert (waived.status, waived.owed, waived.assessed) == (CaseStatus.WAIVED, 0, 970)
    assert (reduced.status, reduced.owed) == (CaseStatus.OWED, leaving.REDUCED_TO)
    assert reduced.decided_by != reduced.appeal_decided_by
    assert Invoice.objects.get(agreement=reduced.agreement).amount == leaving.REDUCED_TO
    assert LiabilityCase.objects.to_decide().get() == waits


def test_the_days_in_the_ledger_are_within_the_plan_and_add_up():
    running = cohort(CohortStatus.RUNNING)
    for of in (running, cohort(CohortStatus.FINISHED)):
        people = list(of.enrolments.all())
        for progress in progress_of_many(people).values():
            assert all(part.done <= part.planned for part in progress.components if part.component.key != "mentoring")
            assert progress.done + progress.left - sum(p.beyond for p in progress.components) == 30
    people = list(running.enrolments.holding_a_place())
    done = sorted(progress.counted for progress in progress_of_many(people).values())
    assert 12 <= done[len(done) // 2] <= 18  # half-way
    assert done[0] < 10  # and some are behind
    assert DayEntry.objects.filter(on__gt=timezone.localdate()).count() == 0


def test_no_cohort_has_more_participants_than_places_and_hosts_and_mentors_are_from_elsewhere():
    for of in Cohort.objects.all():
        assert of.enrolments.holding_a_place().count() <= of.capacity
    for placement in Placement.objects.exclude(component__counterpart="own").select_related("enrolment__employer"):
        assert placement.host_id not in placement.enrolment.employer.family_ids(Reach.SISTER)
    for pair in Pair.objects.select_related("enrolment__employer", "mentor"):
        assert pair.mentor.organisation_id not in pair.enrolment.employer.family_ids(Reach.SISTER)
    assert Pair.objects.filter(mentor__user__demonstration__title="Mentor").count() == 2


def test_no_fund_is_below_zero_and_the_money_adds_up():
    for fund in FundingSource.objects.all():
        assert fund.left >= 0
        assert fund.committed == (Commitment.objects.filter(source=fund).aggregate(s=Sum("amount"))["s"] or 0)
    assert 0 < FundingSource.objects.get(route=Route.INTERNAL).left <= 5000  # of whom one left, and gave it back
    decided = Counter(BursaryRequest.objects.values_list("status", flat=True))
    assert decided[BursaryStatus.REQUESTED] == 2  # of an employer, and of a volunteer himself
    assert decided[BursaryStatus.REFUSED] == 1
    assert Invoice.objects.overdue().exists()
    assert Invoice.objects.values("series").distinct().count() == 2
    for series, year in set(Invoice.objects.values_list("series", "year")):
        rows = Invoice.objects.filter(series=series, year=year).order_by("number")
        numbers = list(rows.values_list("number", "issued_on"))
        assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [day for _, day in numbers] == sorted(day for _, day in numbers)
        assert {year_of(day, "financial") for _, day in numbers} == {year}


def test_somebody_has_nine_of_thirteen_credits_and_several_have_the_certificate():
    assert Registration.objects.filter(status=RegistrationStatus.ACHIEVED).count() >= 3
    person = DemonstrationPerson.objects.get(title="Participant").user
    standing = standing_of(Registration.objects.get(enrolment__participant=person))
    assert (standing.credits_passed, standing.target.credits) == (9, 13)


def test_what_people_wrote_is_within_the_limit_and_not_the_same():
    texts = list(
        Statement.objects.filter(application__cohort=cohort(CohortStatus.PUBLISHED)).values_list("text", flat=True)
    )
    assert len(set(texts)) > 0.9 * len(texts)
    lengths = [count_words(text) for text in Statement.objects.values_list("text", flat=True)]
    assert max(lengths) <= 250
    assert min(lengths) < 25
    assert EqualityResponse.objects.count() >= 50


def test_nothing_of_the_past_is_delivered_or_reminded_of():
    # It was loaded within the last hour, and took then what was more than a day old for sent.
    before, yesterday = timezone.now() - timedelta(hours=25), timezone.now() - timedelta(hours=24)
    past = Counter(Message.objects.filter(created_at__lt=before).values_list("status", flat=True))
    assert past.keys() == {MessageStatus.SENT, MessageStatus.FAILED}
    assert past[MessageStatus.FAILED] < 10
    # What is about a day old is settled or not, by the minute at which the demonstration was loaded.
    recent = Message.objects.filter(created_at__gte=yesterday + timedelta(hours=2))
    assert recent.exists()
    assert set(recent.values_list("status", flat=True)) == {MessageStatus.QUEUED}
    rounded = timezone.localdate(timezone.now() - timedelta(hours=8, minutes=5))  # this morning's may be to come
    with transaction.atomic():
        assert work_out_reminders(today=rounded) == 0
        transaction.set_rollback(True)


@pytest.mark.requirement("C7", "N21")
def test_graduates_have_told_stories_and_everybody_reads_those_that_were_agreed_to(client):
    by_status = Counter(Story.objects.values_list("status", flat=True))
    assert by_status == {StoryStatus.PUBLISHED: 2, StoryStatus.PROPOSED: 1, StoryStatus.SENT: 1}
    page = client.get("/programmes/bristol-city-council/stepping-up/stories/").content.decode()
    assert all(one.worded_title in page for one in Story.objects.filter(status=StoryStatus.PUBLISHED))
    assert "Six people on a Thursday" not in page


def test_every_stamp_and_every_line_of_history_carries_its_day():
    first = Application.objects.earliest("submitted_at")
    assert first.submitted_at.year == 2019
    assert {event.pgh_created_at.year for event in first.events.all()} == {2019, 2020}
    context = first.events.earliest("pgh_id").pgh_context
    assert context.metadata == {"source": "load_demo", "user": first.applicant_id}
    assert Message.objects.earliest("created_at").created_at.year == 2019
    assert abs(timezone.now() - Message.objects.latest("created_at").created_at) < timedelta(days=2)


def test_after_some_seconds_there_is_somebody_to_be_and_the_others_come_later(told):
    assert len(told.soon) == 15
    assert set(told.soon.values()) == {200}
    assert "Participant" not in told.soon
    assert not is_still_loading()


def test_there_is_somebody_for_each_role_and_their_first_page_opens(settings, client):
    settings.DEMONSTRATION = True
    entries = list(DemonstrationPerson.objects.select_related("user"))
    assert len(entries) == 27
    assert [entry.title for entry in entries if status_of(entry) != 200] == []
    without_account.everybody_is_one_click_away(client)
    assert "Ruth Amankwah" in client.get("/in-confidence/bristol-city-council/").content.decode()


def test_loading_again_changes_nothing():
    def counts() -> list[int]:
        return [model.objects.count() for model in (User, Application, Enrolment, DayEntry, Message, Invoice)]

    before, out = counts(), StringIO()
    call_command("load_demo", stdout=out)
    assert counts() == before
    assert "already" in out.getvalue()


def test_it_is_refused_in_production_and_removes_nothing_outside_a_demonstration(settings):
    with pytest.raises(CommandError, match="demonstration only"):
        call_command("load_demo", reset=True)
    with pytest.raises(RuntimeError):
        reset.remove_everything()
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="no place in production"):
        call_command("load_demo")
    assert loading.is_loaded()
    assert Application.objects.values("cohort").annotate(n=Count("pk")).count() == 5


@pytest.mark.requirement("B2", "B38")
def test_a_self_employed_person_and_a_volunteer_have_asked_for_a_bursary_themselves():
    freelance, volunteer = (
        Application.objects.get(cohort__programme__slug=community.PROGRAMME, full_name=name)
        for name in (community.FREELANCE, community.VOLUNTEER)
    )
    assert (freelance.status, freelance.works_as) == (S.SUBMITTED, "Self-employed")
    agreement = freelance.fee_agreement
    assert (agreement.self_paid, agreement.bursary_amount, agreement.employer_pays) == (True, 400, 200)
    assert (volunteer.status, volunteer.works_as) == (S.DRAFT, "Volunteer with St Werburghs Community Larder")
    request = BursaryRequest.objects.get(agreement__person=volunteer.applicant)
    assert (request.status, request.agreement.self_paid) == (BursaryStatus.REQUESTED, True)


@pytest.mark.requirement("C6")
def test_people_of_the_nhs_and_of_skills_for_care_find_one_another_and_bristols_their_own():
    def seen(name):
        return {one.name for one in seen_by(User.objects.get(full_name=name))}

    assert seen("Beatriz Fonseca") == {"Grace Adeyemi", "Jerome Baptiste", "Kwabena Osei-Tutu", "Noor Siddiqui"}
    assert seen("Noor Siddiqui") == {"Beatriz Fonseca", "Kwabena Osei-Tutu"}  # who stays with her own provider
    assert seen("Amara Okafor") == {"Leila Farouk"}


@pytest.mark.requirement("C3")
def test_a_graduate_of_the_nhs_wants_to_hear_of_ready_now():
    asked = Interest.objects.get(graduate__participant__full_name="Beatriz Fonseca")
    assert (asked.programme.slug, asked.left_at) == (beside.READY_NOW, None)
    assert asked.last_told_at is not None  # its applications have opened since


def test_people_under_way_keep_journals_meet_in_groups_and_say_how_an_assignment_goes():
    under_way = Cohort.objects.get(status=CohortStatus.RUNNING, programme__slug="stepping-up")
    assert JournalEntry.objects.filter(enrolment__cohort=under_way).count() >= 4
    assert PeerPaper.objects.filter(peer_group__cohort=under_way).count() == 2
    poll = PeerPoll.objects.asking().get(peer_group__cohort=under_way)
    assert PeerAnswer.objects.filter(half_day__poll=poll).values("enrolment").distinct().count() == 3
    said = PlacementReport.objects.given().filter(placement__enrolment__cohort=under_way)
    assert said.count() >= 2


def test_graduates_were_celebrated_and_say_for_three_years_where_they_are():
    finished = cohort(CohortStatus.FINISHED)
    ceremony = Occasion.objects.get(cohort=finished, kind=EventKind.CEREMONY)
    assert ceremony.bookings.filter(came=True).count() >= 4
    asked = Destination.objects.filter(enrolment__cohort=finished)
    assert set(asked.values_list("months", flat=True)) == {0, 6, 12, 24, 36}
    assert 0 < asked.answered().count() < asked.count()
    still_open.employers_were_asked()


def test_people_under_way_are_supported_beside_the_plan():
    under_way = {"enrolment__cohort": cohort(CohortStatus.RUNNING)}
    reviews = ThreeWayReview.objects.filter(**under_way)
    assert (reviews.count(), reviews.exclude(signed_at=None).count()) == (3, 2)
    assert CoachingRequest.objects.filter(**under_way).exclude(coach=None).count() == 1
    assert CoachingRequest.objects.filter(**under_way).count() == 3
    assert InternalMentor.objects.filter(**under_way).count() == 2
    assert Conversation.objects.filter(**under_way).count() >= 12
    assert under_way["enrolment__cohort"].enrolments.exclude(works_on=[]).count() == 2


def test_an_evening_is_full_and_two_choose_among_what_is_offered_by_a_link():
    still_open.everything_is_there()
