"""What a programme is for: its aims, its benefits and the barriers that it works on, as rows of a plan."""

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from cohorts.actions import copying, plans, programmes
from cohorts.models import Aim, Barrier, Plan, Programme
from cohorts.models.scales import require_scale
from cohorts.programme_files import writing
from cohorts.programme_files.loading import load_file, shipped
from cohorts.states import AimKind
from modules.models import Module
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PublishedCohortFactory, RunningCohortFactory, day
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db
Refused = (InternalError, IntegrityError)
AIMS = (
    "Emphasising the importance of a diverse workforce",
    "Recognising the potential of BAME leaders",
    "Highlighting the importance of having BAME leaders as role models",
    "Raising awareness and understanding of inclusion",
    "Developing senior leaders in the NHS who will lead effectively",
    "Working on changing the racial dynamics of an organisation",
)
BENEFITS = (
    "Prepare and develop for more senior leadership roles within the NHS",
    "Challenge the diverse environment you work in to make transformational change",
    "Develop the knowledge, experience and skills to help your organisation create an inclusive culture",
    "Empower you to become a role model to help inspire the development and progression of others",
)


def aims(plan: Plan) -> None:
    Aim.objects.create(plan=plan, key="belong", text="A council where everybody belongs")
    Aim.objects.create(plan=plan, key="lead", kind=AimKind.BENEFIT, text="Lead a service of your own", order=1)
    Barrier.objects.create(plan=plan, key="models", theme="Social", text="Few role models at senior level")
    Barrier.objects.create(plan=plan, key="voice", theme="Psychological", text="Confidence when speaking up", order=1)


@pytest.mark.requirement("N9", "N10")
def test_the_nhs_s_programme_has_its_six_aims_four_benefits_and_three_themes_in_the_words_of_the_source(client):
    programme, _ = load_file(shipped()["nhs-stepping-up"])
    for plan in programme.plans.all():
        found = [one.text for one in plan.aims.filter(kind=AimKind.AIM)]
        assert len(found) == 6
        assert all(text.startswith(words) for text, words in zip(found, AIMS, strict=True))
        found = [one.text for one in plan.aims.filter(kind=AimKind.BENEFIT)]
        assert all(text.startswith(words) for text, words in zip(found, BENEFITS, strict=True))
        assert {one.theme for one in plan.barriers.all()} == {"Social", "Organisational", "Psychological"}
    page = client.get(f"/programmes/{programme.path}/").text
    for words in (*AIMS, *BENEFITS, "This programme works on", "Psychological"):
        assert page.count(words) == 1, f"{words}: of both plans, said once"


@pytest.mark.requirement("L1")
def test_a_programme_may_be_around_barriers_and_for_no_group(client):
    cohort = PublishedCohortFactory()
    aims(cohort.plan)
    modules = cohort.plan.components.get(key="modules")
    modules.works_on = ["voice", "gone"]
    modules.save()
    assert not cohort.rule_set.target_groups.exists()
    page = client.get(f"/programmes/{cohort.programme.path}/").text
    assert "from any one of these groups" not in page
    assert "This programme works on" in page
    assert "Works on: Confidence when speaking up" in page
    assert "Lead a service of your own" in page


@pytest.mark.requirement("N10")
def test_cohorts_whose_plans_differ_say_so_of_each(client):
    first = PublishedCohortFactory(name="Spring")
    second = PublishedCohortFactory(programme=first.programme, name="Autumn")
    aims(first.plan)
    Aim.objects.create(plan=second.plan, key="other", text="Something else altogether")
    page = client.get(f"/programmes/{first.programme.path}/").text
    assert "The aims of the programme: Spring" in page
    assert "The aims of the programme: Autumn" in page


@pytest.mark.requirement("L1")
def test_programmes_are_found_by_the_barrier_that_they_work_on(client):
    around = PublishedCohortFactory(programme__name="Rising")
    PublishedCohortFactory(programme__name="Climbing")
    aims(around.plan)
    unborn = CohortFactory(programme__name="Coming")  # without a public cohort, by the plan that the next will follow
    Barrier.objects.create(plan=unborn.plan, key="b", theme="social", text="Something else")

    def shown(query: str) -> set[str]:
        page = client.get(f"/programmes/{query}").text
        return {name for name in ("Rising", "Climbing", "Coming") if f">{name}</a>" in page}

    assert shown("") == {"Rising", "Climbing", "Coming"}
    assert shown("?barrier=psychological") == {"Rising"}
    assert shown("?barrier=psychological-confidence-when-speaking-up") == {"Rising"}
    assert shown("?barrier=social") == {"Rising", "Coming"}, "a theme is the same however it is written"
    assert shown("?barrier=nonsense") == {"Rising", "Climbing", "Coming"}


@pytest.mark.requirement("N10")
def test_who_is_enrolled_keeps_the_aims_and_the_next_version_has_copies_that_can_be_changed():
    cohort = RunningCohortFactory()
    aims(cohort.plan)
    ParticipantFactory(cohort=cohort)
    coming = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    for change in (
        lambda: Aim.objects.update(text="Another"),
        lambda: Barrier.objects.all().delete(),
        lambda: Aim.objects.create(plan=cohort.plan, key="more", text="More"),
        lambda: Plan.objects.update(scale="No\nYes"),
        lambda: Plan.objects.update(after_days=1),
    ):
        with pytest.raises(Refused), transaction.atomic():
            change()
    new, _ = plans.revise(plan=cohort.plan, by=staff(provider=cohort.programme.provider))
    new.aims.filter(key="belong").update(text="A region where everybody belongs")
    coming.refresh_from_db()
    assert coming.plan == new
    assert [one.key for one in new.barriers.all()] == ["models", "voice"]
    assert cohort.plan.aims.get(key="belong").text == "A council where everybody belongs"


@pytest.mark.requirement("N10")
def test_a_file_removes_an_aim_and_changes_a_scale_and_people_keep_theirs():
    cohort = RunningCohortFactory()
    aims(cohort.plan)
    ParticipantFactory(cohort=cohort)
    by, programme = staff(provider=cohort.programme.provider), Programme.objects.get(pk=cohort.programme_id)
    tables = {"plans": [writing.plan(cohort.plan)]}
    with pytest.raises(NotPossible, match="nothing would change"):
        programmes.upload(programme=programme, text=writing.as_text(tables, "It"), by=by)
    tables["plans"][0]["aims"].pop()
    tables["plans"][0]["scale"] = "No\nYes"
    programmes.upload(programme=programme, text=writing.as_text(tables, "It"), by=by)
    new = Plan.objects.get(programme=programme, replaced_at=None)
    assert (new.version, new.labels, [one.key for one in new.aims.all()]) == (2, ["No", "Yes"], ["belong"])
    assert cohort.plan.aims.count() == 2
    assert len(Plan.objects.get(pk=cohort.plan_id).labels) == 5


@pytest.mark.parametrize(
    ("scale", "said"),
    [("One", "2 to 10 answers"), ("No\nno", "the same"), ("a" * 61 + "\nB", "60 characters"), ("\n\n", "2 to 10")],
)
def test_a_scale_has_a_few_different_answers(scale, said):
    with pytest.raises(ValidationError, match=said):
        require_scale(scale)


@pytest.mark.requirement("N9", "N10", "L1")
def test_a_plan_s_page_has_aims_barriers_and_the_scale_and_makes_one_new_version(client):
    cohort = RunningCohortFactory()
    aims(cohort.plan)
    ParticipantFactory(cohort=cohort)
    desk = with_second_factor(client, staff(provider=cohort.programme.provider))
    url = reverse("admin:cohorts_plan_change", args=[cohort.plan_id])
    data = posted(desk.get(url))
    data |= {"after_days": "60", "aims-0-text": "A region where everybody belongs", "components-0-works_on": ["voice"]}
    assert (
        desk.post(
            url, {**data, "barriers-1-text": "Few role models at senior level", "barriers-1-theme": "SOCIAL"}
        ).status_code
        == 200
    )
    assert desk.post(url, data).status_code == 302
    new = Plan.objects.get(programme=cohort.programme, replaced_at=None)
    assert (new.version, new.after_days) == (2, 60)
    assert new.aims.first().text == "A region where everybody belongs"
    assert new.components.first().works_on == ["voice"]
    assert cohort.plan.components.first().works_on == []


@pytest.mark.requirement("L1")
def test_a_module_names_the_barriers_that_it_works_on_and_so_does_next_year_s_and_its_file(client):
    cohort = PublishedCohortFactory()
    aims(cohort.plan)
    module = Module.objects.create(cohort=cohort, number=1, title="Finding your voice")
    by = staff(provider=cohort.programme.provider)
    desk = with_second_factor(client, by)
    url = reverse("admin:modules_module_change", args=[module.pk])
    assert desk.post(url, {**posted(desk.get(url)), "works_on": ["voice"]}).status_code == 302
    page = client.get(f"/programmes/{cohort.programme.path}/").text
    assert "Works on: Confidence when speaking up" in page
    another = copying.copy(cohort=cohort, name="Next year", starts_on=day(400), by=by)
    assert [one.works_on for one in another.modules.all()] == [["voice"]]
    tables = writing.programme(Programme.objects.get(pk=cohort.programme_id))
    assert tables["cohorts"][0]["modules"] == [{"number": 1, "title": "Finding your voice", "works_on": ["voice"]}]
    text = writing.as_text(tables, "It")
    given = {"provider": cohort.programme.provider, "name": "Another", "starts_on": day(500), "by": by}
    new = programmes.start(text=text, **given)
    assert {tuple(one.works_on) for one in Module.objects.filter(cohort__programme=new)} == {("voice",)}
    wrong = text.replace('works_on = [\n    "voice",\n]', 'works_on = ["vioce"]')
    assert wrong != text
    with pytest.raises(NotPossible, match="names “vioce”, which is no barrier of the plan"):
        programmes.start(text=wrong, **{**given, "name": "A third"})
