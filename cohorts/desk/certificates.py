"""The list of certificates. They are made on the cohort's page “Completion and certificates”."""

from typing import Any

from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse

from cohorts.desk.filters import CohortFilter
from cohorts.models import Certificate
from cohorts.states import CertificateStatus
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.files.serving import serve
from steppingup.site.export import Column


@admin.register(Certificate)
class CertificateAdmin(SteppedAdmin):
    """Certificates. They are made on the cohort's page “Completion and certificates”."""

    list_display = ("serial", "name", "programme_name", "completed_on", "status_label", "issued_at")
    list_filter = (CohortFilter, "status")
    search_fields = ("serial", "name", "enrolment__participant__email")
    list_select_related = ("enrolment__cohort__programme", "enrolment__participant", "file")
    fields = (
        *("serial", "name", "programme_name", "completed_on", "status"),
        *("issued_at", "issued_by", "revoked_at", "revocation_reason"),
    )
    export_columns = (
        Column("Number", "serial"),
        Column("Name", "name"),
        Column("Programme", "programme_name"),
        Column("Completed on", "completed_on"),
        Column("Status", "get_status_display"),
        Column("Issued", "issued_at"),
        Column("Revoked", "revoked_at"),
    )

    status_label = column(
        "Status",
        lambda certificate: CertificateStatus(certificate.status).label,
        "status",
        colours={CertificateStatus.ISSUED.label: "success", CertificateStatus.REVOKED.label: "danger"},
    )

    def buttons(self, request: HttpRequest, subject: Certificate) -> list[dict[str, Any]]:
        file = {
            "label": "Open the certificate",
            "url": reverse("admin:cohorts_certificate_file", args=[subject.pk]),
            "for_them": False,
        }
        return [*([file] if subject.file_id else []), *super().buttons(request, subject)]

    @own_page("<int:pk>/file/", "file")
    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        found = self.get_object(request, str(pk))
        if found is None or found.file is None:
            raise Http404
        return serve(found.file, as_attachment=False)
