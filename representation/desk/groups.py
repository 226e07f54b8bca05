"""Forums, worker groups and boards on the desk: who is in them, when they met, and what they have taken on (R14)."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import StackedInline, TabularInline

from representation.models import Group, GroupMeeting, GroupMember
from representation.permissions import RepresentationPermission
from steppingup.desk.admin import FollowsParent
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.site.export import Column


class MemberInline(FollowsParent, TabularInline):
    """Who is in it. Chairs with an address are asked about what the group has taken on."""

    model = GroupMember
    verbose_name = "member"
    verbose_name_plural = "members"
    fields = ("name", "email", "is_chair", "from_on", "until_on")


class MeetingInline(FollowsParent, StackedInline):
    """When it met, and what came of it."""

    model = GroupMeeting
    verbose_name = "meeting"
    verbose_name_plural = "meetings"
    related = ("group",)
    fields = ("held_on", "place", "outcome")


@admin.register(Group)
class GroupAdmin(SteppedAdmin):
    """The groups of a provider."""

    change_permission = RepresentationPermission.KEEP_PLAN
    fixed_fields = ("provider",)
    list_display = ("name", "short", "kind", "chairs", "leading")
    list_filter = ("kind",)
    search_fields = ("name", "short", "members__name")
    ordering = ("name", "pk")
    fields = ("provider", "name", "short", "kind", "about")
    inlines = (MemberInline, MeetingInline)
    export_columns = (
        Column("Group", "name"),
        Column("Called", "short"),
        Column("What it is", "get_kind_display"),
        Column("Chairs", lambda group: _chairs(group)),
        Column("Items", "number"),
    )

    chairs = column("Chairs", lambda group: _chairs(group))
    leading = column("Items", "number", "number")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Group]":
        current = Count("leads", filter=Q(leads__ended_at=None), distinct=True)
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.select_related("provider").prefetch_related("members").annotate(number=current)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        page = f"{reverse('admin:representation_itemlead_changelist')}?group__id__exact={subject.pk}"
        return [link_button("What it has taken on", page), *super().buttons(request, subject)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that never led anything."""
        return obj is not None and self.has_change_permission(request, obj) and not obj.leads.exists()


def _chairs(group: Group) -> str:
    return english.listed([member.name for member in group.members.all() if member.is_chair]) or "–"
