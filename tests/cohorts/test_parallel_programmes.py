"""One provider runs several programmes side by side, each for its own groups (L1, L10): Birmingham’s for women beside one for everybody."""

import pytest
from django.urls import reverse

from applications.actions import applications as actions
from applications.models import Application
from cohorts.models import RuleSet, TargetGroup
from tests.factories.accounts import ProviderFactory, UserFactory
from tests.factories.applications import EligibilityQuestionFactory, WindowFactory
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L1", "L10")]
GROUPS = {
    "Women in Leadership": ("women", "I am a woman."),
    "Leading the City": ("minority", "I am from a minority ethnic group."),
}


@pytest.fixture
def side_by_side():
    """Two programmes of one provider, both open, each with a question about its own group."""
    provider, found = ProviderFactory(name="Second City Council"), {}
    for name, (key, statement) in GROUPS.items():
        programme = ProgrammeFactory(provider=provider, name=name)
        window = WindowFactory(cohort=PublishedCohortFactory(programme=programme, fee=0), questions=False)
        rules = RuleSet.objects.get(pk=window.cohort.rule_set_id)
        TargetGroup.objects.create(rule_set=rules, key=key, name=key.title(), statement=statement)
        EligibilityQuestionFactory(rule_set=rules, key="groups", lists_target_groups=True)
        found[name] = window
    return found


def test_visitors_read_both_at_their_provider_and_each_says_whom_it_is_for(client, side_by_side):
    provider = next(iter(side_by_side.values())).cohort.programme.provider
    page = client.get(reverse("cohorts:provider", args=[provider.slug])).text
    for name, window in side_by_side.items():
        assert name in page
        own = client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])).text
        assert GROUPS[name][0].title() in own
        others = [key.title() for other, (key, _) in GROUPS.items() if other != name]
        assert not any(other in own for other in others)


def test_the_check_of_each_asks_about_its_own_group(client, side_by_side):
    for name, window in side_by_side.items():
        path = window.cohort.programme.path
        asked = client.get(reverse("applications:check_question", args=[path, "groups"])).text
        assert GROUPS[name][0].title() in asked
        others = [key.title() for other, (key, _) in GROUPS.items() if other != name]
        assert not any(other in asked for other in others)


def test_one_person_may_apply_for_both_and_keeps_two_applications(client, side_by_side):
    person = UserFactory()
    for window in side_by_side.values():
        actions.start(cohort=window.cohort, by=person)
    assert Application.objects.filter(applicant=person).count() == 2
    client.force_login(person)
    page = client.get(reverse("applications:list")).text
    assert all(name in page for name in side_by_side)
