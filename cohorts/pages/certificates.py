"""Is this certificate genuine? Open to everybody, and no way to find out who took part (nothing is searched or listed)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts.forms import SerialForm
from cohorts.models import Certificate
from cohorts.serials import normalise
from cohorts.states import CertificateKind, CertificateStatus
from steppingup.accounts import attempts

LOOK_UPS, MINUTES = 60, 60  # so many from one address in an hour


def _too_many(request: HttpRequest) -> bool:
    return attempts.count("certificate", attempts.network(request), minutes=MINUTES) > LOOK_UPS


def _answer(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """A form for the number, for whoever holds the paper and no telephone."""
    form = SerialForm(request.GET) if "serial" in request.GET else SerialForm()
    if form.is_bound and form.is_valid():
        serial = normalise(form.cleaned_data["serial"])
        if serial:
            return redirect("cohorts:certificate", serial)
        form.add_error(
            "serial",
            "The number ends with twelve letters and digits, in three groups of four. Check the certificate and try again.",
        )
    return _answer(request, "cohorts/certificate_check.html", {"form": form})


@require_safe
@never_cache
def show(request: HttpRequest, serial: str) -> HttpResponse:
    """Genuine (name, programme, what was done, date), replaced or revoked (with the day, without the reason), or unknown."""
    if _too_many(request):
        response = _answer(request, "cohorts/certificate_too_many.html", {}, status=429)
        response["Retry-After"] = str(MINUTES * 60)
        return response
    number = normalise(serial)
    found = Certificate.objects.numbered(number).select_related("enrolment__cohort__programme__provider").first()
    if not number or found is None:
        return _answer(request, "cohorts/certificate_unknown.html", {"serial": number or serial[:40]}, status=404)
    is_revoked, replaced_at = found.status == CertificateStatus.REVOKED, found.replaced_at
    verdict = "has been replaced" if replaced_at else "has been revoked" if is_revoked else "is genuine"
    context = {
        "certificate": found,
        "verdict": f"This certificate {verdict}",
        "is_revoked": is_revoked,
        "replaced_at": replaced_at,
        "is_for_days": found.kind == CertificateKind.DAYS_DONE,
        "provider": found.enrolment.cohort.programme.provider,
    }
    return _answer(request, "cohorts/certificate.html", context)
