"""Why people are turned down is said in the programme's own words, which hang on what they mean; and stays as it was said."""

import csv
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.actions import decisions, planned
from applications.actions import rules as admission
from applications.actions.forms import TurnDownForm
from applications.models import Application, Criterion, Reason, Statement, Window
from applications.states import USUAL_REASONS, Meaning
from cohorts.actions import programmes
from cohorts.actions import rules as sets
from cohorts.models import RuleSet
from cohorts.programme_files import writing
from cohorts.states import Selection
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import applications as applying
from tests.factories import review as make
from tests.factories.cohorts import ParticipantFactory
from tests.staff import choices, posted, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L3")]
FULL, ELSEWHERE = "Every chair in our circle is taken.", "You live too far from the river"


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


@pytest.fixture
def desk(client, coordinator):
    return with_second_factor(client, coordinator)


def own(window: Window, *rows: tuple[str, str, str]) -> RuleSet:
    """Rules that have these reasons only: key, meaning and words."""
    rules: RuleSet = window.cohort.rule_set
    rules.reasons.all().delete()
    for order, (key, meaning, words) in enumerate(rows):
        Reason.objects.create(rule_set=rules, key=key, meaning=meaning, words=words, order=order)
    return rules


def circle(window: Window) -> RuleSet:
    return own(window, ("river", Meaning.OWN, ELSEWHERE), ("chairs", Meaning.PLACES, FULL))


def page(rules: RuleSet) -> str:
    return reverse("admin:cohorts_ruleset_change", args=[rules.pk])


def refused(application: Application, reason: str, by: Any) -> str:
    with pytest.raises(NotPossible) as why:
        decisions.turn_down(application=application, reason=reason, by=by)
    assert why.value.field == "reason"
    return str(why.value)


def test_new_rules_have_the_usual_reasons_and_copies_those_of_what_they_are_copied_from(window, coordinator):
    rules = RuleSet.objects.create(programme=window.cohort.programme, name="Others")
    found = {one.key: (one.meaning, one.words) for one in rules.reasons.all()}
    assert found == USUAL_REASONS
    assert list(found) == list(USUAL_REASONS)
    circle(window)
    copy = sets.copy(rules=window.cohort.rule_set, name="Copy", by=coordinator)
    assert [one.words for one in copy.reasons.all()] == [ELSEWHERE, FULL]


def test_the_applicant_reads_the_programmes_own_words_which_stay_as_they_were_said(desk, client, window, coordinator):
    rules = circle(window)
    application = make.arrived(window)
    decisions.turn_down(application=application, reason="river", by=coordinator)
    new, _ = admission.revise(rules=rules, by=coordinator)
    new.reasons.filter(key="river").update(words="Something else")
    application = make.fresh(application)
    said = {(one.reason, one.reason_meaning, one.why) for one in (application, application.decisions.get())}
    assert said == {("river", Meaning.OWN, ELSEWHERE)}
    assert f"{ELSEWHERE}." in Message.objects.about(application).get().text
    shown = desk.get(reverse("admin:applications_application_change", args=[application.pk])).text
    assert shown.count(ELSEWHERE) == 2  # how it stands, and the record of decisions
    client.force_login(application.applicant)
    assert f"{ELSEWHERE}." in client.get(reverse("applications:application", args=[application.pk])).text


def test_a_full_stop_that_somebody_typed_is_not_said_twice(client, window, coordinator):
    circle(window)
    for _ in range(window.cohort.capacity):
        ParticipantFactory(cohort=window.cohort)
    application = make.arrived(window)
    decisions.turn_down(application=application, reason="chairs", by=coordinator)
    text = Message.objects.about(application).get().text
    client.force_login(application.applicant)
    for read in (text, client.get(reverse("applications:application", args=[application.pk])).text):
        assert FULL in read
        assert f"{FULL}." not in read


def test_what_is_checked_hangs_on_the_meaning_and_speaks_in_the_own_words():
    window = make.window(capacity=1)
    by = make.coordinator(window)
    own(
        window,
        ("a", Meaning.PLACES, "No chair is left"),
        ("b", Meaning.LATE, "The door was shut"),
        ("c", Meaning.SCORE, "Others sang better"),
        ("d", Meaning.INTERVIEW, "The talk with us"),
        ("places", Meaning.OWN, "The places we know"),
    )
    application = make.arrived(window)
    for key, why in (("a", "No chair is left"), ("b", "door was shut"), ("c", "sang better"), ("d", "talk with us")):
        said = refused(application, key, by)
        assert why in said
        assert "would not be true" in said
    assert make.fresh(application).reason == ""
    decisions.turn_down(application=application, reason="places", by=by)  # a key means nothing
    assert make.fresh(application).why == "The places we know"


def test_what_must_be_said_to_anybody_is_said_in_the_usual_words_where_rules_have_none(window, coordinator):
    own(window, ("places", Meaning.OWN, "The places we know"))
    application = make.arrived(window)
    asked = TurnDownForm(subject=application).fields["reason"].choices
    assert [label for _, label in asked] == [
        "Choose a reason", "The places we know", "There were no places left", "This cohort will not take place",
    ]  # fmt: skip
    assert "There were no places left” would not be true" in refused(application, asked[2][0], coordinator)
    decisions.turn_down(application=application, reason=asked[3][0], by=coordinator)
    found = make.fresh(application)
    assert (found.reason_meaning, found.why) == (Meaning.CANCELLED, "This cohort will not take place")


def test_for_several_cohorts_at_once_each_applicant_reads_the_words_of_their_own(window, coordinator):
    circle(window)
    other = make.window()
    own(other, ("river", Meaning.OWN, "You live in the north"))
    first, second = make.arrived(window), make.arrived(other)
    asked = dict(TurnDownForm(subject=first, subjects=[first, second]).fields["reason"].choices)
    assert asked["river"] == f"{ELSEWHERE} / You live in the north"
    assert "Choose a reason" in refused(second, "chairs", make.coordinator(other))


@pytest.mark.parametrize("selection", Selection)
def test_scores_and_interviews_are_no_reason_where_there_are_none(selection):
    window = make.chosen_by(selection)
    asked = {key for key, _ in TurnDownForm(subject=make.arrived(window)).fields["reason"].choices}
    rules = window.cohort.rule_set
    assert ("score" in asked, "interview" in asked) == (rules.is_by_merit, rules.has_interview)


def test_a_decision_that_is_set_keeps_the_words_and_a_step_taken_back_takes_them_back(window, coordinator):
    circle(window)
    application = make.arrived(window)
    planned.plan(application=application, what="turn_down", reason="river", by=coordinator)
    assert str(make.fresh(application).planned) == f"Turn down: {ELSEWHERE}"
    planned.send_planned(application=make.fresh(application), by=coordinator)
    assert make.fresh(application).why == ELSEWHERE
    take_back(taking=Taking.objects.standing().on(application).first(), reason="Too soon.", by=coordinator)
    found = make.fresh(application)
    assert (found.reason, found.reason_meaning, found.reason_words) == ("", "", "")
    assert found.planned.why == ELSEWHERE
    decisions.turn_down(application=found, reason="river", by=coordinator)
    decisions.reconsider(application=make.fresh(application), note="They moved.", by=coordinator)
    found = make.fresh(application)
    assert (found.reason, found.reason_meaning, found.reason_words) == ("", "", "")
    assert found.decisions.filter(reason_words=ELSEWHERE).exists()


# -- lists -----------------------------------------------------------------------------------------------


def test_the_list_and_the_ranking_show_filter_count_and_export_what_was_said(desk, window, coordinator):
    circle(window)
    for name in ("Amara", "Blessing"):
        decisions.turn_down(application=make.arrived(window, name=name), reason="river", by=coordinator)
    make.arrived(window, name="Chen")
    address = reverse("admin:applications_application_changelist")
    listed = desk.get(f"{address}?cohort={window.cohort_id}&reason=river").text
    assert listed.count(f'<td data-label="Reason">{ELSEWHERE}</td>') == 2
    assert "Chen" not in listed
    assert choices(desk.get(f"{address}?cohort={window.cohort_id}").text, "reason") == {"river", "chairs"}
    file = b"".join(desk.get(f"{address}?meaning=own&export=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {(row["Reason"], row["What the reason means"]) for row in rows} == {(ELSEWHERE, "The programme’s own")}
    assert len(rows) == 2
    shown = desk.get(reverse("admin:applications_application_ranking", args=[window.cohort_id]))
    [counted] = shown.context["reasons"]
    assert (counted["words"], counted["means"], counted["number"]) == (ELSEWHERE, "The programme’s own", 2)
    assert f"?cohort={window.cohort_id}&amp;reason=river" in shown.text


def test_reasons_of_other_providers_are_offered_to_nobody(desk, window):
    circle(window)
    own(make.window(), ("secret", Meaning.OWN, "You are not from here"))
    assert "You are not from here" not in desk.get(reverse("admin:applications_application_changelist")).text


# -- the page of the rules -------------------------------------------------------------------------------


def test_a_coordinator_edits_adds_orders_and_removes_them_and_nobody_is_asked_anew(desk, window):
    rules = circle(window)
    draft = applying.started(window)
    url = page(rules)
    data = posted(desk.get(url)) | {"reasons-0-words": "You live beyond the hills", "reasons-0-order": "5"}
    data |= {
        "reasons-TOTAL_FORMS": "3",
        "reasons-2-id": "",
        "reasons-2-rule_set": str(rules.pk),
        "reasons-2-order": "6",
    }
    data |= {"reasons-2-words": "You cannot swim", "reasons-2-meaning": "own"}
    assert desk.post(url, data).status_code == 302
    assert [str(one) for one in rules.reasons.all()] == [
        "Every chair in our circle is taken", "You live beyond the hills", "You cannot swim",
    ]  # fmt: skip
    assert rules.reasons.last().key == "you-cannot-swim"
    data = posted(desk.get(url)) | {"reasons-0-DELETE": "on"}
    assert desk.post(url, data).status_code == 302
    newest = RuleSet.objects.current().get(programme=rules.programme)
    assert [str(one) for one in newest.reasons.all()] == ["You live beyond the hills", "You cannot swim"]
    assert not Message.objects.about(draft).exists()


def test_rules_that_people_have_applied_by_keep_theirs_and_a_change_makes_the_next_version(desk, window):
    rules = circle(window)
    make.arrived(window)
    with pytest.raises(IntegrityError), transaction.atomic():
        rules.reasons.update(words="Another")
    assert desk.post(page(rules), posted(desk.get(page(rules))) | {"reasons-0-words": "Another"}).status_code == 302
    new = RuleSet.objects.current().get(programme=rules.programme)
    assert (new.version, new.reasons.first().words, new.reasons.first().key) == (2, "Another", "river")
    assert rules.reasons.first().words == ELSEWHERE
    compared = desk.get(reverse("admin:cohorts_ruleset_compare", args=[new.pk])).text
    assert "Reasons for turning somebody down" in compared
    assert ELSEWHERE in compared


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reasons-0-DELETE": "on", "reasons-1-DELETE": "on"}, "Leave at least one reason"),
        ({"reasons-0-words": "Every chair in our circle is taken"}, "This reason is there already."),
    ],
)
def test_what_could_not_be_said_is_refused_on_the_page(desk, window, changes, sentence):
    rules = circle(window)
    answer = desk.post(page(rules), posted(desk.get(page(rules))) | changes)
    assert answer.status_code == 200
    assert sentence in answer.text
    assert rules.reasons.count() == 2


def test_new_rules_are_given_the_usual_ones_and_not_typed_before_that(desk, window):
    assert "reasons-TOTAL_FORMS" not in posted(desk.get(reverse("admin:cohorts_ruleset_add")))


def test_a_reason_that_is_removed_takes_nothing_along_that_has_the_same_number(window, coordinator):
    """What was written about a criterion goes on with the next version, although a reason that it has not had its number."""
    draft, rules = applying.completed(window), window.cohort.rule_set
    criterion = rules.criteria.first()
    Reason.objects.filter(pk=criterion.pk).delete()
    gone = Reason.objects.create(pk=criterion.pk, rule_set=rules, words="Gone")
    new, _ = admission.revise(rules=rules, by=coordinator, removed=[gone])
    assert Statement.objects.get(application=draft, criterion__key=criterion.key).criterion.rule_set == new
    assert Criterion.objects.filter(rule_set=new).exists()


# -- files -----------------------------------------------------------------------------------------------


def uploaded(window: Window, by: Any, **changed: Any) -> RuleSet:
    tables = writing.rule_set(window.cohort.rule_set.newest())
    tables = {name: value for name, value in {**tables, **changed}.items() if value is not None}
    text = writing.as_text({"rule_sets": [tables]}, "It")
    programmes.upload(programme=window.cohort.programme, text=text, by=by)
    return RuleSet.objects.current().get(programme=window.cohort.programme)


@pytest.mark.requirement("R8")
@pytest.mark.parametrize("began", [False, True])
def test_a_file_that_lists_reasons_has_those_and_one_that_lists_none_leaves_them(window, coordinator, began):
    circle(window)
    if began:
        make.arrived(window)
    reasons = [{"key": "chairs", "meaning": "places", "words": "Full"}, {"key": "new", "words": "A new one"}]
    rules = uploaded(window, coordinator, reasons=reasons)
    assert [(one.key, one.meaning, one.words) for one in rules.reasons.all()] == [
        ("chairs", "places", "Full"), ("new", "own", "A new one"),
    ]  # fmt: skip
    with pytest.raises(NotPossible, match="nothing would change"):
        uploaded(window, coordinator, reasons=None)
    [only] = uploaded(window, coordinator, reasons=reasons[1:]).reasons.all()
    assert only.key == "new"


def test_a_file_for_new_rules_has_its_own_reasons_or_else_the_usual(window, coordinator):
    tables = {"name": "Another way", "selection": "nomination"}
    given = [
        {**tables, "reasons": [{"key": "places", "words": "Full", "meaning": "places"}]},
        {**tables, "name": "Usual"},
    ]
    text = writing.as_text({"rule_sets": given}, "It")
    programmes.upload(programme=window.cohort.programme, text=text, by=coordinator)
    found = RuleSet.objects.filter(programme=window.cohort.programme)
    assert [one.words for one in found.get(name="Another way").reasons.all()] == ["Full"]
    assert found.get(name="Usual").reasons.count() == len(USUAL_REASONS)


def test_a_meaning_that_there_is_not_is_named_by_its_place(window, coordinator):
    with pytest.raises(NotPossible, match=r"reasons 1.*“meaning” cannot be"):
        uploaded(window, coordinator, reasons=[{"key": "a", "words": "Why", "meaning": "whim"}])
