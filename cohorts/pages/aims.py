"""What a programme is for, on its public page and in the list: aims and benefits (N10), and the barriers that it works on (L1)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.text import slugify

from cohorts.models import Aim, Barrier, Component, Plan, Programme
from cohorts.states import AimKind
from steppingup.formats import english
from steppingup.formats.sameness import fold


class Theme(NamedTuple):
    """A theme with the barriers below it, in words."""

    name: str
    barriers: list[str]


class Shown(NamedTuple):
    """What plans say alike; `of` names their cohorts where there are others."""

    of: str
    aims: list[str]
    benefits: list[str]
    themes: list[Theme]


def themes_of(barriers: Iterable[Barrier]) -> list[Theme]:
    found: dict[str, Theme] = {}
    for one in barriers:
        theme = found.setdefault(fold(one.theme), Theme(one.theme, []))
        if one.text and one.text not in theme.barriers:
            theme.barriers.append(one.text)
    return list(found.values())


def aims_shown(plans: Sequence[dict[str, Any]]) -> list[Shown]:
    """Of the plans of a public page, each with the names of its cohorts."""
    shown = [one["plan"] for one in plans]
    said: dict[int, tuple[list[str], list[str], list[Barrier]]] = {plan.pk: ([], [], []) for plan in shown}
    for aim in Aim.objects.filter(plan__in=shown).order_by("plan", "order", "pk"):
        said[aim.plan_id][aim.kind == AimKind.BENEFIT].append(aim.text)  # type: ignore[arg-type]
    for plan in shown:
        said[plan.pk][2].extend(plan.known_barriers)
    alike: dict[Any, tuple[list[str], Any]] = {}
    for one in plans:
        aims, benefits, barriers = said[one["plan"].pk]
        themes = themes_of(barriers)
        key = (tuple(aims), tuple(benefits), str(themes))
        alike.setdefault(key, ([], (aims, benefits, themes)))[0].append(one["of"])
    return [Shown(english.listed(of) if len(alike) > 1 else "", *rest) for of, rest in alike.values() if any(rest)]


def parts_work_on(plans: Sequence[Any]) -> None:
    """Give each plan its barriers, and each of its parts what it works on, in words."""
    found: dict[int, list[Barrier]] = {plan.pk: [] for plan in plans}
    for one in Barrier.objects.filter(plan__in=plans).order_by("plan", "order", "pk"):
        found[one.plan_id].append(one)
    for plan in plans:
        plan.known_barriers = found[plan.pk]
        for component in plan.components.all():
            component.barriers_in_words = worked_on(component, plan.known_barriers)


def worked_on(component: Component, barriers: Iterable[Barrier]) -> str:
    return english.listed([one.words for one in barriers if one.key in component.works_on])


# -- the list of programmes ------------------------------------------------------------------------------


def barriers_of(programmes: Sequence[Programme]) -> dict[int, list[Barrier]]:
    """By programme, the barriers of the plans that its public cohorts follow; else of those that the next one can."""
    plans = {cohort.plan_id: one.pk for one in programmes for cohort in one.public_cohorts}
    without = [one.pk for one in programmes if not one.public_cohorts]
    if without:
        plans |= dict(Plan.objects.offered().filter(programme__in=without).values_list("pk", "programme"))
    found: dict[int, list[Barrier]] = {}
    for barrier in Barrier.objects.filter(plan__in=plans).order_by("order", "pk"):
        found.setdefault(plans[barrier.plan_id], []).append(barrier)
    return found


def _keys(barrier: Barrier) -> list[tuple[str, str]]:
    """Its theme, and itself: what stands in the address, and the words."""
    theme = (slugify(barrier.theme), barrier.theme)
    return [theme, (slugify(f"{barrier.theme} {barrier.text}"), str(barrier))] if barrier.text else [theme]


def choices_of(barriers: dict[int, list[Barrier]]) -> list[tuple[str, str]]:
    """Themes and barriers to choose from, each once."""
    found: dict[str, str] = {}
    for rows in barriers.values():
        for one in rows:
            for key, words in _keys(one):
                found.setdefault(key, words)
    return sorted(found.items(), key=lambda pair: fold(pair[1]))


def by_barrier(programmes: list[Programme], barriers: dict[int, list[Barrier]], chosen: str) -> list[Programme]:
    """Those that work on it; all of them where nothing is chosen, or nothing that there is."""
    if chosen not in dict(choices_of(barriers)):
        return programmes
    return [one for one in programmes if any(chosen in dict(_keys(row)) for row in barriers.get(one.pk, ()))]
