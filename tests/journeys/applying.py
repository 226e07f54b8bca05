"""From the home page to a submitted application; and the sponsor's answer, without an account."""

from django.utils import timezone

from applications.models import Application
from tests.files.uploads import pdf
from tests.journeys.people import Person, letters_to, link_in

SPONSOR = "head.of.people@avon.example"
MANAGER = "mo.patel@avon.example"


def finds_out(visitor: Person) -> None:
    visitor.go("/")
    visitor.look("home")
    visitor.leave_by(visitor.page.locator(".card__title a"))
    visitor.reads("30 days of development", "How it is funded", "Who can apply")
    visitor.look("programme", full=False)
    visitor.go("/programmes/stepping-up/partners/")
    visitor.reads("Avon Hospital Trust")
    visitor.look()


def leaves_an_address(visitor: Person) -> None:
    visitor.go("/programmes/stepping-up/interest/")
    visitor.look()
    visitor.page.get_by_label("Your email address").fill("later@example.org")
    visitor.leave_by(visitor.page.locator("main button[type=submit]"))
    visitor.look()
    visitor.go(link_in(letters_to("later@example.org")[-1], "/interest/confirm/"))
    visitor.look()


def checks_whether_it_is_for_them(visitor: Person) -> None:
    visitor.go("/programmes/stepping-up/check/")
    visitor.look()
    visitor.leave_by(visitor.page.locator("main .govuk-button").first)
    while visitor.page.locator("input[type=radio]").count():
        visitor.look()
        visitor.page.get_by_label("Yes", exact=True).check()
        visitor.leave_by(visitor.page.locator("main button[type=submit]").first)
    visitor.reads("Yes, you can apply")
    visitor.look("check-result")


def begins(applicant: Person) -> Application:
    """From the result of the check through the sign-in to the list of parts."""
    applicant.press("Start your application")
    applicant.look()
    applicant.leave_by(applicant.page.locator("main .govuk-button").first)
    applicant.look("sign-in")
    applicant.sign_in(applicant.page.url)
    if "name" in applicant.page.url:
        applicant.look()
        applicant.page.get_by_label("Full name").fill("Amara Okafor")
        applicant.press("Continue")
    applicant.reads("Before you start", "£2,500")
    applicant.look("before-you-begin")
    applicant.press("Start your application")
    applicant.reads("Your application")
    applicant.look("task-list-new")
    return Application.objects.get(applicant__email=applicant.email)


STATEMENT = (
    "I led a night team of nine through the winter. {} We lost nobody to stress, and three of them lead teams now."
)


def fills_in(applicant: Person, application: Application) -> None:
    """Every part, with a mistake on the way that loses nothing."""
    page, part = applicant.page, lambda key: f"/applications/{application.pk}/answers/{key}/"

    def save() -> None:
        applicant.leave_by(page.locator("button[name=save]"))

    applicant.go(part("details"))
    page.locator("[name=full_name]").fill("Amara Okafor")
    applicant.look()
    save()

    applicant.go(part("work"))
    page.locator("[name=job_title]").fill("Ward sister")
    page.locator("[name=grade]").fill("Band 6")
    page.locator("[name=employer]").select_option(label="Avon Hospital Trust")
    page.locator("[name=manager_name]").fill("Mo Patel")
    page.locator("[name=manager_email]").fill(applicant.email)
    save()
    applicant.look("mistake")
    assert page.locator(".govuk-error-summary").count() == 1
    assert page.locator("[name=job_title]").input_value() == "Ward sister"
    page.locator("[name=manager_email]").fill(MANAGER)
    save()

    applicant.go(part("support"))
    page.get_by_label("I have told my employer that I am applying").check()
    today = timezone.localdate()
    for box, value in zip(
        page.locator("input[name^=told_on]").all(), (today.day, today.month, today.year), strict=True
    ):
        box.fill(str(value))
    applicant.look()
    save()

    for number, criterion in enumerate(application.cohort.rule_set.criteria.all()):
        applicant.go(part(f"statement-{criterion.key}"))
        if number == 0:
            page.locator("[name=text]").fill("word " * (criterion.word_limit + 1))
            save()
            applicant.look("too-many-words")
            assert page.locator("[name=text]").input_value().startswith("word word")
        page.locator("[name=text]").fill(STATEMENT.format(criterion.title))
        save()

    applicant.go(part("cv"))
    page.locator("[name=cv]").set_input_files({"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"not a PDF"})
    save()
    applicant.look()
    page.locator("[name=cv]").set_input_files({"name": "cv.pdf", "mimeType": "application/pdf", "buffer": pdf(2)})
    save()

    for key in ("access", "equality"):
        applicant.go(part(key))
        applicant.look(f"part-{key}")
        if key == "access":
            page.get_by_label("No", exact=True).check()
        save()


def asks_the_sponsor(applicant: Person, application: Application) -> None:
    applicant.go(f"/applications/{application.pk}/submit/")
    applicant.reads("Before you can submit", "Who agrees the fee")
    applicant.go(f"/applications/{application.pk}/fee/")
    applicant.page.locator("[name=sponsor_name]").fill("Hana Osei")
    applicant.page.locator("[name=sponsor_email]").fill(SPONSOR)
    applicant.look("fee")
    applicant.press("Send the request")
    applicant.reads("We have asked Hana Osei")
    applicant.look()


def agrees_the_fee(sponsor: Person) -> None:
    """By the link in the email, without an account."""
    sponsor.go(link_in(letters_to(SPONSOR)[-1], "/support/"))
    sponsor.reads("£2,500", "30 days")
    sponsor.look("sponsor")
    sponsor.press("Agree the fee")
    sponsor.look()
    sponsor.page.locator("[name=name]").fill("Hana Osei")
    sponsor.page.locator("[name=job_title]").fill("Head of people")
    sponsor.page.locator("[name=purchase_order]").fill("PO-4711")
    sponsor.page.locator("[name=billing_address]").fill("Avon Hospital Trust\n1 Hill Road\nBristol")
    sponsor.page.locator("main input[type=checkbox]").check()
    sponsor.leave_by(sponsor.page.locator("main form .govuk-button").first)
    sponsor.look("sponsor-check")
    sponsor.leave_by(sponsor.page.locator("[name=confirmed]"))
    sponsor.reads("The fee is agreed")
    sponsor.look()


def submits(applicant: Person, application: Application) -> None:
    applicant.go(f"/applications/{application.pk}/")
    applicant.look("task-list-done", full=False)
    applicant.go(f"/applications/{application.pk}/check/")
    applicant.look("check-answers")
    applicant.press("Continue")
    applicant.look()
    for box in applicant.page.locator("main input[type=checkbox]").all():
        box.check()
    applicant.press("Submit your application")
    applicant.reads("We have your application", application.reference)
    applicant.look("submitted")
    assert application.reference in letters_to(applicant.email)[-1].body
    applicant.go(f"/applications/{application.pk}/")
    applicant.look("status")
