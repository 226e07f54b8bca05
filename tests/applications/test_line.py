"""Those just above the line and just below it are asked whether we may ask, and asked, and forgotten (issue 10, section 5)."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.urls import reverse

from applications.actions import line
from applications.line_notices import ASKED, REMINDER
from applications.models import Application, Line, LineAnswer, LineConsent
from applications.models.line import outcomes
from applications.retention import line_consents
from applications.states import ApplicationStatus as S
from steppingup import clock
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.step import Step
from steppingup.steps.taking import take
from tests.factories import line as make
from tests.factories import review
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def of_cohort(window):
    return type(window.cohort).objects.select_related("programme__provider", "rule_set").get(pk=window.cohort_id)


# -- the line ----------------------------------------------------------------------------------------


def test_the_line_lies_where_the_places_end():
    of, _, by = make.round_of(90, 80, 70, 65, 30, places=2)
    found = make.drawn(of, by)
    assert (found.score, found.near_above, found.near_below) == (80, 2, 1)
    assert (found.points_of(65), found.points_of(90)) == (-15, 10)


def test_ties_stand_on_both_sides_as_the_ranking_has_them():
    of, people, by = make.round_of(90, 80, 80, 80, places=2)
    with pgtrigger.ignore():
        Application.objects.filter(pk=people[3].pk).update(top_scores=2)
    found = make.drawn(of, by)
    consents = {one.pk: make.agreed(review.fresh(one)) for one in people}
    assert [(consents[one.pk].points, consents[one.pk].is_above) for one in people] == [
        (10, True), (0, False), (0, False), (0, True),
    ]  # fmt: skip
    assert (found.near_above, found.near_below) == (2, 2)


def test_the_line_stays_whatever_becomes_of_the_scores():
    of, people, by = make.round_of(90, 80, 70, places=2)
    found = make.drawn(of, by)
    with pgtrigger.ignore():
        Application.objects.filter(pk=people[2].pk).update(mean_total=95)
    assert Line.objects.get().score == 80
    with pytest.raises(Exception, match="frozen"):
        Line.objects.filter(pk=found.pk).update(score=1)


@pytest.mark.parametrize(
    ("means", "places", "code"), [((90, 80), 2, "no_line"), ((), 2, "no_line"), ((90, 80, 10), 2, "nobody_near")]
)
def test_no_line_is_drawn_without_anybody_below_it(means, places, code):
    of, _, by = make.round_of(*means, places=places)
    with pytest.raises(NotPossible) as refused:
        make.drawn(of, by)
    assert refused.value.code == code


def test_no_line_is_drawn_before_everybody_is_decided_or_where_nobody_is_scored():
    of, _, by = make.round_of(90, 80, 70, places=2)
    review.arrived(of)
    with pytest.raises(NotPossible, match="still to be decided") as refused:
        make.drawn(of, by)
    assert refused.value.code == "to_decide"
    order = review.first_come(capacity=2)
    with pytest.raises(NotPossible) as refused:
        make.drawn(order, review.coordinator(order))
    assert refused.value.code == "not_by_merit"


def test_it_is_stopped_and_goes_on_with_the_same_line():
    of, people, by = make.round_of(90, 80, 70, places=2)
    with pytest.raises(NotPossible) as refused:
        line.stop_asking_near_line(cohort=of_cohort(of), by=by)
    assert refused.value.code == "not_asked_at_line"
    make.drawn(of, by)
    with pytest.raises(NotPossible) as refused:
        make.drawn(of, by)
    assert refused.value.code == "asked_at_line"
    line.stop_asking_near_line(cohort=of_cohort(of), by=by)
    assert line.line_to_agree(people[2]) is None
    with pytest.raises(NotPossible) as refused:
        line.agree(application=people[2], by=people[2].applicant)
    assert refused.value.code == "not_asked_at_line"
    with pytest.raises(NotPossible) as refused:
        make.drawn(of, by, width=11)
    assert refused.value.code == "line_kept"
    make.drawn(of, by)
    assert line.line_to_agree(people[2]) == Line.objects.get()


def test_whoever_applies_there_draws_no_line():
    of, _, by = make.round_of(90, 80, 70, places=2)
    review.arrived(of, applicant=by)
    with pytest.raises(OwnRecord):
        make.drawn(of, by)


def test_the_page_before_says_how_many_stand_near():
    of, _, by = make.round_of(90, 80, 70, 60, places=2)
    said = line._what_it_means(of_cohort(of), Decimal(10))
    assert said.endswith("2 people are so near above the line, and 1 below it.")
    assert "so near" not in line._what_it_means(of_cohort(of))


# -- agreeing ----------------------------------------------------------------------------------------


def test_only_those_near_the_line_who_have_heard_are_asked(client):
    of, people, by = make.round_of(95, 80, 75, 30, places=2)
    late = make.scored(of, 74, by, S.HELD)
    make.drawn(of, by)
    assert [line.line_to_agree(one) is not None for one in (*people, late)] == [False, True, True, False, False]
    for one, status in ((people[1], 200), (people[2], 200), (people[0], 404), (people[3], 404), (late, 404)):
        client.force_login(one.applicant)
        page = client.get(reverse("applications:application", args=[one.pk]))
        assert (line.QUESTION in page.content.decode()) is (status == 200)
        assert client.get(reverse("applications:line_question", args=[one.pk])).status_code == status
    client.force_login(UserFactory())
    assert client.get(reverse("applications:line_question", args=[people[1].pk])).status_code == 404


def test_somebody_reads_what_they_agree_to_and_it_is_kept_word_for_word(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    client.force_login(people[2].applicant)
    here = reverse("applications:line_question", args=[people[2].pk])
    page = client.get(here).content.decode()
    assert not LineConsent.objects.exists()
    assert "no effect on this application or any other" in page
    assert client.post(here).status_code == 302
    consent = LineConsent.objects.get()
    assert (consent.points, consent.is_above, consent.person) == (-5, False, people[2].applicant)
    assert consent.wording == line.wording(of_cohort(of))
    assert client.post(here).status_code == 302  # the second press
    assert LineConsent.objects.count() == 1
    shown = client.get(reverse("applications:line_consent", args=[consent.pk])).content.decode()
    assert consent.wording in shown
    assert "5 points below the line" in shown
    assert client.get(reverse("applications:list")).content.decode().count("what we keep") == 1
    assert (
        client.get(reverse("applications:application", args=[people[2].pk])).content.decode().count(line.QUESTION) == 0
    )


def test_nobody_agrees_for_somebody_else(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    with pytest.raises(NotAllowed):
        line.agree(application=people[2], by=by)
    consent = make.agreed(people[2])
    asked = make.asked(consent)
    for other in (by, UserFactory(), people[1].applicant):
        client.force_login(other)
        assert client.get(reverse("applications:line_consent", args=[consent.pk])).status_code == 404
        for act in (line.stop, line.resume, line.take_consent_back):
            with pytest.raises(NotAllowed):
                act(consent=consent, by=other)
        with pytest.raises(NotAllowed):
            line.answer(answer=asked, moves=["same"], by=other)


@pytest.mark.parametrize("moves", [[], ["something else"]])
def test_an_answer_is_one_of_those_that_there_are(moves):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    asked = make.asked(make.agreed(people[2]))
    with pytest.raises(NotPossible, match="Tick at least one answer"):
        line.answer(answer=asked, moves=moves, by=people[2].applicant)


def test_one_press_takes_it_back_with_everything(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    consent = make.agreed(people[2])
    asked = make.asked(consent)
    _, raw = make.link_of(asked)
    line.notices.ask(asked)
    line.answer(answer=asked, moves=["promoted"], by=people[2].applicant)
    client.force_login(people[2].applicant)
    here = reverse("applications:line_consent", args=[consent.pk])
    assert client.post(here, {"do": "nonsense"}).status_code == 404
    assert client.post(here, {"do": "back"}).status_code == 302
    assert not LineConsent.objects.exists()
    assert not LineAnswer.objects.exists()
    assert not Message.objects.filter(kind=ASKED.key).exists()
    assert client.get(here).status_code == 404
    assert client.get(reverse("applications:line_answer", args=[raw])).status_code == 404
    assert line.line_to_agree(people[2]) is not None  # they may say yes again


# -- asking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "months"), [(364, []), (366, [12]), (366 + 190, []), (732, [24]), (1097, [36]), (1097 + 190, [])]
)
def test_they_are_asked_after_one_two_and_three_years(days, months):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    make.earlier(make.agreed(people[2]), days)
    line.ask_near_the_line()
    assert line.ask_near_the_line() == 0
    assert list(LineAnswer.objects.values_list("months", flat=True)) == months
    letters = Message.objects.filter(kind=ASKED.key)
    assert [one.to for one in letters] == [people[2].applicant] * len(months)


def test_nobody_is_asked_who_asked_to_be_left_alone_or_whose_account_is_closed():
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    stopped, closed = (make.earlier(make.agreed(one), 366) for one in people[1:])
    line.stop(consent=stopped, by=stopped.person)
    User.objects.filter(pk=closed.person_id).update(is_active=False)
    assert line.ask_near_the_line() == 0
    assert line._ask(stopped.pk, 12) is False  # it was stopped meanwhile
    line.resume(consent=stopped, by=stopped.person)
    assert line.ask_near_the_line() == 1


def test_one_reminder_and_no_more():
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    make.earlier(make.agreed(people[2]), 366)
    line.ask_near_the_line()
    today = clock.today()
    for days in (5, 13, 14, 20, 30, 44):
        work_out_reminders(today=today + timedelta(days=days))
    assert Message.objects.filter(kind=REMINDER.key).count() == 1


def test_whoever_answered_is_not_reminded():
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    make.earlier(make.agreed(people[2]), 366)
    line.ask_near_the_line()
    line.answer(answer=LineAnswer.objects.for_steps().get(), moves=["same"], by=people[2].applicant)
    work_out_reminders(today=clock.today() + timedelta(days=15))
    assert not Message.objects.filter(kind=REMINDER.key).exists()


def test_it_is_answered_by_the_link_without_an_account(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    asked = make.asked(make.agreed(people[2]))
    _, raw = make.link_of(asked)
    here = reverse("applications:line_answer", args=[raw])
    assert "How has your work gone on?" in client.get(here).content.decode()
    assert "Tick at least one answer." in client.post(here, {"do": "answer"}).content.decode()
    both = client.post(here, {"do": "answer", "moves": ["same", "promoted"]}).content.decode()
    assert "says that nothing has changed" in both
    assert client.post(here, {"do": "answer", "moves": ["employer", "promoted"]}).status_code == 302
    asked.refresh_from_db()
    assert (asked.moves, asked.in_words) == (["promoted", "employer"], "Promoted and another employer")
    assert "What you told us" in client.get(here).content.decode()
    client.post(here, {"do": "stop"})
    assert LineConsent.objects.get().stopped_at
    client.post(here, {"do": "resume"})
    assert LineConsent.objects.get().stopped_at is None
    client.post(here, {"do": "back"})
    assert not LineConsent.objects.exists()


def test_a_link_leads_to_one_persons_own_and_works_until_the_next(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    mine, theirs = (make.asked(make.agreed(one)) for one in people[1:])
    holder = make.holder_of(mine)
    with pytest.raises(NotAllowed):
        line.answer(answer=theirs, moves=["same"], by=holder)
    holder.link.revoked_at = clock.now()
    holder.link.save()
    with pytest.raises(NotPossible) as refused:
        line.answer(answer=mine, moves=["same"], by=holder)
    assert refused.value.code == "link"


def test_a_closed_account_is_asked_nothing(client):
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    asked = make.asked(make.agreed(people[2]))
    _, raw = make.link_of(asked)
    User.objects.filter(pk=asked.consent.person_id).update(is_active=False)
    page = client.get(reverse("applications:line_answer", args=[raw]))
    assert page.status_code == 410
    assert "not asked any more" in page.content.decode()


def test_an_answer_and_its_day_go_together():
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    asked = make.asked(make.agreed(people[2]))
    with pytest.raises(Exception, match="line_answer_dated"):
        LineAnswer.objects.filter(pk=asked.pk).update(moves=["same"])


# -- what is counted, and how long it is kept ----------------------------------------------------------


def test_silence_is_no_answer_and_any_answer_counts():
    of, people, by = make.round_of(90, 80, 75, places=2)
    make.drawn(of, by)
    first, second = (make.agreed(one) for one in people[1:])
    line.answer(answer=make.asked(first, 12), moves=["promoted"], by=first.person)
    line.answer(answer=make.asked(first, 24), moves=["same"], by=first.person)
    make.asked(second, 12)
    found = dict.fromkeys((first.pk, second.pk))
    for pk, answered, up in LineConsent.objects.annotate(**outcomes()).values_list("pk", "answered", "stepped_up"):
        found[pk] = (answered, up)
    assert found == {first.pk: (True, True), second.pk: (False, False)}


def test_it_goes_twelve_months_after_the_last_question_whatever_becomes_of_the_application():
    of, people, by = make.round_of(90, 80, 75, places=2)
    provider, today = of.cohort.programme.provider, clock.today()
    make.drawn(of, by)
    consent = make.agreed(people[2])
    asked = make.asked(consent)
    with pgtrigger.ignore():
        people[2].decisions.all().delete()
        people[2].statements.all().delete()
        people[2].delete()
    assert LineAnswer.objects.filter(pk=asked.pk).exists()
    for years, number in ((3, 0), (4, 0), (5, 1)):
        before = today - timedelta(days=365)
        make.earlier(consent, 365 * years + 5)
        assert line_consents(provider, before).count() == (1 if years >= 4 else number)
    make.earlier(consent, 400)
    LineConsent.objects.update(stopped_at=clock.now() - timedelta(days=370))
    assert list(line_consents(provider, today - timedelta(days=365))) == [consent]
    assert not line_consents(UserFactory().organisation or by.organisation, today).exists()
    assert line.forget_near_the_line(today - timedelta(days=10)) == 0
    assert line.forget_near_the_line(today) == 1  # also where the provider has said nothing about other things
    assert not LineAnswer.objects.exists()


def test_drawing_it_is_not_taken_back_once_somebody_has_agreed():
    of, people, by = make.round_of(90, 80, 75, places=2)
    step = Step.registry["cohorts.cohort.ask_near_line"]
    take(step=step, subject=of_cohort(of), by=by, values={"width": Decimal(10)})
    make.agreed(people[2])
    [last] = Taking.objects.all()
    with pytest.raises(NotPossible):
        take_back(taking=last, reason="By mistake.", by=by)
    line.take_consent_back(consent=LineConsent.objects.get(), by=people[2].applicant)
    take_back(taking=last, reason="By mistake.", by=by)
    assert not Line.objects.exists()
