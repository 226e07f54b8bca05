"""Certificates: made for those who have completed, and revoked with a reason."""

import base64
import mimetypes
import re
import unicodedata
from typing import Any

import segno
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cohorts import notices
from cohorts.actions.enrolments import ReasonForm
from cohorts.actions.lettering import size_of_name, size_of_programme
from cohorts.models import Certificate, Cohort, DayEntry, Enrolment, Signature
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.permissions import CohortPermission
from cohorts.progress import progress_of
from cohorts.serials import new_serial
from cohorts.states import CERTIFICATE, CertificateKind, CertificateSays, CohortStatus, EnrolmentStatus, Signatory
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require
from steppingup.accounts.models import Organisation
from steppingup.files.actions.files import keep
from steppingup.files.names import file_name
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.previews import current_preview
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.site.pdf import render_pdf
from steppingup.steps.step import Weight, step

JOB_KIND = "cohorts.certificates"
TEMPLATE = "pdf/certificate.html"
RUN = CohortPermission.RUN_COHORTS


def waiting_for_one(cohort: Cohort) -> EnrolmentQuerySet:
    """Those who have completed, or did some of the days, and have no valid certificate, by name."""
    done = DayEntry.objects.filter(enrolment=OuterRef("pk")).standing()
    over = Enrolment.objects.filter(
        Q(status=EnrolmentStatus.COMPLETED) | Q(Exists(done), status=EnrolmentStatus.NOT_COMPLETED), cohort=cohort
    )
    waiting = over.exclude(certificates__in=Certificate.objects.genuine())
    return waiting.for_steps().order_by("participant__full_name", "pk")


def require_somebody(cohort: Cohort) -> None:
    """Raises NotPossible when nobody waits for a certificate. Asks the database only where somebody can have completed."""
    refuse_if(
        cohort.status in (CohortStatus.DRAFT, CohortStatus.PUBLISHED) or not waiting_for_one(cohort).exists(),
        "Everybody who has completed, or did some of the days, already has a certificate.",
        "state",
    )


def names_on_them(cohort: Cohort) -> str:
    names = [name_on_it(enrolment) for enrolment in waiting_for_one(cohort)]
    return (
        "Each certificate bears the name by which the person is known here. A name cannot be changed afterwards, so look "
        f"at them once more, and correct a wrong one first under People: {', '.join(names)}."
    )


@step(
    Cohort,
    "Make the certificates",
    past="Certificates being made",
    meaning=names_on_them,
    permission=RUN,
    policy=require_somebody,
    final="Each certificate can be revoked, with a reason.",
    weight=Weight.STRONG,
)
def issue(*, cohort: Cohort, by: Actor) -> Job:
    """Have a worker make the certificates of those who have completed and have none, and statements of the days for those who
    did not complete; each is told when theirs is ready.

    Asking again while it runs returns the same job. Raises NotPossible when nobody waits for one."""
    return jobs.start(
        kind=JOB_KIND,
        title=f"Certificates for {cohort}",
        about=cohort,
        by=by,
        total=waiting_for_one(cohort).count(),
        key=str(cohort.pk),
        provider=cohort.programme.provider,
        cohort=cohort.pk,
    )


@transaction.atomic
def make(*, enrolment: Enrolment, by: Actor) -> Certificate | None:
    """Make one certificate and tell the participant; nothing if they have a valid one by now.

    Called by the job, for each participant in a transaction of their own."""
    require(by, RUN, enrolment)
    locked = Enrolment.objects.locked(enrolment.pk)  # two workers at once would make two
    over_at = locked.completed_at or locked.not_completed_at
    if over_at is None:
        raise NotPossible(f"{enrolment.participant} has not completed, so there is nothing to certify.", "state")
    if enrolment.certificates.genuine().exists():
        return None
    certificate = Certificate(
        enrolment=enrolment,
        serial=new_serial(enrolment.cohort.programme.reference_prefix),
        name=name_on_it(enrolment),
        programme_name=enrolment.cohort.programme.name,
        completed_on=timezone.localdate(over_at),
        issued_by=person(by),
        **what_it_says(enrolment),
    )
    if current_preview() is None:  # nobody reads the document of a preview, and drawing it takes its time
        certificate.file = keep(
            name=file_name(f"Certificate {certificate.name}", "pdf"),
            content=render(certificate),
            content_type="application/pdf",
            pages=1,
            by=by,
        )
    certificate.save()
    notices.hand_over(certificate)
    return certificate


def what_it_says(enrolment: Enrolment) -> dict[str, str]:
    """What was done, as the programme's certificates say it. Days are those that count and were done by the day that stands on
    it, to the nearest quarter; so one that replaces another says the same.

    Raises NotPossible for a statement of no days."""
    place = Enrolment.objects.for_steps().get(pk=enrolment.pk)
    over_at = place.completed_at or place.not_completed_at
    progress = progress_of(place, until=timezone.localdate(over_at) if over_at else None).in_quarters()
    done, whole = progress.counted, english.from_to(progress.least, progress.planned)
    if enrolment.status == EnrolmentStatus.NOT_COMPLETED:
        if done <= 0:
            raise NotPossible(
                f"No days are recorded for {enrolment.participant}, so there is nothing to certify.", "no_days"
            )
        said = f"{english.days(done)} of {whole} of leadership development"
        return {"kind": CertificateKind.DAYS_DONE, "claim": "has taken part in", "statement": said}
    # Where every rule was waived and nothing is recorded, there are no days to speak of.
    if done <= 0 or enrolment.cohort.programme.certificate_says == CertificateSays.REQUIREMENTS:
        said = f"a programme of {whole} of leadership development"
        return {"kind": CertificateKind.COMPLETION, "claim": "has met the requirements of", "statement": said}
    said = f"{english.days_counted(done)} of leadership development"
    return {"kind": CertificateKind.COMPLETION, "claim": "has completed", "statement": said}


def cohort_in_words(name: str) -> str:
    """“Cohort February 2027”, but not “Cohort Cohort 2”, nor “Cohort Second cohort”."""
    return name if re.search(r"\bcohorts?\b", name, re.IGNORECASE) else f"Cohort {name}"


def name_on_it(enrolment: Enrolment) -> str:
    """The name by which the person is known; the one they signed with where the account has none."""
    if enrolment.participant.full_name:
        return enrolment.participant.full_name
    own = Signature.objects.filter(agreement__enrolment=enrolment, role=Signatory.PARTICIPANT)
    signed = own.order_by("-signed_at", "-pk").first()
    return signed.name if signed else str(enrolment.participant)


def has_marks(name: str) -> bool:
    """Whether a mark is set upon a letter, as in the Yoruba ọ̀: both must then come from the font that has both."""
    return any(unicodedata.combining(sign) for sign in unicodedata.normalize("NFC", name))


def render(certificate: Certificate) -> bytes:
    """The page as PDF: tagged, A4 landscape, with a code that leads to the page where it can be checked."""
    return render_pdf(TEMPLATE, words_of(certificate))


def words_of(certificate: Certificate) -> dict[str, Any]:
    """What the template is filled with."""
    cohort = certificate.enrolment.cohort
    # Any mask can be read; looking for the one that is read best takes a tenth of the time of the page.
    code = segno.make(certificate.address, error="m", micro=False, mask=0)
    return {
        "certificate": certificate,
        "provider": cohort.programme.provider,
        "cohort": cohort_in_words(cohort.name),
        "size": size_of_name(certificate.name),
        "programme_size": size_of_programme(certificate.programme_name),
        "has_marks": has_marks(certificate.name),
        "address": certificate.address.removeprefix("https://").removeprefix("http://"),
        "logo": _logo(cohort.programme.provider),
        # Drawn as a path, its three hundred lines would take as long as the words of the page.
        "code": code.png_data_uri(border=0, dark="#15211f", scale=4),
    }


def _logo(provider: Organisation) -> str:
    """The provider's logo as data that stand in the document; empty without one, or when its file is gone."""
    kind = mimetypes.guess_type(provider.logo.name or "")[0] if provider.logo else None
    if kind not in ("image/png", "image/jpeg", "image/svg+xml"):
        return ""
    try:
        with provider.logo.open("rb") as file:
            return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"
    except FileNotFoundError:
        return ""


@step(
    Certificate,
    "Revoke the certificate",
    past="Certificate revoked",
    story="Your certificate was revoked",
    meaning="Anybody who checks its number will see that it is revoked, but not why. You can make a new "
    "certificate afterwards, for example with the right name.",
    permission=RUN,
    lifecycle=CERTIFICATE,
    form=ReasonForm,
    weight=Weight.DANGER,
)
def revoke(*, certificate: Certificate, reason: str, by: Actor) -> Certificate:
    """The certificate is valid no more. The public page says so without the reason; the participant is told why."""
    reason = required(reason, "Say why, so that the participant can be told.")
    CERTIFICATE.move(certificate, "revoke", revoked_at=clock.now(), revocation_reason=reason)
    told = {"serial": certificate.serial, "reason": reason}
    notices.tell_participant(notices.CERTIFICATE_REVOKED, certificate.enrolment, **told)
    return certificate
