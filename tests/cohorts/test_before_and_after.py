"""Where participants see themselves, before and after: what they are asked, who sees it, and what all said together."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import assessing, plans
from cohorts.actions.assessing import Said
from cohorts.assessing import figures
from cohorts.assessing.own import standing_of, with_assessments
from cohorts.models import (
    Assessment,
    AssessmentAnswer,
    AssessmentRelease,
    Cohort,
    Enrolment,
    Plan,
    SharedAssessment,
)
from cohorts.states import EnrolmentStatus, LookedAt
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import all_kinds, make_usual_rules
from tests.cohorts.test_aims import aims
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, complete, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
ALL = {"aim-belong": 2, "aim-lead": 1, "barrier-models": 4, "barrier-voice": 5}


@pytest.fixture
def cohort():
    """Began a week ago, with everything to see oneself against; people can say for a week after the first session where they begin."""
    found = RunningCohortFactory(starts_on=day(-5), ends_on=day(200))
    aims(found.plan)
    return found


@pytest.fixture
def person(cohort):
    return ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")


def say(enrolment, moment="before", *, done=True, sentence="", **changed):
    said = {key: Said(value, sentence) for key, value in (ALL | changed).items()}
    return assessing.assess(enrolment=enrolment, moment=moment, answers=said, done=done, by=enrolment.participant)


def over(cohort) -> Cohort:
    """Its last day was yesterday: people look back."""
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=day(-200), ends_on=day(-1))
    return Cohort.objects.get(pk=cohort.pk)


def standing(enrolment):
    return standing_of(with_assessments(Enrolment.objects.select_related("cohort__plan")).get(pk=enrolment.pk))


def asked(enrolment) -> str:
    now = standing(enrolment).now
    return now.moment if now else ""


def signed_in(client, user):
    client.force_login(user)
    return client


# -- when they are asked ---------------------------------------------------------------------------------


@pytest.mark.requirement("N10")
def test_people_are_asked_before_until_some_days_after_the_first_session_and_after_from_the_last_day_on(cohort, person):
    assert asked(person) == LookedAt.BEFORE
    SessionFactory(cohort=cohort, starts_at=timezone.now() - timedelta(days=7))
    assert asked(person) == LookedAt.BEFORE, "the last of the seven days"
    cohort.sessions.update(starts_at=timezone.now() - timedelta(days=8))
    assert asked(person) == ""
    with pytest.raises(NotPossible, match="not asked about this"):
        say(person)
    over(cohort)
    assert asked(person) == LookedAt.AFTER
    SessionFactory(cohort=cohort, starts_at=timezone.now() + timedelta(days=3))
    assert asked(person) == "", "a session after the last day makes the cohort longer"


@pytest.mark.requirement("N10")
def test_whoever_completes_early_looks_back_from_then_on_and_whoever_left_is_not_asked(cohort, person):
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=day(-60))
    complete(person)
    assert asked(person) == LookedAt.AFTER
    gone = ParticipantFactory(cohort=cohort)
    Enrolment.objects.filter(pk=gone.pk).update(status=EnrolmentStatus.WITHDRAWN, withdrawn_at=timezone.now())
    assert asked(gone) == ""


@pytest.mark.requirement("N10")
def test_whoever_joins_late_is_asked_where_they_begin_all_the_same(cohort):
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=day(-60))
    late = ParticipantFactory(cohort=cohort)
    Enrolment.objects.filter(pk=late.pk).update(enrolled_at=timezone.now())
    assert asked(late) == LookedAt.BEFORE


@pytest.mark.requirement("N10")
def test_they_are_asked_in_the_middle_where_the_plan_says_so():
    cohort = RunningCohortFactory(starts_on=day(-100), ends_on=day(90))
    Plan.objects.filter(pk=cohort.plan_id).update(midway_days=10)
    aims(cohort.plan)
    person = ParticipantFactory(cohort=cohort)
    assert asked(person) == LookedAt.MIDWAY
    say(person, LookedAt.MIDWAY)
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=day(100))
    assert asked(person) == LookedAt.MIDWAY
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=day(50))
    assert asked(person) == "", "ten days after the middle it is over"


def test_nobody_is_asked_about_nothing(client):
    person = ParticipantFactory()
    assert standing(person) is None
    assert signed_in(client, person.participant).get(reverse("cohorts:how_far", args=[person.pk])).status_code == 404
    assert "How far you have come" not in client.get(reverse("cohorts:participant", args=[person.pk])).text


# -- what they say -------------------------------------------------------------------------------------------


@pytest.mark.requirement("N9", "N10")
def test_a_draft_is_kept_changed_and_finished_and_before_and_after_stand_side_by_side(client, cohort, person):
    browser = signed_in(client, person.participant)
    page = browser.get(reverse("cohorts:participant", args=[person.pk])).text
    assert "Say where you see yourself" in page
    url = reverse("cohorts:assess", args=[person.pk, "before"])
    form = browser.get(url).text
    for words in (
        "A council where everybody belongs",
        "Not at all yet",
        "What stands in your way: Social",
        "Completely",
    ):
        assert words in form
    browser.post(url, {"aim-belong": "2", "said-aim-belong": "At first I said little.", "later": "yes"})
    draft = Assessment.objects.get()
    assert (draft.moment, draft.given_at) == ("before", None)
    assert "At first I said little." in browser.get(url).text
    assert "is a draft" in browser.get(reverse("cohorts:how_far", args=[person.pk])).text
    refused = browser.post(url, {"said-aim-belong": "Only a sentence"})
    assert "Choose an answer for at least one of these." in refused.text
    assert "Only a sentence" in refused.text, "what was typed is still there"
    data = {"aim-belong": "2", "said-aim-belong": "At first I said little.", "aim-lead": "1", "barrier-voice": "5"}
    assert browser.post(url, data).status_code == 302
    assert Assessment.objects.get().given_at
    assert browser.post(url, {**data, "aim-belong": "3"}).status_code == 302  # until the last day
    over(cohort)
    assert browser.post(url, data).status_code == 302, "it is over: back to what was said, which stays"
    assert AssessmentAnswer.objects.get(aim__key="belong").value == 3
    browser.post(
        reverse("cohorts:assess", args=[person.pk, "after"]), {**data, "aim-belong": "5", "barrier-voice": "2"}
    )
    page = " ".join(browser.get(reverse("cohorts:how_far", args=[person.pk])).text.split())
    assert (
        '<dt>Before</dt><dd>Partly <span class="quiet">(3 of 5)</span><br><q>At first I said little.</q></dd>' in page
    )
    assert '<dt>After</dt><dd>Fully <span class="quiet">(5 of 5)</span>' in page
    assert '<dt>After</dt><dd>A little <span class="quiet">(2 of 5)</span></dd>' in page, (
        "of the barrier, by its own scale"
    )


@pytest.mark.requirement("N10")
def test_what_was_said_stays_readable_when_next_year_s_aims_are_others(client, cohort, person):
    say(person)
    new, _ = plans.revise(plan=cohort.plan, by=staff(provider=cohort.programme.provider))
    new.aims.all().delete()
    new.scale = "No\nYes"
    new.save()
    page = signed_in(client, person.participant).get(reverse("cohorts:how_far", args=[person.pk])).text
    assert "A council where everybody belongs" in page
    assert "(2 of 5)" in page


@pytest.mark.requirement("N10")
def test_what_somebody_says_is_theirs_alone(client, cohort, person):
    say(person, sentence="My manager talks over me.")
    for user in (UserFactory(), person.line_manager, staff(provider=cohort.programme.provider)):
        with pytest.raises(NotAllowed):
            assessing.assess(enrolment=person, moment="before", answers={"aim-belong": Said(5)}, by=user)
        browser = with_second_factor(client, user)
        for name, more in (("how_far", []), ("assess", ["before"]), ("share_assessment", [])):
            assert browser.get(reverse(f"cohorts:{name}", args=[person.pk, *more])).status_code == 404
        assert not AssessmentAnswer.objects.visible_to(user).exists()
        assert not Assessment.objects.visible_to(user).exists()
    root = UserFactory(is_staff=True, is_superuser=True)
    assert not Assessment.objects.visible_to(root).exists()


@pytest.mark.requirement("N10")
def test_it_is_deleted_for_good_by_whoever_said_it(client, cohort, person):
    say(person)
    browser = signed_in(client, person.participant)
    browser.post(reverse("cohorts:delete_assessments", args=[person.pk]))
    assert not Assessment.objects.exists()
    assert not AssessmentAnswer.objects.exists()


# -- shared with the line manager ----------------------------------------------------------------------------


@pytest.mark.requirement("N10")
def test_the_line_manager_sees_what_is_shared_until_it_is_not_and_the_next_one_does_not(client, cohort, person):
    say(person, sentence="Nobody asks me.")
    own = reverse("cohorts:managed_how_far", args=[person.pk])

    def seen_by(manager) -> str:
        return signed_in(client, manager).get(own).text

    def is_in_the_menu_of(manager) -> bool:
        return own in signed_in(client, manager).get(reverse("cohorts:managed", args=[person.pk])).text

    assert "A council where everybody belongs" not in seen_by(person.line_manager), "off until they share it"
    assert not is_in_the_menu_of(person.line_manager)
    browser = signed_in(client, person.participant)
    take_step(browser, reverse("cohorts:share_assessment", args=[person.pk]))
    told = Message.objects.get(kind="cohorts.assessment_shared")
    assert told.to == person.line_manager
    assert is_in_the_menu_of(person.line_manager)
    page = seen_by(person.line_manager)
    assert "A council where everybody belongs" in page
    assert "A little" in page
    for hidden in ("Nobody asks me.", "Few role models", "Confidence when speaking up"):
        assert hidden not in page
    another = UserFactory()
    Enrolment.objects.filter(pk=person.pk).update(line_manager=another)
    assert "A council where everybody belongs" not in seen_by(another)
    Enrolment.objects.filter(pk=person.pk).update(line_manager=person.line_manager)
    browser = signed_in(client, person.participant)
    take_step(browser, reverse("cohorts:stop_sharing", args=[person.pk]))
    assert not SharedAssessment.objects.exists()
    assert "A council where everybody belongs" not in seen_by(person.line_manager)


# -- reminded ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("N10")
def test_they_are_asked_once_and_reminded_once_before_the_last_day(cohort, person):
    make_usual_rules()
    kinds = {kind.key: kind for kind in all_kinds()}

    def due(key: str, first: int, last: int) -> list[str]:
        found = kinds[key].due(ReminderRule(kind=key), day(first), day(last))
        return [str(item.notice.to) for item in found]

    assert ReminderRule.objects.filter(kind="cohorts.assessment_due", days=3, when="before").exists()
    assert due("cohorts.assessment_asked", -60, 0) == ["Amara Okafor"]
    assert due("cohorts.assessment_due", 2, 2) == ["Amara Okafor"], (
        "the first day was five days ago, and seven more count"
    )
    assert due("cohorts.assessment_due", 3, 60) == []
    say(person, done=False)
    assert due("cohorts.assessment_due", 0, 9) == ["Amara Okafor"], "a draft is not finished"
    say(person)
    assert due("cohorts.assessment_due", 0, 9) == []
    assert due("cohorts.assessment_asked", -60, 9) == []


@pytest.mark.requirement("N10")
def test_staff_see_who_has_finished_and_nothing_of_what_they_said_and_remind_the_rest(client, cohort, person):
    say(person, sentence="My manager talks over me.")
    waits = ParticipantFactory(cohort=cohort, participant__full_name="Bo Adeyemi")
    say(waits, done=False)
    browser = with_second_factor(client, staff(provider=cohort.programme.provider))
    url = reverse("admin:cohorts_cohort_assessments", args=[cohort.pk])
    page = " ".join(browser.get(url).text.split())
    assert "Amara Okafor</a></th><td>Yes</td><td>Not asked yet</td>" in page
    assert "Bo Adeyemi</a></th><td>No</td><td>Not asked yet</td>" in page
    assert "My manager talks over me." not in page
    assert "Remind those who have not said where they see themselves" in page
    take_step(browser, reverse("admin:cohorts_cohort_step", args=[cohort.pk, "remind_to_assess"]))
    told = Message.objects.filter(kind="cohorts.assessment_reminder")
    assert [str(one.to) for one in told] == ["Bo Adeyemi"]


# -- released ------------------------------------------------------------------------------------------------


def long_over(cohort) -> Cohort:
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=day(-300), ends_on=day(-40))
    return Cohort.objects.for_steps().get(pk=cohort.pk)


@pytest.fixture
def answered(cohort):
    """Nine people have answered before and after: all have moved on by one, and four say nothing of barriers."""
    found = [ParticipantFactory(cohort=cohort) for _ in range(9)]
    for number, one in enumerate(found):
        silent = {"barrier-voice": None} if number < 5 else {}
        say(one, **silent)
    ended = over(cohort)
    for number, one in enumerate(found):
        one.cohort = ended
        silent = {"barrier-voice": None} if number < 5 else {"barrier-voice": 3}
        say(one, "after", **{"aim-belong": 3, "aim-lead": 2, "barrier-models": 2, **silent})
    only_before = ParticipantFactory(cohort=ended)
    Assessment.objects.create(enrolment=only_before, moment="before", given_at=timezone.now())
    return long_over(cohort)


@pytest.mark.requirement("N9", "N10", "L10")
def test_a_release_has_what_those_who_answered_both_said_by_aim_benefit_and_theme(client, answered):
    browser = with_second_factor(client, staff(provider=answered.programme.provider))
    take_step(browser, reverse("admin:cohorts_cohort_step", args=[answered.pk, "release_assessments"]))
    release = AssessmentRelease.objects.get()
    by_text = {row["text"]: row for row in release.contents["figures"]}
    belong = by_text["A council where everybody belongs"]
    assert belong["people"] == 9
    assert abs(float(belong["before"]) - 2) <= 4 / 9 + 0.05
    assert abs(float(belong["after"]) - 3) <= 4 / 9 + 0.05
    assert {belong["up"], belong["same"], belong["down"]} <= {0, 5, 10}
    assert by_text["Confidence when speaking up"]["withheld"] == figures.TOO_FEW, "four people are no figure"
    url = reverse("admin:cohorts_cohort_assessments", args=[answered.pk])
    page = browser.get(url).text
    for words in ("Aims", "Benefits", "Barriers: Social", "Barriers: Psychological", "fewer than five people"):
        assert words in page
    table = b"".join(browser.get(f"{url}?export=csv").streaming_content).decode()
    assert "A council where everybody belongs" in table
    assert browser.get(f"{url}?export=xlsx").status_code == 200
    with pytest.raises(NotPossible, match="released already"):
        assessing.release(cohort=answered, by=staff(provider=answered.programme.provider))
    with pytest.raises(InternalError), transaction.atomic():
        AssessmentRelease.objects.update(contents={})


@pytest.mark.requirement("N10")
def test_nothing_is_released_as_long_as_anybody_is_asked_and_nothing_is_said_afterwards(cohort, person):
    by = staff(provider=cohort.programme.provider)
    with pytest.raises(NotPossible, match="People can look back until"):
        assessing.release(cohort=cohort, by=by)
    ended = long_over(cohort)
    Enrolment.objects.filter(pk=person.pk).update(
        status=EnrolmentStatus.COMPLETED, completed_at=timezone.now() - timedelta(days=20)
    )
    with pytest.raises(NotPossible, match="People can look back until"):  # whoever completed late looks back longer
        assessing.release(cohort=ended, by=by)
    Enrolment.objects.filter(pk=person.pk).update(completed_at=timezone.now() - timedelta(days=29))
    assessing.release(cohort=ended, by=by)
    Enrolment.objects.filter(pk=person.pk).update(completed_at=timezone.now())
    assert asked(person) == "", "figures of another day would tell what this one said"
