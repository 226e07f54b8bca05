"""The address of a list narrows it by what the list offers, and by nothing else: no column can be asked for its secrets."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import DateTimeField, Field, Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import urlencode

from applications.roles import RoleName
from steppingup.accounts.models import User
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.changelist import OfferedList, OwnRecordsFilter
from steppingup.desk.lists import NumberFilter
from tests.factories.accounts import UserFactory, staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db

ADMINS = [pytest.param(one, id=model._meta.label) for model, one in admin.site._registry.items()]
LOOKUPS = ("", "__exact", "__isnull", "__startswith", "__gte", "__in", "__regex", "__contains")


@pytest.fixture
def request_of_superuser():
    request = RequestFactory().get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)
    return request


def paths(model: type[Model]) -> Iterator[str]:
    """Every field, and every field of everything that it is related to."""
    for field in model._meta.get_fields():
        yield field.name
        for other in field.related_model._meta.get_fields() if field.is_relation and field.related_model else ():
            yield f"{field.name}__{other.name}"


def asked(model: type[Model]) -> Iterator[str]:
    """All lookups of the model's own columns; one, another each time, of all that is further away."""
    own = {field.name for field in model._meta.get_fields() if isinstance(field, Field) and not field.is_relation}
    for number, path in enumerate(paths(model)):
        for lookup in LOOKUPS if path in own else [LOOKUPS[number % len(LOOKUPS)], "__isnull"]:
            yield path + lookup


def offered(model_admin, request) -> set[str]:
    """What the declared filters of the list take: a name of their own, or a column with a way to choose its values."""
    names = set()
    for given in model_admin.get_list_filter(request):
        path = given if isinstance(given, str) else given[0] if isinstance(given, tuple) else None
        ways = ("exact", "isnull", "id__exact", "isempty", "gte", "lt") if path else ()
        names |= {path or given.parameter_name, *(f"{path}__{way}" for way in ways)}
    return names


@pytest.fixture
def choices_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a filter offers is read from the database for each list, and is the same whatever else its address asks for."""
    known: dict[tuple[Any, ...], Any] = {}
    for filters, name in ((NumberFilter, "lookups"), (OwnRecordsFilter, "field_choices")):
        read = getattr(filters, name)

        def once(self: Any, *given: Any, read: Any = read) -> Any:
            key = (type(self), type(given[-1]), getattr(self, "field_path", ""))
            if key not in known:
                known[key] = read(self, *given)
            return known[key]

        monkeypatch.setattr(filters, name, once)


@pytest.mark.parametrize("one", ADMINS)
def test_a_list_is_asked_by_its_own_filters_only(one, request_of_superuser, choices_read_once):
    assert isinstance(one, ScopedAdmin)
    assert issubclass(one.get_changelist(request_of_superuser), OfferedList)
    changes = one.get_changelist_instance(request_of_superuser)
    accepted = set()
    for lookup in asked(one.model):
        changes.filter_params = {lookup: ["1"]}
        try:
            changes.get_filters(request_of_superuser)
        except IncorrectLookupParameters:
            continue
        accepted.add(lookup)
    assert accepted <= offered(one, request_of_superuser)


@pytest.mark.parametrize("one", ADMINS)
def test_every_filter_that_a_list_offers_works(one, request_of_superuser):
    client = with_second_factor(Client(), request_of_superuser.user)
    address = reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist")
    for spec in one.get_changelist_instance(request_of_superuser).get_filters(request_of_superuser)[0]:
        for name in spec.expected_parameters():
            value = "True" if name.endswith("__isnull") else "1"
            if name.endswith(("__gte", "__lt", "_from", "_to")):
                value = "2026-01-01" + " 00:00:00+00:00" * isinstance(spec.field, DateTimeField)
            assert client.get(address, {name: value}).status_code == 200, name
    if one.date_hierarchy:
        assert client.get(address, {f"{one.date_hierarchy}__year": "2026"}).status_code == 200


@pytest.mark.parametrize(
    "lookup",
    [
        {"password__startswith": "md5"},
        {"password__regex": "^md5"},
        {"user_permissions__codename": "x"},
        {"is_superuser__exact": "1"},
        {"phone": "1"},
        {"nothing": "1"},
        {"is_active__exact": "1", "session_epoch__gte": "0"},
    ],
)
def test_a_password_hash_cannot_be_asked_for(in_admin, lookup):
    """Neither the list, nor a download, nor an action on the whole list answers differently for a right guess."""
    client = in_admin(staff(RoleName.COORDINATOR))
    page = reverse("admin:accounts_user_changelist")
    assert client.get(page, lookup).headers["Location"] == f"{page}?e=1"
    assert client.get(f"{page}?e=1").status_code == 200
    assert client.get(page, lookup | {"_popup": "1"}).headers["Location"] == f"{page}?e=1"
    download = client.get(page, lookup | {"export": "csv"}, follow=True)
    assert "nothing was downloaded" in download.text
    acted = client.post(f"{page}?{urlencode(lookup)}", {"action": "x", "_selected_action": "1", "select_across": "1"})
    assert acted.headers["Location"] == f"{page}?e=1"


def test_who_answered_the_equality_questions_cannot_be_asked_for(in_admin):
    client = in_admin(staff(RoleName.COORDINATOR))
    page = reverse("admin:applications_application_changelist")
    for lookup in (
        "equality_response__isnull",
        "equality_response__pk__gte",
        "equality_response",
        "access_needs__isnull",
    ):
        assert client.get(page, {lookup: "False"}).headers["Location"] == f"{page}?e=1"
        download = client.get(page, {lookup: "False", "export": "csv"}, follow=True)
        assert "nothing was downloaded" in download.text


@pytest.mark.parametrize("order", ["99", "-99", "password", "0.password", "x", "1.1.1", "-", "1e9"])
def test_a_list_is_ordered_by_its_columns_only(in_admin, order):
    user = staff(RoleName.COORDINATOR)
    request = RequestFactory().get("/", {"o": order})
    request.user = user
    changes = admin.site._registry[User].get_changelist_instance(request)
    assert "password" not in str(changes.queryset.query.order_by)
    assert in_admin(user).get(reverse("admin:accounts_user_changelist"), {"o": order}).status_code == 200


def test_a_window_that_picks_a_record_gives_no_column_of_it(in_admin):
    client = in_admin(staff(RoleName.COORDINATOR))
    for column in ("password", "email", "phone", "nothing"):
        page = reverse("admin:accounts_user_changelist")
        assert client.get(page, {"_to_field": column, "_popup": "1"}).status_code == 400


def test_an_empty_name_of_a_column_in_the_address_is_none(in_admin):
    user = staff(RoleName.COORDINATOR)
    client = in_admin(user)
    for page in ("change", "history"):
        url = reverse(f"admin:accounts_user_{page}", args=[user.pk])
        assert (
            client.get(url, {"_to_field": "\x00"}).status_code == client.get(url, {"_to_field": ""}).status_code == 200
        )


def test_a_field_that_completes_what_is_typed_finds_by_what_the_list_finds(in_admin):
    user = staff(RoleName.COORDINATOR, password="x")
    client = in_admin(user)
    source = {"app_label": "accounts", "model_name": "roleassignment", "field_name": "user"}
    for typed, found in ((user.email, 1), (user.password, 0), (user.phone or "x-x", 0)):
        more = {"password__startswith": "md5", "_to_field": "password"}  # nobody looks at it
        answer = client.get(reverse("admin:autocomplete"), source | {"term": typed} | more).json()
        assert answer["results"] == [{"id": str(user.pk), "text": str(user)}] * found
    for name in ("password", "phone", "nothing"):
        assert client.get(reverse("admin:autocomplete"), source | {"field_name": name, "term": "x"}).status_code == 403
