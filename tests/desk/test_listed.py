"""What a list of the desk shows is what its columns say, and nothing that somebody typed becomes HTML."""

import pytest
from django.urls import reverse

from steppingup.desk.listed import _tag
from tests.factories.accounts import OrganisationFactory, ProviderFactory, UserFactory, staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def test_several_labels_stand_beside_each_other_and_what_they_say_is_only_words():
    shown = _tag([("open", "Open"), ("late", "<b>Late</b>")], {"open": "info", "late": "danger"})
    assert shown == (
        '<span class="su-tag su-tag--open">Open</span> <span class="su-tag su-tag--bad">&lt;b&gt;Late&lt;/b&gt;</span>'
    )
    assert _tag([], {}) == ""


def test_names_lead_to_their_records_and_stay_names(client):
    browser = with_second_factor(client, staff(provider=ProviderFactory()))
    odd = OrganisationFactory(name="<script>alert(1)</script> Trust")
    page = browser.get(f"{reverse('admin:accounts_organisation_changelist')}?kind__exact=council").text
    assert "<script>alert(1)" not in page
    row = page[page.index("&lt;script&gt;alert(1)&lt;/script&gt; Trust") - 600 :]
    assert reverse("admin:accounts_organisation_change", args=[odd.pk]) in row
    assert "_changelist_filters=kind__exact" in row, "and back to the list as it is"


def test_whoever_chooses_in_a_pop_up_gets_the_record_that_they_chose(client):
    browser = with_second_factor(client, UserFactory(is_superuser=True, is_staff=True))
    one = OrganisationFactory()
    page = browser.get(f"{reverse('admin:accounts_organisation_changelist')}?_popup=1").text
    assert f'data-popup-opener="{one.pk}"' in page
