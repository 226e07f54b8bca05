"""Whom the applicant names: a line manager, and who agrees the fee. Somebody else, and not too often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.actions import applications as actions
from applications.actions import sponsors
from applications.fee.standing import fee_state, page_of_applicant
from funding.actions import answers
from funding.queries import agreement_of
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.addresses import address
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import (
    completed,
    part_values,
    sponsor_agrees,
    sponsor_asked,
    sponsor_link,
    started,
)

pytestmark = pytest.mark.django_db


def test_a_line_manager_or_sponsor_is_somebody_else():
    application = started()
    applicant = application.applicant
    applicant.emailaddress_set.create(email="before@example.org", verified=True, primary=False)  # of a merged account
    name, _, domain = applicant.email.partition("@")
    owned = [
        applicant.email.upper(),
        f"{name}+boss@{domain}",
        f"{name}@{domain}.",
        f"<{applicant.email}>",
        "Before+x@example.org",
    ]
    for own in owned:
        work = {**part_values(application)["work"], "manager_email": own}
        with pytest.raises(NotPossible, match="your own email address"):
            actions.save_part(application=application, part="work", values=work, by=applicant)
    actions.save_part(
        application=application, part="work", values=part_values(application)["work"], by=application.applicant
    )
    application.refresh_from_db()
    for own in owned:
        with pytest.raises(NotPossible, match="cannot agree the fee yourself"):
            sponsors.ask(application=application, name="Me", email=own, job_title="", by=application.applicant)


def test_another_employer_means_another_sponsor():
    application = sponsor_asked(completed(settle=False))
    work = part_values(application, OrganisationFactory())["work"]
    application = actions.save_part(application=application, part="work", values=work, by=application.applicant)
    assert fee_state(application).kind == "draft"
    assert "support" not in application.parts_done
    sponsor_agrees(application)
    with pytest.raises(NotPossible):
        actions.save_part(
            application=application,
            part="work",
            values=part_values(application, OrganisationFactory())["work"],
            by=application.applicant,
        )


def test_emails_about_the_fee_lead_to_its_page_while_an_answer_is_missing_and_then_to_the_application():
    application = sponsor_asked(completed(settle=False))
    fee, whole = (address(f"applications:{name}", application.pk) for name in ("fee", "application"))
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    assert page_of_applicant(agreement) == fee
    answers.decline(agreement=agreement, reason="No money.", by=sponsor_link(application))
    assert page_of_applicant(agreement_of(application.applicant_id, application.cohort_id)) == fee
    sponsor_agrees(application)
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    assert page_of_applicant(agreement) == whole
    application.delete()
    assert page_of_applicant(agreement) is None


def test_sponsors_are_asked_a_few_times_a_day_at_most(time_machine):
    application = started()
    application = actions.save_part(
        application=application,
        part="work",
        values=part_values(application)["work"],
        by=application.applicant,
    )

    def ask(number: int) -> None:
        name, email = f"Sponsor {number}", f"sponsor{number}@employer.example"
        sponsors.ask(application=application, name=name, email=email, job_title="", by=application.applicant)

    for number in range(sponsors.ASKED_DAILY):
        ask(number)
    with pytest.raises(NotPossible, match="wait a day"):
        ask(99)
    time_machine.move_to(timezone.localtime() + timedelta(days=1, minutes=1))
    ask(99)


@pytest.mark.requirement("B36")
def test_a_sponsor_is_reminded_at_most_once_a_day(time_machine):
    application = sponsor_asked(completed(settle=False))
    remind = {"application": application, "by": application.applicant}
    with pytest.raises(NotPossible, match="less than a day ago"):
        sponsors.remind(**remind)
    again = {"name": "Sam", "email": f"Sponsor{application.pk}@example.org", "job_title": ""}
    with pytest.raises(NotPossible, match="less than a day ago"):
        sponsors.ask(**remind, **again)  # nor by asking the same person as if they were another
    time_machine.move_to(timezone.localtime() + timedelta(days=1, minutes=1))
    sponsors.remind(**remind)
    assert Message.objects.filter(to_email=f"sponsor{application.pk}@example.org").count() == 2
