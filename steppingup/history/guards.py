"""Rules that PostgreSQL itself keeps, beyond lifecycles: who must be from another organisation."""

import pgtrigger


def other_organisation(
    name: str, ours: str, theirs: str, sentence: str, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    """Refuse a row whose two organisations are the same, or parent and subsidiary.

    `ours` and `theirs` are SQL expressions over NEW that give organisation ids; NULL on either side passes.
    `condition` says for which rows it holds: what is over and done with need not comply for ever."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=condition,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM accounts_organisation a, accounts_organisation b
                WHERE a.id = ({ours}) AND b.id = ({theirs})
                  AND (a.id = b.id OR a.parent_id = b.id OR b.parent_id = a.id)
            ) THEN
                RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
