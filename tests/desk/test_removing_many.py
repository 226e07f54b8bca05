"""Whoever removes many at once is shown what somebody else has changed in any of them since the page was opened."""

import re

import pytest
from django.urls import reverse

from modules.models import Speaker
from tests.factories.accounts import staff
from tests.factories.cohorts import ProgrammeFactory
from tests.factories.modules import partner_speaker
from tests.staff import posted

pytestmark = pytest.mark.django_db
LIST = "/admin/modules/speaker/"


def seals(answer) -> list[str]:
    return re.findall(r'name="seen-before" value="([^"]+)"', answer.text)


def ask(desk, keys, **more):
    return desk.post(LIST, {"action": "delete_selected", "_selected_action": keys, **more})


@pytest.fixture
def both(in_admin):
    programme = ProgrammeFactory()
    people = (staff(provider=programme.provider, full_name=name) for name in ("Ana Perez", "Ben Cole"))
    ana, ben = map(in_admin, people)
    return ana, ben, [partner_speaker(programme, name=f"Speaker {n}").pk for n in range(4)]


@pytest.mark.parametrize("changed", [[], [0], [2], [1, 3], [0, 1, 2, 3]])
@pytest.mark.parametrize("number", [1, 4])
def test_what_was_changed_in_any_of_them_is_shown_and_nothing_is_removed(both, changed, number):
    ana, ben, keys = both
    ticked = keys[:number]
    seen = seals(ask(ben, ticked))
    assert len(seen) == number
    for at in changed:
        page = reverse("admin:modules_speaker_change", args=[keys[at]])
        name = "Renamed" if at == changed[0] else f"Renamed {at}"
        assert ana.post(page, posted(ana.get(page)) | {"name": name}).status_code == 302
    answer = ask(ben, ticked, post="yes", **{"seen-before": seen})
    met = [at for at in changed if at < number]
    if met:
        assert (answer.status_code, Speaker.objects.count()) == (200, 4)
        assert answer.text.count("Since you opened this page Ana Perez changed the name") == len(met)
        assert all(f"“Speaker {at}” to “Renamed" in answer.text for at in met)
        answer = ask(ben, ticked, post="yes", **{"seen-before": seals(answer)})
    assert answer.status_code == 302
    assert set(Speaker.objects.values_list("pk", flat=True)) == set(keys) - set(ticked)


def test_what_the_page_did_not_show_is_shown_before_it_is_removed(both):
    ana, ben, keys = both
    seen = seals(ask(ben, keys[:2]))
    answer = ask(ben, keys[:3], post="yes", **{"seen-before": seen})
    assert f"{Speaker.objects.get(pk=keys[2])} was not on this page before." in answer.text
    assert Speaker.objects.count() == 4
    assert ask(ben, keys[:3], post="yes", **{"seen-before": seals(answer)}).status_code == 302


def test_what_a_colleague_removed_meanwhile_is_no_obstacle(both):
    ana, ben, keys = both
    seen = seals(ask(ben, keys[:2]))
    Speaker.objects.filter(pk=keys[0]).delete()
    assert ask(ben, keys[:2], post="yes", **{"seen-before": seen}).status_code == 302
    assert list(Speaker.objects.order_by("pk").values_list("pk", flat=True)) == keys[2:]
