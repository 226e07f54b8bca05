"""Whatever is to be signed for the place is signed, by each who has to: with their account, by the link that they were sent, or for the
provider."""

from functools import partial

from applications.dry_run.cast import AT, COORDINATOR, HOST, MANAGER, PARTICIPANT, SPONSOR
from applications.dry_run.stage import Stage
from cohorts.actions import agreements
from cohorts.agreement_notices import SIGNING_LINK
from cohorts.models import Agreement, SigningRequest
from cohorts.states import Signatory, SignedBefore

WHO = {
    Signatory.PARTICIPANT: PARTICIPANT,
    Signatory.EMPLOYER: SPONSOR,
    Signatory.HOST: HOST,
    Signatory.PROVIDER: COORDINATOR,
}


def sign_all(stage: Stage, needed: SignedBefore, *, but: tuple[Signatory, ...] = ()) -> None:
    """Every agreement that is to be signed before this, by everybody who has still to sign it."""
    person = stage.cast.applicant
    rows = Agreement.objects.of_place(person, stage.cohort).filter(template__needed=needed)
    for pk in list(rows.order_by("template__order", "pk").values_list("pk", flat=True)):
        for role in _afresh(pk).missing:
            if role not in but:
                title = _afresh(pk).template.title
                stage.act(_who(pk, role), f"Signs “{title}”", partial(_sign, stage, pk, role))


def _who(pk: int, role: Signatory) -> str:
    enrolment = _afresh(pk).enrolment
    return MANAGER if role == Signatory.EMPLOYER and enrolment and enrolment.line_manager else WHO[role]


def _afresh(pk: int) -> Agreement:
    return Agreement.objects.for_steps().get(pk=pk)


def _sign(stage: Stage, pk: int, role: Signatory) -> None:
    agreement, cast = _afresh(pk), stage.cast
    if role == Signatory.PARTICIPANT:
        agreements.sign(agreement=agreement, name=cast.applicant.full_name, by=cast.applicant)
    elif role == Signatory.PROVIDER:
        agreements.countersign(agreement=agreement, name=cast.coordinator.full_name, by=cast.coordinator)
    else:
        _by_link(stage, agreement, role)


def _by_link(stage: Stage, agreement: Agreement, role: Signatory) -> None:
    """By the link that they were sent; where nobody was asked, the coordinator asks somebody."""
    asked = SigningRequest.objects.filter(agreement=agreement, role=role).first()
    if asked is None:
        name, email = f"Make-believe {role.label.removeprefix('The ').split(' ')[0].title()}", f"{role}@{AT}"
        asked = agreements.ask_to_sign(
            agreement=agreement, role=role, name=name, email=email, by=stage.cast.coordinator
        )
    agreements.sign(agreement=_afresh(agreement.pk), name=asked.name, by=stage.cast.holder(SIGNING_LINK, asked))
