"""Figures as sources publish them: each form of saying it, with source and year, and the points between two of them."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from applications.roles import RoleName
from representation.models import PublishedFigure
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
ADD = "admin:representation_publishedfigure_add"


@pytest.fixture
def provider():
    return ProviderFactory(name="Skills for Care")


@pytest.fixture
def desk(client, provider):
    return with_second_factor(client, staff(RoleName.EQUALITY, provider))


#: The facts of the source, as it says them: “nearly 20% of the 1.3 million people that work in the NHS”, “only 1 in 40 chairs and no CEOs in
#: London”, “40% of workforce and patients”, “17 out of 40 Trusts had all-white boards”.
FACTS = [
    (
        {"name": "The NHS", "form": "percent", "percent": "20", "of": "1300000", "is_about": "on", "year": "2016"},
        "about 20% of 1,300,000",
    ),
    ({"name": "Chairs in London", "form": "one_in", "of": "40", "year": "2014"}, "1 in 40"),
    ({"name": "Chief executives in London", "form": "none", "year": "2014"}, "none"),
    ({"name": "Workforce and patients in London", "form": "percent", "percent": "40", "year": "2014"}, "40%"),
    (
        {"name": "Trusts with all-white boards", "form": "counts", "number": "17", "of": "40", "year": "2014"},
        "17 of 40",
    ),
]


def sent(provider, **said: str) -> dict[str, str]:
    return {
        "provider": str(provider.pk),
        "whom": "leaders",
        "characteristic": "from a BAME background",
        "source": "The Snowy White Peaks",
        "words": "",
        **said,
    }


@pytest.mark.requirement("C1")
def test_every_form_of_the_source_is_entered_and_shown_as_it_is_said(desk, provider):
    for given, _ in FACTS:
        assert desk.post(reverse(ADD), sent(provider, **given)).status_code == 302
    listed = desk.get(reverse("admin:representation_publishedfigure_changelist")).content.decode()
    for given, said in FACTS:
        assert PublishedFigure.objects.get(name=given["name"]).said == said
        assert said in listed
        assert given["year"] in listed
    shares = {one.name: one.share for one in PublishedFigure.objects.all()}
    assert shares["Chairs in London"] == Decimal("2.5")
    assert shares["Trusts with all-white boards"] == Decimal("42.5")
    assert shares["Chief executives in London"] == 0


@pytest.mark.requirement("C2")
def test_the_gaps_of_adult_social_care_are_minus_four_and_minus_seven_points(desk, provider):
    workforce = make.figure(provider, "The workforce", percent=21, whom="workforce")
    for name, percent in (("Senior managers", "17"), ("Registered managers", "14")):
        given = {"name": name, "form": "percent", "percent": percent, "year": "2016", "against": str(workforce.pk)}
        assert desk.post(reverse(ADD), sent(provider, **given)).status_code == 302
    page = desk.get(reverse("admin:representation_publishedfigure_changelist")).content.decode()
    assert "−4 points" in page
    assert "−7 points" in page
    book = load_workbook(
        io.BytesIO(b"".join(desk.get(f"{reverse('admin:representation_publishedfigure_changelist')}?export=xlsx")))
    )
    head, *rows = book.active.iter_rows(values_only=True)
    at = head.index("Points above or below")
    assert {row[0]: row[at] for row in rows} == {
        "The workforce": None,
        "Senior managers": -4,
        "Registered managers": -7,
    }


@pytest.mark.requirement("C1")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"form": "counts", "number": "17"}, "Say of how many."),
        ({"form": "counts", "number": "41", "of": "40"}, "There cannot be more than 40 of 40."),
        ({"form": "counts", "number": "0", "of": "0"}, "Of nobody there is no share."),
        ({"form": "counts", "number": "17", "of": "40", "percent": "42.5"}, "Leave this empty"),
        ({"form": "percent"}, "Say the percentage."),
        ({"form": "percent", "percent": "140"}, "Enter 100 or less."),
        ({"form": "one_in", "of": "1"}, "Enter 2 or more"),
        ({"form": "none", "number": "0"}, "Leave this empty"),
        ({"form": "percent", "percent": "40", "source": ""}, "Fill in “Source”."),
        ({"form": "percent", "percent": "40", "year": ""}, "Fill in “Year”."),
        ({"form": "percent", "percent": "40", "year": "20"}, "Enter 1900 or more."),
    ],
)
def test_what_is_missing_or_too_much_is_said_at_its_box(desk, provider, given, sentence):
    page = desk.post(reverse(ADD), sent(provider, **{"name": "X", "year": "2016", **given})).content.decode()
    assert sentence in page
    assert not PublishedFigure.objects.exists()


def test_a_figure_is_compared_with_another_one_of_the_same_provider(desk, provider):
    theirs = make.figure(ProviderFactory())
    given = {"name": "X", "form": "percent", "percent": "40", "year": "2016", "against": str(theirs.pk)}
    assert desk.post(reverse(ADD), sent(provider, **given)).status_code == 200
    own = make.figure(provider)
    change = reverse("admin:representation_publishedfigure_change", args=[own.pk])
    page = desk.post(
        change, sent(provider, name="X", form="percent", percent="14", year="2016", against=str(own.pk))
    ).content.decode()
    assert "not compared with itself" in page


def test_a_figure_without_counts_has_no_points_where_the_other_has_none(provider):
    other = make.figure(provider, "Boards", form="none")
    one = make.figure(provider, "Chairs", form="one_in", of=40, against=other)
    assert (one.points, one.points_in_words) == (Decimal(3), "+3 points")
    assert make.figure(provider, "Alone").points is None
