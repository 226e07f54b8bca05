"""What references begin with is the programme's own, and staff find them however they are typed."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import IntegrityError, transaction

from applications.actions import applications
from cohorts.models import Programme
from steppingup.formats.fields import DrawnField
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ProgrammeFactory
from tests.factories.review import arrived
from tests.staff import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return WindowFactory()


@pytest.fixture
def programme(window):
    return window.cohort.programme


@pytest.fixture
def browser(in_admin, programme):
    return in_admin(staff(provider=programme.provider))


def save(browser, programme, **changes):
    page = f"/admin/cohorts/programme/{programme.pk}/change/"
    answer = browser.post(page, posted(browser.get(page)) | changes)
    programme.refresh_from_db()
    return answer


def test_a_change_holds_for_new_references_only(browser, window, programme):
    before = applications.start(cohort=window.cohort, by=UserFactory())
    assert save(browser, programme, reference_prefix=" nhs7- ").status_code == 302
    assert programme.reference_prefix == "NHS7"
    window.refresh_from_db()
    after = applications.start(cohort=type(window.cohort).objects.get(pk=window.cohort_id), by=UserFactory())
    assert after.reference.startswith("NHS7-")
    before.refresh_from_db()
    assert before.reference.startswith("TRY7-")


@pytest.mark.parametrize("typed", ["S", "LONGER", "S/U", "領導"])
def test_a_prefix_that_does_not_do_is_refused_beside_its_field(browser, programme, typed):
    page = save(browser, programme, reference_prefix=typed)
    assert page.text.count("Use two to five letters or digits without accents, like SU or NHS7.") == 1
    assert "at most 5 characters" not in page.text
    assert programme.reference_prefix == "TRY7"


def test_an_emptied_one_is_made_from_the_name(browser, programme):
    assert save(browser, programme, name="Leaders of the Future", reference_prefix="").status_code == 302
    assert programme.reference_prefix == "LF"


def test_a_new_programme_begins_with_the_first_letters_of_its_name_wherever_it_comes_from(programme):
    assert ProgrammeFactory(name="Ready Now", reference_prefix="").reference_prefix == "RN"
    given = {"provider": programme.provider, "summary": "A", "about": "B"}
    Programme.objects.bulk_create([Programme(name="Moving Up", slug="moving-up", **given)])
    assert Programme.objects.get(slug="moving-up").reference_prefix == "MU"


@pytest.mark.parametrize("value", ["", "S", "S-U", "A*"])
def test_the_database_keeps_no_other(programme, value):
    with pytest.raises(IntegrityError, match="references_begin_with"), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(reference_prefix=value)


@pytest.mark.parametrize(
    "typed",
    [
        "TRY7-7K3Q9",
        "7K3Q9",
        "try7 7k3q9",
        "try77k3q9",
        "TRY7–7K3Q9",
        "try7_7k3q9",
        "Try7. 7K3Q9",
        "k3q",
        "TRY7 - 7K3Q9",
    ],
)
def test_staff_find_a_reference_however_it_is_typed(browser, window, typed):
    found = arrived(window, reference="TRY7-7K3Q9", name="Amara Okafor")
    other = arrived(window, reference="TRY7-8M4R2", name="Bo Lindqvist")
    page = browser.get("/admin/applications/application/", {"q": typed})
    assert found.reference in page.text
    assert other.reference not in page.text


def test_whatever_we_drew_is_searched_in_this_way_on_every_list(rf):
    searched = [
        (model, name)
        for model, of in admin.site._registry.items()
        for name in of.get_search_fields(rf.get("/"))
        if name not in getattr(of, "worked_out", ())
        if isinstance(get_fields_from_path(model, name.lstrip("^=@").partition("__finds")[0])[-1], DrawnField)
    ]
    assert {model.__name__ for model, _ in searched} == {"Application", "Draft", "Review", "Certificate"}
    assert all(name.endswith("__finds_drawn") for _, name in searched)
