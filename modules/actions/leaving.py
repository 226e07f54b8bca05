"""A participant who leaves the programme leaves the qualification: the registration is withdrawn, results are kept."""

from django.utils import timezone

from cohorts.models import Enrolment
from modules import notices
from modules.models import Registration
from modules.policies import lock
from modules.states import REGISTRATION
from steppingup.accounts.actors import Actor

REASON = "You are no longer on the programme."


def leave(enrolment: Enrolment, by: Actor) -> None:
    for registration in Registration.objects.under_way().filter(enrolment=enrolment).with_everything():
        lock(registration)
        REGISTRATION.move(registration, "withdraw", withdrawn_on=timezone.localdate(), withdrawal_reason=REASON)
        notices.tell(notices.WITHDRAWN, registration, reason=REASON)
