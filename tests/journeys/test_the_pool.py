"""An equality lead asks a participant to be in a succession pool; they say yes, show what they did, and a manager sees it by a link."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.models import PoolEntry, Post
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, ProgrammeFactory, day
from tests.factories.modules import placed
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("L2", "L3")]


def test_a_pool_from_the_question_to_a_choice(new_page, axe, screenshot):
    provider = ProviderFactory(name="Leicester City Council")
    cohort = CohortFactory(programme=ProgrammeFactory(provider=provider))
    enrolment = ParticipantFactory(
        cohort=cohort, participant__full_name="Ada Osei", participant__email="ada@example.org"
    )
    assignment = placed(enrolment)
    user = staff(RoleName.EQUALITY, provider, email="eve@provider.example")
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:representation_post_changelist"))
    keeper.look("pool-posts-empty")
    keeper.go(reverse("admin:representation_post_add"))
    page.fill("#id_title", "Head of Adult Services")
    page.fill("#id_tier", "Head of service")
    page.check("#id_holder_chooses")
    keeper.look("pool-post-add")
    keeper.press("Save and continue editing")
    post = Post.objects.get()
    keeper.look("pool-post")
    keeper.follow("Ask somebody to be in the pool")
    page.get_by_label("Who?", exact=False).first.select_option(label=f"Ada Osei, {cohort}")
    page.get_by_label("Why them?", exact=False).fill("You led the project on induction.")
    keeper.look("pool-ask")
    keeper.press("Continue")
    keeper.reads("ada@example.org")
    keeper.press("Ask somebody to be in the pool")

    # She reads what it is, says yes, and shows an assignment, on a telephone.
    ada = Person(new_page(viewport=TELEPHONE), "ada@example.org", axe, screenshot)
    ada.sign_in(reverse("representation:pool", args=[enrolment.pk]))
    ada.reads("Until you say yes, you are not in the pool", "You led the project on induction.")
    ada.look("pool-own-asked")
    ada.leave_by(ada.page.get_by_role("button", name="Say yes"))
    ada.page.get_by_label("People who are named for this post", exact=False).check()
    ada.look("pool-own-join")
    ada.press("Continue")
    ada.press("Say yes")
    ada.reads("Not reviewed yet")
    ada.leave_by(ada.page.get_by_role("button", name="Show what you did on an assignment"))
    ada.page.get_by_label("Which assignment?", exact=False).select_option(
        label=f"{assignment.title}, at {assignment.host}"
    )
    ada.press("Continue")
    ada.look("pool-own-show-error")
    ada.page.get_by_label("What did you do there", exact=False).fill("I led six people through a new induction.")
    ada.press("Continue")
    ada.press("Show what you did")
    ada.reads("I led six people through a new induction.")

    # Her readiness is reviewed, and a manager sees her by a link.
    entry = PoolEntry.objects.get()
    keeper.go(reverse("admin:representation_poolentry_change", args=[entry.pk]))
    keeper.look("pool-entry")
    keeper.follow("Review how ready they are")
    keeper.choose("How ready are they?", "Ready in 1 to 2 years")
    page.get_by_label("Why?", exact=True).fill("She has led people through change.")
    page.get_by_label("By when is this looked at again?", exact=False).fill(f"{day(200):%d %B %Y}")
    keeper.look("pool-review")
    keeper.press("Continue")
    keeper.press("Review how ready they are")
    keeper.go(reverse("admin:representation_post_change", args=[post.pk]))
    keeper.follow("Name somebody who may see them")
    keeper.fill("Their name", "Mel Marsh")
    keeper.fill("Their email address", "mel@example.org")
    keeper.press("Continue")
    keeper.press("Name somebody who may see them")
    mel = Person(new_page(viewport=TELEPHONE), "mel@example.org", axe, screenshot)
    mel.go(link_in(letters_to("mel@example.org")[-1], "/pool/"))
    mel.reads("Ada Osei", "Ready in 1 to 2 years", "I led six people", "People tend to choose somebody like themselves")
    mel.look("pool-viewer")
    ada.go(reverse("representation:pool", args=[enrolment.pk]))
    ada.reads("Mel Marsh", "She has led people through change.")
    ada.look("pool-own")

    # A successor is chosen.
    keeper.go(reverse("admin:representation_post_change", args=[post.pk]))
    keeper.follow("Record a choice of a successor")
    page.get_by_label("Who of the pool was chosen?", exact=False).select_option(label="Ada Osei")
    page.get_by_label("On which day?", exact=False).fill(f"{day(0):%d %B %Y}")
    page.get_by_label("Who was on the panel?", exact=False).fill("Hana Osei\nSam Marsh")
    page.get_by_label("How was it mixed", exact=False).fill("Two departments.")
    page.get_by_label("Why this person?", exact=False).fill("Her plan for the first year.")
    keeper.press("Continue")
    keeper.reads("People tend to choose somebody like themselves", "The panel was not mixed")
    keeper.look("pool-choice")
    keeper.press("Record a choice of a successor")
    keeper.reads("Two departments.")
    keeper.look("pool-post-chosen")
    keeper.go(reverse("admin:representation_post_changelist"))
    keeper.look("pool-posts")
    keeper.go(reverse("admin:representation_poolentry_changelist"))
    keeper.look("pool-people")

    # She leaves.
    ada.go(reverse("representation:pool", args=[enrolment.pk]))
    ada.reads("You were chosen")
    ada.leave_by(ada.page.get_by_role("button", name="Leave the pool"))
    ada.press("Continue")
    ada.press("Leave the pool")
    ada.reads("Nobody who is named for this post sees you")
    mel.look_again()
    mel.reads("Nobody who agreed to be seen")
