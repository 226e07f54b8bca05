"""An equality lead keeps a scheme of Voluntary Heads of Service, says what is at which team, and sees how it stands."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.models import HeadsScheme
from steppingup.formats import english
from tests.factories import heads as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import day
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("R7")]


def test_a_scheme_from_its_teams_to_its_board(new_page, axe, screenshot):
    council = ProviderFactory(name="Leicester City Council")
    cohort = make.cohort_inside(council, name="Spring 2031")
    placement = make.assignment(cohort, council, title="Voluntary Head of Libraries")
    user = staff(RoleName.EQUALITY, council, email="eve@provider.example")
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:representation_headsscheme_add"))
    page.select_option("#id_organisation", label="Leicester City Council")
    keeper.look("heads-add")
    keeper.press("Save and continue editing")
    scheme = HeadsScheme.objects.get()
    keeper.follow("See how it stands")
    keeper.reads("No year is set yet")
    keeper.look("heads-empty")
    make.year(scheme)
    make.year(scheme, -400, -31, target=20, capacity=20)
    for name in ("Adults and housing", "Children and young people", "City development"):
        scheme.teams.create(name=name)
    keeper.go(reverse("admin:representation_headsscheme_change", args=[scheme.pk]))
    keeper.look("heads-scheme")
    keeper.follow("Say what is at a team")
    keeper.press("Continue")
    keeper.reads("Choose an assignment or an opportunity, one of the two.")
    keeper.look("heads-tie-error")
    page.get_by_label("Which management team?").select_option(label="Adults and housing")
    since = english.day_date(day(-10))
    page.get_by_label("Which assignment is there?").select_option(
        label=f"Voluntary Head of Libraries (Spring 2031, from {since})"
    )
    keeper.look("heads-tie")
    keeper.press("Continue")
    keeper.look("heads-tie-before")
    keeper.press("Say what is at a team")
    keeper.follow("See how it stands")
    keeper.reads("Without one: Children and young people, City development.", "Name known to those who run the cohort")
    keeper.look("heads-board")
    page.set_viewport_size(TELEPHONE)
    keeper.look("heads-board-phone")
    keeper.go(reverse("admin:representation_headsscheme_changelist"))
    keeper.look("heads-list-phone")

    # Whoever is there reads at which team.
    amara = Person(new_page(viewport=TELEPHONE), placement.enrolment.participant.email, axe, screenshot)
    amara.sign_in(reverse("cohorts:one_assignment", args=[placement.enrolment_id, placement.pk]))
    amara.reads("Management team: Adults and housing, Leicester City Council.")
    amara.look("heads-own-phone")
    amara.page.set_viewport_size({"width": 1280, "height": 900})
    amara.look("heads-own", full=False)
