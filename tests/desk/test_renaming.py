"""A name that changes: what carries it follows, what was signed keeps it, and the page says which is which."""

import pytest
from django.urls import reverse

from applications.actions import applications
from cohorts.actions import certificates
from steppingup.desk.renaming import change_name
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import UserFactory, staff
from tests.factories.agreements import signed
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, complete
from tests.staff import take_step

pytestmark = pytest.mark.django_db
WHY = "She married."


def test_the_account_and_what_is_open_follow_and_what_was_signed_or_decided_stays(in_admin):
    ada = UserFactory(full_name="Ada Osei")
    window = WindowFactory(cohort=PublishedCohortFactory(fee=0))
    provider = window.cohort.programme.provider
    by = make.coordinator(window)
    live = make.arrived(window, applicant=ada, name="Ada Osei")
    over = make.arrived(
        WindowFactory(cohort=PublishedCohortFactory(programme=window.cohort.programme)), applicant=ada, name="Ada Osei"
    )
    applications.withdraw(application=over, by=ada)
    place = ParticipantFactory(participant=ada, cohort__programme=window.cohort.programme)
    signature = signed(place, "Ada Osei", "All of it.")
    certificate = certificates.make(enrolment=complete(place, by=by), by=by)
    browser = in_admin(by)
    url = reverse("admin:accounts_user_step", args=[ada.pk, "change_name"])
    shown = browser.get(url).text
    assert "1 application that is not decided yet" in shown
    assert "1 certificate with the old name: revoke it" in shown
    assert "1 signed agreement with the old name: it stays as it was signed." in shown
    assert "Enter the name that they have now." in take_step(browser, url, full_name=" ", reason=WHY).text
    take_step(browser, url, full_name="  Ada   Mensah ", reason=WHY)
    for record in (ada, live, over, certificate):
        record.refresh_from_db()
    assert (ada.full_name, live.full_name, over.full_name) == ("Ada Mensah", "Ada Mensah", "Ada Osei")
    assert certificate.name == signature.name == "Ada Osei"
    assert "from Ada Osei to Ada Mensah" in Message.objects.filter(to=ada).latest("pk").text
    take_back(taking=Taking.objects.on(ada).standing().first(), reason="Another Ada.", by=by)
    ada.refresh_from_db()
    live.refresh_from_db()
    assert (ada.full_name, live.full_name) == ("Ada Osei", "Ada Osei")
    assert provider in {one.provider for one in by.current_roles}


def test_the_name_that_they_have_is_no_change_and_a_reason_is_needed():
    boss, ada = staff(), UserFactory(full_name="Ada Osei")
    boss.is_superuser = True
    with pytest.raises(NotPossible, match="is the name that they have"):
        change_name(user=ada, full_name="Ada  Osei", reason=WHY, by=boss)
    with pytest.raises(NotPossible, match="Say why the name changes"):
        change_name(user=ada, full_name="Ada Mensah", reason=" ", by=boss)
