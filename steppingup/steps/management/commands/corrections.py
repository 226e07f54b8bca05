"""Writes docs/corrections.md from the steps: `manage.py corrections`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from steppingup.formats.english import lasting
from steppingup.history.patience import OWN_BACK
from steppingup.steps.reach import reach_of
from steppingup.steps.restoring import not_coming_back
from steppingup.steps.step import Step, steps_of

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "corrections.md"
INTRODUCTION = f"""# What undoes or corrects each step

Made from the steps by `manage.py corrections`; a test says when it is out of date.

**Take back** puts every row that the step changed back, column by column, with everything that hung on it: an agreement, a bursary and its
money, reviews, an interview, an offer, a place on the waiting list, a pair, days, links that were stopped. It needs a reason, is a step of the
history, and is done for one record (the button on its page), for many (“Take back the last step” in lists and in the ranking, or “Was this a
mistake?” after a step for many), or from the list “Steps taken”. How it works: docs/adr/0021.

- **Who is told:** whoever the step has told already, once, that it no longer holds and how things stand, with an apology where the mistake was
  ours. An email that has not left is stopped, and nobody hears of it. The page before shows all of it.
- **What does not come back** is said on the page before. A place or money that somebody else has by now stays theirs: a place stops it; money does
  not, and the fee is then unsettled. An offer whose last day has passed gets a new one. What came after a step is taken back first, and is named.
- **What stays:** the record of decisions, the history, what was sent, and accounts that were made. Ledgers (days, funds) get an entry of the
  opposite sign. A link that was in an email is stopped.
- **The last columns but one** are read from the code of each step: the records that it makes or moves, and everybody to whom it may write. It writes
  to no more of them than the case asks for; the page before names who.
- **Whoever took it** finds it on a page of theirs: applicants on that of the application, until the cohort begins and while
  nothing came after it; participants and mentors on theirs, within {lasting(OWN_BACK)}. More time to apply is taken back one by one, in the table of the application window.
- **How long:** twelve months, for staff. Steps taken before this was written down cannot be taken back so.

"""


def _who(step: Step[Any, Any]) -> str:
    permission = step.permission or step.back_by
    people = [f"staff: {permission.label[:1].lower()}{permission.label[1:]}"] if permission else []
    if not step.permission and step.own_back:
        people.insert(0, "whoever took it")
    return "; ".join(people)


def _besides(step: Step[Any, Any]) -> str:
    found = next((other for other in steps_of(step.model) if other.name == step.undo), None)
    return f"“{found.label}”" if found else ""


def _what(step: Step[Any, Any]) -> str:
    """Three columns, read from the code of the step: what comes back, what does not, and who may be told."""
    reach = reach_of(step)
    told = ", ".join(sorted(one[:1].lower() + one[1:] for one in reach.told))
    if step.final:
        return f" |  | {told}"
    made = {str(model._meta.verbose_name) for model in reach.made}
    touched = {str(step.model._meta.verbose_name), *reach.moved, *made}
    kept = not_coming_back()
    lost = {words for model, words in kept.items() if str(model._meta.verbose_name) in touched}
    comes = sorted(touched - {str(model._meta.verbose_name) for model in reach.made & set(kept)})
    return f"{', '.join(comes)} | {'; '.join(sorted(lost))} | {told}"


def lines(steps: Sequence[Step[Any, Any]]) -> Iterator[str]:
    """The document, line by line."""
    yield INTRODUCTION.rstrip("\n")
    models = list(dict.fromkeys(step.model for step in steps))
    for model in sorted(models, key=lambda one: one._meta.label):
        name = str(model._meta.verbose_name)
        yield f"\n## {name[:1].upper()}{name[1:]}\n"
        yield "| step | taken back by | in the ordinary course | what comes back | what does not | who may be told | why there is no way back |"
        yield "|---|---|---|---|---|---|---|"
        # By their words, not as they were registered: what is imported first must not change the document.
        for step in sorted((one for one in steps if one.model is model), key=lambda one: (one.label, one.name)):
            grace = f" Its emails wait {lasting(step.grace)}." if step.grace else ""
            who = "" if step.final else f"{_who(step)}.{grace}"
            yield f"| {step.label} | {who} | {_besides(step)} | {_what(step)} | {step.final} |"


def document(steps: Iterable[Step[Any, Any]]) -> str:
    return "\n".join(lines(list(steps))) + "\n"


class Command(BaseCommand):
    help = "Write docs/corrections.md: what undoes or corrects each step."

    def handle(self, *args: Any, **options: Any) -> None:
        DOCUMENT.write_text(document(Step.registry.values()), encoding="utf-8")
        self.stdout.write(f"Wrote {DOCUMENT.relative_to(settings.BASE_DIR)}.")
