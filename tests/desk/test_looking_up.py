"""Boxes that look records up as one types."""

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.urls import reverse

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NONE = ("²", "a\x00b", "2026-02-30", "NaN", "9" * 30, "9" * 5000, "-1", "None", "1.5")


def test_a_form_shown_again_with_what_is_no_record_shows_none():
    """In every box of the admin that looks records up."""
    boxes = [
        (site_admin.model._meta.get_field(name), site_admin)
        for site_admin in admin.site._registry.values()
        for name in (
            *site_admin.autocomplete_fields,
            *(n for one in site_admin.inlines for n in one.autocomplete_fields),
        )
        if name in {field.name for field in site_admin.model._meta.get_fields()}
    ]
    assert len(boxes) >= 5
    for field, _ in boxes:
        box = field.formfield(widget=AutocompleteSelect(field, admin.site))
        for value in NONE:
            assert "selected" not in box.widget.render("x", value).replace('value="" selected', ""), (field, value)


def test_the_page_with_the_sentence_comes_back(in_admin):
    boss = UserFactory(is_staff=True, is_superuser=True)
    page = reverse("admin:accounts_user_change", args=[UserFactory().pk])
    answer = in_admin(boss).post(page, {"full_name": "", "email": "", "organisation": "2026-02-30"})
    assert answer.status_code == 200
    assert "This cannot be chosen (any more). Choose again." in answer.text


@pytest.mark.parametrize("wanted", ["99:99", "None", "home", "admin:index", "x"])
def test_where_one_was_going_is_an_address_and_never_the_name_of_a_view(client, wanted):
    client.force_login(UserFactory(full_name=""))
    answer = client.post("/account/name/", {"full_name": "Ada Osei", "next": wanted})
    assert answer.status_code == 302
