"""Rules that PostgreSQL itself keeps, beyond lifecycles: who must be from another organisation."""

import pgtrigger

DEEPEST = 30  # levels of one organisation being part of another

#: Are these two at most `reach` steps apart? As `steppingup.accounts.families.near` counts them.
RELATED = f"""
CREATE OR REPLACE FUNCTION organisations_related(one bigint, other bigint, reach integer) RETURNS boolean
LANGUAGE sql STABLE AS $related$
    WITH RECURSIVE ours(id, steps) AS (
        SELECT one, 0
        UNION ALL
        SELECT o.parent_id, ours.steps + 1 FROM ours JOIN accounts_organisation o ON o.id = ours.id
        WHERE o.parent_id IS NOT NULL AND ours.steps < {DEEPEST}
    ), theirs(id, steps) AS (
        SELECT other, 0
        UNION ALL
        SELECT o.parent_id, theirs.steps + 1 FROM theirs JOIN accounts_organisation o ON o.id = theirs.id
        WHERE o.parent_id IS NOT NULL AND theirs.steps < {DEEPEST}
    )
    SELECT EXISTS (SELECT 1 FROM ours JOIN theirs USING (id) WHERE ours.steps + theirs.steps <= reach)
$related$;
"""

#: An organisation is never part of itself, not by a detour either: nobody could say how far apart two are.
NO_CIRCLE = pgtrigger.Trigger(
    name="part_of_no_circle",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
    declare=[("above", "bigint"), ("level", "integer")],
    func=f"""
        above := NEW.parent_id;
        level := 0;
        WHILE above IS NOT NULL LOOP
            level := level + 1;
            IF above = NEW.id OR level >= {DEEPEST} THEN
                RAISE EXCEPTION 'An organisation cannot be part of itself.' USING ERRCODE = 'check_violation';
            END IF;
            SELECT parent_id INTO above FROM accounts_organisation WHERE id = above;
        END LOOP;
        RETURN NEW;
    """,
)


def reach_of(enrolment: str) -> str:
    """SQL: how far the rule reaches in the programme of this enrolment."""
    return (
        "SELECT p.reach FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id"
        f" JOIN cohorts_programme p ON p.id = c.programme_id WHERE e.id = {enrolment}"
    )


class Follows(pgtrigger.Trigger):
    """Writes other rows as a row changes. When a step is taken back these come back by themselves, so it looks away."""


class MoveGuard(pgtrigger.Trigger):
    """Says which moves may be made anew, by more than the state. It looks away when a step is taken back, as the table of moves
    does."""


ANOTHER = "'another'"


def other_organisation(
    name: str,
    ours: str,
    theirs: str,
    reach: str,
    sentence: str,
    condition: pgtrigger.Condition | None = None,
    *,
    rule: str = ANOTHER,
    own: str = "",
) -> pgtrigger.Trigger:
    """Refuse a row whose two organisations are nearer than the programme allows, where they must be different ones.

    `rule` is an SQL expression that says which they must be: 'another'; 'own', the same or as near, which else is refused with
    the sentence `own`; or 'any'.

    `ours`, `theirs` and `reach` are SQL expressions over NEW, for two ids and a number; NULL for an id passes. `condition` says
    for which rows it holds: what is over and done with need not comply for ever."""
    asked = "" if rule == ANOTHER else f"({rule}) = {ANOTHER} AND "
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=condition,
        func=f"""
            IF {asked}organisations_related(({ours}), ({theirs}), ({reach})) THEN
                RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
            END IF;{_must_be_own(rule, ours, theirs, reach, own) if own else ""}
            RETURN NEW;
        """,
    )


def _must_be_own(rule: str, ours: str, theirs: str, reach: str, sentence: str) -> str:
    return f"""
            IF ({rule}) = 'own' AND NOT organisations_related(({ours}), ({theirs}), ({reach})) THEN
                RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
            END IF;"""
