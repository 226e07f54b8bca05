"""An equality lead follows a programme up, publishes what became of its graduates, and reads it (B58, C7, L9)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.models import OutcomeStudy
from tests.factories import outcomes as make
from tests.factories import stories as telling
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ProgrammeFactory
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B58", "C7", "L9")]


def test_from_nothing_published_to_the_curve(new_page, axe, screenshot):
    council = ProviderFactory(name="Leicester City Council")
    programme = ProgrammeFactory(provider=council, name="Reach Higher")
    user = staff(RoleName.EQUALITY, council, email="eve@provider.example")
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:representation_outcomestudy_add"))
    page.select_option("#id_programme", label=str(programme))
    keeper.look("outcomes-add")
    keeper.press("Save and continue editing")
    study = OutcomeStudy.objects.get()
    keeper.follow("See what became of graduates")
    keeper.reads("Nothing is published yet")
    keeper.look("outcomes-empty")
    make.study(programme)
    cohort = make.cohort_of(programme, 6, 7, 5, name="Spring 2030")
    make.cohort_of(programme, 2, 1, 1, name="Autumn 2030")
    person = cohort.enrolments.first()
    by = staff(RoleName.COORDINATOR, council)
    telling.agreed(telling.worded(telling.told(person), by))
    keeper.go(reverse("admin:representation_outcomestudy_outcomes", args=[study.pk]))
    keeper.follow("Publish what became of graduates")
    keeper.look("outcomes-before")
    keeper.press("Continue")
    keeper.press("Publish what became of graduates")
    keeper.go(reverse("admin:representation_outcomestudy_outcomes", args=[study.pk]))
    keeper.reads("How soon people stepped up", "Still there", "Now I chair the board.")
    keeper.look("outcomes")
    keeper.follow("Say what they cost")
    page.fill("#id_released_day", "220")
    page.fill("#id_coordinator_days", "40")
    page.fill("#id_coordinator_day", "310")
    keeper.look("outcomes-costs")
    keeper.press("Save and continue editing")
    keeper.follow("See what became of graduates")
    keeper.reads("for each person who stepped up", "40 days of coordinators")
    keeper.look("outcomes-with-costs")
    page.set_viewport_size(TELEPHONE)
    keeper.look("outcomes-phone")
    keeper.go(reverse("admin:representation_outcomestudy_changelist"))
    keeper.look("outcomes-list-phone")
