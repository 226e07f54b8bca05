"""The application is a list of parts, with further questions on pages of their own: all of it rows of the rules."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.actions import applications as applying
from applications.actions import reviews
from applications.form import questions as answers
from applications.form.parts import missing_parts, parts_of
from applications.models import Answer, Application, EligibilityQuestion, FormPart, PartDraft, Question, Window
from applications.states import PartKind, QuestionKind
from cohorts.actions import rules as choosing
from cohorts.models import RuleSet
from steppingup.files.actions.files import store
from steppingup.files.models import StoredFile
from steppingup.files.rules import CV
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory, completed, started
from tests.files.uploads import pdf, upload
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db
PAGE = "questions-more"


@pytest.fixture
def window() -> Window:
    return WindowFactory(cohort__fee=0)


@pytest.fixture
def coordinator(window):
    return staff(provider=window.cohort.programme.provider)


@pytest.fixture
def desk(client, coordinator):
    return with_second_factor(client, coordinator)


def asked(window: Window, **kinds: str) -> dict[str, Question]:
    """A page “More about you” with a question of each of these kinds, by key."""
    rules = window.cohort.rule_set
    FormPart.objects.get_or_create(
        rule_set=rules, key="more", defaults={"kind": PartKind.QUESTIONS, "title": "More about you", "order": 3}
    )
    made = {}
    for order, (key, kind) in enumerate(kinds.items()):
        made[key] = Question.objects.create(
            rule_set=rules, page="more", key=key, text=f"What about {key}?", kind=kind, order=order,
            choices="North\nSouth" if kind in (QuestionKind.CHOICE, QuestionKind.SEVERAL) else "",
        )  # fmt: skip
    return made


def begun(window: Window) -> Application:
    return started(Window.objects.select_related("cohort").get(pk=window.pk))


def save(application: Application, **values) -> Application:
    return applying.save_part(application=application, part=PAGE, values=values, by=application.applicant)


def address(application: Application, part: str = PAGE) -> str:
    return reverse("applications:part", args=[application.pk, part])


def test_every_kind_of_answer_is_typed_kept_shown_and_checked(client, window):
    asked(
        window, name="line", story="text", where="choice", places="several", people="number", agree="yes_no", since="day",
        paper="file",
    )  # fmt: skip
    application = begun(window)
    client.force_login(application.applicant)
    said = client.get(address(application)).text
    assert "More about you" in said
    sent = {
        "name": " Ada ", "story": "One\r\ntwo", "where": "South", "places": ["North", "South"], "people": "1,250.50",
        "agree": "Yes", "since_0": "27", "since_1": "March", "since_2": "2024",
        "paper": upload(pdf()),
    }  # fmt: skip
    assert client.post(address(application), sent).status_code == 302
    stored = {one.question.key: one for one in application.answers.select_related("question", "file")}
    assert {key: one.value for key, one in stored.items() if key != "paper"} == {
        "name": "Ada", "story": "One\ntwo", "where": "South", "places": ["North", "South"],
        "people": Decimal("1250.5"), "agree": "Yes", "since": date(2024, 3, 27),
    }  # fmt: skip
    assert stored["paper"].in_words == stored["paper"].file.name
    words = client.get(reverse("applications:check_answers", args=[application.pk])).text
    for shown in ("Ada", "South", "North and South", "1250.5", "27 March 2024", stored["paper"].file.name):
        assert shown in words
    again = client.get(address(application)).text
    assert 'value="Ada"' in again
    assert application.parts_done != Application.objects.get(pk=application.pk).parts_done


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        ("line", {"q": ""}, "Answer “What about q?”"),
        ("line", {"q": "x" * 201}, "Shorten this to 200 characters."),
        ("text", {"q": " "}, "Write something about “What about q?”"),
        ("text", {"q": "one two three four"}, "You have written 4 words. Shorten it by 1 word: the limit is 3."),
        ("choice", {}, "Choose an answer to “What about q?”"),
        ("choice", {"q": "West"}, "Choose from the answers that are offered."),
        ("several", {}, "Choose at least one answer to “What about q?”"),
        ("number", {"q": "many"}, "Enter a number, like 12 or 3.5."),
        ("number", {"q": "9" * 40}, "Enter a number, like 12 or 3.5."),
        ("number", {}, "Enter a number for “What about q?”"),
        ("yes_no", {}, "Choose yes or no for “What about q?”"),
        ("day", {"q_0": "31", "q_1": "2", "q_2": "2024"}, "There is no 31 February."),
        ("day", {"q_0": "x", "q_1": "2", "q_2": "2024"}, "Enter a real date, like 27 3 2026."),
        ("day", {}, "Enter a date for “What about q?”"),
        ("file", {}, "Upload a file for “What about q?”"),
    ],
)
def test_what_cannot_be_accepted_gets_a_sentence_at_its_field_and_stays(client, window, kind, sent, sentence):
    asked(window, q=kind, other="line")
    Question.objects.filter(kind=QuestionKind.TEXT).update(most_words=3)
    application = begun(window)
    client.force_login(application.applicant)
    response = client.post(address(application), {**sent, "other": "Kept"})
    assert sentence in response.text
    assert 'value="Kept"' in response.text
    assert not application.answers.exists()
    if kind != "file":
        assert PartDraft.objects.get(application=application).typed["other"] == ["Kept"]
    assert PAGE in {part.key for part in missing_parts(Application.objects.get(pk=application.pk))}


def test_a_question_that_hangs_on_an_answer_is_asked_and_kept_after_that_answer_only(client, window):
    questions = asked(window, agree="yes_no", why="line")
    Question.objects.filter(pk=questions["why"].pk).update(shown_if="agree", shown_if_answer="No")
    application = begun(window)
    client.force_login(application.applicant)
    assert client.post(address(application), {"agree": "Yes"}).status_code == 302
    assert "Answer “What about why?”" in client.post(address(application), {"agree": "No"}).text
    assert client.post(address(application), {"agree": "No", "why": "Because"}).status_code == 302
    assert application.answers.count() == 2
    assert "Because" in client.get(reverse("applications:check_answers", args=[application.pk])).text
    assert client.post(address(application), {"agree": "Yes", "why": "x" * 999}).status_code == 302
    assert [answer.in_words for answer in application.answers.select_related("question")] == ["Yes"]
    assert "What about why?" not in client.get(reverse("applications:check_answers", args=[application.pk])).text


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "Yes", "No"])), max_size=4), st.data())
def test_what_is_asked_never_hangs_on_what_is_not(hanging, data):
    """Whatever is answered: each question that is asked hangs on nothing, or on an answer to one that is asked."""
    questions = [Question(key="first", kind=QuestionKind.YES_NO)]
    for number, (hangs, answer) in enumerate(hanging):
        after = data.draw(st.sampled_from(questions)).key if hangs else ""
        questions.append(
            Question(
                key=f"q{number}", kind=QuestionKind.YES_NO, shown_if=after, shown_if_answer=answer if hangs else ""
            )
        )
    values = {one.key: data.draw(st.sampled_from(["Yes", "No", ""])) for one in questions}
    found = {one.key: one for one in answers.asked(questions, values)}
    for question in found.values():
        assert not question.shown_if or (
            question.shown_if in found and values[question.shown_if] == question.shown_if_answer
        )
    assert {one.key for one in questions if not one.shown_if} <= set(found)


def test_parts_stand_in_the_order_of_the_rules_and_what_has_no_row_is_not_asked(window):
    rules, application = window.cohort.rule_set, begun(window)
    assert [part.key for part in parts_of(application)][-3:] == ["cv", "access", "equality"]
    rules.form_parts.filter(kind__in=[PartKind.CV, PartKind.SUPPORT]).delete()
    rules.form_parts.filter(kind=PartKind.ACCESS).update(order=0, is_required=False, title="What we can do for you")
    rules.form_parts.filter(kind=PartKind.DETAILS).update(order=1)
    application = begun(window)
    parts = parts_of(application)
    assert [(part.key, part.title, part.optional) for part in parts][:2] == [
        ("access", "What we can do for you", True), ("details", "Your details", False),
    ]  # fmt: skip
    assert {"cv", "support"}.isdisjoint(part.key for part in parts)


def test_a_part_that_may_be_left_out_may_be_empty_but_not_half_written(client, window):
    window.cohort.rule_set.form_parts.filter(kind__in=[PartKind.ACCESS, PartKind.STATEMENTS]).update(is_required=False)
    application = completed(Window.objects.get(pk=window.pk))
    client.force_login(application.applicant)
    assert client.post(address(application, "access"), {"text": ""}).status_code == 302
    assert not hasattr(Application.objects.get(pk=application.pk), "access_needs")
    client.post(address(application, "statement-motivation"), {"text": "word " * 999})
    application = Application.objects.select_related("cohort__rule_set").get(pk=application.pk)
    assert [part.key for part in missing_parts(application)] == ["statement-motivation"]
    with pytest.raises(NotPossible, match="complete “Motivation”"):
        applying.submit(application=application, by=application.applicant, notice_read=True)
    assert client.post(address(application, "statement-motivation"), {"text": ""}).status_code == 302
    assert applying.submit(application=application, by=application.applicant, notice_read=True).status == "submitted"


def test_staff_read_the_answers_filter_by_them_and_download_them(desk, window, coordinator):
    questions = asked(window, where="choice", people="number", since="day", paper="file", story="text")
    Question.objects.filter(key__in=["where", "people"]).update(in_list=True)
    sent = make.arrived(Window.objects.get(pk=window.pk), name="Amara")
    other = make.arrived(Window.objects.get(pk=window.pk), name="Blessing")
    Answer.objects.filter(application=sent, question=questions["where"]).update(chosen=["North"])
    Answer.objects.filter(application=other, question=questions["where"]).update(chosen=["South"])
    url = reverse("admin:applications_application_changelist")
    assert "What about where?" not in desk.get(url).text  # of all cohorts: what one asks is no column
    listed = desk.get(url, {"cohort": window.cohort_id}).text
    assert '<td data-label="What about where?">North</td>' in listed
    assert '<td data-label="What about people?">12</td>' in listed
    narrowed = desk.get(url, {"cohort": window.cohort_id, f"answer-{questions['where'].pk}": "2"}).text
    assert "Blessing" in narrowed
    assert "Amara" not in narrowed
    table = desk.get(url, {"cohort": window.cohort_id, "export": "csv"}).getvalue().decode()
    assert "What about where?" in table.splitlines()[0]
    assert {"North", "South"} <= {cell for line in table.splitlines() for cell in line.split(",")}
    page = desk.get(reverse("admin:applications_application_change", args=[sent.pk])).text
    assert "Answers to further questions" in page
    paper = sent.answers.get(question=questions["paper"])
    link = reverse("admin:applications_application_answer", args=[sent.pk, paper.pk])
    assert link in page
    assert desk.get(link).status_code in (200, 302)
    assert desk.get(reverse("admin:applications_application_answer", args=[other.pk, paper.pk])).status_code == 404


def test_assessors_see_what_the_rules_show_them_without_names(desk, window, client, coordinator):
    questions = asked(window, story="text", secret="text")
    Question.objects.filter(key="story").update(assessors_see=True)
    sent = make.arrived(Window.objects.get(pk=window.pk), name="Amara Okafor")
    Answer.objects.filter(application=sent, question=questions["story"]).update(text="I, Amara Okafor, lead a choir.")
    Answer.objects.filter(application=sent, question=questions["secret"]).update(text="For coordinators only.")
    review = reviews.assign(application=sent, assessor=make.assessor(window), by=coordinator)
    client = with_second_factor(client, review.assessor)
    page = client.get(reverse("admin:applications_review_change", args=[review.pk])).text
    assert "I, [name], lead a choir." in page
    assert "For coordinators only." not in page


def test_questions_are_set_up_on_the_page_of_the_rules_and_versions_keep_them(desk, window):
    draft = completed(Window.objects.get(pk=window.pk))
    rules = window.cohort.rule_set
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    data = posted(desk.get(url)) | {
        "questions-TOTAL_FORMS": "1", "questions-0-id": "", "questions-0-rule_set": str(rules.pk), "questions-0-page": "",
        "questions-0-kind": "choice", "questions-0-text": "Which site?", "questions-0-choices": "North\nSouth",
        "questions-0-is_required": "on", "questions-0-order": "0", "questions-0-help_text": "",
    }  # fmt: skip
    assert desk.post(url, data).status_code == 302
    question = rules.questions.get()
    page = rules.form_parts.get(kind=PartKind.QUESTIONS)
    assert (page.heading, question.page) == ("Further questions", page.key)
    assert Message.objects.filter(kind="applications.questions_changed", to=draft.applicant).exists()
    draft = Application.objects.select_related("cohort__rule_set").get(pk=draft.pk)
    with pytest.raises(NotPossible, match="complete “Further questions”"):
        applying.submit(application=draft, by=draft.applicant, notice_read=True)
    values = {question.key: "North"}
    applying.save_part(application=draft, part=f"questions-{page.key}", values=values, by=draft.applicant)
    applying.submit(application=draft, by=draft.applicant, notice_read=True)
    data = posted(desk.get(url)) | {"questions-0-text": "Which of our sites?"}
    assert desk.post(url, data).status_code == 302
    assert rules.questions.get().text == "Which site?"
    new = RuleSet.objects.current().get(programme=rules.programme)
    assert (new.version, new.questions.get().text, new.form_parts.count()) == (2, "Which of our sites?", 10)
    assert "Which site?" in desk.get(reverse("admin:applications_application_change", args=[draft.pk])).text


def test_a_new_question_is_put_on_a_page_that_is_there_and_hangs_on_a_question_of_it(desk, window):
    asked(window, agree="yes_no")
    rules = window.cohort.rule_set
    FormPart.objects.create(rule_set=rules, kind=PartKind.QUESTIONS, key="other", title="Other", order=1)
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    blank = desk.get(url).text.partition('name="questions-__prefix__-page"')[2]
    for offered in ("More about you", "Other", "What about agree?"):
        assert f">{offered}</option>" in " ".join(blank.split()).replace(" </option>", "</option>").replace("> ", ">")
    data = posted(desk.get(url)) | {
        "questions-TOTAL_FORMS": "2", "questions-1-id": "", "questions-1-rule_set": str(rules.pk), "questions-1-page": "more",
        "questions-1-kind": "line", "questions-1-text": "Why?", "questions-1-shown_if": "agree",
        "questions-1-shown_if_answer": "No", "questions-1-order": "1",
    }  # fmt: skip
    assert desk.post(url, data).status_code == 302
    made = rules.questions.get(text="Why?")
    assert (made.page, made.shown_if, made.shown_if_answer) == ("more", "agree", "No")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "choice", "choices": "One"}, "Enter at least two answers to choose from"),
        ({"suggested_words": "300", "most_words": "200"}, "You suggest more words than you allow."),
        ({"kind": "file", "assessors_see": "on"}, "assessors cannot see it"),
        ({"kind": "file"}, "A file is asked for on a page of its own."),
        ({"shown_if": "agree", "shown_if_answer": "Perhaps"}, "The answers to “What about agree?” are “Yes” and “No”."),
        ({"shown_if": "later", "shown_if_answer": "Yes"}, "is itself only asked after another"),
        ({"shown_if": "elsewhere", "shown_if_answer": "Yes"}, "is on another page"),
    ],
)
def test_a_question_that_could_not_be_asked_is_refused_with_the_reason(desk, window, changes, sentence):
    asked(window, agree="yes_no", later="yes_no", q="line")
    Question.objects.filter(key="later").update(shown_if="agree", shown_if_answer="Yes")
    rules = window.cohort.rule_set
    FormPart.objects.create(rule_set=rules, kind=PartKind.QUESTIONS, key="other", title="Other", order=9)
    Question.objects.create(rule_set=rules, page="other", key="elsewhere", text="Where?", kind="yes_no", order=9)
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    data = posted(desk.get(url))
    mine = next(
        name
        for name, value in data.items()
        if re.fullmatch(r"questions-\d+-id", name) and str(value) == str(rules.questions.get(key="q").pk)
    )
    prefix = mine.removesuffix("id")
    assert sentence in desk.post(url, data | {f"{prefix}{name}": value for name, value in changes.items()}).text


def test_what_nobody_could_get_a_place_without_stays_in_the_form(desk, window):
    rules = window.cohort.rule_set
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    data = posted(desk.get(url))
    by_kind = {row.kind: number for number, row in enumerate(rules.form_parts.all())}
    gone = desk.post(url, data | {f"form_parts-{by_kind['work']}-DELETE": "on"}).text
    assert "is always needed: without it nobody could get a place." in gone
    free = {name: value for name, value in data.items() if name != f"form_parts-{by_kind['details']}-is_required"}
    assert "Nobody could get a place who leaves this out." in desk.post(url, free).text
    forced = desk.post(url, data | {f"form_parts-{by_kind['equality']}-is_required": "on"}).text
    assert "Nobody has to answer these questions." in forced
    intro = desk.post(url, data | {f"form_parts-{by_kind['cv']}-intro": "Hello"}).text
    assert "Only a page of questions has an introduction." in intro


@pytest.mark.parametrize("checks", [True, False])
def test_the_eligibility_check_is_left_out_with_its_questions_and_not_without(desk, window, checks):
    rules = window.cohort.rule_set
    EligibilityQuestion.objects.get_or_create(rule_set=rules, key="works-here", defaults={"text": "Do you work here?"})
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    data = posted(desk.get(url))
    number = [row.kind for row in rules.form_parts.all()].index(PartKind.ELIGIBILITY)
    data |= {f"form_parts-{number}-DELETE": "on"}
    if not checks:
        data |= {f"eligibility_questions-{at}-DELETE": "on" for at in range(rules.eligibility_questions.count())}
    answer = desk.post(url, data)
    assert (answer.status_code == 200) is checks
    assert ("asks the questions of the eligibility check. Keep it" in answer.text) is checks
    assert rules.form_parts.filter(kind=PartKind.ELIGIBILITY).exists() is checks


def test_a_page_with_questions_is_not_removed_from_under_them(desk, window):
    asked(window, q="line")
    rules = window.cohort.rule_set
    url = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    data = posted(desk.get(url))
    number = [row.key for row in rules.form_parts.all()].index("more")
    assert "“More about you” has questions." in desk.post(url, data | {f"form_parts-{number}-DELETE": "on"}).text


def test_answers_follow_a_draft_to_other_rules_by_key(window, coordinator):
    asked(window, q="line", gone="line")
    application = begun(window)
    save(application, q="Kept", gone="Stays")
    other = choosing.copy(rules=window.cohort.rule_set, name="Other", by=coordinator)
    other.questions.filter(key="gone").delete()
    choosing.choose(cohort=window.cohort, rules=other, by=coordinator)
    assert {one.question.rule_set_id: one.text for one in application.answers.select_related("question")} == {
        other.pk: "Kept", window.cohort.rule_set_id: "Stays",
    }  # fmt: skip


def test_a_draft_that_is_thrown_away_takes_its_files_with_it(window):
    asked(window, paper="file")
    application = begun(window)
    file = store(upload=upload(pdf()), rule=CV, by=application.applicant)
    save(application, paper=file)
    applying.delete_draft(application=application, by=application.applicant)
    assert not StoredFile.objects.filter(pk=file.pk).exists()
