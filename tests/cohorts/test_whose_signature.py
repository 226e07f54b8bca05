"""The name below a review is that of whoever is asked: written as they like, and nobody else’s (B52)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import review_signing
from cohorts.models import ReviewSignature, ThreeWayReview
from cohorts.states import Signatory
from steppingup.formats.sameness import shares_a_name
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.reviews import link_of, to_sign

pytestmark = pytest.mark.requirement("B52")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Elizabeth Obi", "Liz Obi"),
        ("LIZ GRANT", "Liz Obi"),
        ("Obi, Elizabeth", "Liz Obi"),
        ("Zoë O’Brien-Ade", "zoe obrien ade"),
        ("Dr Liz Obi OBE", "Liz Obi"),
        ("Elizabeth Grant (Obi) Ade", "Liz Ade"),
        ("Obi", "Obi"),
        ("X", "X"),
    ],
)
def test_one_person_is_called_in_many_ways(one, other):
    assert shares_a_name(one, other)
    assert shares_a_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Max Mustermann", "Liz Obi"),
        ("L. Ade", "L. Obi"),
        ("Mr Grant", "Mr Obi"),
        ("Obiageli Ade", "Liz Obi"),
        ("", ""),
    ],
)
def test_two_who_share_no_name_are_two(one, other):
    assert not shares_a_name(one, other) or one == other == ""


@pytest.mark.django_db
def test_whoever_signs_with_the_name_of_somebody_else_is_told_who_is_asked(client):
    person = ParticipantFactory(
        cohort=RunningCohortFactory(), participant__full_name="Ada Osei", line_manager=UserFactory(full_name="Liz Obi")
    )
    by = staff(RoleName.COORDINATOR, person.cohort.programme.provider, full_name="Cleo Carter")
    review = to_sign(person, by)
    page = reverse("cohorts:review_by_link", args=[link_of(review, Signatory.EMPLOYER).link.raw])
    answer = client.post(page, {"name": "Max Mustermann", "agreed": "on"}).text
    assert "Liz Obi is asked to sign here. Sign with that name" in answer
    assert 'value="Max Mustermann"' in answer, "what was typed is still there"
    with pytest.raises(NotPossible, match="Cleo Carter is asked") as refused:
        review_signing.sign(review=ThreeWayReview.objects.for_steps().get(), name="Ada Osei", by=by)
    assert refused.value.field == "name"
    assert not ReviewSignature.objects.exists()
    client.post(page, {"name": "Elizabeth Obi", "agreed": "on"})
    assert ReviewSignature.objects.get().name == "Elizabeth Obi"
