"""An equality lead writes down what an employer pledges, asks how it stands; the employer answers on a telephone, and anybody reads it."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.models import Commitment
from tests.factories import commitments as make
from tests.factories.accounts import staff
from tests.factories.cohorts import ProgrammeFactory, day
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("L10", "B59")]


def test_a_pledge_from_the_desk_to_the_public_page(new_page, axe, screenshot):
    programme = ProgrammeFactory(is_published=True)
    provider = programme.provider
    employer = make.listed(
        programme, "Avon Care", policy="We interview everybody of an under-represented group who meets the criteria."
    )
    make.listed(programme, "Severn Trust")
    for kind in ("policy", "pay_gap", "fast_track", "apprenticeship"):
        make.published(provider, employer, kind, TITLES[kind], since=day(-200))
    make.published(provider, employer, title="A woman on every panel", due_on=day(-20))
    user = staff(RoleName.EQUALITY, provider, email="eve@provider.example")
    give_authenticator(user)
    keeper = Person(new_page(), user.email, axe, screenshot)
    page = keeper.page
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:representation_commitment_add"))
    keeper.look("commitment-add")
    page.fill("#id_title", "Mixed panels for every head of service")
    page.select_option("#id_employer", label="Avon Care")
    page.select_option("#id_kind", label="Pledge")
    keeper.press("Save and continue editing")
    keeper.reads("Say by when.")
    keeper.look("commitment-error")
    page.fill("#id_due_on", f"{day(30):%-d %B %Y}")
    keeper.press("Save and continue editing")
    one = Commitment.objects.get(title__startswith="Mixed panels")
    keeper.look("commitment")
    keeper.press("Approve for publication")
    keeper.look("commitment-approve")
    keeper.press("Approve for publication")
    keeper.follow("Ask how it stands")
    page.get_by_label("Who speaks for the employer?").fill("Ola Kent")
    page.get_by_label("Their email address").fill("ola@avon.example")
    keeper.press("Continue")
    keeper.press("Ask how it stands")

    other = Person(new_page(viewport=TELEPHONE), "ola@avon.example", axe, screenshot)
    other.go(link_in(letters_to("ola@avon.example")[-1], "/pledge/"))
    other.look("pledge")
    other.press("Send")
    other.reads("Choose how it stands.")
    other.look("pledge-error")
    other.choose("How does it stand?", "Not yet")
    other.page.get_by_label("What can you tell us?").fill("Eight of twenty by now.")
    other.press("Send")
    other.reads("Thank you. We have your answer", "you can put it right here")
    other.look("pledge-sent")

    keeper.go(reverse("admin:representation_pledgequestion_changelist"))
    keeper.look("pledge-answers")
    keeper.go(reverse("admin:representation_pledgequestion_change", args=[one.questions.get().pk]))
    keeper.look("pledge-answer")
    keeper.press("Take over the answer")
    keeper.press("Take over the answer")
    keeper.go(reverse("admin:representation_commitment_changelist"))
    keeper.look("commitments")

    for kind, viewport in (("", None), ("-telephone", TELEPHONE)):
        visitor = Person(new_page(**({"viewport": viewport} if viewport else {})), "", axe, screenshot)
        visitor.go(reverse("cohorts:provider", args=[provider.slug]))
        visitor.look(f"provider{kind}")
        visitor.follow("What employers have committed to")
        visitor.reads("Nothing published yet.")
        visitor.look(f"employers{kind}")
        visitor.follow("Avon Care")
        visitor.reads("Eight of twenty by now.", "Overdue", "Not yet", "12.3% in 2031")
        visitor.look(f"employer{kind}")


TITLES = {
    "policy": "Positive action in recruitment",
    "pay_gap": "Gender pay gap, median",
    "fast_track": "Straight to an interview",
    "apprenticeship": "Apprentices from our wards",
}
