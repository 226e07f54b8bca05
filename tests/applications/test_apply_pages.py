"""The applicant's pages: nothing typed is lost, strangers find nothing, and what to do stands next to the field."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.form.parts import parts_of
from applications.models import Application, PartDraft, Statement
from applications.states import APPLICATION, ApplicationStatus
from applications.urls import urlpatterns
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import WindowFactory, completed, internal_fund, started, submitted
from tests.factories.review import told
from tests.files.uploads import pdf, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(client) -> Application:
    application = started()
    client.force_login(application.applicant)
    return application


def part(application: Application, key: str) -> str:
    return reverse("applications:part", args=[application.pk, key])


def seen(client, address: str) -> str:
    return client.get(address).text.split('name="seen" value="')[1].split('"')[0]


# -- nothing is lost -------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["save", "later"])
def test_an_over_long_statement_is_kept_and_is_not_complete(client, application, button):
    text = "Too many words. " * 20
    address = part(application, "statement-leadership")
    response = client.post(address, {"text": text, button: "yes"})
    if button == "save":
        assert "Shorten it by 40 words" in response.text
    else:
        assert response.status_code == 302
    application.refresh_from_db()
    assert "statement-leadership" not in application.parts_done
    assert text.strip() in client.get(address).text
    assert "In progress" in client.get(reverse("applications:application", args=[application.pk])).text


@pytest.mark.parametrize("nonsense", ["²", "9" * 40, "-1", "1e3"])
def test_an_employer_that_is_no_number_of_the_list_is_asked_for_again(client, application, nonsense):
    address = reverse("applications:part", args=[application.pk, "work"])
    response = client.post(address, {"employer": nonsense, "job_title": "Team leader"})
    assert "Choose your employer" in response.text


def test_a_wrong_date_a_wrong_address_and_a_half_chosen_employer_come_back_as_they_were_typed(client, application):
    client.post(
        part(application, "work"),
        {"employer": "not-listed", "manager_email": "mo at example", "job_title": "x" * 200, "later": "yes"},
    )
    page = client.get(part(application, "work")).text
    assert "mo at example" in page
    assert "x" * 200 in page
    assert '<option value="not-listed" selected>' in page
    client.post(
        part(application, "support"), {"told_on_0": "31", "told_on_1": "2", "told_on_2": "twenty", "later": "1"}
    )
    page = client.get(part(application, "support")).text
    assert all(f'value="{typed}"' in page for typed in ("31", "2", "twenty"))


def test_what_was_typed_gives_way_when_the_part_is_completed(client, application):
    address = part(application, "statement-leadership")
    client.post(address, {"text": "Half a", "later": "yes"})
    assert PartDraft.objects.get().typed == {"text": ["Half a"]}
    client.post(address, {"text": "A whole sentence.", "save": "yes"})
    assert not PartDraft.objects.exists()
    assert Statement.objects.get().text == "A whole sentence."
    assert "statement-leadership" in Application.objects.get().parts_done


def test_looking_at_a_complete_part_and_leaving_it_keeps_it_complete(client, application):
    address = part(application, "statement-leadership")
    text = "A whole sentence.\r\nAnd another."
    client.post(address, {"text": text, "save": "yes"})
    client.post(address, {"text": text, "later": "yes"})
    client.post(part(application, "access"), {"text": "", "later": "yes"})
    assert Application.objects.get().parts_done == ["statement-leadership"]
    assert not PartDraft.objects.exists()


@pytest.mark.parametrize("button", ["save", "later"])
def test_two_windows_are_compared_before_one_overwrites_the_other(client, application, button):
    address = part(application, "statement-leadership")
    old = seen(client, address)
    client.post(address, {"text": "Written on my phone.", "save": "yes", "seen": old})
    response = client.post(address, {"text": "Written at home.", button: "yes", "seen": old})
    assert response.status_code == 200
    assert "Written on my phone." in response.text
    assert "Written at home." in response.text
    assert Statement.objects.get().text == "Written on my phone."
    now = response.text.split('name="seen" value="')[1].split('"')[0]
    client.post(address, {"text": "Written at home.", "save": "yes", "seen": now})
    assert Statement.objects.get().text == "Written at home."


def test_two_windows_on_different_parts_do_not_get_in_each_others_way(client, application):
    one, two = part(application, "statement-leadership"), part(application, "statement-motivation")
    first, second = seen(client, one), seen(client, two)
    client.post(one, {"text": "One.", "save": "yes", "seen": first})
    client.post(two, {"text": "Two.", "save": "yes", "seen": second})
    assert Statement.objects.count() == 2


def test_who_types_at_the_closing_moment_keeps_the_words(client, application, time_machine):
    time_machine.move_to(application.cohort.window.closes_at + timedelta(seconds=1))
    client.force_login(application.applicant)
    address = part(application, "statement-leadership")
    client.post(address, {"text": "Just too late.", "later": "yes"})
    assert "Just too late." in client.get(address).text
    page = client.get(reverse("applications:application", args=[application.pk])).text
    assert "Applications closed on" in page
    assert reverse("applications:submit", args=[application.pk]) not in page


def test_a_part_sent_after_submitting_in_another_window_shows_what_was_typed(client):
    application = submitted()
    client.force_login(application.applicant)
    response = client.post(part(application, "statement-leadership"), {"text": "One thing more.", "save": "yes"})
    assert "You have submitted this application" in response.text
    assert "One thing more." in response.text


def test_a_lost_session_leads_to_signing_in_and_back(client, application):
    client.logout()
    response = client.post(part(application, "statement-leadership"), {"text": "Typed for an hour."})
    assert response.status_code == 302
    assert f"next={part(application, 'statement-leadership')}" in response.url
    client.force_login(application.applicant)
    page = client.get(part(application, "statement-leadership")).text
    assert f'data-draft="{application.pk}-statement-leadership"' in page  # the browser offers its own copy
    assert "js/drafts.js" in page


@pytest.mark.requirement("B22")
def test_a_cv_is_checked_by_content_and_served_to_its_owner_only(client, application):
    address = part(application, "cv")
    assert "This file is a picture." in client.post(address, {"cv": upload(png()), "save": "yes"}).text
    client.post(address, {"cv": upload(pdf()), "save": "yes"})
    assert "cv" in Application.objects.get().parts_done
    assert client.get(reverse("applications:cv", args=[application.pk]))["Content-Type"] == "application/pdf"
    client.post(address, {"save": "yes"})  # nothing chosen anew: the first one stays
    assert Application.objects.get().cv is not None


def test_every_page_of_an_application_can_be_opened(client, application):
    done = submitted()
    for found in (application, done):
        client.force_login(found.applicant)
        for key in (p.key for p in parts_of(found)):
            assert client.get(part(found, key), follow=True).status_code == 200
        for name in ("application", "fee", "check_answers", "submit", "submitted", "equality_delete"):
            response = client.get(reverse(f"applications:{name}", args=[found.pk]), follow=True)
            assert response.status_code == 200, name


def test_what_is_typed_and_not_complete_stands_on_the_page_of_all_answers(client, application):
    client.post(part(application, "statement-motivation"), {"text": "Half a thought", "later": "yes"})
    page = client.get(reverse("applications:check_answers", args=[application.pk])).text
    assert "Half a thought" in page
    assert page.count("This part is not complete yet") == 1


# -- the way through -------------------------------------------------------------------------------


@pytest.mark.requirement("B33")
def test_before_and_after_the_window_the_page_says_so_and_offers_the_register(client):
    soon = timezone.now() + timedelta(days=1)
    early = WindowFactory(opens_at=soon, closes_at=soon + timedelta(days=1))
    late = WindowFactory(opens_at=soon - timedelta(days=9), closes_at=soon - timedelta(days=2))
    client.force_login(UserFactory())
    for window, words in ((early, "Applications are not open yet"), (late, "Applications have closed")):
        page = client.get(reverse("applications:start", args=[window.cohort_id])).text
        assert words in page
        assert reverse("applications:interest", args=[window.cohort.programme.path]) in page
        client.post(reverse("applications:start", args=[window.cohort_id]))
    assert not Application.objects.exists()


def test_who_has_an_application_is_led_to_it(client, application):
    response = client.get(reverse("applications:start", args=[application.cohort_id]))
    assert response.url == reverse("applications:application", args=[application.pk])


@pytest.mark.requirement("B34", "B37")
def test_council_staff_are_not_asked_about_approval_or_a_sponsor(client):
    window, council = WindowFactory(), OrganisationFactory()
    internal_fund(window, council)
    application = completed(window, employer=council, settle=False)
    client.force_login(application.applicant)
    page = client.get(reverse("applications:application", args=[application.pk])).text
    assert "How your employer knows" not in page
    assert "Corporate Fund pays" in page
    assert client.get(part(application, "support")).status_code == 404
    assert "You do not need to ask anybody." in client.get(reverse("applications:fee", args=[application.pk])).text


@pytest.mark.requirement("B57")
def test_the_notice_stands_above_the_button_and_must_be_ticked(client):
    application = completed()
    programme = application.cohort.programme
    programme.after_the_programme = "You should not expect a new job."
    programme.save()
    client.force_login(application.applicant)
    address = reverse("applications:submit", args=[application.pk])
    assert "You should not expect a new job." in client.get(address).text
    assert "Tick the box" in client.post(address, {"is_true": "on"}).text
    application.refresh_from_db()
    assert application.status == ApplicationStatus.DRAFT


@pytest.mark.requirement("B36")
def test_the_sponsor_is_asked_from_the_page_and_somebody_else_after_that(client):
    application = completed(settle=False)
    client.force_login(application.applicant)
    address = reverse("applications:fee", args=[application.pk])
    own = client.post(address, {"sponsor_name": "Me", "sponsor_email": application.applicant.email})
    assert "you cannot agree the fee yourself" in own.text
    for name in ("Sam", "Toni"):
        client.post(address, {"sponsor_name": name, "sponsor_email": f"{name.lower()}@example.org"})
        assert f"We have asked {name}" in client.get(address).text


def test_every_status_has_a_page_in_the_applicants_words(client):
    application = submitted()
    client.force_login(application.applicant)
    staff = UserFactory()
    page = client.get(reverse("applications:application", args=[application.pk])).text
    assert "We have your application" in page
    assert "What has happened" in page
    APPLICATION.move(application, "turn_down", decided_at=timezone.now(), decided_by=staff, **told("places"))
    page = client.get(reverse("applications:application", args=[application.pk])).text
    assert "There were no places left" in page
    assert reverse("applications:interest", args=[application.cohort.programme.path]) in page


def test_a_stranger_finds_no_page_of_somebody_elses_application(client):
    application = submitted()
    stranger = UserFactory()
    names = [p.name for p in urlpatterns if str(p.pattern).startswith("applications/<int:pk>/")]
    assert len(names) >= 10
    for name in names:
        more = ["details"] if name == "part" else []
        address = reverse(f"applications:{name}", args=[application.pk, *more])
        client.logout()
        assert client.get(address).status_code in (302, 405), address
        client.force_login(stranger)
        assert client.post(address).status_code in (404, 405), address
        assert client.get(address).status_code in (404, 405), address


def test_the_list_and_the_front_page_show_ones_own_only(client):
    mine, other = submitted(), submitted()
    client.force_login(mine.applicant)
    for address in (reverse("applications:list"), reverse("home")):
        page = client.get(address).text
        assert mine.reference in page
        assert other.reference not in page
