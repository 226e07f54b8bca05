"""Rules in versions, in the admin: what holds now is listed, earlier versions can be read, and the page says before saving
who keeps what they began with."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from unfold.contrib.filters.admin import DropdownFilter

from steppingup.desk.admin import FollowsParent, ScopedAdmin
from steppingup.formats import english
from steppingup.history.versions import Copies, Versioned, carried_on, take_over
from steppingup.site.together import SEEN, Seen


class VersionFilter(DropdownFilter):
    """What holds now, unless the address asks for more."""

    title, parameter_name, all_option = "version", "version", ("", "What holds now")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("earlier", "Earlier versions"), ("all", "All versions")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(replaced_at__isnull=self.value() != "earlier")


class PartInline(FollowsParent):
    """Rows of a version. Those that are removed are missing in the next version only, whoever refers to them."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        # Django refuses to remove what something refers to.
        formset.form.hand_clean_DELETE = lambda form: None
        return formset


class VersionedAdmin(ScopedAdmin):
    """An admin of one version of something after another. `consequences` says what a change would do, in sentences."""

    change_form_outer_before_template = "admin/components/version.html"

    def consequences(self, obj: Any) -> list[str]:
        """Who keeps this version, and for whom a change would hold."""
        raise NotImplementedError

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return [VersionFilter, *super().get_list_filter(request)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was replaced is a record."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_current)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if request.method == "POST" and obj is not None and not obj.is_current:
            obj = self._go_on_with_the_newest(request, obj)
            object_id = str(obj.pk)
        shown = kwargs.pop("extra_context", None) or {}
        if obj is not None:
            shown = {**shown, "version": obj, "consequences": self._said(obj)}
        return super().change_view(request, object_id, *args, **kwargs | {"extra_context": shown})

    def _go_on_with_the_newest(self, request: HttpRequest, obj: Any) -> Any:
        """Somebody made a new version while this page was open: what was typed goes on there, row by row."""
        seen, new = Seen.read(request.POST.get(SEEN, "")), self.get_object(request, str(obj.newest().pk))
        old = type(obj)._base_manager.filter(pk=seen.of).first() if seen else None
        if seen is None or old is None or new is None or old.newest() != new:
            return obj
        if not old.is_current:
            data = request.POST.copy()
            for formset in self.sheet_of(request, new).formsets:
                carried = carried_on(old, formset.model, formset.fk.attname)
                _rename(data, seen, formset, new, {str(one): str(other) for one, other in carried.items()})
            seen.of = str(new.pk)
            data[SEEN] = seen.sealed()
            request.POST = data  # type: ignore[assignment]
        return new

    def _said(self, obj: Any) -> list[str]:
        if obj.is_current:
            return self.consequences(obj)
        return [f"This version was replaced on {english.day_date(obj.replaced_at)}. It is kept as a record."]


def _rename(data: QueryDict, seen: Seen, formset: Any, new: Any, names: dict[str, str]) -> None:
    """Let the rows that were sent, and those that the page had seen, be those of the new version."""
    prefix, key, parent = formset.prefix, formset._pk_field.name, formset.fk.name
    seen.rows[prefix] = {names.get(pk, pk): row for pk, row in seen.rows.get(prefix, {}).items()}
    for name in list(data):
        if name.startswith(f"{prefix}-") and name.endswith((f"-{key}", f"-{parent}")):
            given = data[name]
            data[name] = str(new.pk) if name.endswith(f"-{parent}") else names.get(given, given)


class WithParts(VersionedAdmin):
    """The same for a version whose parts are inlines: one page, saved once, makes one new version."""

    def revise(self, request: HttpRequest, obj: Any, removed: Collection[Model]) -> tuple[Any, Copies]:
        """The action that makes the next version, and takes along whoever has not begun. `removed` are parts that it will not
        have."""
        raise NotImplementedError

    def keeps(self, obj: Any, removed: Collection[Model]) -> bool:
        """Is the version kept as it is, so that a change makes the next one?"""
        return type(obj).held(obj.pk).is_frozen

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """A change is saved with its parts, as these decide too whether it makes a new version."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        if change and not (form.has_changed() or any(one.has_changed() for one in formsets)):
            for one in formsets:  # the record of what was saved asks for them
                one.new_objects, one.changed_objects, one.deleted_objects = [], [], []
            return
        obj = form.instance
        removed = [one.instance for formset in formsets for one in formset.deleted_forms if one.instance.pk]
        if change and self.keeps(obj, removed):
            new, copies = self.revise(request, obj, removed)
            _go_on_with(obj, new, formsets, copies)
            self.message_user(request, f"Your changes are version {new.version}. The earlier one stays as it was.")
        if change:
            super().save_model(request, obj, form, change)
        super().save_related(request, form, formsets, change)


def _go_on_with(obj: Any, new: Versioned, formsets: list[Any], copies: Copies) -> None:
    """What was typed into the forms of the old version and its parts is saved into the copies of these."""
    take_over(obj, new)
    for formset in formsets:
        formset.instance = obj
        for form in formset.forms:
            if form.instance.pk:
                form.instance.pk = copies[formset.model][form.instance.pk].pk
                setattr(form.instance, formset.fk.name, obj)
