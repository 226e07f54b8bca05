"""The equality lead reads figures; nobody can be recognised in them."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.equality.figures import SMALLEST, figures_of, suppressed
from applications.equality.questions import QUESTIONS
from applications.models import EqualityResponse
from applications.roles import RoleName
from tests.factories.accounts import UserFactory, staff
from tests.factories.review import arrived, window

COUNTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), min_size=1, max_size=8)


@given(COUNTS)
def test_no_small_number_is_shown_and_none_can_be_worked_out(counts):
    shown = suppressed(counts)
    assert all(value is None or value == counts[key] for key, value in shown.items())
    assert not [value for value in shown.values() if value is not None and 0 < value < SMALLEST]
    hidden = [counts[key] for key, value in shown.items() if value is None and counts[key]]
    if hidden and len(hidden) < sum(1 for count in counts.values() if count):  # others are shown beside the total
        assert len(hidden) >= 2
        assert sum(hidden) >= SMALLEST


def respond(of, number: int, **answers: str) -> None:
    for _ in range(number):
        EqualityResponse.objects.create(application=arrived(of), answers=answers)


@pytest.mark.django_db
def test_a_single_person_among_many_is_left_out_with_another(client):
    of = window()
    respond(of, 7, sex="female")
    respond(of, 6, sex="male")
    respond(of, 1, sex="prefer_not")
    question = next(item for item in figures_of(of.cohort).questions if item.question.key == "sex")
    assert {figure.label: figure.count for figure in question.figures} == {
        "Female": 7,
        "Male": None,
        "Prefer not to say": None,
        "Not answered": None,
    }
    assert question.figures[0].percent == 50


@pytest.mark.django_db
def test_a_long_list_of_answers_is_added_up_under_its_headings():
    of = window()
    for answer in ("black_african", "black_caribbean", "asian_indian"):
        respond(of, 3, ethnic_group=answer)
    respond(of, 2, ethnic_group="asian_chinese")
    question = next(item for item in figures_of(of.cohort).questions if item.question.key == "ethnic_group")
    found = {figure.label: figure.count for figure in question.figures}
    assert found["Black, Black British, Caribbean or African"] == 6
    assert found["Asian or Asian British"] == 5
    assert len(found) == 7


@pytest.mark.django_db
def test_the_download_leaves_out_what_the_page_leaves_out(in_admin):
    of = window()
    respond(of, 7, sex="female")
    respond(of, 6, sex="male")
    respond(of, 1, sex="prefer_not")
    client = in_admin(staff(RoleName.EQUALITY, of.cohort.programme.provider))
    url = reverse("applications:equality_figures", args=[of.cohort.pk])
    text = client.get(url, {"export": "csv"}).getvalue().decode()
    assert "What is your sex?,Female,7,50" in text
    assert "What is your sex?,Male,left out,left out" in text
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert client.get(url, {"export": "pdf"}).status_code == 404
    few = window()
    url = reverse("applications:equality_figures", args=[few.cohort.pk])
    client = in_admin(staff(RoleName.EQUALITY, few.cohort.programme.provider))
    assert client.get(url, {"export": "csv"}).status_code == 404


@pytest.mark.django_db
def test_the_first_page_of_the_equality_lead_leads_to_the_figures_and_to_nothing_else(in_admin):
    of = window()
    page = in_admin(staff(RoleName.EQUALITY, of.cohort.programme.provider)).get(reverse("admin:index")).text
    assert reverse("applications:equality_figures", args=[of.cohort.pk]) in page
    assert "You are up to date" not in page
    assert "/admin/applications/" not in page
    page = in_admin(staff(RoleName.COORDINATOR, of.cohort.programme.provider)).get(reverse("admin:index")).text
    assert "Equality figures" not in page


@pytest.mark.django_db
def test_too_few_answers_show_no_table():
    of = window()
    respond(of, SMALLEST - 1, sex="female")
    found = figures_of(of.cohort)
    assert (found.responses, found.questions) == (None, ())
    assert len(QUESTIONS) > 3


@pytest.mark.django_db
def test_only_the_providers_equality_lead_opens_the_figures(in_admin):
    of = window()
    respond(of, 6, sex="female")
    provider, url = of.cohort.programme.provider, reverse("applications:equality_figures", args=[of.cohort.pk])
    client = in_admin(staff(RoleName.EQUALITY, provider))
    page = client.get(url).content.decode()
    assert "people answered" in page
    assert "Amara Okafor" not in page
    assert str(of.cohort) in client.get(reverse("applications:equality")).content.decode()
    for stranger in (staff(RoleName.EQUALITY), staff(RoleName.COORDINATOR, provider), UserFactory()):
        assert in_admin(stranger).get(url).status_code == 404


@pytest.mark.django_db
def test_the_figures_open_with_a_second_factor_only(client):
    of = window()
    client.force_login(staff(RoleName.EQUALITY, of.cohort.programme.provider))
    for url in (reverse("applications:equality"), reverse("applications:equality_figures", args=[of.cohort.pk])):
        assert client.get(url).headers["Location"].startswith(reverse("account_second_factor"))
