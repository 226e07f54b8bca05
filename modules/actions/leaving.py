"""A participant who leaves the programme leaves the qualification: the registration is withdrawn, results are kept."""

from django.utils import timezone

from cohorts.models import Enrolment
from modules import telling
from modules.access import lock
from modules.models import Registration
from modules.states import REGISTRATION, RegistrationStatus
from steppingup.accounts.actors import Actor
from steppingup.messaging.actions import MessagePreview

REASON = "You are not on the programme any more."


def _open(enrolment: Enrolment) -> list[Registration]:
    found = Registration.objects.filter(enrolment=enrolment, status=RegistrationStatus.REGISTERED)
    return list(found.select_related("qualification", "enrolment__participant", "enrolment__cohort__programme"))


def leave(enrolment: Enrolment, by: Actor) -> None:
    for registration in _open(enrolment):
        lock(registration)
        REGISTRATION.move(registration, "withdraw", withdrawn_on=timezone.localdate(), withdrawal_reason=REASON)
        telling.send_all(telling.of_withdrawing(registration, REASON))


def would_be_told(enrolment: Enrolment) -> list[MessagePreview]:
    return [
        preview
        for registration in _open(enrolment)
        for preview in telling.previews(telling.of_withdrawing(registration, REASON))
    ]
