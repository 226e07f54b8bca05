"""An equality lead reads in Leicester's plan as it was scanned, names a lead, who answers on a telephone, and goes through it at a review."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.models import ActionPlan
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE
from tests.representation import leicester

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("R1", "R2", "R10", "R14", "R16")]
COLUMNS = ("Detail", "Progress", "Recommendation", "Lead", "Timescale")


def test_a_plan_from_the_scan_to_a_review(new_page, axe, screenshot):
    provider = ProviderFactory(name="Leicester City Council")
    make.group(provider, "Equality forum")
    user = staff(RoleName.EQUALITY, provider, email="eve@provider.example")
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.look("plan-today")
    keeper.go(reverse("admin:representation_actionplan_add"))
    page.fill("#id_name", "Reach Higher")
    keeper.look("plan-add")
    keeper.press("Save and continue editing")
    plan = ActionPlan.objects.get()
    keeper.look("plan-empty")

    # The scan, and what could not be read in it.
    keeper.follow("Read in a file")
    keeper.look("plan-file")
    keeper.press("See what is in it")
    keeper.reads("Choose a file.")
    page.set_input_files("input[type=file]", str(leicester.DATA / "leicester-reach-higher.txt"))
    keeper.press("See what is in it")
    keeper.reads("The headings in line 9 could not be read", "Could not be read: 1 line")
    keeper.look("plan-read")
    for number, name in enumerate(COLUMNS, 1):
        page.get_by_label(f"What column {number} is", exact=True).select_option(label=name)
    page.get_by_label("What becomes of line 28", exact=True).select_option(label="Goes on with the one above")
    keeper.press("Keep this and look again")
    keeper.reads("13 items would be taken over.")
    keeper.press("Go on")
    keeper.look("plan-before")
    keeper.press("Continue")
    keeper.press("Take it over into the plan")
    keeper.look("plan-items")
    assert plan.items.count() == 13

    # A lead is named, and answers on a telephone.
    item = plan.items.in_order()[3]
    keeper.go(reverse("admin:representation_actionitem_change", args=[item.pk]))
    keeper.look("plan-item")
    keeper.follow("Name a lead")
    page.get_by_label("Which group?", exact=False).select_option(label="Equality forum")
    keeper.look("plan-name-lead")
    keeper.press("Continue")
    keeper.reads("hana@example.org")
    keeper.look("plan-name-lead-before")
    keeper.press("Name a lead")
    chair = Person(new_page(viewport=TELEPHONE), "hana@example.org", axe, screenshot)
    chair.go(link_in(letters_to("hana@example.org")[-1], "/plan/"))
    chair.reads("How is it getting on?", "Management Teams taking responsibility")
    chair.look("plan-lead")
    chair.press("Send")
    chair.reads("That is how it stands already")
    chair.look("plan-lead-error")
    chair.choose("How far has it come?", "Progressing")
    chair.page.get_by_label("What has been done, or what stands in the way?").fill("Six divisions have looked.")
    chair.press("Send")
    chair.reads("Thank you. Your answer is in the plan now.", "Six divisions have looked.")
    chair.look("plan-lead-sent")

    # A review goes through the items.
    keeper.go(reverse("admin:representation_actionplan_change", args=[plan.pk]))
    keeper.follow("Hold a review")
    keeper.look("plan-review-begin")
    keeper.press("Continue")
    keeper.press("Hold a review")
    keeper.look("plan-review")
    keeper.follow("Begin with the first item")
    keeper.look("plan-review-item")
    page.get_by_label("What is decided?").fill("The board funds it for another year.")
    keeper.press("Keep it and go on")
    keeper.reads("Item 2 of 13")
    keeper.go(reverse("admin:representation_itemlead_changelist"))
    keeper.reads("who has answered")
    keeper.look("plan-leads")
    keeper.go(reverse("admin:representation_group_changelist"))
    keeper.look("plan-groups")
