"""Two members of staff at one record, in the admin: what the other has changed since the page was opened is shown before
anything is saved (`steppingup.site.together`)."""

import copy
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from unfold.admin import ModelAdmin

from steppingup.desk import removing
from steppingup.history.changes import last_change
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, Told, one_at_a_time

NOTHING_SAVED = "Nothing has been saved yet. See what has changed since you opened this page, and then save."


def told_of(record: Any, name: str) -> Told:
    """Who changed it, by the record's history; where none is kept, by what was saved in the staff's pages."""
    found = last_change(record, name)
    if found and name:
        return Told(*found)
    entries = LogEntry.objects.filter(object_id=str(record.pk), content_type=ContentType.objects.get_for_model(record))
    latest = entries.select_related("user").order_by("-action_time").first()
    if latest and (found is None or latest.action_time > found[1]):
        return Told(str(latest.user), latest.action_time)
    return Told(*found) if found else Told()


class NotSavedYet:
    """For a form of a page that is shown again: whatever was typed, it is not saved."""

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        if self.is_bound:  # type: ignore[attr-defined]
            self.add_error(None, NOTHING_SAVED)  # type: ignore[attr-defined]


class Together(ModelAdmin):
    """An admin whose change forms know what they showed."""

    change_form_before_template = "admin/components/together.html"
    told = staticmethod(told_of)

    def sheet_of(self, request: HttpRequest, obj: Any) -> Sheet:
        """The form and its rows, as they would be shown now."""
        asking = copy.copy(request)
        asking.method, asking.resolver_match = "GET", request.resolver_match
        asking.POST = QueryDict()
        form = self.get_form(asking, obj, change=True)(instance=obj)
        pairs = zip(*self._create_formsets(asking, obj, change=True), strict=True)
        return Sheet(form, [rows for rows, inline in pairs if inline.has_change_permission(asking, obj)])

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        seen = Seen.read(request.POST.get(SEEN, "")) if request.method == "POST" and object_id else None
        if seen is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        key = unquote(str(object_id))
        with one_at_a_time(self.model, key):
            # Whoever saves at the same moment waits here, and then sees what was saved.
            self.model._base_manager.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
            try:
                return self._meet(request, seen, key, form_url, extra_context)
            except (Http404, PermissionDenied):
                if lost := seen.typed_into(request.POST):
                    return self._too_late(request, seen, lost)
                raise

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Whoever removes what somebody has changed since the page was opened is shown that first."""
        key = unquote(str(object_id))
        with one_at_a_time(self.model, key):
            obj = self.get_object(request, key)
            if obj is None or not self.has_delete_permission(request, obj):
                return super().delete_view(request, object_id, extra_context)
            shown = removing.look(self, request, [obj])
            if shown.met:
                request.POST = QueryDict()  # the page is shown again
            return super().delete_view(request, object_id, {**(extra_context or {}), "removing": shown})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        if "delete_selected" in found:
            _, *words = found["delete_selected"]
            found["delete_selected"] = (removing.delete_selected, *words)
        return found

    def _meet(self, request: HttpRequest, seen: Seen, key: str, form_url: str, extra_context: Any) -> HttpResponse:
        obj = self.get_object(request, key)
        if obj is not None and self.has_change_permission(request, obj):
            met = Meeting(self.sheet_of(request, obj), seen, request.POST, request.FILES, told_of)
            request.POST, request._files = met.data, met.files  # type: ignore[assignment, attr-defined]
            request.meeting = met  # type: ignore[attr-defined]
        return super().changeform_view(request, key, form_url, extra_context)

    def _too_late(self, request: HttpRequest, seen: Seen, lost: Any) -> HttpResponse:
        """The record is gone, or nobody may change it any more: what was typed is shown, to be kept elsewhere."""
        record = self.model._base_manager.filter(pk=seen.of).first() if seen.of.isdecimal() else None
        told = told_of(record, "") if record else Told()
        shown = {"title": "This can no longer be changed", "told": told, "lost": lost, "gone": record is None}
        return self.page(request, "admin/too_late.html", **shown)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        met = getattr(request, "meeting", None)
        return (
            type(form)(form.__name__, (NotSavedYet, form), {})
            if met and met.shows and request.method == "POST"
            else form
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if change and obj is not None and request.method in ("GET", "POST"):
            context["together"] = self._together(request, context, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _together(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> dict[str, Any]:
        """What the page has seen, and what it says of others."""
        met = getattr(request, "meeting", None)
        if met is not None and met.shows:
            # Nothing below has to be corrected for that.
            context["errors"] = [one for one in context["errors"] if list(one) != [NOTHING_SAVED]]
            return {"sealed": met.sealed(), "met": met.met, "is_open": met.is_open}
        if met is not None:  # everything has been brought together; something else is wrong with what was typed
            return {"sealed": Seen.of_sheet(met.sheet, met.seen.of).sealed()}
        if request.method == "POST":
            return {"sealed": request.POST.get(SEEN, "")}
        sheet = Sheet(
            context["adminform"].form,
            [one.formset for one in context["inline_admin_formsets"] if one.has_change_permission],
        )
        return {"sealed": Seen.of_sheet(sheet, obj.pk).sealed()}
