"""Lists for people who are not in the admin: searched, filtered, 25 to a page, downloaded as filtered.

class Partners(ListPage):
    heading, noun = "Partners", "partner"
    form_class = PartnerFilter          # a ListFilter
    columns = [Column("Name", "name")]  # what a download holds; without columns there is none
    template_name = "cohorts/partners.html"  # extends list.html and fills {% block rows %}
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from steppingup.accounts.second_factor import ask_again
from steppingup.formats.fields import NameInput
from steppingup.site import export
from steppingup.site.export import Column

PER_PAGE = 25


class ListFilter(forms.Form):
    """A search box; subclasses add fields and override `narrow`. Every word must be found in one of `search_in`."""

    search_in: ClassVar[Sequence[str]] = ()
    q = NameInput(
        label="Search", required=False, max_length=100, widget=forms.TextInput(attrs={"class": "govuk-input"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.search_in:
            del self.fields["q"]
        for field in self.fields.values():
            css = "govuk-select" if isinstance(field.widget, forms.Select) else "govuk-input"
            field.widget.attrs.setdefault("class", css)

    def narrow(self, rows: QuerySet[Any], values: dict[str, Any]) -> QuerySet[Any]:
        """The rows that fit the fields a subclass added."""
        return rows

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that fit. A field that cannot be understood shows its error and filters nothing."""
        self.is_valid()
        values = self.cleaned_data
        for word in values.get("q", "").split():
            found = Q()
            for path in self.search_in:
                found |= Q(**{f"{path}__finds": word})
            rows = rows.filter(found)
        return self.narrow(rows, values)


class ListPage(View):
    """The base of such a list. `get_rows()` fetches through the access rule and selects what a row needs."""

    heading = ""
    noun = "row"
    noun_plural = ""
    template_name = "list.html"
    form_class: type[ListFilter] = ListFilter
    columns: Sequence[Column] = ()
    per_page = PER_PAGE

    def get_rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_extra(self) -> dict[str, Any]:
        """What else the template needs. The rows that are shown are `self.page`."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.GET)
        rows = form.apply(self.get_rows())
        if kind := request.GET.get("export"):
            if not self.columns or kind not in export.FORMATS:
                raise Http404
            ask_again(request)
            return export.export(kind, self.heading.lower().replace(" ", "-"), self.columns, rows)
        page = self.page = Paginator(rows, self.per_page).get_page(request.GET.get("page"))
        context = {
            "heading": self.heading,
            "noun": self.noun,
            "noun_plural": self.noun_plural or f"{self.noun}s",
            "filter_form": form,
            "is_filtered": any(form.cleaned_data.values()),
            "page_obj": page,
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
            "can_export": bool(self.columns),
        }
        return render(request, self.template_name, context | self.get_extra())
