"""What participants find on the page of a session: when and where it is, who speaks, what to read before and after."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohorts.models import Session, SessionPaper
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import SYSTEM
from steppingup.files.actions.files import store
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.files.uploads import pdf
from tests.staff import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def session(participant):
    starts = clock.now() + timedelta(days=20)
    return SessionFactory(
        cohort=participant.cohort, starts_at=starts, ends_at=starts + timedelta(hours=6), title="Module 4"
    )


def paper(session, title="The case", **more):
    return SessionPaper.objects.create(session=session, title=title, **({"link": "https://example.org/case"} | more))


def page(client, enrolment, session, person=None):
    client.force_login(person or enrolment.participant)
    return client.get(reverse("cohorts:session", args=[enrolment.pk, session.pk]))


def uploaded(by):
    from cohorts.desk.papers import PAPER

    return store(upload=SimpleUploadedFile("case.pdf", pdf()), rule=PAPER, by=by)


def test_whoever_is_due_reads_when_and_where_it_is_and_what_there_is_to_read(client, participant, session):
    shown = page(client, participant, session).text
    assert "Nothing to read or to watch has been added yet." in shown
    assert "To be announced" in shown or session.venue in shown
    file = paper(session, "Slides", link="", file=uploaded(SYSTEM))
    paper(session, "Model answers", for_after=True)
    shown = page(client, participant, session).text
    assert "Slides" in shown
    assert "Model answers" not in shown
    address = reverse("cohorts:session_paper", args=[participant.pk, session.pk, file.pk])
    assert client.get(address).headers["Content-Type"] == "application/pdf"
    Session.objects.update(starts_at=clock.now() - timedelta(days=2), ends_at=clock.now() - timedelta(days=1))
    assert "Model answers" in page(client, participant, session).text


def test_nobody_reads_papers_of_a_session_that_they_are_not_due_at(client, participant, session):
    file = paper(session, "Slides", link="", file=uploaded(SYSTEM))
    group = participant.cohort.peer_groups.create(name="Red")
    theirs = SessionFactory(cohort=participant.cohort, peer_group=group)
    other = ParticipantFactory()
    client.force_login(other.participant)
    for enrolment in (participant, other):
        for name, key in (("session", [session.pk]), ("session_paper", [session.pk, file.pk])):
            assert client.get(reverse(f"cohorts:{name}", args=[enrolment.pk, *key])).status_code == 404
    assert page(client, participant, theirs).status_code == 404
    client.force_login(participant.line_manager)
    assert client.get(reverse("cohorts:session_paper", args=[participant.pk, session.pk, file.pk])).status_code == 404


def test_whoever_has_left_keeps_no_way_to_what_came_afterwards(client, participant, session):
    participant.status, participant.withdrawn_at = EnrolmentStatus.WITHDRAWN, clock.now()
    participant.save()
    assert page(client, participant, session).status_code == 404


def test_staff_add_a_file_or_a_link_and_not_both(in_admin, participant, session):
    desk = in_admin(staff(provider=participant.cohort.programme.provider))
    address = reverse("admin:cohorts_session_change", args=[session.pk])
    shown = desk.get(address)
    prefix = next(
        one.formset.prefix for one in shown.context["inline_admin_formsets"] if one.opts.model is SessionPaper
    )
    base = {**posted(shown), f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-0-title": "The case", f"{prefix}-0-order": "0"}
    assert "Choose a file or give a link." in desk.post(address, base).text
    both = {
        **base,
        f"{prefix}-0-file": SimpleUploadedFile("case.pdf", pdf()),
        f"{prefix}-0-link": "https://example.org/",
    }
    assert "and not both" in desk.post(address, both).text
    assert desk.post(address, {**base, f"{prefix}-0-file": SimpleUploadedFile("case.pdf", pdf())}).status_code == 302
    assert SessionPaper.objects.get().file.name == "case.pdf"
