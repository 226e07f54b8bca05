"""A target whose time has hardly come: too early to tell, and what is so (R11)."""

import re
from datetime import date

import pytest
from django.urls import reverse

from applications.roles import RoleName
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.representation.test_targets import WANTED, page_of, published
from tests.staff import with_second_factor


@pytest.mark.django_db
@pytest.mark.requirement("R11")
def test_in_its_first_days_a_target_says_that_it_is_too_early_and_what_is_so(client):
    provider = ProviderFactory(name="Leicester City Council")
    keeper, ethnicity = staff(RoleName.EQUALITY, provider), make.characteristic(provider)
    desk = with_second_factor(client, keeper)
    first, counts = date(2008, 1, 1), {("Housing", "Officer"): (4_000, 6_000, 10)}
    target = make.target(ethnicity, WANTED, begins=(first, "40.0"))
    published(ethnicity, keeper, first, counts)
    said = page_of(desk, target)
    assert re.search(
        r"Too early to tell: the target begins on 1 January 2008 at 40\.0%, and the share was 40\.0% \(.*?%\)", said
    )
    assert "on that day. No time has passed since." in said
    published(ethnicity, keeper, date(2008, 1, 5), counts)
    assert "which is where the target began on 1 January 2008. Nothing more was wanted by then." in page_of(
        desk, target
    )
    published(ethnicity, keeper, date(2008, 6, 30), {("Housing", "Officer"): (4_050, 5_950, 10)})
    said = page_of(desk, target)
    assert "The target began on 1 January 2008 at 40.0%, and 40.8% was wanted by then. So small a step cannot" in said
    assert "Too early to tell" in desk.get(reverse("admin:representation_target_changelist")).text
    published(ethnicity, keeper, date(2009, 12, 31), counts)
    assert "Behind:" in page_of(desk, target)
