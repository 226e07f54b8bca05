"""Somebody without a computer applies: on paper, with letters by post, and all is as if they had done it themselves."""

import io

import pymupdf
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from outloud import check

from applications.actions import applications as actions
from applications.actions import decisions
from applications.actions.paper import NO_ADDRESS, begin_on_paper
from applications.form.parts import parts_of
from applications.models import Application, EqualityResponse
from applications.pages.timeline import events_of
from applications.states import ApplicationStatus, SupportRoute
from funding.queries import agreement_of
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.formats.by_post import is_by_post, new_address
from steppingup.formats.english import day_date
from steppingup.formats.fields import AddressInput
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.delivery import deliver_one
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import WindowFactory, started
from tests.factories.cohorts import PublishedCohortFactory
from tests.files.uploads import pdf, upload
from tests.staff import posted, take_step

pytestmark = pytest.mark.django_db
WROTE = {"asked_how": "letter", "asked_on": timezone.localdate, "asked_why": "The form came by post."}


@pytest.fixture
def window():
    return WindowFactory(cohort=PublishedCohortFactory(fee=2500))


@pytest.fixture
def ana(window):
    return make.coordinator(window, full_name="Ana Coordinator")


def wrote() -> dict:
    return {**WROTE, "asked_on": timezone.localdate()}


def begun(window, by, **more) -> Application:
    given = {"full_name": "Ben Okri", "postal_address": "1 High Street\nBristol BS1 1AA", **more}
    return begin_on_paper(cohort=window.cohort, by=by, **given, **wrote())


def page(name: str, *args) -> str:
    return reverse(f"admin:applications_draft_{name}", args=args)


def values_of(key: str) -> dict:
    """What a browser sends for a part."""
    if key.startswith("statement"):
        return {"text": "I led a choir of forty people for six years."}
    return {
        "details": {"full_name": "Ben Okri", "phone": "", "education": "School"},
        "work": {"job_title": "Porter", "employer": "not-listed", "employer_name": "A small firm", "manager_name": "Mo", "manager_email": "mo@example.org"},
        "support": {"support_route": SupportRoute.NOMINATED, "nominator_name": "Mo", "nominator_email": ""},
        "access": {"has_needs": "False", "text": ""},
        "cv": {"cv": upload(pdf())},
    }[key]  # fmt: skip


def test_on_paper_from_the_first_page_to_the_decision_and_every_letter_by_post(in_admin, window, ana, tmp_path):
    browser = in_admin(ana)
    step = reverse("admin:cohorts_cohort_step", args=[window.cohort_id, "begin_on_paper"])
    given = {**wrote(), "asked_on": timezone.localdate().isoformat(), "full_name": "Ben Okri"}
    assert NO_ADDRESS in take_step(browser, step, **given).text
    done = take_step(browser, step, **given, postal_address="1 High Street\r\nBristol BS1 1AA")
    application = Application.objects.get()
    ben = application.applicant
    assert ben.is_by_post
    assert not ben.has_usable_password()
    assert (application.full_name, application.helped_by) == ("Ben Okri", ana)
    shown = browser.get(done.url).text
    assert "1 letter is to be printed and posted." in shown  # and nobody was told yet
    assert "by post: 1 High Street, Bristol BS1 1AA" in shown
    assert "Settle the employer" not in shown
    parts = [part.key for part in parts_of(application)]
    assert "equality" in parts
    assert page("part", application.pk, "equality") not in shown
    assert browser.get(page("part", application.pk, "equality")).status_code == 404
    for key in parts:
        if key == "equality":
            continue
        url = page("part", application.pk, key)
        assert browser.get(url).status_code == 200
        if key == "eligibility":
            sent = {q.key: "yes" for q in window.cohort.rule_set.eligibility_questions.all()}
        else:
            sent = values_of(key)
        seen = browser.get(url).context["seen"]
        answer = browser.post(url, {**sent, "seen": seen})
        assert answer.status_code == 302, (key, answer.context["form"].errors)
    paper = {"name": "Sam Sponsor", "job_title": "Head", "billing_address": "2 Low Street"}
    on = {**wrote(), "asked_on": timezone.localdate().isoformat()}
    take_step(browser, page("step", application.pk, "employer_agreed_for_them"), **on, **paper)
    assert agreement_of(ben.pk, window.cohort_id).is_settled
    take_step(browser, page("step", application.pk, "submit_for_them"), **on, signed="on", notice_read="on")
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED
    assert Taking.objects.exclude(asked_how="").count() == 3
    shown = browser.get(reverse("admin:applications_application_change", args=[application.pk])).text
    assert "Ana Coordinator for Ben Okri, who wrote on" in shown
    # His own history says so too, where he did nothing himself: it was begun, and submitted.
    mine = {event["title"]: event.get("text", "") for event in events_of(application) if event.get("state") != "next"}
    assert mine == dict.fromkeys(
        ("You started your application", "You submitted your application"),
        f"Ana Coordinator at {application.cohort.programme.provider} did this for you, because "
        f"you wrote on {day_date(timezone.localdate())}.",
    )
    decisions.hold(application=application, by=ana)
    letters = Message.objects.filter(to=ben)
    assert letters.count() >= 4
    assert set(letters.values_list("status", flat=True)) == {MessageStatus.TO_POST}
    assert not any(deliver_one(one.pk) for one in letters)
    assert not EqualityResponse.objects.exists()
    # Printed, all in one, and posted.
    listing = reverse("admin:messaging_message_changelist")
    assert "letters are to be printed and posted" in browser.get("/admin/").text
    ticked = {"action": "print_letters", "_selected_action": [one.pk for one in letters]}
    printed = browser.post(listing, ticked)
    content = printed.content
    text = "".join(one.get_text() for one in pymupdf.open(stream=io.BytesIO(content)))
    for one in letters:
        assert one.subject.split()[0] in text
    assert text.count("Bristol BS1 1AA") == letters.count()
    assert "http" not in text
    assert "tell us instead, and we see to it for you" in " ".join(text.split()), "there is no button on paper"
    (tmp_path / "letters.pdf").write_bytes(content)
    assert not [one for one in check(tmp_path / "letters.pdf").findings if one.severity == "error"]
    one = letters.first()
    assert browser.get(reverse("admin:messaging_message_letter", args=[one.pk])).content[:4] == b"%PDF"
    take_step(browser, reverse("admin:messaging_message_step", args=[one.pk, "mark_as_posted"]))
    one.refresh_from_db()
    assert (one.status, one.sent_at is not None) == (MessageStatus.POSTED, True)


def test_what_somebody_began_online_is_theirs_until_they_ask(in_admin, window, ana):
    draft = started(window, UserFactory(full_name="Chi Obi"))
    browser = in_admin(ana)
    assert browser.get(page("change", draft.pk)).status_code == 404
    assert browser.get(page("part", draft.pk, "details")).status_code == 404
    with pytest.raises(NotAllowed):
        actions.keep_draft(application=draft, part="details", typed={"full_name": ["X"]}, by=ana)
    url = page("step", draft.pk, "let_help_for_them")
    assert url in browser.get(page("changelist")).text
    take_step(
        browser, url, asked_how="telephone", asked_on=timezone.localdate().isoformat(), asked_why="Her screen broke."
    )
    told = Message.objects.get(to=draft.applicant)
    assert (told.kind, told.status) == ("steps.done_for_you", MessageStatus.QUEUED)
    assert browser.get(page("change", draft.pk)).status_code == 200
    own = browser.__class__()
    own.force_login(draft.applicant)
    assert "Ana Coordinator can see and fill in this application" in own.get(draft.message_facts["link"]).text
    draft.refresh_from_db()
    actions.keep_draft(application=draft, part="details", typed={"full_name": ["Chi"]}, by=ana)
    for part, action in (("equality", actions.keep_draft), ("equality", actions.save_part)):
        words = {"typed": {}} if action is actions.keep_draft else {"values": {}}
        with pytest.raises(NotAllowed, match="Nobody gives these answers"):
            action(application=draft, part=part, by=ana, **words)
    with pytest.raises(NotAllowed, match="Nobody gives these answers"):
        actions.delete_equality_answers(application=draft, by=ana)
    with pytest.raises(NotAllowed):
        actions.keep_draft(application=draft, part="details", typed={}, by=make.coordinator(WindowFactory()))
    # Whoever asked can end it by themselves.
    alone = reverse("applications:alone", args=[draft.pk])
    take_step(own, alone)
    draft.refresh_from_db()
    assert draft.helped_at is None
    assert browser.get(page("change", draft.pk)).status_code == 404
    assert "Nobody else fills in this application." in own.get(alone).text


def test_an_address_with_an_account_is_that_persons_and_nobody_enters_their_own(window, ana):
    secret = {"phone": "0117 496 0111", "job_title": "Head of Secrets", "organisation": OrganisationFactory()}
    account = UserFactory(full_name="Benjamin Okri", email="ben@example.org", **secret)
    application = begun(window, ana, email="BEN@example.org", postal_address="")
    # Whoever types an address learns nothing of the account that has it.
    assert (application.phone, application.job_title, application.employer) == ("", "", None)
    assert not Message.objects.filter(text__contains="Benjamin").exists()
    assert (application.applicant, application.full_name) == (account, "Ben Okri")
    assert User.objects.get(pk=account.pk).full_name == "Benjamin Okri"
    with pytest.raises(NotPossible, match="have begun an application for this cohort themselves"):
        begun(window, ana, email="ben@example.org")
    with pytest.raises(OwnRecord):
        begun(window, ana, email=ana.email)
    with pytest.raises(NotPossible, match="Enter an email address, or the address"):
        begun(window, ana, postal_address=" \n ")


def test_by_post_has_an_address_for_letters_and_nobody_types_what_stands_for_none():
    for _ in range(20):
        stands_for = new_address()
        assert is_by_post(stands_for)
        with pytest.raises(ValidationError):
            AddressInput().clean(stands_for)
    for real in ("ben@example.org", "by-post.invalid@example.org", "x@by-post.invalid.example.org"):
        assert not is_by_post(real)
        AddressInput().clean(real)
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email=stands_for, postal_address="")


def test_their_account_is_kept_by_staff_and_gets_an_address_once_they_have_one(in_admin, window, ana):
    ben = begun(window, ana).applicant
    browser = in_admin(UserFactory(is_staff=True, is_superuser=True))
    url = reverse("admin:accounts_user_change", args=[ben.pk])
    shown = browser.get(url)
    assert "letters are printed and posted" in shown.text
    assert f'value="{ben.email}"' not in shown.text
    assert "by post: 1 High Street" in browser.get(reverse("admin:accounts_user_changelist")).text
    kept = posted(shown)
    browser.post(url, {**kept, "phone": "0117 496 0222"})
    ben.refresh_from_db()
    assert (ben.phone, ben.is_by_post) == ("0117 496 0222", True)
    assert "Enter the address for letters" in browser.post(url, {**kept, "postal_address": ""}).text
    browser.post(url, {**kept, "email": "ben@example.org"})
    ben.refresh_from_db()
    assert (ben.email, ben.is_by_post) == ("ben@example.org", False)


def test_facts_are_corrected_after_submitting_and_what_was_written_for_the_assessors_stays(in_admin, window, ana):
    application = make.arrived(window, name="Ben Okri", job_title="Porter")
    before = list(application.statements.values_list("text", flat=True))
    url = reverse("admin:applications_application_step", args=[application.pk, "correct_for_them"])
    on = {**wrote(), "asked_on": timezone.localdate().isoformat()}
    facts = {"full_name": "Ben Okri", "job_title": "Porter"}
    browser = in_admin(ana)
    assert "Nothing has been changed yet" in take_step(browser, url, **on, **facts).text
    own = {**facts, "manager_email": application.applicant.email}
    assert "This is the applicant&#x27;s own address" in take_step(browser, url, **on, **own).text
    shown = browser.post(url, {**on, **facts, "job_title": "Head porter", "filled": "yes"})
    assert "The job title becomes “Head porter”; it was “Porter”." in shown.text
    take_step(browser, url, **on, **(facts | {"job_title": "Head porter"}))
    application.refresh_from_db()
    assert application.job_title == "Head porter"
    assert list(application.statements.values_list("text", flat=True)) == before
    assert Message.objects.get(kind="steps.done_for_you").to == application.applicant
    actions.withdraw(application=application, by=application.applicant)
    assert browser.get(url).status_code == 302


NASTY = ("\x00", "9" * 5000, "9999-12-31", "0001-01-01", "😀" * 200)


def test_nonsense_in_any_of_these_forms_is_answered_with_a_page(in_admin, window, ana):
    draft, late = begun(window, ana), make.arrived(window)
    urls = [page("part", draft.pk, part.key) for part in parts_of(draft) if part.key != "equality"]
    urls += [page("step", draft.pk, name) for name in ("submit_for_them", "employer_agreed_for_them")]
    urls += [
        reverse("admin:applications_application_step", args=[late.pk, name])
        for name in ("withdraw_for_them", "correct_for_them", "ask_sponsor_for_them")
    ]
    urls.append(reverse("admin:applications_window_step", args=[window.pk, "give_time"]))
    urls.append(reverse("admin:cohorts_cohort_step", args=[window.cohort_id, "begin_on_paper"]))
    browser = in_admin(ana)
    for url in urls:
        shown = browser.get(url)
        fields = list(shown.context["form"].fields) if shown.context and shown.context.get("form") else []
        for nasty in NASTY:
            answer = browser.post(url, {**dict.fromkeys(fields, nasty), "filled": "yes", "seen": nasty})
            assert answer.status_code in (200, 302), (url, nasty)
