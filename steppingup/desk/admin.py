"""What every admin page of ours stands on: a person sees and changes what belongs to their own provider.

@admin.register(Cohort)
class CohortAdmin(ScopedAdmin):
    change_permission = SitePermission.WATCH_WORK
    export_columns = [Column("Cohort", "name")]
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn, TypeVar

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters, InlineModelAdmin
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import CharField, Field, Model, QuerySet, TextField
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst, slugify
from unfold.admin import ModelAdmin, TabularInline

from steppingup.accounts.actors import holds
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import SENSITIVE, Permission
from steppingup.accounts.scope import may_see, scope_of
from steppingup.accounts.second_factor import ask_again
from steppingup.desk import saved
from steppingup.desk.changelist import OfferedList, OwnRecordsFilter
from steppingup.desk.rows import ChoicesOfRows, FewAtOnce
from steppingup.desk.together import Together
from steppingup.desk.uniqueness import AsksForDoubles
from steppingup.formats.fields import DrawnField
from steppingup.history.lifecycle import NotPossible
from steppingup.site import export
from steppingup.site.export import Column
from steppingup.site.sections import render_sections

V = TypeVar("V", bound=Callable[..., Any])


def own_page(address: str, name: str) -> Callable[[V], V]:
    """Makes a method of a ScopedAdmin a page below its list: `@own_page("<int:pk>/file/", "file")` of the admin of
    certificates is “admin:cohorts_certificate_file”. Only staff get there; the method asks who of them may."""

    def mark(view: V) -> V:
        view.own_page = address, name  # type: ignore[attr-defined]
        return view

    return mark


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin's first page: what every app says on the page “dashboard”."""
    return context | {"title": "Today", "sections": render_sections("dashboard", request)}


class ExportMixin(ModelAdmin):
    """“Download CSV / Excel” above a list: exactly the rows that the search and the filters leave, in their order."""

    export_columns: Sequence[Column] = ()
    #: What an empty list says, where “… will be listed here” does not tell how something comes to be in it.
    when_empty = ""
    list_before_template = "admin/components/views.html"

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """The columns that the person chose."""
        return saved.columns_of(request, self.model, self.list_display)

    def exported(self, request: HttpRequest, rows: QuerySet[Any]) -> tuple[Sequence[Column], Iterable[Any]]:
        """The columns of the download and its rows, with what these columns need, so that a row costs no query."""
        return self.export_columns, rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        kind = request.GET.get("export")
        if not kind:
            title = capfirst(self.model._meta.verbose_name_plural)  # Django's own is “Select application to view”
            shown = {"title": title, "can_export": bool(self.export_columns), **(extra_context or {})}
            if self.has_view_permission(request):
                shown["views"] = saved.shown_on(request, self)
            return super().changelist_view(request, shown)
        if kind not in export.FORMATS or not self.export_columns or not self.has_view_permission(request):
            raise Http404
        ask_again(request)
        rows = self.rows_as_filtered(request)
        name = slugify(str(self.model._meta.verbose_name_plural))
        return export.export(kind, name, *self.exported(request, rows))

    def rows_as_filtered(self, request: HttpRequest) -> QuerySet[Any]:
        """What the search and the filters of the address leave, on all pages."""
        values: Any = request.GET.copy()
        for name in ("export", "p", "all"):
            values.pop(name, None)
        request.GET = values
        self.request = request
        try:
            return self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            raise NotPossible("This list has no such filter, so nothing was downloaded.", "choice") from None


#: What a field says when something is wrong, by the code of the error.
SENTENCES = {
    "required": "Fill in “{label}”.",
    "min_value": "Enter %(limit_value)s or more.",
    "max_value": "Enter %(limit_value)s or less.",
}


def say_plainly(field: Any) -> Any:
    """Errors of a form field that say what to do, in the place of Django's own."""
    if isinstance(field, forms.Field):
        label = str(field.label or "this field")
        for code, sentence in SENTENCES.items():
            field.error_messages[code] = sentence.replace("{label}", label[:1].upper() + label[1:])
        if isinstance(field, forms.ModelChoiceField | forms.ChoiceField):
            field.error_messages["required"] = "Choose one."
    return field


def in_the_plural(message: Any) -> Any:
    """A message of Django's about one thing whose name is in the plural: “The admission rules “Band 7” were added”."""
    words = str(message)
    for one, several in (
        (r"” was (added|changed|deleted)", r"” were \1"),
        (r"You may edit it again", "You may edit them again"),
    ):
        words = re.sub(one, several, words)
    words = re.sub(r"You may add another ([a-z ]+) below", r"You may add more \1 below", words)
    return mark_safe(words) if isinstance(message, SafeString) else words  # its words were safe, and these are ours


def is_key(model: type[Model], text: str) -> bool:
    """Can this be the number of a row?"""
    try:
        return abs(model._meta.pk.to_python(text)) < 2**63
    except (ValidationError, ValueError, TypeError):
        return False


class FollowsParent(InlineModelAdmin):
    """For an inline: whoever may see or change the record may see or change the rows inside it. `related` comes along."""

    extra = 0
    max_num = 200
    related: ClassVar[tuple[str, ...]] = ()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """As many rows are drawn as the page says it has: of a number that is made up, not many more than there are."""
        made = super().get_formset(request, obj, **{"absolute_max": 250, **kwargs})
        return type(made.__name__, (FewAtOnce, made), {})

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return say_plainly(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.iterator = type("Choices", (ChoicesOfRows,), {"found": []})
        return field

    def _parent(self) -> Any:
        return self.admin_site._registry[self.parent_model]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    has_add_permission = has_delete_permission = has_change_permission


class ReadOnlyInline(FollowsParent, TabularInline):
    """Rows that actions make: whoever sees the record reads them here, and nobody changes them."""

    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class ScopedAdmin(Together, ExportMixin):
    """An admin of records that belong to a provider. Roles decide; Django's own permissions are not used.

    Whose the rows are, and who sees them, says the model (`visibility`). Nobody deletes unless a subclass says so. What
    lies outside the person's scope is not found (404). Statuses are shown and never saved: actions change them."""

    change_permission: ClassVar[Permission | None] = None
    adds: ClassVar[bool] = True  # by hand; otherwise only actions do
    deletes: ClassVar[bool] = False
    status_fields: Sequence[str] = ("status",)
    #: What a record is given when it is made, and keeps: mostly whose it is.
    fixed_fields: ClassVar[Sequence[str]] = ()
    #: Texts that are searched and worked out (`WorkedOut`), by the name that stands for them in `search_fields`.
    worked_out: ClassVar[Mapping[str, Any]] = {}
    list_class: ClassVar[type[DjangoChangeList]] = OfferedList
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True

    def get_urls(self) -> list[URLPattern]:
        """Django's own after those that are marked by `own_page`, also where a subclass has a view of its own instead."""
        wrap, prefix = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        marked = {
            view: member.own_page
            for base in reversed(type(self).__mro__)
            for view, member in vars(base).items()
            if hasattr(member, "own_page")
        }
        own = [path(to, wrap(getattr(self, view)), name=f"{prefix}_{name}") for view, (to, name) in marked.items()]
        return [*own, *super().get_urls()]

    def page(self, request: HttpRequest, template: str, **shown: Any) -> TemplateResponse:
        """A page of the admin's own look, with what it shows."""
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **shown}
        )

    # -- scope ---------------------------------------------------------------------------------

    @property
    def see(self) -> Permission | None:
        """The permission with which these rows are listed."""
        return scope_of(self.model).see

    def get_queryset(self, request: HttpRequest) -> Any:
        if not self.see:
            return self.model._default_manager.none()
        return super().get_queryset(request).visible_to(request.user, self.see).alias(**self.worked_out)

    def allows(self, request: HttpRequest, permission: Permission | None, obj: Any = None) -> bool:
        """Does the person hold the permission for this record; without one, for any?"""
        if permission is None:
            return False
        return holds(request.user, permission) if obj is None else may_see(request.user, obj, permission)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._back_to(request) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._back_to(request) or super().response_post_save_change(request, obj)

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """Django says “was” of everything: what is called in the plural, such as admission rules, “were”."""
        if self.opts.verbose_name == self.opts.verbose_name_plural:
            message = in_the_plural(message)
        super().message_user(request, message, *args, **kwargs)

    def _back_to(self, request: HttpRequest) -> HttpResponse | None:
        """The page of the admin that led here, where it asked to come back: `?back=/admin/…`."""
        back = request.GET.get("back", "")
        own = back.startswith(reverse("admin:index")) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return HttpResponseRedirect(back) if own else None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its number, also where the address has an empty `_to_field`, which Django takes for a name."""
        return super().get_object(request, object_id, from_field or None)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.see) or self.allows(request, self.change_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.see, obj) or self.allows(request, self.change_permission, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.adds and self.allows(request, self.change_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, self.change_permission, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletes and self.has_change_permission(request, obj)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404(f"There is no {opts.verbose_name} “{object_id}” here.")

    # -- search and filters --------------------------------------------------------------------

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """Texts are searched as people see them: “zoe obrien” finds “Zoë O’Brien”."""
        return [self._searched(name) for name in super().get_search_fields(request)]

    def _searched(self, given: str) -> str:
        if given[0] in "^=@":
            return given
        if given in self.worked_out:  # see WorkedOut
            return given
        field = get_fields_from_path(self.model, given)[-1]
        lookup = "finds_drawn" if isinstance(field, DrawnField) else "finds"
        return f"{given}__{lookup}" if isinstance(field, CharField | TextField) else given

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DjangoChangeList]:
        return self.list_class

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """A filter by a related record offers those of the person's own rows, never the names of other providers'."""
        return [self._own_choices(given) for given in super().get_list_filter(request)]

    def _own_choices(self, given: Any) -> Any:
        """Django's plain filter offers every row of the other table."""
        if not isinstance(given, str):
            return given
        field = get_fields_from_path(self.model, given)[-1]
        return (given, OwnRecordsFilter) if field.is_relation else given

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Rows are chosen by their numbers: what is none chooses nothing."""
        values: Any = request.POST.copy()
        chosen = [one for one in values.getlist(ACTION_CHECKBOX_NAME) if is_key(self.model, one)]
        values.setlist(ACTION_CHECKBOX_NAME, chosen)
        request.POST = values
        return super().response_action(request, queryset)

    # -- forms ---------------------------------------------------------------------------------

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.change_permission in SENSITIVE and self.has_change_permission(request):
            ask_again(request)
        return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which is made anew for each request, and knows who asks."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form = type(form)(form.__name__, (AsksForDoubles, form), {})
        form.by = request.user
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """Statuses are never fields of a form."""
        given = [*super().get_readonly_fields(request, obj), *(self.fixed_fields if obj else ())]
        names = {field.name for field in self.model._meta.get_fields()}
        return [*given, *(name for name in self.status_fields if name in names and name not in given)]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return say_plainly(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        """Choices come from the person's own scope, where the other model has one: a record is given to a provider,
        programme or cohort for which the person may change such records."""
        target, permission = db_field.remote_field.model, self.change_permission or self.see
        other = self.admin_site._registry.get(target)
        if db_field.name == scope_of(self.model).provider:
            return Organisation.objects.providers_of(request.user, permission)
        if not isinstance(other, ScopedAdmin):
            return super().get_field_queryset(db, db_field, request)
        rows, ordering = target.objects.visible_to(request.user, permission), other.get_ordering(request)
        return (rows.order_by(*ordering) if ordering else rows).select_related()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Where there is one choice only, it is made."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        adding = request.resolver_match is not None and "object_id" not in request.resolver_match.kwargs
        if field is not None and field.required and adding and request.method == "GET" and field.initial is None:
            found = list(field.queryset.complex_filter(db_field.get_limit_choices_to())[:2])
            field.initial = found[0].pk if len(found) == 1 else None
        return field

    def _columns_to_save(self, form: ModelForm) -> list[str]:
        """The columns that the person changed, and those that keep the time of the last change."""
        names = [field.name for field in self.model._meta.concrete_fields if getattr(field, "auto_now", False)]
        for name in form.changed_data:
            try:
                field = self.model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(field, Field) and field.concrete and not field.many_to_many:
                names.append(name)
        return names

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save only what was changed in the form: what an action wrote in the meantime stays."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        obj.save(update_fields=self._columns_to_save(form))
        for action in self.get_actions_submit_line(request, obj.pk):
            if action.action_name in request.POST:
                action.method(request, obj)
