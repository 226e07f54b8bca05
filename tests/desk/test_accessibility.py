"""Every page of the admin's sidebar, as axe sees it: WCAG 2.2 AA and best practices, on a desk and on a telephone."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from playwright.sync_api import Page

from cohorts.models import Cohort
from cohorts.states import CohortStatus
from steppingup.accounts.models import User
from steppingup.desk import workspace
from steppingup.desk.menu import entries
from tests.factories.accounts import UserFactory
from tests.factories.world import everything
from tests.plugins.browser import DESKTOP, TELEPHONE, WITHOUT_SIDEBAR, require_visible_focus
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def keeper() -> User:
    user = UserFactory(is_staff=True, is_superuser=True, full_name="Ada Lin")
    everything(user)
    return user


@pytest.fixture
def signed_in(new_page, site, keeper) -> Callable[..., Page]:
    """A window of somebody who has shown both factors."""

    def open_page(viewport: dict[str, int]) -> Page:
        session = with_second_factor(Client(), keeper).session
        page = new_page(viewport=viewport)
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": site}])
        return page

    return open_page


def lists(user: User) -> list[str]:
    """All pages that this person may open, wherever the way to them stands."""
    return [item.link for item in entries(user)]


def tabs(user: User) -> list[str]:
    """Every tab of a cohort that is under way, and of one that people apply for."""
    cohorts = Cohort.objects.filter(status__in=(CohortStatus.RUNNING, CohortStatus.PUBLISHED)).order_by("status", "pk")
    some = [cohorts.filter(status=CohortStatus.RUNNING).first(), cohorts.filter(window__isnull=False).first()]
    return [workspace.address_of(one, tab.key) for one in some if one for tab in workspace.tabs_of(user, one)]


def forms_of(address: str, user: User) -> list[str]:
    """The page of one object, or the page to add one where there is none."""
    name = resolve(address).view_name
    if not name.endswith("_changelist"):
        return []
    app, model = name.removeprefix("admin:").removesuffix("_changelist").split("_")
    own = next(a for m, a in admin.site._registry.items() if (m._meta.app_label, m._meta.model_name) == (app, model))
    request = RequestFactory().get(address)
    request.user = user
    found = [reverse(f"admin:{app}_{model}_add")] if own.has_add_permission(request) else []
    obj = own.get_queryset(request).first()
    return [reverse(f"admin:{app}_{model}_change", args=[obj.pk])] if obj else found


def test_every_list_of_the_admin_is_accessible(signed_in, keeper, axe):
    page = signed_in(DESKTOP)
    for address in ("/admin/", "/admin/set-up/", *lists(keeper)):
        page.goto(address)
        require_visible_focus(page)  # before the filters, which lie over all the rest
        filters = page.get_by_role("button", name="Filters")
        if filters.count():
            filters.click()
        axe(page, context=WITHOUT_SIDEBAR if address != "/admin/" else None, focus=False)


def test_every_form_of_the_admin_is_accessible_on_a_telephone(signed_in, keeper, axe):
    page = signed_in(TELEPHONE)
    for address in [form for entry in lists(keeper) for form in forms_of(entry, keeper)]:
        page.goto(address)
        axe(page, context=WITHOUT_SIDEBAR)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{address} is {wide} pixels too wide"


@pytest.mark.parametrize("viewport", [DESKTOP, TELEPHONE], ids=["desk", "telephone"])
def test_every_tab_of_the_workspace_is_accessible(signed_in, keeper, axe, viewport):
    page = signed_in(viewport)
    for address in tabs(keeper):
        page.goto(address)
        axe(page, context=WITHOUT_SIDEBAR)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{address} is {wide} pixels too wide"
