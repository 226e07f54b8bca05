"""Whoever has no computer applies on paper, or by telephone: a coordinator begins the application and fills it in for them,
part by part, all but the equality answers, which are nobody else's to give."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password

from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.actions.applications import start, submit
from applications.fee.agreement import begin
from applications.fee.standing import is_own
from applications.models import Application
from applications.states import ApplicationStatus
from cohorts.models import Cohort
from funding.actions.behalf import PaperForm, agree_on_paper, sponsor_of
from funding.models import FeeAgreement
from funding.queries import agreement_of
from steppingup import clock
from steppingup.accounts.actors import LinkHolder, NotAllowed, require_colleague
from steppingup.accounts.models import User
from steppingup.accounts.naming import AsksWhoseName, WhoseName
from steppingup.formats.by_post import new_address
from steppingup.formats.fields import AddressInput, NameInput, TelephoneInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.behalf import asked, asked_fields, for_somebody, on_behalf
from steppingup.steps.step import StepForm, step

NO_ADDRESS = "Enter an email address, or the address that we can post letters to."


class BeginForm(AsksWhoseName, StepForm):
    """Who applies, and how to reach them."""

    names = ("full_name", "email")

    full_name = NameInput(
        label="Full name", max_length=150, error_messages={"required": "Enter the name of the person who applies."}
    )
    email = AddressInput(
        label="Email address, if they have one",
        help_text="Leave it empty for somebody who has none. Letters to them are then listed under Emails, to be printed and posted.",
        required=False,
    )
    postal_address = forms.CharField(
        label="Postal address",
        help_text="Needed where there is no email address.",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    phone = TelephoneInput(label="Telephone number", max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= asked_fields()
        self.ask_whose_name()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("email") and not values.get("postal_address") and "email" not in self.errors:
            self.add_error("postal_address", NO_ADDRESS)
        self.require_whose_name()
        return values

    def values(self) -> dict[str, Any]:
        found = dict(super().values())
        if found.pop("whose_name", "") == WhoseName.ACCOUNT and self.named_otherwise:
            found["full_name"] = self.named_otherwise.full_name
        return found


def _person(full_name: str, email: str, postal_address: str, phone: str, by: User) -> User:
    """The account with this address, or a new one that nobody has signed in with: they can, once they have an address."""
    if email and (found := User.objects.with_address(email)):
        require_colleague(by, found, "You cannot enter an application of your own. Apply on the site.")
        return found
    address = email or new_address()
    made = {"full_name": full_name, "postal_address": postal_address, "phone": phone, "password": make_password(None)}
    return User.objects.create(email=address, **made)


@step(
    Cohort,
    "Enter an application from paper",
    past="Application entered from paper",
    meaning="For somebody who applies on paper, or cannot use a computer. You fill in what they wrote, part by part, and submit it for "
    "them. Their equality answers are not entered: nobody else gives these.",
    permission=DECIDE,
    guard=require_decider,
    form=BeginForm,
)
def begin_on_paper(
    *,
    cohort: Cohort,
    full_name: str,
    by: User,
    email: str = "",
    postal_address: str = "",
    phone: str = "",
    **asked_for: Any,
) -> Application:
    """Begin an application for somebody, with an account where they have none; with neither email nor account, they are
    written to by post. They are told.

    Raises NotPossible outside the window, without any address, and when they have begun one themselves."""
    postal = "\n".join(line.strip() for line in postal_address.splitlines() if line.strip())
    refuse_if(not email and not postal, NO_ADDRESS, "required", field="postal_address")
    person = _person(full_name, email, postal, phone, by)
    refuse_if(
        Application.objects.filter(cohort=cohort, applicant=person).exists(),
        "They have begun an application for this cohort themselves. Find it in the list of applications in progress.",
        "begun",
        field="email",
    )
    with for_somebody(cohort, person, "Begin an application", by=by, name=full_name, **asked_for):
        # Nothing of an account that was there already: it may be known to others than whoever typed its address.
        application = start(cohort=cohort, by=person, known={"full_name": full_name, "phone": phone})
        application.helped_at, application.helped_by = clock.now(), by
        application.save(update_fields=["helped_at", "helped_by"])
    return application


def let_help(*, application: Application, by: User) -> Application:
    """The applicant asks to have it filled in: from now on staff who decide see it and write in it. Raises NotAllowed for
    everybody else, and where nobody acts for them."""
    require_applicant(by, application)
    given = asked()
    if given is None:
        raise NotAllowed("Nobody was asked to help.")
    application.helped_at, application.helped_by = clock.now(), given.doer
    application.save(update_fields=["helped_at", "helped_by"])
    return application


def _require_unhelped_draft(application: Application) -> None:
    refuse_if(application.status != ApplicationStatus.DRAFT, "This application has been submitted.", "state")
    refuse_if(application.helped_at is not None, "You can fill this in already.", "state")


def _require_helped_draft(application: Application) -> None:
    refuse_if(
        application.status != ApplicationStatus.DRAFT or application.helped_at is None,
        "Only an application in progress that you fill in for somebody can be answered here.",
        "state",
    )


let_help_for_them = on_behalf(
    let_help,
    Application,
    "Fill it in for them",
    name="let_help_for_them",
    noun="application",
    past="Filled in for them from now on",
    story="We began to fill it in for you",
    meaning="Only if they asked for it: from now on coordinators see what they have written, and can write in it. They are told.",
    whose=lambda application: application.applicant,
    permission=DECIDE,
    guard=require_decider,
    policy=_require_unhelped_draft,
)


def _require_help(application: Application) -> None:
    refuse_if(
        application.status != ApplicationStatus.DRAFT or application.helped_at is None,
        "Nobody else fills in this application.",
        "not_helped",
    )


@step(
    Application,
    "Go on by myself",
    name="stop_help",
    past="Nobody else fills in your application any more",
    meaning="From now on nobody at our end sees or changes this application until you submit it. What has been written stays.",
    guard=require_applicant,
    policy=_require_help,
    explains=True,
    final="Ask us to fill it in again.",
)
def stop_help(*, application: Application, by: User) -> Application:
    """The applicant no longer wants anybody to fill in the application. Raises NotPossible where nobody does."""
    found = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    _require_help(found)
    application.helped_at, application.helped_by = None, None
    application.save(update_fields=["helped_at", "helped_by"])
    return application


class SignedForm(StepForm):
    """What the applicant declares on the site, on paper."""

    signed = forms.BooleanField(
        label="They have signed or said that what is written is true and in their own words",
        error_messages={"required": "Tick the box once they have signed or said so."},
    )
    notice_read = forms.BooleanField(
        label="They have read, or we have read to them, what to expect after the programme",
        error_messages={"required": "Tick the box once they have read it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.subject.cohort.programme.after_the_programme.strip():
            del self.fields["notice_read"]

    def values(self) -> dict[str, Any]:
        return {"notice_read": True}


submit_for_them = on_behalf(
    submit,
    Application,
    "Submit it for them",
    past="Submitted for them",
    form=SignedForm,
    whose=lambda application: application.applicant,
    permission=DECIDE,
    guard=require_decider,
    policy=_require_helped_draft,
)


def employer_agreed(*, application: Application, by: LinkHolder, **paper: Any) -> FeeAgreement:
    """Somebody at the employer agrees to the fee by a signed form or on the telephone, before the application is submitted
    (B36). Raises as `agree_on_paper`; NotAllowed where nobody acts for them."""
    if asked() is None or not isinstance(by, LinkHolder):
        raise NotAllowed("Nobody was asked to answer for the employer.")
    agreement = begin(application, by=application.applicant)
    return agree_on_paper(agreement=agreement, by=sponsor_of(agreement), **paper)


class EmployerForm(PaperForm):
    def __init__(self, *args: Any, subject: Application, **kwargs: Any) -> None:
        super().__init__(*args, subject=_agreement(subject), **kwargs)
        self.subject, self.subjects = subject, [subject]


def _agreement(application: Application) -> FeeAgreement:
    """The fee of this application; one that is not kept, where nothing was asked yet."""
    kept = application.fee_agreement or agreement_of(application.applicant_id, application.cohort_id)
    return kept or FeeAgreement(
        person=application.applicant,
        cohort=application.cohort,
        employer=application.employer,
        employer_name=application.employer_name,
    )


def _require_employer(application: Application) -> None:
    _require_helped_draft(application)
    refuse_if(
        is_own(application, _agreement(application)),
        "They pay for the place themselves, so no employer agrees.",
        "own_fee",
    )
    refuse_if(not (application.employer_id or application.employer_name), "First say who the employer is.", "employer")
    refuse_if(_agreement(application).is_settled, "The fee of this place is settled.", "state")


employer_agreed_for_them = on_behalf(
    employer_agreed,
    Application,
    "The employer agreed, on paper or by telephone",
    name="employer_agreed_for_them",
    noun="application",
    past="Fee agreed on paper or by telephone",
    form=EmployerForm,
    meaning="The fee counts as agreed by the employer, with the terms of the cohort. Keep what they signed.",
    whose=lambda application: sponsor_of(_agreement(application)),
    permission=DECIDE,
    guard=require_decider,
    policy=_require_employer,
)
