"""How a pledge of an employer stands: worked out of evidence, and said by a link that nobody else reads before staff have (L10)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from representation.actions import commitments
from representation.models import Commitment, PledgeQuestion
from representation.pledge_notices import PLEDGE_LINK
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import commitments as make
from tests.factories.cohorts import day
from tests.representation.employers import Scene, read
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L10")]


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def desk(client, scene):
    return with_second_factor(client, scene.by)


# -- how a pledge stands -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "stands"),
    [
        ({"due_on": day(1)}, "Not yet"),
        ({"due_on": day(0)}, "Not yet"),
        ({"due_on": day(-1)}, "Overdue"),
        ({"due_on": day(-1), "evidence": "All had one.", "evidence_on": day(0)}, "Kept"),
    ],
)
def test_how_a_pledge_stands_is_worked_out(client, scene, more, stands):
    one = make.published(scene.provider, scene.employer, **more)
    assert one.how_it_stands == stands
    assert f">{stands}</strong>" in read(client, scene.page)
    found = {
        "Kept": Commitment.objects.kept(),
        "Overdue": Commitment.objects.overdue(),
        "Not yet": Commitment.objects.not_yet(),
    }
    assert [name for name, rows in found.items() if rows.exists()] == [stands]


def test_evidence_needs_its_day_and_a_pledge(scene):
    one = scene.pledge()
    for more in ({"evidence": "All had one."}, {"evidence_on": day(0)}, {"said": "Soon."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(pk=one.pk).update(**more)
    rule = scene.pledge(kind="fast_track")
    assert rule.how_it_stands == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=rule.pk).update(evidence="All.", evidence_on=day(0))


def test_staff_record_that_it_was_kept(desk, scene, client):
    one = make.published(scene.provider, scene.employer, due_on=day(-3))
    address = reverse("admin:representation_commitment_step", args=[one.pk, "record_evidence"])
    take_step(desk, address, evidence="All twenty had a mixed panel.", on=f"{day(-1):%d/%m/%Y}")
    one = make.fresh(one)
    assert (one.how_it_stands, one.evidence_on) == ("Kept", day(-1))
    assert "All twenty had a mixed panel." in read(client, scene.page)
    with pytest.raises(NotPossible, match="It is kept"):
        commitments.record_evidence(commitment=one, evidence="Again.", by=scene.by)


def test_evidence_is_refused_without_words_for_a_day_to_come_and_for_what_is_no_pledge(scene):
    with pytest.raises(NotPossible, match="Say what shows"):
        commitments.record_evidence(commitment=scene.pledge(), evidence=" ", by=scene.by)
    with pytest.raises(NotPossible, match="in the future"):
        commitments.record_evidence(commitment=scene.pledge(), evidence="All.", on=day(1), by=scene.by)
    with pytest.raises(NotPossible, match="Only of a pledge"):
        commitments.record_evidence(commitment=scene.pledge(kind="policy"), evidence="All.", by=scene.by)


# -- asked by a link ---------------------------------------------------------------------------------


def asked(scene, one, **more) -> tuple[PledgeQuestion, str]:
    """The question, and the address of the page in the email."""
    given = {"name": "Ola Kent", "email": "ola@avon.example", **more}
    question = commitments.ask_about_pledge(commitment=one, by=scene.by, **given)
    return question, "/pledge/" + Message.objects.latest("pk").sealed["text"].split("/pledge/")[1].split()[0]


def test_the_letter_is_signed_by_the_provider_which_gets_the_answers(scene):
    type(scene.provider).objects.filter(pk=scene.provider.pk).update(reply_to="equality@council.example")
    asked(scene, Commitment.objects.get(pk=scene.pledge().pk))
    letter = Message.objects.latest("pk")
    assert (letter.provider, letter.reply_to) == (scene.provider, "equality@council.example")


def test_an_employer_says_by_a_link_how_it_stands_and_nothing_is_public_before_staff_take_it_over(client, scene):
    one = make.published(scene.provider, scene.employer)
    question, address = asked(scene, one)
    assert "Mixed panels" in read(client, address)
    nothing = client.post(address, {"answer": "kept", "words": ""}).content.decode()
    assert "Write what has been done, or what is still to be done." in nothing
    assert "Enter the day on which you had kept it." in nothing
    on = day(-2)
    given = {
        "answer": "kept",
        "words": "All had one.",
        "kept_on_0": on.day,
        "kept_on_1": on.month,
        "kept_on_2": on.year,
    }
    done = client.post(address, given, follow=True).content.decode()
    assert "Thank you. We have your answer" in done
    assert "All had one." not in read(client, scene.page)
    assert list(PledgeQuestion.objects.to_look_at()) == [question]
    question = PledgeQuestion.objects.for_steps().get()
    commitments.confirm_answer(question=question, by=scene.by)
    one = make.fresh(one)
    assert (one.how_it_stands, one.evidence, one.evidence_on) == ("Kept", "All had one.", on)
    assert "All had one." in read(client, scene.page)
    gone = client.get(address)
    assert gone.status_code == 410
    assert "looked at" in gone.content.decode()


def test_what_is_not_kept_yet_is_shown_with_what_they_say(client, scene):
    one = make.published(scene.provider, scene.employer)
    question = make.answered(one, "not_yet", "Eight of twenty by now.")
    commitments.confirm_answer(question=question, by=scene.by)
    one = make.fresh(one)
    assert (one.how_it_stands, one.said, one.said_on) == ("Not yet", "Eight of twenty by now.", clock.today())
    assert "Eight of twenty by now." in read(client, scene.page)


def test_an_answer_that_is_set_aside_changes_nothing(client, scene):
    one = make.published(scene.provider, scene.employer)
    question = make.answered(one)
    commitments.set_answer_aside(question=question, by=scene.by)
    assert make.fresh(one).how_it_stands == "Not yet"
    assert (question.how_it_stands, question.words) == ("Set aside", "All twenty had one.")
    with pytest.raises(NotPossible, match="looked at already"):
        commitments.confirm_answer(question=question, by=scene.by)


def test_nothing_is_taken_over_before_there_is_an_answer_or_once_it_is_kept(client, scene):
    one = scene.pledge()
    with pytest.raises(NotPossible, match="Nobody has answered"):
        commitments.confirm_answer(question=make.asked(one), by=scene.by)
    question = make.answered(one, email="sam@avon.example")
    raw = make.link_of(question)
    commitments.record_evidence(commitment=one, evidence="All.", by=scene.by)
    question = PledgeQuestion.objects.for_steps().get(pk=question.pk)
    with pytest.raises(NotPossible, match="It is kept"):
        commitments.confirm_answer(question=question, by=scene.by)
    gone = client.get(reverse("representation:pledge", args=[raw]))
    assert "on record as kept" in gone.content.decode()


def test_an_answer_can_be_put_right_until_somebody_has_looked_at_it(client, scene):
    one = scene.pledge()
    question, address = asked(scene, one)
    client.post(address, {"answer": "not_yet", "words": "Soon."})
    assert "you can put it right here" in read(client, address)
    client.post(address, {"answer": "not_yet", "words": "In May."})
    question = PledgeQuestion.objects.for_steps().get(pk=question.pk)
    assert (question.words, question.kept_on) == ("In May.", None)
    by = scene.link(question)
    TokenLink.revoke_all(purpose=PLEDGE_LINK, target=question)
    with pytest.raises(NotPossible, match="replaced or has expired"):
        commitments.answer_pledge(question=question, answer="not_yet", words="In June.", by=by)
    commitments.set_answer_aside(question=question, by=scene.by)
    again = scene.link(question)
    with pytest.raises(NotPossible, match="looked at already"):
        commitments.answer_pledge(question=question, answer="not_yet", words="In June.", by=again)


def test_kept_needs_its_day_and_an_answer_its_words(scene):
    question = make.asked(scene.pledge())
    by = scene.link(question)
    with pytest.raises(NotPossible, match="Enter the day"):
        commitments.answer_pledge(question=question, answer="kept", words="All.", by=by)
    with pytest.raises(NotPossible, match="Write what has been done"):
        commitments.answer_pledge(question=question, answer="not_yet", words=" ", by=by)


def test_a_link_answers_for_its_own_question_alone(scene):
    question, other = make.asked(scene.pledge()), make.asked(scene.pledge(title="Another"), email="x@avon.example")
    with pytest.raises(NotAllowed):
        commitments.answer_pledge(question=other, answer="not_yet", words="Soon.", by=scene.link(question))
    with pytest.raises(NotAllowed):
        commitments.answer_pledge(question=other, answer="not_yet", words="Soon.", by=scene.by)


def test_asked_again_the_link_of_before_stops_working(client, scene):
    one = scene.pledge()
    _, first = asked(scene, one)
    _, second = asked(scene, one)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert Message.objects.filter(kind="representation.pledge_asked", to_email="ola@avon.example").count() == 2


def test_a_link_that_has_had_its_time_says_so(client, scene):
    _, address = asked(scene, scene.pledge())
    TokenLink.objects.filter(purpose=PLEDGE_LINK).update(expires_at=clock.now() - timedelta(days=1))
    assert client.get(address).status_code == 410


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"name": " "}, "Enter the name"), ({"email": "nobody"}, "is not an email address")],
)
def test_nobody_is_asked_without_a_name_and_an_address(scene, given, sentence):
    with pytest.raises(NotPossible, match=sentence):
        asked(scene, scene.pledge(), **given)
