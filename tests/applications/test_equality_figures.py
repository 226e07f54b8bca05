"""Equality figures are releases: what is published, who may publish and look, and that a look is written down."""

from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from applications.actions import releases
from applications.actions.late import give_time
from applications.equality.questions import load_questions, to_keep
from applications.equality.releasing import FEWEST, asked_of
from applications.jobs import publish_figures
from applications.models import (
    Application,
    EqualityLook,
    EqualityOption,
    EqualityQuestion,
    EqualityRelease,
    EqualityResponse,
    Stage,
    Window,
)
from applications.roles import RoleName
from applications.states import APPLICATION
from cohorts.states import Nation
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import User
from steppingup.disclosure import protection
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.models import Job
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, UserFactory, staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.factories.review import coordinator, window
from tests.staff import choices, take_step

pytestmark = pytest.mark.django_db
REFERENCES = count(10_000)


@pytest.fixture(autouse=True)
def nothing_left_out_by_lot(monkeypatch):
    """The lot follows from the keys of the people, which are others in each run; `test_equality_attack` leaves it in."""
    monkeypatch.setattr(protection, "LEFT_OUT", 2**64)


def applied(of: Window, number: int, *, answering: dict[str, list[str]] | None = None) -> list[Application]:
    """So many applications, submitted; the answers are drawn from these, for those who answer."""
    random, employer = Random(number), OrganisationFactory()
    people = User.objects.bulk_create(
        User(email=f"p{of.pk}-{number}-{n}@example.org", full_name=f"Person {n}") for n in range(number)
    )
    made = Application.objects.bulk_create(
        Application(applicant=one, cohort=of.cohort, reference=f"E-{next(REFERENCES)}", employer=employer)
        for one in people
    )
    made = [APPLICATION.move(one, "submit", submitted_at=timezone.now()) for one in made]
    asked = EqualityQuestion.objects.asked_on(timezone.localdate(), of.cohort.programme.nation)
    for one in made:
        given = {key: random.choice(answers) for key, answers in (answering or {}).items()}
        EqualityResponse.objects.create(application=one, answers=to_keep(given, asked))
    return made


def closed(number: int = 40, **fields) -> Window:
    """A window that has closed, with so many who applied."""
    of = window(**fields)
    applied(of, number, answering={"sex": ["female"] * 5 + ["male"], "ethnic_group": ["black_african", "arab", ""]})
    Window.objects.filter(pk=of.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    of.refresh_from_db()
    return of


def lead(of: Window, **fields) -> User:
    return staff(RoleName.EQUALITY, of.cohort.programme.provider, **fields)


def publish(of: Window, stage: str = Stage.CLOSED, *, all_cohorts: bool = False) -> EqualityRelease:
    cohort = None if all_cohorts else of.cohort
    return releases.freeze(programme=of.cohort.programme, stage=stage, cohort=cohort, by=lead(of))


def table(release: EqualityRelease, key: str) -> dict:
    return next(one for one in release.contents["tables"] if one["key"] == key)


# -- publishing ------------------------------------------------------------------------------------


def test_a_release_holds_rounded_numbers_of_every_question_and_stays_as_it_is():
    release = publish(of := closed(40))
    assert (release.number, release.contents["cohorts"]) == (40, [of.cohort.name])
    lines = {line["label"]: line["number"] for line in table(release, "sex")["lines"]}
    assert lines.keys() == {"Female", "Male", "Not known: no answer, or prefer not to say"}
    women = sum(one.answers["sex"]["answer"] == "female" for one in EqualityResponse.objects.all())
    assert abs(lines["Female"] - women) < 5
    assert all(line["number"] % 5 == 0 for one in release.contents["tables"] for line in one["lines"])
    wide = [line["label"] for line in table(release, "religion")["lines"]]  # nine lines would need 45 people
    assert wide[:2] == ["No religion", "Any religion"]
    EqualityResponse.objects.all().delete()
    assert EqualityRelease.objects.get().contents == release.contents
    for change in ("UPDATE applications_equalityrelease SET stage = 'x'", "DELETE FROM applications_equalityrelease"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_nothing_is_published_while_people_can_apply_or_of_too_few():
    of = window()
    applied(of, FEWEST)
    late = closed(FEWEST)
    last_day = timezone.localdate() + timedelta(days=2)
    give_time(window=late, email="late@example.org", last_day=last_day, reason="Ill.", by=coordinator(late))
    for one in (of, late):
        with pytest.raises(NotPossible, match="not closed for everybody"):
            publish(one)
    with pytest.raises(NotPossible, match="There are 14 people to count"):
        publish(closed(FEWEST - 1))
    other = closed(1)
    with pytest.raises(NotPossible, match="There is 1 person to count"):
        publish(other)
    with pytest.raises(NotPossible, match="Choose a cohort of this programme"):
        releases.publish(programme=of.cohort.programme, stage=Stage.CLOSED, cohort=other.cohort, by=SYSTEM)


def test_two_releases_are_of_the_same_people_or_differ_by_five_and_never_show_who_was_added():
    of = closed(20)
    first = publish(of)
    with pytest.raises(NotPossible, match="These are the same people as in “Applied"):
        publish(of)
    for more, may in ((4, False), (1, True)):  # four more, then five
        applied(of, more, answering={"sex": ["male"]})
        if may:
            assert publish(of).number == 25
        else:
            with pytest.raises(NotPossible, match="differ by at least 5"):
                publish(of)
    assert EqualityRelease.objects.count() == 2
    assert EqualityRelease.objects.last() == first


def test_figures_of_all_cohorts_are_held_against_those_of_each():
    of = closed(20)
    cohort = PublishedCohortFactory(programme=of.cohort.programme, plan=of.cohort.plan, fee=0)
    other = Window.objects.create(cohort=cohort, opens_at=of.opens_at, closes_at=of.closes_at)
    publish(of)
    applied(other, 3)
    with pytest.raises(NotPossible, match="differ by at least 5"):
        publish(of, all_cohorts=True)
    applied(other, 13, answering={"sex": ["female"]})
    assert publish(of, all_cohorts=True).number == 36
    applied(other, 2)
    with pytest.raises(NotPossible, match="differ by at least 5"):
        publish(of, all_cohorts=True)


def test_every_stage_counts_those_who_got_so_far():
    of = closed(60)
    everybody = list(Application.objects.order_by("pk"))
    Application.objects.filter(pk__in=[one.pk for one in everybody[:30]]).update(status="in_review")
    for one in everybody[:30]:
        one.refresh_from_db()
        APPLICATION.move(one, "shortlist", decided_at=timezone.now(), decided_by=lead(of))
    for one in everybody[30:50]:
        APPLICATION.move(one, "withdraw", withdrawn_at=timezone.now())
    assert publish(of).number == 60
    assert publish(of, Stage.SHORTLISTED).number == 30
    assert publish(of, Stage.WITHDREW).number == 20
    for stage in set(Stage) - {Stage.CLOSED, Stage.SHORTLISTED, Stage.WITHDREW}:
        with pytest.raises(NotPossible, match="There are 0 people to count"):
            publish(of, stage)


def test_the_clock_publishes_who_applied_once_a_day_has_passed():
    of = closed(20)
    assert releases.publish_closed() == 0
    Window.objects.filter(pk=of.pk).update(closes_at=timezone.now() - timedelta(days=2))
    few = closed(3)
    Window.objects.filter(pk=few.pk).update(closes_at=timezone.now() - timedelta(days=2))
    assert releases.publish_closed() == 1
    assert releases.publish_closed() == 0
    assert EqualityRelease.objects.get().made_by is None


# -- who may ---------------------------------------------------------------------------------------


def test_a_role_for_one_cohort_publishes_and_sees_figures_of_this_cohort_only(in_admin):
    of = closed(20)
    whole, programme = publish(of, all_cohorts=True), of.cohort.programme
    cohort = PublishedCohortFactory(programme=programme, plan=of.cohort.plan, fee=0)
    other = Window.objects.create(cohort=cohort, opens_at=of.opens_at, closes_at=of.closes_at)
    applied(other, 20)
    limited = UserFactory(is_staff=True)
    assignment = RoleAssignmentFactory(user=limited, role=RoleName.EQUALITY, provider=programme.provider)
    assignment.cohorts.add(of.cohort)
    limited = User.objects.get(pk=limited.pk)
    with pytest.raises(NotPossible, match="Your role is for some cohorts only"):
        releases.publish(programme=programme, stage=Stage.CLOSED, by=limited)
    with pytest.raises(NotAllowed):
        releases.publish(programme=programme, stage=Stage.CLOSED, cohort=cohort, by=limited)
    assert not EqualityRelease.objects.visible_to(limited).exists()
    desk = in_admin(limited)
    assert desk.get(reverse("applications:equality_release", args=[whole.pk])).status_code == 404
    page = desk.get(reverse("applications:equality_publish", args=[programme.path])).text
    assert choices(page, "cohort") == {str(of.cohort_id)}


def test_only_the_providers_equality_lead_finds_the_pages(in_admin):
    release = publish(of := closed(20))
    programme = of.cohort.programme
    addresses = [
        reverse("applications:equality_register", args=[programme.path]),
        reverse("applications:equality_publish", args=[programme.path]),
        reverse("applications:equality_release", args=[release.pk]),
    ]
    for stranger in (staff(RoleName.EQUALITY), staff(RoleName.COORDINATOR, programme.provider), UserFactory()):
        client = in_admin(stranger)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert client.post(addresses[2], {"how": "page"}).status_code == 404
        with pytest.raises(NotAllowed):
            releases.look(release=release, how="page", by=stranger)
    assert not EqualityLook.objects.exists()


def test_the_pages_open_with_a_second_factor_only(client):
    of = window()
    client.force_login(lead(of))
    slug = of.cohort.programme.path
    for url in (
        reverse("applications:equality"),
        reverse("applications:equality_register", args=[slug]),
        reverse("applications:equality_publish", args=[slug]),
    ):
        assert client.get(url).headers["Location"].startswith(reverse("account_second_factor"))


# -- pages -----------------------------------------------------------------------------------------


def test_the_page_before_says_what_is_published_and_what_is_withheld_and_no_number_of_answers(in_admin):
    of = closed(20)
    programme = of.cohort.programme
    client = in_admin(lead(of))
    address = reverse("applications:equality_publish", args=[programme.path])
    page = client.post(address, {"filled": "yes", "stage": "closed", "cohort": of.cohort.pk}).text
    assert "Figures about 20 people: applied" in page
    assert "Female; Male; Not known" in page
    assert "White; All other ethnic groups together; Not known" in page
    assert "They cannot be changed or taken back" in page
    assert not EqualityRelease.objects.exists()
    assert "Choose which people the figures are about." in client.post(address, {"filled": "yes"}).text
    answer = take_step(client, address, stage="closed", cohort=of.cohort.pk)
    job = Job.objects.get()
    assert answer.url == job.get_absolute_url()
    assert not EqualityRelease.objects.exists()
    with pytest.raises(NotPossible, match="is still running"):
        releases.publish(programme=programme, stage=Stage.CLOSED, by=SYSTEM)
    for _ in range(2):  # begun again after its worker died at the very end
        done = publish_figures(job, lambda done, total=None, note="": None)
    release = EqualityRelease.objects.get()
    assert done["url"] == reverse("applications:equality_release", args=[release.pk])
    register = reverse("applications:equality_register", args=[programme.path])
    assert done["url"] in client.get(register).text
    refused = client.post(address, {"filled": "yes", "stage": "closed", "cohort": of.cohort.pk}).text
    assert "These are the same people as in" in refused


def test_what_was_published_meanwhile_is_held_against_it_too():
    """Somebody else is quicker, while the figures are being worked out: the same people are not published twice."""
    of = closed(20)
    quicker = []

    def meanwhile(done: int) -> None:
        if not quicker:
            quicker.append(None)
            quicker.append(publish(of))

    with pytest.raises(NotPossible, match="These are the same people"):
        releases.freeze(
            programme=of.cohort.programme, stage=Stage.CLOSED, cohort=of.cohort, by=lead(of), progress=meanwhile
        )
    assert EqualityRelease.objects.get() == quicker[1]


def test_figures_open_by_a_button_and_who_looked_is_written_down(in_admin):
    release = publish(of := closed(30))
    client = in_admin(person := lead(of, full_name="Nasra Omar"))
    address = reverse("applications:equality_release", args=[release.pk])
    assert "What is your sex?" not in client.get(address).text
    assert not EqualityLook.objects.exists()
    page = client.post(address, {"how": "page"}).text
    assert "What is your sex?" in page
    assert "There is no harmonised standard for sex" in page
    number = table(release, "sex")["lines"][0]["number"]
    assert f"({max(0, number - 4)} to {min(30, number + 4)})" in page
    text = client.post(address, {"how": "csv"}).getvalue().decode()
    assert f",{timezone.localdate(release.made_at)},What is your sex?,Female,{number}," in text
    assert 'filename="equality-figures-' in client.post(address, {"how": "xlsx"})["Content-Disposition"]
    assert client.post(address, {"how": "pdf"}).status_code == 404
    assert list(EqualityLook.objects.order_by("pk").values_list("by", "how")) == [
        (person.pk, "page"),
        (person.pk, "csv"),
        (person.pk, "xlsx"),
    ]
    register = client.get(reverse("applications:equality_register", args=[of.cohort.programme.path])).text
    assert "Nasra Omar" in register
    assert "Downloaded as CSV" in register
    found = client.get(reverse("admin:applications_equalitylook_changelist")).text
    assert "Nasra Omar" in found


def test_the_first_page_of_the_equality_lead_leads_to_the_register(in_admin):
    of = window()
    page = in_admin(lead(of)).get(reverse("admin:index")).text
    assert reverse("applications:equality_register", args=[of.cohort.programme.path]) in page
    page = in_admin(staff(RoleName.COORDINATOR, of.cohort.programme.provider)).get(reverse("admin:index")).text
    assert "Equality figures" not in page


# -- questions -------------------------------------------------------------------------------------


def asked(day, nation: str = Nation.ENGLAND_AND_WALES) -> dict[str, EqualityQuestion]:
    return {question.key: question for question in EqualityQuestion.objects.asked_on(day, nation)}


def test_what_is_asked_follows_the_day_and_the_nation():
    before, now = asked(timezone.datetime(2026, 11, 25).date()), asked(timezone.datetime(2026, 11, 26).date())
    assert "caring" in before
    assert "caring" not in now
    assert now.keys() - before.keys() == {"unpaid_care", "children", "occupation_at_14"}
    assert before["religion"].pk != now["religion"].pk
    assert before["sex"].pk == now["sex"].pk
    nations = [asked(timezone.datetime(2026, 11, 26).date(), nation)["ethnic_group"] for nation in Nation]
    assert len({question.pk for question in nations}) == len(Nation)


def test_no_standard_is_claimed_that_there_is_not_and_every_answer_has_headings():
    for question in EqualityQuestion.objects.all():
        assert question.source.endswith(".")
        options = list(question.options.all())
        assert all(option.heading and option.wide for option in options)
        # Figures of a cohort of thirty must have lines enough people for.
        assert len({option.wide for option in options}) < 5
    assert "no harmonised standard" in EqualityQuestion.objects.get(key="sex").source
    assert "under development" in EqualityQuestion.objects.filter(key="gender_same").latest("asked_from").source


def test_shipped_questions_are_loaded_once_and_never_changed_or_removed():
    number = EqualityQuestion.objects.count()
    assert load_questions() == 0
    assert EqualityQuestion.objects.count() == number
    question = EqualityQuestion.objects.get(key="sex")
    for change in (
        lambda: EqualityQuestion.objects.filter(pk=question.pk).update(text="What are you?"),
        lambda: EqualityQuestion.objects.filter(pk=question.pk).delete(),
        lambda: EqualityOption.objects.filter(question=question).update(heading="Men"),
        lambda: EqualityOption.objects.filter(question=question).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    EqualityQuestion.objects.filter(key="caring").update(asked_until=None)
    assert load_questions() == 0
    assert EqualityQuestion.objects.get(key="caring").asked_until is not None


def test_two_wordings_of_a_question_are_counted_under_the_same_headings():
    of = window()
    old, new = EqualityQuestion.objects.filter(key="religion").order_by("asked_from")
    made = applied(of, 24)
    for one, question in zip(made, [old, new] * 12, strict=True):
        given = to_keep({"religion": "sikh"}, [question])
        EqualityResponse.objects.filter(application=one).update(answers=given)
    Window.objects.filter(pk=of.pk).update(
        opens_at=timezone.make_aware(timezone.datetime(2026, 11, 20)),
        closes_at=timezone.make_aware(timezone.datetime(2026, 11, 26, 12)),
    )
    of.cohort.window.refresh_from_db()
    found = {one.question.key: one for one in asked_of([of.cohort])}
    assert {"caring", "unpaid_care"} <= found.keys()
    assert found["religion"].question == new
    assert len(found["religion"].options) == len(old.options.all()) + len(new.options.all())
    if of.closes_at > timezone.now():
        Window.objects.filter(pk=of.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    lines = {line["label"]: line["number"] for line in table(publish(of), "religion")["lines"]}
    assert lines["Any religion"] in (20, 25)


def test_questions_are_read_in_the_admin_and_changed_by_nobody(in_admin):
    of = window()
    question = EqualityQuestion.objects.get(key="occupation_at_14")
    client = in_admin(lead(of))
    page = client.get(reverse("admin:applications_equalityquestion_change", args=[question.pk])).text
    assert "Social Mobility Commission" in page
    assert "Working-class background" in page
    assert client.get(reverse("admin:applications_equalityquestion_add")).status_code == 403
    assert "Asked from" in client.get(reverse("admin:applications_equalityquestion_changelist"), {"asked": "now"}).text
