"""How people are chosen is data: with an interview, or from the shortlist without one; and nobody is promised another way."""

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as applying
from applications.actions import decisions, interviews, offers, planned, reviews
from applications.models import Application, Window
from applications.queries import to_invite, to_offer
from applications.states import APPLICATION, DECIDED, ONLY
from applications.states import ApplicationStatus as S
from applications.words import for_applicants
from cohorts.actions import copying
from cohorts.actions import rules as rule_actions
from cohorts.models import RuleSet
from cohorts.programme_files.loading import DATA, load_file
from cohorts.programme_files.tables import Unreadable
from cohorts.states import WAYS, Selection
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import completed
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db
WITH, WITHOUT = Selection.WITH_INTERVIEW, Selection.WITHOUT_INTERVIEW
KINDS = {WITH: make.window, WITHOUT: make.without_interview}
#: States that nobody gets into where people are not compared.
COMPARED = {S.IN_REVIEW, S.SHORTLISTED, S.HELD}
#: Every move that some way of choosing has and another has not, with each way.
CASES = [
    (way, name, state)
    for way in Selection
    for name, state in sorted({pair for moves in ONLY.values() for pair in moves})
    if WAYS[way].is_scored or state not in COMPARED
]
#: That there is none may be said; that there will be one may not.
DENIED = re.compile(r"without an interview|There is no interview")


def brought(window: Window, state: str, by) -> Application:
    found = make.arrived(window)
    if state == S.IN_REVIEW:
        make.reviewed(found, 3, by=by)
    elif state == S.TURNED_DOWN:
        decisions.turn_down(application=found, reason="not_eligible", by=by)
    elif state != S.SUBMITTED:
        decisions.shortlist(application=found, by=by)
    if state == S.HELD:
        decisions.hold(application=make.fresh(found), by=by)
    return Application.objects.for_steps().get(pk=found.pk)


def takes(name: str, application: Application, by):
    if name == "invite":
        later = timezone.now() + timedelta(days=3)
        return interviews.invite(application=application, starts_at=later, place="Here", by=by)
    if name == "start_review":
        return reviews.assign(application=application, assessor=make.assessor(application.cohort.window), by=by)
    if application.cohort.rule_set.is_first_come and name == "put_on_waiting_list":  # nobody decides it
        return APPLICATION.move(application, name, decided_at=timezone.now())
    if name.startswith("reconsider"):
        return decisions.reconsider(application=application, note="Looked again.", by=by)
    of = {"offer": offers.make, "put_on_waiting_list": offers.put_on_waiting_list}
    return (of | {"shortlist": decisions.shortlist, "hold": decisions.hold})[name](application=application, by=by)


def promises(text: str) -> bool:
    return "interview" in DENIED.sub("", text).lower()


@pytest.mark.parametrize(("way", "name", "state"), CASES)
def test_a_move_that_some_ways_of_choosing_have_is_made_there_and_nowhere_else(way, name, state):
    window = make.chosen_by(way)
    by = make.coordinator(window)
    application, told = brought(window, state, by), Message.objects.count()
    if (name, state) in ONLY[way]:
        takes(name, application, by)
        assert make.fresh(application).status == APPLICATION.moves[name].target
        return
    with pytest.raises(NotPossible) as refused:
        APPLICATION.move(application, name)
    assert refused.value.code == "state"
    assert make.fresh(application).status == state
    assert Message.objects.count() == told


@pytest.mark.parametrize(("way", "name", "state"), CASES)
def test_the_database_keeps_to_the_way_of_choosing_whoever_writes(way, name, state):
    window = make.chosen_by(way)
    by = make.coordinator(window)
    application, target = brought(window, state, by), APPLICATION.moves[name].target
    decided = (timezone.now(), by) if target in DECIDED else (None, None)
    is_right = (name, state) in ONLY[way]
    right = nullcontext() if is_right else pytest.raises(Error, match="choose people in another way")
    with right, transaction.atomic():
        Application.objects.filter(pk=application.pk).update(
            status=target, decided_at=decided[0], decided_by=decided[1], reason=""
        )


def test_the_sentences_of_the_refusals_say_what_to_do():
    window = make.without_interview()
    by = make.coordinator(window)
    with pytest.raises(NotPossible, match="chosen without an interview here. Offer a place"):
        takes("invite", brought(window, S.SHORTLISTED, by), by)
    window = make.window()
    by = make.coordinator(window)
    with pytest.raises(NotPossible, match="This application is “shortlisted”, so you cannot offer a place."):
        takes("offer", brought(window, S.SHORTLISTED, by), by)


@pytest.mark.parametrize("way", KINDS)
def test_buttons_and_what_waits_follow_the_way_of_choosing(in_admin, way):
    window = KINDS[way]()
    by = make.coordinator(window)
    application = brought(window, S.SHORTLISTED, by)
    offers.put_on_waiting_list(
        application=make.interviewed(window, by) if way == WITH else brought(window, S.SHORTLISTED, by), by=by
    )
    browser = in_admin(by)
    page = browser.get(reverse("admin:applications_application_change", args=[application.pk])).text
    assert ("/step/invite/" in page, "/step/offer/" in page) == (way == WITH, way == WITHOUT)
    ranking = browser.get(reverse("admin:applications_application_ranking", args=[window.cohort_id])).text
    assert promises(ranking) == (way == WITH)
    assert ("1 application needs a decision about a place" in " ".join(re.sub("<[^>]+>", " ", ranking).split())) == (
        way == WITHOUT
    )
    assert to_invite(Application.objects.all()).count() == (way == WITH)
    assert to_offer(Application.objects.all()).count() == (way == WITHOUT)


@pytest.mark.parametrize("way", KINDS)
def test_the_interview_is_a_reason_for_turning_down_only_where_there_is_one(in_admin, way):
    window = KINDS[way]()
    by = make.coordinator(window)
    application = brought(window, S.SHORTLISTED, by)
    for name in ("turn_down", "plan"):
        said = in_admin(by).get(reverse("admin:applications_application_step", args=[application.pk, name])).text
        assert ("The interview did not show" in said) == (way == WITH)


def test_several_cannot_be_invited_from_a_ranking_without_interviews(in_admin):
    window = make.without_interview()
    by = make.coordinator(window)
    application = brought(window, S.SHORTLISTED, by)
    address = reverse("admin:applications_application_decide", args=[window.cohort_id])
    said = in_admin(by).post(address, {"step": "invite", "application": application.pk}).text
    assert "Choose what to do with the ones you selected." in said


@pytest.mark.parametrize("way", KINDS)
def test_applicants_are_promised_an_interview_only_where_there_is_one(client, way):
    window = KINDS[way]()
    by, read = make.coordinator(window), {}
    draft = completed(window)
    client.force_login(draft.applicant)
    pages = ["application", "submitted"]
    read["access"] = client.get(reverse("applications:part", args=[draft.pk, "access"])).text
    applying.submit(application=draft, by=draft.applicant, notice_read=True)
    for step in (None, decisions.shortlist, decisions.hold):
        if step:
            step(application=make.fresh(draft), by=by)
        for name in pages:
            read[f"{name} after {step and step.name}"] = client.get(
                reverse(f"applications:{name}", args=[draft.pk])
            ).text
        read[f"list after {step and step.name}"] = client.get(reverse("applications:list")).text
    client.force_login(UserFactory())
    read["start"] = client.get(reverse("applications:start", args=[window.cohort_id])).text
    read |= {message.kind: message.text for message in Message.objects.filter(to=draft.applicant)}
    assert {"applications.shortlisted", "applications.held", "applications.submitted"} <= set(read)
    promised = {name for name, text in read.items() if promises(text)}
    if way == WITHOUT:
        assert not promised
    else:
        assert {"access", "start", "applications.shortlisted", "applications.held", "submitted after None"} <= promised
        assert {"application after shortlist", "application after hold"} <= promised


def test_the_page_before_one_starts_announces_what_the_rules_ask_and_nothing_else(client):
    window = make.window()
    client.force_login(UserFactory())
    start = reverse("applications:start", args=[window.cohort_id])
    announced = {"cv": "your CV", "access": "anything you need", "statements": "short statements"}
    assert all(words in client.get(start).text for words in announced.values())
    for kind, words in announced.items():
        window.cohort.rule_set.form_parts.filter(kind=kind).delete()
        assert words not in client.get(start).text


def test_every_status_before_a_place_has_words_without_an_interview():
    window = make.without_interview()
    application = make.arrived(window)
    for status in set(S) - {S.INTERVIEW, S.INTERVIEWED}:
        application.status = status
        assert not promises(" ".join(for_applicants(application))), status


@pytest.mark.requirement("N17")
def test_a_place_is_taken_from_the_shortlist_and_the_offer_is_taken_back():
    window = make.without_interview()
    by = make.coordinator(window)
    application = brought(window, S.SHORTLISTED, by)
    offers.make(application=application, by=by)
    take_back(taking=Taking.objects.standing().on(application).first(), reason="Too soon.", by=by)
    assert make.fresh(application).status == S.SHORTLISTED
    offer = offers.make(application=Application.objects.for_steps().get(pk=application.pk), by=by)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=application.applicant)
    assert make.fresh(application).status == S.ACCEPTED


def test_an_offer_can_be_set_and_sent_later_from_a_shortlist_without_interviews_alone():
    window = make.without_interview()
    by = make.coordinator(window)
    application = brought(window, S.SHORTLISTED, by)
    planned.plan(application=application, what="offer", by=by)
    planned.send_planned(application=Application.objects.for_steps().get(pk=application.pk), by=by)
    assert make.fresh(application).status == S.OFFERED
    window = make.window()
    by = make.coordinator(window)
    with pytest.raises(NotPossible, match="you cannot offer a place"):
        planned.plan(application=brought(window, S.SHORTLISTED, by), what="offer", by=by)


# -- the rules -------------------------------------------------------------------------------------


@pytest.fixture
def window() -> Window:
    return make.window()


@pytest.fixture
def desk(client, window):
    return with_second_factor(client, make.coordinator(window))


def page(rules: RuleSet) -> str:
    return reverse("admin:cohorts_ruleset_change", args=[rules.pk])


def test_rules_ask_for_an_interview_unless_somebody_says_otherwise(window):
    assert window.cohort.rule_set.has_interview


def test_the_way_of_choosing_is_changed_on_the_page_until_somebody_has_applied(desk, window):
    rules = window.cohort.rule_set
    desk.post(page(rules), posted(desk.get(page(rules))) | {"selection": WITHOUT})
    assert not make.fresh(rules).has_interview
    assert RuleSet.objects.count() == 1
    make.arrived(window)
    desk.post(page(rules), posted(desk.get(page(rules))) | {"selection": WITH})
    assert make.fresh(rules).selection == WITHOUT
    new = RuleSet.objects.get(version=2)
    assert (new.selection, make.fresh(window.cohort).rule_set) == (WITH, rules)
    with pytest.raises(Error, match="annot update"), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(selection=WITH)


def test_the_way_of_choosing_is_copied_and_compared(desk, window):
    rules, by = window.cohort.rule_set, make.coordinator(window)
    rules.selection = WITHOUT
    rules.save()
    copy = rule_actions.copy(rules=rules, name="Another", by=by)
    assert copy.selection == WITHOUT
    next_year = copying.copy(cohort=window.cohort, name="Next", starts_on=window.cohort.starts_on, by=by)
    assert next_year.rule_set.selection == WITHOUT
    compare = reverse("admin:cohorts_ruleset_compare", args=[rules.pk])
    assert "The same in both: By merit, without an interview." in desk.get(compare, {"with": copy.pk}).text
    RuleSet.objects.filter(pk=copy.pk).update(selection=WITH)
    said = desk.get(compare, {"with": copy.pk}).text
    assert "How people are chosen" in said
    assert "By merit, without an interview</span></td>" in said
    assert "By merit, with an interview</span></td>" in said
    assert "By merit, with an interview" in desk.get(reverse("admin:cohorts_ruleset_changelist")).text


def of_file(tmp_path, line: str):
    text = (DATA / "bristol.toml").read_text(encoding="utf-8")
    path = tmp_path / "bristol.toml"
    path.write_text(f"{line}\n{text}", encoding="utf-8")
    (tmp_path / "bristol-courses.csv").write_bytes((DATA / "bristol-courses.csv").read_bytes())
    return path


def test_the_way_of_choosing_comes_from_a_file(tmp_path):
    programme, _ = load_file(of_file(tmp_path, 'selection = "without_interview"'))
    assert RuleSet.objects.get(programme=programme).selection == WITHOUT
    load_file(of_file(tmp_path, 'selection = "with_interview"'), update=True)
    assert RuleSet.objects.get(programme=programme).selection == WITH


def test_a_file_with_a_way_of_choosing_that_nobody_knows_changes_nothing(tmp_path):
    with pytest.raises(Unreadable, match="by_lot"):
        load_file(of_file(tmp_path, 'selection = "by_lot"'))
    assert not RuleSet.objects.exists()


def choosing(application: Application) -> list[str]:
    found = Message.objects.filter(to=application.applicant, kind="applications.choosing_changed")
    return [message.text for message in found]


def test_whoever_has_begun_is_told_that_people_are_chosen_in_another_way(desk, window):
    rules, draft = window.cohort.rule_set, completed(window)
    late = completed(make.window())
    desk.post(page(rules), posted(desk.get(page(rules))) | {"name": "Another name"})
    assert choosing(draft) == []
    said = desk.post(page(rules), posted(desk.get(page(rules))) | {"selection": Selection.FIRST_COME}, follow=True)
    assert "We are telling 1 person who has begun an application how they will be chosen." in said.text
    [letter] = choosing(draft)
    assert "First come, first served: places go in the order" in letter
    assert choosing(late) == []


def test_another_set_of_rules_that_chooses_in_another_way_is_told_too(window):
    by, draft = make.coordinator(window), completed(window)
    same = rule_actions.copy(rules=window.cohort.rule_set, name="The same", by=by)
    rule_actions.choose(cohort=window.cohort, rules=same, by=by)
    assert choosing(draft) == []
    other = rule_actions.copy(rules=same, name="Other", by=by)
    other.selection = WITHOUT
    other.save()
    window.cohort.refresh_from_db()
    rule_actions.choose(cohort=window.cohort, rules=other, by=by)
    [letter] = choosing(draft)
    assert "without an interview" in letter
