"""Near the line of a round: the coordinator lets people be asked, one of them says yes and answers, and the equality lead reads what came of it."""

import pytest

from applications.actions import line
from applications.models import LineAnswer, LineConsent
from applications.roles import RoleName
from tests.applications.test_line_compared import asked
from tests.factories import review
from tests.factories.accounts import staff
from tests.factories.line import earlier, round_of
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_near_the_line_is_asked_and_it_counts(new_page, axe, screenshot):
    of, people, by = round_of(90, 80, 77.5, places=2)
    give_authenticator(by)
    cohort, amara = of.cohort, people[2]
    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(f"/admin/cohorts/cohort/{cohort.pk}/step/ask_near_line/")
    carla.page.get_by_label("How many points above and below the line?").fill("10")
    carla.press("Continue")
    carla.reads("2 people are so near above the line, and 1 below it.")
    carla.look("line-before")
    carla.press("Ask those near the line")

    person = Person(new_page(viewport=TELEPHONE), amara.applicant.email, axe, screenshot)
    person.sign_in(f"/applications/{amara.pk}/")
    person.reads(line.QUESTION)
    person.look("line-application")
    person.press("Read what we would keep, and decide")
    person.reads("Why we ask", "You can stop at any time")
    person.look("line-question")
    person.press("Yes, you may ask me")
    person.reads("We will ask you for the first time in a year.", "2.5 points below the line")
    person.look("line-own")

    earlier(LineConsent.objects.get(), 366)
    assert line.ask_near_the_line() == 1
    person = Person(new_page(viewport=TELEPHONE), amara.applicant.email, axe, screenshot)
    person.go(link_in(letters_to(amara.applicant.email)[-1], "/how-work-went-on/"))
    person.page.get_by_label("I was promoted").check()
    person.press("Send")
    person.reads("Thank you. That is all we ask.", "Promoted.")
    assert LineAnswer.objects.get().moves == ["promoted"]
    person.look("line-answered")
    person.press("Take my yes back, and remove all this")
    person.reads("It is removed.")
    assert not LineConsent.objects.exists()


def test_the_equality_lead_reads_whether_it_was_the_programme(new_page, axe, screenshot):
    of = review.without_interview()
    programme = of.cohort.programme
    erin = staff(RoleName.EQUALITY, programme.provider, email="erin@provider.example")
    give_authenticator(erin)
    reader = Person(new_page(), erin.email, axe, screenshot)
    reader.sign_in(f"/equality/{programme.path}/was-it-the-programme/")
    reader.reads("No round had a line yet")
    reader.look("comparison-empty")
    found = asked(of, 600, 600, ups=(8, 3), silent=1)
    reader.go(f"/equality/{programme.path}/")
    reader.follow("Was it the programme?")
    reader.reads("more of every 100 people stepped up", "What this rests on")
    reader.look("comparison")
    found.consents.all().delete()
    found.delete()
    asked(of, 18, 21)
    reader.go(f"/equality/{programme.path}/was-it-the-programme/")
    reader.reads("There are too few people to tell")
    reader.look("comparison-few")
