"""ScopedAdmin, shown with role assignments, which belong to a provider."""

import csv
import io

import pytest
from django.http import Http404
from unfold.sites import UnfoldAdminSite

from applications.roles import RoleName
from steppingup.accounts.models import Organisation, RoleAssignment
from steppingup.accounts.roles import SitePermission
from steppingup.desk.admin import ScopedAdmin
from steppingup.site.export import Column
from tests.factories.accounts import ProviderFactory, RoleAssignmentFactory, UserFactory, staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


class AssignmentAdmin(ScopedAdmin):
    change_permission = SitePermission.MANAGE_PEOPLE
    status_fields = ("until",)
    search_fields = ("user__full_name",)
    list_filter_submit = False
    export_columns = [Column("Person", "user__full_name"), Column("Role", "get_role_display")]


class ProviderAdmin(ScopedAdmin):
    """Organisations, from which a record's provider is chosen."""


@pytest.fixture
def site():
    site = UnfoldAdminSite(name="admin")
    site.register(RoleAssignment, AssignmentAdmin)
    site.register(Organisation, ProviderAdmin)
    return site


@pytest.fixture
def assignments(site):
    return site._registry[RoleAssignment]


@pytest.fixture
def asked_by(rf, client):
    def ask(user, query=""):
        request = rf.get(f"/admin/{query}")
        request.user, request.session = user, with_second_factor(client, user).session
        return request

    return ask


def test_a_coordinator_sees_and_changes_only_their_own_provider(assignments, asked_by):
    request = asked_by(staff())
    own, other = request.user.role_assignments.get(), RoleAssignmentFactory()
    assert list(assignments.get_queryset(request)) == [own]
    assert assignments.has_change_permission(request, own)
    assert not assignments.has_view_permission(request, other)
    assert not assignments.has_change_permission(request, other)
    assert not assignments.has_delete_permission(request, own)


def test_what_lies_outside_is_not_found(assignments, asked_by):
    other = RoleAssignmentFactory()
    for pk in (str(other.pk), "99999999", "nonsense"):
        with pytest.raises(Http404):
            assignments.change_view(asked_by(staff()), pk)
        with pytest.raises(Http404):
            assignments.history_view(asked_by(staff()), pk)


def test_a_role_without_the_permission_sees_nothing(assignments, asked_by):
    request = asked_by(staff(RoleName.ASSESSOR))
    assert not assignments.has_module_permission(request)
    assert not assignments.get_queryset(request).exists()


def test_a_superuser_sees_every_provider(assignments, asked_by):
    RoleAssignmentFactory.create_batch(2)
    request = asked_by(UserFactory(is_staff=True, is_superuser=True))
    assert assignments.get_queryset(request).count() == 2


def test_choices_in_a_form_come_from_the_person_s_own_scope(assignments, asked_by):
    ProviderFactory()
    request = asked_by(staff())
    field = assignments.get_form(request)().fields["provider"]
    assert [choice.pk for choice in field.queryset] == [request.user.role_assignments.get().provider_id]


def test_a_status_is_never_a_field_of_a_form_and_is_not_written_when_it_is_saved(assignments, asked_by):
    request = asked_by(staff())
    assert "until" not in assignments.get_form(request)().fields
    obj = request.user.role_assignments.get()
    RoleAssignment.objects.filter(pk=obj.pk).update(until="2020-01-01")  # an action, after the form was opened
    form = assignments.get_form(request, obj)(
        {"user": obj.user_id, "role": RoleName.FINANCE, "provider": obj.provider_id}, instance=obj
    )
    assert form.is_valid(), form.errors
    assignments.save_model(request, form.save(commit=False), form, change=True)
    obj.refresh_from_db()
    assert (obj.role, str(obj.until)) == (RoleName.FINANCE, "2020-01-01")


def test_a_download_holds_exactly_the_rows_that_are_found(assignments, asked_by):
    request = asked_by(staff(full_name="Ada Osei"), "?export=csv&q=osei")
    provider = request.user.role_assignments.get().provider
    for name in ("Bo Osei", "Cy Grant"):
        RoleAssignmentFactory(user__full_name=name, provider=provider)
    RoleAssignmentFactory(user__full_name="Di Osei")

    response = assignments.changelist_view(request)

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["Person", "Role"]
    assert sorted(row[0] for row in rows[1:]) == ["Ada Osei", "Bo Osei"]


def test_there_is_no_download_in_an_unknown_format(assignments, asked_by):
    with pytest.raises(Http404):
        assignments.changelist_view(asked_by(staff(), "?export=exe"))
