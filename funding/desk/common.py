"""What the staff's pages of money share: filters that offer only one's own, colours, the emails about a record."""

from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from steppingup.accounts.models import Organisation
from steppingup.desk.admin import ReadOnlyInline, ScopedAdmin
from steppingup.desk.lists import NumberFilter, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.english import pounds
from steppingup.messaging.models import Message

#: The colours of Unfold's labels.
AGREEMENT_COLOURS = {
    "Fee agreed": "success",
    "Waiting for an answer": "warning",
    "Bursary requested": "info",
    "Declined": "danger",
}
STANDING_COLOURS = {
    "Paid": "success",
    "Part paid": "info",
    "Overdue": "danger",
    "Written off": "danger",
    "Part credited": "info",
    "Issued": "warning",
    "No longer owed": "info",
}
#: Between lines of one field.
BREAK = SafeString("<br>")
#: So many of the latest emails are listed on a record's page.
EMAILS = 20


class EmployerFilter(NumberFilter):
    """The employers of the rows that this person sees."""

    title = parameter_name = path = "employer"

    def offered(self, request: HttpRequest, model_admin: Any) -> Any:
        own = model_admin.get_queryset(request).order_by().values(self.path)
        return Organisation.objects.filter(pk__in=own).values_list("pk", "name")


class EmployerOfAgreementFilter(EmployerFilter):
    path = "agreement__employer"


def link_to(row: Any, words: str = "") -> SafeString:
    """To the page of a record of money, for whoever sees the one that it belongs to."""
    address = reverse(f"admin:funding_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a class="su-link" href="{}">{}</a>', address, words or row)


class EmployerOfInvoiceFilter(EmployerFilter):
    path = "invoice__agreement__employer"


class Entries(ReadOnlyInline):
    """Entries of money, which nobody edits."""

    rows: ClassVar[str]
    pounds = column("Pounds", lambda row: pounds(row.amount))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A table without rows is not shown. Without a record Django asks whether there may be rows at all."""
        return obj is None or getattr(obj, self.rows).exists()


class RecordAdmin(ScopedAdmin):
    """What actions write, and nobody edits."""

    adds = False

    @display(description="Emails")
    def emails(self, row: Model) -> SafeString:
        """The emails about a record; who sees money does not read all emails, so they are not linked to."""
        context = {"sent": Message.objects.about(row)[:EMAILS], "unlinked": True, "nothing": "No emails yet."}
        return render_to_string("admin/components/messages.html", context)


class DecidedAdmin(RecordAdmin, SteppedAdmin):
    """What is decided about by steps."""
