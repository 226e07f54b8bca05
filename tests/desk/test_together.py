"""Two members of staff at one page: who changed what is said in words, row by row, on every kind of page."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions import reviews
from applications.models import Criterion
from cohorts.actions import attendance
from cohorts.models import RuleSet
from cohorts.states import Mark
from modules.models import Speaker
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory, submitted
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, SessionFactory
from tests.staff import take_step
from tests.sweeps.forms_found import Found, read

pytestmark = pytest.mark.django_db


def form_of(page) -> Found:
    return next(form for form in read(page.content.decode()).forms if "seen-before" in form.fields)


def both(in_admin, provider):
    """Two coordinators, each with a browser."""
    return in_admin(staff(provider=provider, full_name="Ana Perez")), in_admin(staff(provider=provider))


def test_the_page_says_who_changed_the_fee_when_and_both_amounts(in_admin):
    cohort = PublishedCohortFactory(fee=2500)
    ana, mine = both(in_admin, cohort.programme.provider)
    page = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    opened = form_of(mine.get(page))
    ana.post(page, form_of(ana.get(page)).as_a_browser(fee="2600"))
    answer = mine.post(page, opened.as_a_browser(fee="2550", venue="Library"))
    told = re.escape("Since you opened this page Ana Perez changed the fee from £2,500 to £2,600 at ")
    assert re.search(told + r"(\d+(:\d\d)?[ap]m|midday|midnight)\b", answer.text)
    assert "You wrote £2,550." in answer.text
    assert "Please correct" not in answer.text
    again = form_of(answer)
    assert (again.fields["fee"][1], again.fields["venue"][1]) == ("2550", "Library")
    assert mine.post(page, again.as_a_browser(**{"keep-fee": "theirs"})).status_code == 302
    cohort.refresh_from_db()
    assert (cohort.fee, cohort.venue) == (2600, "Library")
    # The same again, and nothing was changed by anybody since: it is saved at once.
    assert mine.post(page, form_of(mine.get(page)).as_a_browser(fee="2600.00", venue="Hall")).status_code == 302


@pytest.fixture
def window():
    return WindowFactory(cohort__fee=0)


def row(form: Found, part: Criterion, name: str) -> str:
    return next(
        f"criteria-{n}-{name}" for n in range(9) if form.fields.get(f"criteria-{n}-id", ("", ""))[1] == str(part.pk)
    )


@pytest.mark.parametrize("is_frozen", [False, True])
def test_rows_are_brought_together_also_where_the_other_made_a_new_version(in_admin, window, is_frozen):
    if is_frozen:
        submitted(window)
    rules = window.cohort.rule_set
    first, second, *_ = rules.criteria.order_by("pk")
    ana, mine = both(in_admin, window.cohort.programme.provider)
    page = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    opened, hers = form_of(mine.get(page)), form_of(ana.get(page))
    changed = {row(hers, first, "title"): "Hers", row(hers, second, "title"): "Hers too"}
    assert ana.post(page, hers.as_a_browser(**changed)).status_code == 302
    answer = mine.post(
        page,
        opened.as_a_browser(**{row(opened, first, "title"): "Mine", row(opened, second, "guidance"): "Look for it."}),
    )
    assert f"Ana Perez changed the title of “Hers” from “{first.title}” to “Hers”" in answer.text
    assert "You wrote “Mine”." in answer.text
    again = form_of(answer)
    choice = next(name for name in again.fields if name.startswith("keep-"))
    assert mine.post(page, again.as_a_browser(**{choice: "yours"})).status_code == 302
    kept = RuleSet.objects.current().get(programme=rules.programme).criteria
    assert kept.filter(title="Mine").exists()
    assert kept.get(title="Hers too").guidance == "Look for it."
    assert kept.count() == rules.criteria.count()


def test_a_row_that_was_removed_comes_back_with_what_was_typed_and_one_that_was_added_stays(in_admin, window):
    rules = window.cohort.rule_set
    first = rules.criteria.order_by("pk").first()
    ana, mine = both(in_admin, window.cohort.programme.provider)
    page = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    opened, hers = form_of(mine.get(page)), form_of(ana.get(page))
    number = int(hers.fields["criteria-TOTAL_FORMS"][1])
    more = {f"criteria-{number}-{name}": value for name, value in (
        ("title", "Added"), ("question", "Which?"), ("word_limit", "100"), ("order", "9"), ("id", ""), ("rule_set", str(rules.pk)),
    )}  # fmt: skip
    sent = hers.as_a_browser(**more, **{row(hers, first, "DELETE"): "on", "criteria-TOTAL_FORMS": str(number + 1)})
    assert ana.post(page, sent).status_code == 302
    answer = mine.post(page, opened.as_a_browser(**{row(opened, first, "title"): "Mine"}))
    assert f"Ana Perez removed “{first}”" in answer.text
    assert "Ana Perez added “Added”" in answer.text
    assert mine.post(page, form_of(answer).as_a_browser()).status_code == 302
    assert {"Mine", "Added"} <= set(rules.criteria.values_list("title", flat=True))
    assert rules.criteria.count() == number + 1


def test_removing_a_row_that_somebody_else_has_just_changed_is_asked_about(in_admin, window):
    rules = window.cohort.rule_set
    first = rules.criteria.order_by("pk").first()
    ana, mine = both(in_admin, window.cohort.programme.provider)
    page = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    opened, hers = form_of(mine.get(page)), form_of(ana.get(page))
    ana.post(page, hers.as_a_browser(**{row(hers, first, "title"): "Hers"}))
    answer = mine.post(page, opened.as_a_browser(**{row(opened, first, "DELETE"): "on"}))
    assert "You wrote that it is to be removed." in answer.text
    choice = f"keep-criteria/{first.pk}/DELETE"
    assert mine.post(page, form_of(answer).as_a_browser(**{choice: "theirs"})).status_code == 302
    assert rules.criteria.get(pk=first.pk).title == "Hers"


def test_what_was_typed_into_a_record_that_is_gone_is_shown_to_be_copied(in_admin, window):
    provider = window.cohort.programme.provider
    speaker = Speaker.objects.create(provider=provider, organisation=provider, name="Dr Ada Obi")
    mine = in_admin(staff(provider=provider))
    page = reverse("admin:modules_speaker_change", args=[speaker.pk])
    opened = form_of(mine.get(page))
    speaker.delete()
    answer = mine.post(page, opened.as_a_browser(name="Professor Ada Obi"))
    assert "removed this record" in answer.text
    assert "Professor Ada Obi" in answer.text
    assert mine.post(page, opened.as_a_browser()).status_code == 404


def test_a_step_whose_form_shows_what_somebody_else_has_changed_says_so(in_admin):
    session = SessionFactory(venue="Hall")
    ana, mine = both(in_admin, session.cohort.programme.provider)
    page = reverse("admin:cohorts_session_step", args=[session.pk, "move"])
    opened = form_of(mine.get(page))
    take_step(ana, page, **form_of(ana.get(page)).as_a_browser(venue="Library"))
    answer = mine.post(page, opened.as_a_browser(venue="City Hall"))
    assert "Ana Perez changed the " in answer.text
    assert "from “Hall” to “Library”" in answer.text
    session.refresh_from_db()
    assert session.venue == "Library"
    shown = mine.post(page, form_of(answer).as_a_browser(**{"keep-venue": "yours"}))
    mine.post(page, form_of(shown).as_a_browser())
    session.refresh_from_db()
    assert session.venue == "City Hall"


def test_a_step_that_is_no_longer_possible_says_what_was_done_instead(in_admin):
    session = SessionFactory()
    ana, mine = both(in_admin, session.cohort.programme.provider)
    pages = [reverse("admin:cohorts_session_step", args=[session.pk, name]) for name in ("cancel", "move")]
    opened = form_of(mine.get(pages[1]))
    take_step(ana, pages[0], **form_of(ana.get(pages[0])).as_a_browser(reason="Snow"))
    answer = mine.post(pages[1], opened.as_a_browser(venue="Library"), follow=True)
    assert "by Ana Perez on" in answer.text


def test_a_mark_that_somebody_else_corrected_is_asked_about_and_the_others_are_kept(in_admin):
    one = ParticipantFactory()
    other = ParticipantFactory(cohort=one.cohort)
    session = SessionFactory(cohort=one.cohort, starts_at=timezone.now() - timedelta(hours=2))
    ana = staff(provider=one.cohort.programme.provider, full_name="Ana Perez")
    attendance.mark(session=session, marks={one.pk: Mark.ABSENT, other.pk: Mark.ABSENT}, by=ana)
    mine = in_admin(staff(provider=one.cohort.programme.provider))
    page = reverse("admin:cohorts_session_register", args=[session.pk])
    opened = form_of(mine.get(page))
    attendance.mark(session=session, marks={one.pk: Mark.PRESENT}, by=ana)
    answer = mine.post(page, opened.as_a_browser(**{f"mark-{one.pk}": "part", f"mark-{other.pk}": "part"}))
    assert "Ana Perez changed the mark of" in answer.text
    mine.post(page, form_of(answer).as_a_browser(**{f"keep-mark-{one.pk}": "theirs"}))
    assert dict(session.attendances.values_list("enrolment", "mark")) == {one.pk: Mark.PRESENT, other.pk: Mark.PART}


def test_scores_from_two_windows_are_both_kept_until_one_is_chosen(in_admin):
    window = make.window(capacity=3, reserve=1)
    coordinator = make.coordinator(window)
    review = reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=coordinator)
    browser = in_admin(review.assessor)
    first = make.criteria(window)[0]
    page = reverse("admin:applications_review_change", args=[review.pk])
    save = reverse("admin:applications_review_save", args=[review.pk])
    comment = f"comment_{first.pk}"
    opened, second = form_of(browser.get(page)), form_of(browser.get(page))
    quiet = {"HTTP_X_REQUESTED_WITH": "fetch"}
    saved = browser.post(save, {"seen-before": opened.fields["seen-before"][1], comment: "One"}, **quiet).json()
    # What the page has saved itself is no surprise to it.
    assert browser.post(save, {"seen-before": saved["seen"], comment: "One two"}, **quiet).json()["saved"]
    answer = browser.post(save, second.as_a_browser(**{comment: "Three"}))
    assert "You changed the comment on" in answer.text
    assert form_of(answer).fields[comment][1].strip() == "Three"
    refused = browser.post(save, {"seen-before": second.fields["seen-before"][1], comment: "Four"}, **quiet)
    assert refused.status_code == 409
    assert "save the page to choose" in refused.json()["message"]
    browser.post(save, form_of(answer).as_a_browser(**{f"keep-{comment}": "yours"}))
    assert review.scores.get(criterion=first).comment == "Three"
