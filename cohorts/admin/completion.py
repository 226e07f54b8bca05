"""“Completion and certificates” of a cohort, and the list of certificates."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from cohorts import messages as mail
from cohorts.actions import certificates, completion
from cohorts.admin.forms import ReasonForm
from cohorts.admin.scope import ReadOnlyAdmin, cohort_or_404
from cohorts.completion import standings
from cohorts.models import Certificate, Cohort, CompletionRule, Enrolment
from cohorts.states import CERTIFICATE, CertificateStatus
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.fields import style
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.files.serving import serve
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.models import Job
from steppingup.site.export import Column


class CompletionViews(ScopedAdmin):
    """Pages of the participants' admin that concern a whole cohort."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("cohort/<int:pk>/", view(self.completion_view), name="cohorts_enrolment_completion"),
            path("cohort/<int:pk>/complete/", view(self.complete_all_view), name="cohorts_enrolment_complete_all"),
            path("cohort/<int:pk>/certificates/", view(self.issue_view), name="cohorts_enrolment_issue"),
            path(
                "cohort/<int:pk>/waive/<int:enrolment>/<int:rule>/",
                view(self.waive_view),
                name="cohorts_enrolment_waive",
            ),
            path(
                "cohort/<int:pk>/waive/<int:enrolment>/<int:rule>/back/",
                view(self.unwaive_view),
                name="cohorts_enrolment_unwaive",
            ),
        ]
        return [*own, *super().get_urls()]

    def _page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "opts": Enrolment._meta}
        return TemplateResponse(request, template, {**shared, **context})

    def completion_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody against the rules, and what can be done."""
        cohort = cohort_or_404(request, pk)
        people = standings(cohort)
        done = [standing for standing in people if standing.enrolment.completed_at]
        return self._page(
            request,
            "admin/cohorts/completion.html",
            title=f"Completion and certificates: {cohort}",
            cohort=cohort,
            people=people,
            rules=[check.rule for check in people[0].checks] if people else list(_rules(cohort)),
            ready=sum(standing.can_complete for standing in people),
            completed=len(done),
            without_certificate=sum(standing.certificate is None for standing in done),
            job=Job.objects.unfinished().about(cohort).filter(kind=certificates.JOB_KIND).first(),
        )

    def complete_all_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk)
        back = reverse("admin:cohorts_enrolment_completion", args=[pk])
        if request.method == "POST":
            try:
                done = completion.complete_all(cohort=cohort, by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, f"Completion is recorded for {len(done)}, and they have been told.")
            return HttpResponseRedirect(back)
        ready = completion.ready_in(cohort, request.user)
        if not ready:
            messages.error(request, "Nobody who meets the rule is waiting to be recorded.")
            return HttpResponseRedirect(back)
        told = [preview for enrolment in ready for preview in completion.told_of_completing(enrolment)]
        return self._page(
            request,
            "admin/cohorts/confirm.html",
            title=f"Record completion of {len(ready)}",
            about=cohort,
            text="These people meet the cohort's rule: " + (", ".join(str(e.participant) for e in ready)),
            told=told,
            button=f"Record completion of {len(ready)}",
            back_url=back,
        )

    def issue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk)
        back = reverse("admin:cohorts_enrolment_completion", args=[pk])
        if request.method == "POST":
            try:
                job = certificates.issue(cohort=cohort, by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
                return HttpResponseRedirect(back)
            return HttpResponseRedirect(job.get_absolute_url() if job.started_by_id == request.user.pk else back)
        waiting = certificates.waiting_for_one(cohort)
        if not waiting:
            messages.error(request, "Everybody who has completed has a certificate already.")
            return HttpResponseRedirect(back)
        return self._page(
            request,
            "admin/cohorts/confirm.html",
            title=_certificates(len(waiting)),
            about=cohort,
            text="Each certificate bears the name by which the person is known here. A name cannot be changed afterwards, "
            "so look at them once more, and correct a wrong one first under People: "
            + (", ".join(certificates.name_on_it(e) for e in waiting)),
            told=[preview for e in waiting for preview in mail.CERTIFICATE_READY.preview(e)],
            button=_certificates(len(waiting)),
            back_url=back,
        )

    def _person_and_rule(self, cohort: Cohort, enrolment: int, rule: int) -> tuple[Enrolment, CompletionRule]:
        people = Enrolment.objects.select_related("participant", "cohort__programme", "cohort__plan")
        found = get_object_or_404(_rules(cohort), pk=rule)
        return get_object_or_404(people, pk=enrolment, cohort=cohort), found

    def waive_view(self, request: HttpRequest, pk: int, enrolment: int, rule: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk)
        person, found = self._person_and_rule(cohort, enrolment, rule)
        back = reverse("admin:cohorts_enrolment_completion", args=[pk])
        form = style(ReasonForm(request.POST or None))
        if request.method == "POST" and form.is_valid():
            try:
                completion.waive(enrolment=person, rule=found, by=request.user, **form.cleaned_data)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, f"The rule is waived for {person.participant}.")
            return HttpResponseRedirect(back)
        return self._page(
            request,
            "admin/cohorts/confirm.html",
            title=f"Waive a rule for {person.participant}",
            about=f"At least {found}",
            text="They may complete although they have not met this rule. The reason is kept with their record.",
            form=form,
            told=[],
            button="Waive the rule",
            back_url=back,
        )

    def unwaive_view(self, request: HttpRequest, pk: int, enrolment: int, rule: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk)
        person, found = self._person_and_rule(cohort, enrolment, rule)
        back = reverse("admin:cohorts_enrolment_completion", args=[pk])
        if request.method == "POST":
            try:
                completion.take_back_waiver(enrolment=person, rule=found, by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, f"The rule holds for {person.participant} again.")
            return HttpResponseRedirect(back)
        return self._page(
            request,
            "admin/cohorts/confirm.html",
            title=f"Take back the waiver for {person.participant}",
            about=f"At least {found}",
            text="They can complete only when they meet this rule. That it was waived, and why, stays in the history.",
            told=[],
            button="Take it back",
            back_url=back,
        )


def _certificates(count: int) -> str:
    return f"Make {count} {'certificate' if count == 1 else 'certificates'}"


def _rules(cohort: Any) -> QuerySet[CompletionRule]:
    return CompletionRule.objects.filter(cohort=cohort).select_related("component")


def _told_of_revoking(certificate: Certificate) -> list[Any]:
    return mail.CERTIFICATE_REVOKED.preview(certificate.enrolment, serial=certificate.serial, reason="[your reason]")


@admin.register(Certificate)
class CertificateAdmin(StepsMixin, ReadOnlyAdmin):
    """Certificates. They are made on the cohort's page “Completion and certificates”."""

    cohort_path = "enrolment__cohort"
    provider_path = "enrolment__cohort__programme__provider"
    list_display = ("serial", "name", "programme_name", "completed_on", "status_label", "issued_at")
    list_filter = ("enrolment__cohort", "status")
    search_fields = ("serial", "name", "enrolment__participant__email")
    list_select_related = ("enrolment__cohort",)
    fields = (
        *("serial", "name", "programme_name", "completed_on", "status"),
        *("issued_at", "issued_by", "revoked_at", "revocation_reason"),
    )
    steps = (
        AdminStep(
            "revoke",
            "Revoke the certificate",
            certificates.revoke,
            "certificate",
            Permission.RUN_COHORTS,
            lambda certificate: "revoke" in CERTIFICATE.possible(certificate.status),
            told=_told_of_revoking,
            form_class=ReasonForm,
            text="Whoever checks its number sees that it is revoked, but not why. This cannot be undone; you can make a "
            "new certificate afterwards, for example with the right name.",
            done="The certificate is revoked.",
            is_done=lambda certificate: certificate.status == CertificateStatus.REVOKED,
        ),
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

    @display(
        description="Status",
        ordering="status",
        label={CertificateStatus.ISSUED.label: "success", CertificateStatus.REVOKED.label: "danger"},
    )
    def status_label(self, certificate: Certificate) -> str:
        return CertificateStatus(certificate.status).label

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="cohorts_certificate_file")
        return [own, *super().get_urls()]

    def steps_for(self, request: HttpRequest, obj: Any) -> list[dict[str, str]]:
        file = {"label": "Open the certificate", "url": reverse("admin:cohorts_certificate_file", args=[obj.pk])}
        return [*([file] if obj.file_id else []), *super().steps_for(request, obj)]

    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        found = self.get_object(request, str(pk))
        if found is None or found.file is None:
            raise Http404
        return serve(found.file, as_attachment=False)
