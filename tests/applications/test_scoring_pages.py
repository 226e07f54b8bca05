"""The assessor's pages: blind, saved while typing, and nobody else's."""

import pytest

from applications.actions import reviews
from applications.models import EqualityResponse, Score, Statement
from applications.roles import RoleName
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.staff import take_step

pytestmark = pytest.mark.django_db
REVIEWS = "/admin/applications/review/"


@pytest.fixture
def window():
    return make.window(capacity=3, reserve=1)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window, full_name="Cora Coordinator")


@pytest.fixture
def named(window):
    """An application whose texts give its writer away."""
    application = make.arrived(
        window, name="Amara Okafor", employer=OrganisationFactory(name="Quay Housing Trust"), job_title="Night manager"
    )
    User.objects.filter(pk=application.applicant_id).update(email="amara.o@quay.example", full_name="Amara N Okafor")
    statement = Statement.objects.filter(application=application).first()
    statement.text = "At Quay Housing Trust I, AMARA, led. Ask okafor: amara.o@quay.example."
    statement.save()
    EqualityResponse.objects.create(application=application, answers={"age": "50 to 59"})
    return make.fresh(application)


@pytest.mark.requirement("B23")
def test_nothing_on_the_scoring_page_says_who_wrote(in_admin, named, window, coordinator):
    review = reviews.assign(application=named, assessor=make.assessor(window), by=coordinator)
    browser = in_admin(review.assessor)
    for url in (REVIEWS, f"{REVIEWS}{review.pk}/change/"):
        text = browser.get(url).content.decode()
        assert named.reference in text
        for words in ("Amara", "AMARA", "kafor", "Quay", "quay", "Night manager", "50 to 59", "@quay", "/cv/"):
            assert words not in text, (url, words)
    assert "At [employer] I, [name], led." in text


def test_each_field_is_saved_as_it_is_typed_and_submitting_locks(in_admin, named, window, coordinator):
    review = reviews.assign(application=named, assessor=make.assessor(window), by=coordinator)
    browser = in_admin(review.assessor)
    first, second = make.criteria(window)
    url = f"{REVIEWS}{review.pk}/"
    quiet = {"HTTP_X_REQUESTED_WITH": "fetch"}
    assert browser.post(f"{url}save/", {f"comment_{first.pk}": "Half a sen"}, **quiet).json() == {"saved": True}
    assert browser.post(f"{url}save/", {f"score_{first.pk}": "4"}, **quiet).json() == {"saved": True}
    score = Score.objects.get(review=review, criterion=first)
    assert (score.value, score.comment) == (4, "Half a sen")
    whole = "a whole number"
    for wrong, sentence in (("9", "a score from 0 to 5"), ("2.5", whole), ("²", whole), ("9" * 5000, whole)):
        answer = browser.post(f"{url}save/", {f"score_{first.pk}": wrong}, **quiet)
        assert answer.status_code == 409, wrong
        assert sentence in answer.json()["message"]
    lines = "\r\n".join(["nine 9999"] * 400)  # 3,999 signs, a line end counted as one, as the box does
    assert browser.post(f"{url}save/", {f"comment_{first.pk}": lines}, **quiet).json() == {"saved": True}
    assert Score.objects.get(review=review, criterion=first).comment == lines.replace("\r\n", "\n")
    answer = browser.post(f"{url}save/", {f"comment_{first.pk}": lines + "xx"}, **quiet)
    assert answer.json()["message"] == "A comment has 4001 characters. Shorten it to 4000."
    kept = browser.post(f"{url}submit/", {f"comment_{second.pk}": "Kept"}, follow=True)
    assert f"Still missing: {second.title}" in kept.content.decode()
    assert Score.objects.get(review=review, criterion=second).comment == "Kept"
    browser.post(f"{url}submit/", {f"score_{second.pk}": "5"})
    assert make.fresh(review).total == 9
    assert browser.post(f"{url}save/", {f"score_{first.pk}": "1"}, **quiet).status_code == 409


def test_other_assessors_scores_are_hidden_until_ones_own_are_in(in_admin, named, window, coordinator):
    mine, other = (reviews.assign(application=named, assessor=make.assessor(window), by=coordinator) for _ in range(2))
    criterion = make.criteria(window)[0]
    reviews.save_scores(review=other, scores={criterion.pk: (1, "Comment of the other")}, by=other.assessor)
    make_other = {c.pk: (1, "Comment of the other") for c in make.criteria(window)}
    reviews.save_scores(review=other, scores=make_other, by=other.assessor)
    reviews.submit(review=make.fresh(other), by=other.assessor)
    browser = in_admin(mine.assessor)
    url = f"{REVIEWS}{mine.pk}/change/"
    assert "Comment of the other" not in browser.get(url).content.decode()
    make.scored(mine)
    assert "Comment of the other" in browser.get(url).content.decode()


def test_a_review_belongs_to_its_assessor(in_admin, named, window, coordinator):
    review = reviews.assign(application=named, assessor=make.assessor(window), by=coordinator)
    for person in (make.assessor(window), coordinator, staff(RoleName.ASSESSOR)):
        browser = in_admin(person)
        assert browser.get(f"{REVIEWS}{review.pk}/change/").status_code in (403, 404)
        for way in ("save", "submit", "step/step_back"):
            assert browser.post(f"{REVIEWS}{review.pk}/{way}/", {"reason": "x"}).status_code == 404
            assert browser.get(f"{REVIEWS}{review.pk}/{way}/").status_code == 404


def test_stepping_back_leads_to_the_list_and_tells_the_coordinator(in_admin, named, window, coordinator):
    review = reviews.assign(application=named, assessor=make.assessor(window), by=coordinator)
    browser = in_admin(review.assessor)
    done = take_step(browser, f"{REVIEWS}{review.pk}/step/step_back/", reason="My neighbour")
    assert done.url == REVIEWS
    assert "You have stepped back" in browser.get(REVIEWS).content.decode()
    assert Message.objects.get(kind="applications.stepped_back").to == coordinator
