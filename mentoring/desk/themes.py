"""What mentors and participants choose from, and what counts when they are matched."""

from django.contrib import admin
from django.http import HttpRequest

from mentoring.models import MatchingWeights, Theme
from mentoring.permissions import MentoringPermission
from steppingup.desk.admin import ScopedAdmin
from steppingup.site.export import Column


@admin.register(Theme)
class ThemeAdmin(ScopedAdmin):
    """An experience, a skill, a circumstance: both sides choose from the same list (L8)."""

    change_permission = MentoringPermission.RUN_MENTORING
    list_display = ("name", "programme", "order")
    list_filter = ("programme",)
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    fields = ("programme", "name", "key", "order")
    export_columns = [Column("Theme", "name"), Column("Programme", "programme__name"), Column("Order", "order")]

    def has_delete_permission(self, request: HttpRequest, obj: Theme | None = None) -> bool:
        """Only one that nobody has chosen."""
        if obj is None:
            return False
        return self.has_change_permission(request, obj) and not (obj.mentors.exists() or obj.wishes.exists())


@admin.register(MatchingWeights)
class MatchingWeightsAdmin(ScopedAdmin):
    change_permission = MentoringPermission.RUN_MENTORING
    list_display = ("programme", "theme_points", "area_points")
    search_fields = ("programme__name",)
