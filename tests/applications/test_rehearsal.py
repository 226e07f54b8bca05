"""Every page of a cohort can be looked at before it is public, as each person will see it; and nothing of that is kept."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import rehearsal
from applications.models import Window
from cohorts.actions.programmes import start
from cohorts.models import Cohort, Programme, RuleSet
from cohorts.programme_files.loading import shipped
from cohorts.states import Selection
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.site import asking
from tests.factories import review as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import CohortFactory
from tests.staff import with_second_factor
from tests.sweeps.fingerprints import fingerprints

pytestmark = pytest.mark.django_db


def everything():
    return fingerprints("everything", lambda table: table != "django_session")


@pytest.fixture(params=sorted(shipped()))
def drafted(request):
    """The cohorts of a programme that began as one that is shipped, in preparation."""
    by = staff(provider=ProviderFactory())
    text = shipped()[request.param].read_text(encoding="utf-8")
    starts = timezone.localdate() + timedelta(days=200)
    return start(provider=by.role_assignments.get().provider, text=text, name="Rising", starts_on=starts, by=by)


def test_every_page_of_whatever_is_shipped_is_shown_and_nothing_is_kept(drafted, rf):
    request = rf.get("/admin/")
    before = everything()
    for cohort in drafted.cohorts.all():
        pages = rehearsal.pages_of(cohort)
        assert len({page.key for page in pages}) == len(pages)
        for page in pages:
            html = rehearsal.page_of(request, Cohort.objects.get(pk=cohort.pk), page.key)
            assert "<h1" in html, page
            assert drafted.name in html or "Make-believe" in html, page
    assert everything() == before
    assert not Programme.objects.get(pk=drafted.pk).is_published


@pytest.mark.parametrize("selection", Selection.values)
def test_whatever_the_way_to_choose(selection, rf):
    window = make.chosen_by(selection)
    for page in rehearsal.pages_of(window.cohort):
        assert "<h1" in rehearsal.page_of(rf.get("/admin/"), Cohort.objects.get(pk=window.cohort_id), page.key), page


def test_a_cohort_without_dates_is_shown_as_if_it_had_some(rf):
    cohort = CohortFactory()
    assert "<h1" in rehearsal.page_of(rf.get("/admin/"), cohort, "applicant-begin")
    assert not Window.objects.exists()


def test_it_is_shown_on_the_desk_where_nothing_on_it_does_anything(client, drafted):
    by = staff(provider=drafted.provider)
    browser, cohort = with_second_factor(client, by), drafted.cohorts.first()
    settings = browser.get(reverse("admin:cohorts_cohort_ready", args=[cohort.pk])).text
    url = reverse("admin:applications_application_rehearsal", args=[cohort.pk])
    assert url in settings
    assert "<iframe" not in browser.get(url).text
    before = Message.objects.count()
    page = browser.post(url, {"page": "applicant-list"}).text
    [frame] = re.findall(r"<iframe[^>]*>", page)
    assert 'sandbox="allow-same-origin"' in frame
    assert "&lt;base target=" in frame
    assert "su-rehearsal-phone" in browser.post(url, {"page": "applicant-list", "width": "phone"}).text
    assert "<iframe" not in browser.post(url, {"page": "what-there-is-not"}).text
    assert Message.objects.count() == before


def test_what_cannot_be_shown_says_why(client):
    window = make.window()
    RuleSet.objects.filter(pk=window.cohort.rule_set_id).update(selection=Selection.FIRST_COME)
    Cohort.objects.filter(pk=window.cohort_id).update(status="running")
    browser = with_second_factor(client, make.coordinator(window))
    url = reverse("admin:applications_application_rehearsal", args=[window.cohort_id])
    assert "This is what they would read" in browser.post(url, {"page": "applicant-list"}).text


def test_others_do_not_see_it(client):
    url = reverse("admin:applications_application_rehearsal", args=[make.window().cohort_id])
    assert with_second_factor(client, staff()).get(url).status_code == 404


def test_a_page_that_nobody_comes_to_says_so(rf, monkeypatch):
    cohort = make.window().cohort
    with pytest.raises(NotPossible, match="do not come to this page"):
        rehearsal.page_of(rf.get("/admin/"), cohort, "part-nowhere")
    monkeypatch.setattr(asking, "MOST_STEPS", 0)
    with pytest.raises(NotPossible, match="leads on to others"):
        rehearsal.page_of(rf.get("/admin/"), Cohort.objects.get(pk=cohort.pk), "visitor-programme")
