"""A coordinator says how long things are kept: what will go is said before, and everybody can read it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.actions import decisions
from steppingup.accounts.models import RoleAssignment
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.retention.actions.forgetting import forget_due
from steppingup.retention.actions.periods import field_of, periods_of, set_periods
from steppingup.retention.kinds import all_kinds
from tests.factories import review
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return review.window()


@pytest.fixture
def provider(window):
    return window.cohort.programme.provider


@pytest.fixture
def by(window):
    return review.coordinator(window)


@pytest.fixture
def old(window, by):
    """Turned down a year and a half ago."""
    with time_machine.travel(timezone.localtime() - timedelta(days=550)):
        application = review.arrived(window)
        return decisions.turn_down(application=application, reason="not_ready", by=by)


def typed(**others) -> dict:
    return {field_of(kind): others.get(kind.key.partition(".")[2], kind.months) for kind in all_kinds()}


def step_of(provider) -> str:
    return reverse("admin:accounts_organisation_step", args=[provider.pk, "set_periods"])


def test_the_page_before_says_what_will_go_tonight_and_the_desk_shows_what_has_gone(in_admin, by, provider, old):
    desk, page = in_admin(by), reverse("admin:accounts_organisation_change", args=[provider.pk])
    assert "Nothing is removed yet." in desk.get(page).text
    shown = desk.post(step_of(provider), {**typed(), "filled": "yes"}).text
    assert (
        "Applications that did not lead to a place: 1 record will be removed tonight. They cannot be got back." in shown
    )
    assert periods_of(provider) == {}
    assert take_step(desk, step_of(provider), **typed()).status_code == 302
    assert periods_of(provider)["applications.1_unsuccessful"] == 12
    text = desk.get(page).text
    assert "12 months after they were decided or withdrawn" in text
    assert "1 to go tonight, 1 within a month" in text
    assert forget_due() == 1
    text = desk.get(page).text
    assert "Removed so far" in text
    assert str(old.cohort) in text
    # The next time, the form begins with what was said.
    assert 'value="12"' in desk.get(step_of(provider)).text


def test_what_was_said_is_taken_back_while_nothing_has_gone(in_admin, by, provider):
    desk = in_admin(by)
    take_step(desk, step_of(provider), **typed())
    text = desk.get(reverse("admin:accounts_organisation_change", args=[provider.pk])).text
    assert "Take back: said how long things are kept" in text


@pytest.mark.parametrize(
    ("months", "sentence"),
    [
        ("", "Enter a number of months."),
        ("soon", "Enter a whole number of months, such as 12."),
        ("1", "Enter 3 or more."),
        ("400", "Enter 84 or less: 7 years."),
    ],
)
def test_a_period_that_cannot_be_gets_a_sentence_and_nothing_typed_is_lost(in_admin, by, provider, months, sentence):
    answer = in_admin(by).post(
        step_of(provider), {**typed(**{"1_unsuccessful": months, "2_drafts": 7}), "filled": "yes"}
    )
    assert sentence in answer.text
    assert 'value="7"' in answer.text
    assert periods_of(provider) == {}


def test_the_action_refuses_what_the_form_would(by, provider):
    months = {kind.key: kind.months for kind in all_kinds()}
    with pytest.raises(NotPossible, match="are kept for 3 to 84 months"):
        set_periods(provider=provider, months={**months, "applications.1_unsuccessful": 2}, by=by)
    employer = OrganisationFactory()
    with pytest.raises(NotPossible, match="does not run programmes here"):
        set_periods(provider=employer, months=months, by=staff(provider=employer))


def test_nobody_else_says_it(in_admin, by, provider, window):
    limited = staff(provider=provider)
    PublishedCohortFactory(programme=window.cohort.programme).limited_roles.add(
        RoleAssignment.objects.get(user=limited)
    )
    for person in (limited, staff(), staff("finance", provider)):
        answer = in_admin(person).post(step_of(provider), {**typed(), "filled": "yes"})
        assert answer.status_code in (302, 403, 404)
        assert periods_of(provider) == {}
    # Another provider's coordinator reads the directory, and nothing of this.
    page = in_admin(staff()).get(reverse("admin:accounts_organisation_change", args=[provider.pk])).text
    assert "How long things are kept" not in page


def test_everybody_reads_for_how_long_on_the_privacy_page(client, by, provider):
    page = reverse("provider_privacy", args=[provider.slug])
    assert "has not said yet how long it keeps what" in client.get(page).text
    set_periods(provider=provider, months={kind.key: kind.months for kind in all_kinds()}, by=by)
    provider.privacy = "## Our data protection officer\n\nWrite to **dpo@harbour.example**."
    provider.save()
    text = client.get(page).text
    assert "Our data protection officer</h" in text
    assert "Equality answers" in text
    assert "12 months after the cohort ended" in text
    assert page in client.get(reverse("privacy")).text


def test_the_foot_of_a_programme_leads_to_the_privacy_page_of_its_provider(client, window, provider):
    programme = window.cohort.programme
    type(programme).objects.filter(pk=programme.pk).update(is_published=True)
    text = client.get(reverse("cohorts:programme", args=[programme.path])).text
    assert reverse("provider_privacy", args=[provider.slug]) in text


def test_a_privacy_page_is_for_providers(client):
    assert client.get(reverse("provider_privacy", args=[OrganisationFactory().slug])).status_code == 404


def test_getting_ready_asks_how_long_things_are_kept(in_admin, by, provider, window):
    page = reverse("admin:cohorts_cohort_ready", args=[window.cohort_id])
    assert "what people told you stays until somebody removes it" in in_admin(by).get(page).text
    set_periods(provider=provider, months={kind.key: kind.months for kind in all_kinds()}, by=by)
    assert "what people told you stays until somebody removes it" not in in_admin(by).get(page).text


def test_nobody_is_written_to(by, provider, old):
    before = Message.objects.count()
    set_periods(provider=provider, months={kind.key: kind.months for kind in all_kinds()}, by=by)
    forget_due()
    assert Message.objects.count() <= before
