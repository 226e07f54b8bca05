"""How often something was changed that others have in their calendars, counted by the database, whoever changes it."""

import pgtrigger


def sequence_rises(*columns: str) -> pgtrigger.Trigger:
    """The column `sequence` rises by one whenever one of these changes (a column, or what SQL makes of one: “status = 'cancelled'”),
    and never otherwise: also not back, when a change is taken back."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name="sequence_rises",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            NEW.sequence = OLD.sequence + (CASE WHEN ({new}) IS DISTINCT FROM ({old}) THEN 1 ELSE 0 END);
            RETURN NEW;
        """,
    )
