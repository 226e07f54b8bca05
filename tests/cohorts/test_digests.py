"""The line manager's list, who needs attention first, and the email once a month that can be stopped (B31)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import digests
from cohorts.actions.attendance import mark
from cohorts.agreements import with_agreements
from cohorts.models import Enrolment, ManagerDigest, Membership, Session
from cohorts.notices.digests import DIGEST_LINK
from cohorts.progress.teams import team_of, with_asks
from steppingup.accounts.actions.merging import merge
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.coaching import with_employer
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.factories.conversations import talked
from tests.factories.journal import entry_of, shared_with
from tests.factories.reviews import to_sign

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B31")]


@pytest.fixture
def manager():
    return UserFactory(full_name="Jo Maddern")


@pytest.fixture
def cohort():
    return RunningCohortFactory(starts_on=day(-90), ends_on=day(200))


def person_of(cohort, manager, name):
    found = ParticipantFactory(cohort=cohort, participant__full_name=name, line_manager=manager)
    Enrolment.objects.filter(pk=found.pk).update(enrolled_at=timezone.now() - timedelta(days=95))
    Membership.objects.filter(enrolment=found).update(starts_on=day(-95))
    found.refresh_from_db()
    return found


def letters():
    return Message.objects.filter(kind="cohorts.manager_digest").order_by("pk")


def link_of(manager):
    digest = ManagerDigest.objects.get(user=manager)
    link, raw = TokenLink.issue(purpose=DIGEST_LINK, target=digest, email=manager.email, days=9)
    link.raw = raw
    return link


def test_who_needs_attention_comes_first_and_each_line_says_why(client, cohort, manager):
    calm, asked = person_of(cohort, manager, "Ada Calm"), person_of(cohort, manager, "Zoe Asked")
    for one in (calm, asked):
        talked(one, on=day(0))
    to_sign(asked, staff(RoleName.COORDINATOR, cohort.programme.provider))
    shared_with(entry_of(asked))
    client.force_login(manager)
    text = client.get(reverse("cohorts:team")).text
    assert text.index("Zoe Asked") < text.index("Ada Calm")
    assert "1 review to sign, 1 journal entry to read" in text
    assert "At this pace:" in text


@pytest.mark.parametrize("waiting", ["nothing", "a review", "an entry", "two entries", "coaching", "everything"])
def test_what_waits_in_the_list_is_asked_on_the_page_of_the_person_too(client, cohort, manager, waiting):
    one = person_of(cohort, manager, "Ada Osei")
    talked(one, on=day(0))
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    if waiting in ("a review", "everything"):
        to_sign(one, by)
    if waiting in ("coaching", "everything"):
        with_employer(one, by)
    for _ in range({"an entry": 1, "two entries": 2, "everything": 1}.get(waiting, 0)):
        shared_with(entry_of(one))
    client.force_login(manager)
    found = list(with_asks(with_agreements(Enrolment.objects.filter(pk=one.pk).for_steps()), manager))
    listed, shown = team_of(found)[0].waits, client.get(reverse("cohorts:managed", args=[one.pk])).text
    kinds = {"review": "Sign the review", "coaching": "Say whether you support", "journal": "shared with you</"}
    for word, asked in kinds.items():
        assert any(word in line for line in listed) == (asked in shown), word
    assert f"At this pace: <strong>{team_of(found)[0].forecast.in_words}</strong>" in shown
    assert bool(listed) == ("There is nothing that we ask of you" not in shown) == (waiting != "nothing")


def test_of_the_days_before_they_were_the_line_manager_nothing_is_said(client, cohort, manager):
    one = person_of(cohort, manager, "Ada Osei")
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    for ago in (20, 10):
        session = SessionFactory(cohort=cohort)
        starts = timezone.now() - timedelta(days=ago)
        Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=6))
        mark(session=Session.objects.get(pk=session.pk), marks={one.pk: "absent"}, by=by)
    client.force_login(manager)
    page = reverse("cohorts:team")
    assert "absent the last two times" in client.get(page).text
    Membership.objects.filter(enrolment=one).update(starts_on=day(-5))
    assert "absent the last two times" not in client.get(page).text


def test_the_list_costs_the_same_for_one_as_for_thirty(client, cohort, manager, django_assert_max_num_queries):
    person_of(cohort, manager, "Ada 0")
    client.force_login(manager)
    page = reverse("cohorts:team")
    client.get(page)
    with django_assert_max_num_queries(20) as first:
        client.get(page)
    cohort.capacity = 40
    cohort.save()
    for number in range(29):
        person_of(cohort, manager, f"Ben {number}")
    with django_assert_max_num_queries(len(first)):
        client.get(page)


def test_one_email_a_month_over_all_their_people_with_what_they_may_see(cohort, manager):
    for name in ("Ada Osei", "Ben Ito"):
        person_of(cohort, manager, name)
    other = person_of(cohort, UserFactory(), "Somebody Else")
    secret = entry_of(other, "A secret", "A secret")
    assert digests.tell_managers() == 2
    letter = letters().get(to=manager)
    assert "Ada Osei" in letter.text
    assert "Ben Ito" in letter.text
    assert "Somebody Else" not in letter.text
    assert secret.title not in letter.text
    assert digests.tell_managers() == 0, "once a month"
    first = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    with time_machine.travel(datetime(first.year, first.month, 1, 9, tzinfo=UTC)):
        assert digests.tell_managers() == 2


def test_nothing_is_sent_where_there_is_nothing_to_say(cohort, manager):
    one = person_of(RunningCohortFactory(starts_on=day(60), ends_on=day(300)), manager, "Ada Osei")
    assert digests.tell_managers() == 0
    assert not ManagerDigest.objects.exists()
    entry = shared_with(entry_of(one)).entry
    assert digests.tell_managers() == 1
    text = letters().get().text
    assert "1 journal entry to read" in text
    assert entry.title not in text


def test_whoever_is_the_line_manager_no_more_gets_nothing_from_that_moment(cohort, manager):
    one = person_of(cohort, manager, "Ada Osei")
    Enrolment.objects.filter(pk=one.pk).update(line_manager=UserFactory(full_name="Nia New"))
    assert digests.tell_managers() == 0, "the new one has been it for less than a month"
    assert not letters().exists()


def test_it_is_stopped_by_the_link_without_an_account_and_begun_again(client, cohort, manager):
    person_of(cohort, manager, "Ada Osei")
    digests.tell_managers()
    page = reverse("cohorts:digest", args=[link_of(manager).raw])
    text = client.get(page).text
    assert "Stop these emails" in text
    assert "Ada Osei" not in text
    assert "You get no more of these emails" in client.post(page, {"do": "stop"}, follow=True).text
    ManagerDigest.objects.update(told_at=timezone.now() - timedelta(days=40))
    assert digests.tell_managers() == 0
    assert "from next month on" in client.post(page, {"do": "begin"}, follow=True).text
    ManagerDigest.objects.update(told_at=timezone.now() - timedelta(days=40))
    assert digests.tell_managers() == 1
    # Signed in, too.
    client.force_login(manager)
    own = reverse("cohorts:own_digest")
    assert "Get it again" in client.post(own, {"do": "stop"}, follow=True).text
    stranger = UserFactory()
    with pytest.raises(NotAllowed):
        digests.stop(digest=ManagerDigest.objects.get(), by=stranger)
    with pytest.raises(NotAllowed):
        digests.stop(digest=ManagerDigest.objects.get(), by=LinkHolder(TokenLink(purpose="other")))
    client.force_login(stranger)
    assert client.post(own, {"do": "stop"}).status_code == 404


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("stops", ["kept", "gone"])
def test_whoever_stopped_it_with_either_of_two_accounts_gets_none_once_they_are_one(
    client, cohort, manager, stops, both
):
    other = UserFactory(full_name="Jo Maddern")
    person_of(cohort, manager, "Ada Osei")
    person_of(cohort, other, "Zoe Ade")
    digest = digests.digest_of(manager if stops == "kept" else other)
    digests.stop(digest=digest, by=digest.user)
    if both:
        digests.digest_of(other if stops == "kept" else manager)
    link = link_of(digest.user)
    merge(kept=manager, gone=other, by=UserFactory(is_superuser=True, is_staff=True))
    assert ManagerDigest.objects.get().user == manager
    assert digests.tell_managers() == 0
    page = reverse("cohorts:digest", args=[link.raw])
    assert "from next month on" in client.post(page, {"do": "begin"}, follow=True).text, (
        "the link of before goes on working"
    )
    assert ManagerDigest.objects.get().stopped_at is None
