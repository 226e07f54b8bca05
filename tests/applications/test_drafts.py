"""What coordinators see of an application that is not submitted: enough to chase it, and never its words."""

import pytest
from django.urls import reverse

from applications.models import Draft
from applications.roles import RoleName
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory, completed, sponsor_asked, started, submitted
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
LIST = "admin:applications_draft_changelist"


@pytest.fixture
def window():
    return WindowFactory()


@pytest.fixture
def desk(client, window):
    return with_second_factor(client, staff(provider=window.cohort.programme.provider))


def test_who_has_begun_how_far_and_whom_it_waits_for_is_listed_and_nothing_that_was_written(desk, window):
    asked = sponsor_asked(started(window))
    whole = completed(window)
    done = submitted(window)
    text = desk.get(reverse(LIST)).text
    assert asked.applicant.email in text
    assert "Sam Sponsor, since" in text
    assert "0 of " in text
    assert done.applicant.email not in text
    for statement in whole.statements.all():
        assert statement.text not in text
    assert asked.applicant.email in desk.get(f"{reverse(LIST)}?waiting=sponsor").text
    assert whole.applicant.email not in desk.get(f"{reverse(LIST)}?waiting=sponsor").text
    lines = b"".join(desk.get(f"{reverse(LIST)}?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("Parts complete,Waiting for,Can submit until")
    assert desk.get(reverse("admin:applications_draft_change", args=[whole.pk])).status_code == 404


def test_nobody_lists_their_own_or_those_of_another_provider(desk, window, client):
    coordinator = staff(provider=window.cohort.programme.provider)
    started(window, applicant=coordinator)
    assert not Draft.objects.visible_to(coordinator).exists()
    assert Draft.objects.visible_to(staff(provider=window.cohort.programme.provider)).count() == 1
    assert not Draft.objects.visible_to(staff()).exists()
    with_second_factor(client, staff(RoleName.ASSESSOR, provider=window.cohort.programme.provider))
    assert client.get(reverse(LIST)).status_code == 403
