"""The desk’s long forms, filled in as a person would: fields, and rows that are added and removed."""

from typing import Any

from tests.journeys.people import Person


def fills(person: Person, prefix: str = "", **values: Any) -> None:
    """Type, choose (by what is read) and tick; fields that are folded away are unfolded first."""
    for name, value in values.items():
        box = person.page.locator(f'[name="{prefix}{name}"]')
        for folded in box.locator("xpath=ancestor::details[not(@open)]").all():
            folded.locator("summary").first.click()
        kind = box.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            box.select_option(label=value)
        elif kind == "checkbox":
            box.set_checked(value)
        else:
            box.fill(str(value))


def adds(person: Person, rows: str, **values: Any) -> None:
    """Add a row, and fill it in."""
    number = int(person.page.locator(f"[name={rows}-TOTAL_FORMS]").input_value())
    person.page.locator(f"#{rows}-group a.add-row").first.click()
    fills(person, f"{rows}-{number}-", **values)


def removes(person: Person, *rows: str) -> None:
    """Remove rows that are there, with the keyboard alone."""
    for row in rows:
        box = person.page.get_by_label(f"Remove “{row}”")
        box.focus()
        person.page.keyboard.press("Space")
        assert box.is_checked()


def opens(person: Person, name: str) -> None:
    """Follow a line of a list of what is to be done: “Getting started”, “Getting ready”."""
    person.leave_by(person.page.locator("#content li a").filter(has_text=name).last)
