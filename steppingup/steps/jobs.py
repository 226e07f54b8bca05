"""Steps for many records at once, in a worker: looking ahead, and taking them.

What a look ahead shows is kept in the job's result until the step is taken, or for a day (`forget_look_aheads`)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import QueryDict

from steppingup.accounts.actors import Actor, person, require
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.handlers import Progress, handler
from steppingup.jobs.models import Job
from steppingup.steps.step import Step, StepForm
from steppingup.steps.taking import Lookahead, ValuesFor, look_ahead, take_for_all

#: So many full texts are shown and kept; the rest is counted.
LETTERS_SHOWN = 100


def subjects_of(step: Step[Any, Any], ids: Sequence[int], by: Actor) -> list[Any]:
    """The records, in the order of the ids, as far as this person may take the step on them."""
    rows: Any = step.model._default_manager
    found = rows.visible_to(by, step.permission).for_steps().in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def filled_in(step: Step[Any, Any], data: str, subjects: Sequence[Any], by: Actor) -> tuple[StepForm | None, ValuesFor]:
    """The step's form as it was filled in, and what the action is given for each record.

    Raises NotPossible when it does not hold any more (a day that has passed)."""
    if step.form is None or not subjects:
        return None, lambda subject: {}
    form = step.form(QueryDict(data), subject=subjects[0], subjects=subjects, by=by)
    if not form.is_valid():
        raise NotPossible("What was filled in is no longer valid. Please fill it in again.", "form")
    return form, form.values_for


def as_result(ahead: Lookahead) -> dict[str, Any]:
    """A look ahead in plain values: who would be told, at most a hundred letters in full, and what would be refused."""
    return {
        "letters": [{**asdict(letter), "to": letter.to} for letter in ahead.letters[:LETTERS_SHOWN]],
        "told": len(ahead.letters),
        "refused": [outlook.as_row() for outlook in ahead.refused],
        "possible": [
            {
                "pk": one.pk,
                "name": one.name,
                "digest": one.digest,
                "letters": len(one.letters),
                "meaning": one.meaning,
                "notes": list(one.notes),
            }
            for one in ahead.possible
        ],
        "changes": [asdict(change) for change in ahead.changes],
    }


def _asked(job: Job) -> tuple[Step[Any, Any], list[Any], ValuesFor, Mapping[str, Any]]:
    if job.started_by is None:
        raise NotPossible("The person who asked for this no longer has an account.", "gone")
    what = job.arguments
    step = Step.registry[what["step"]]
    if step.permission:
        require(job.started_by, step.permission)
    subjects = subjects_of(step, what["ids"], job.started_by)
    return step, subjects, filled_in(step, what["data"], subjects, job.started_by)[1], what


@handler("steps.look_ahead", shown_for=timedelta(days=1), longest=timedelta(hours=1))
def look_ahead_job(job: Job, progress: Progress) -> dict[str, Any]:
    """Find out what the step would do for each, without doing it."""
    step, subjects, values, what = _asked(job)
    progress(0, total=len(subjects))
    ahead = look_ahead(step, subjects, by=job.started_by, values=values)  # type: ignore[arg-type]
    return {
        "url": what["back"] + str(job.uuid) + "/",
        "message": "Ready to read",
        "step": step.key,
        "ids": what["ids"],
        "shown": {"asked": what, **as_result(ahead)},
    }


def forget_look_aheads(step: Step[Any, Any], ids: Sequence[int], by: Actor) -> None:
    """Remove what this person was shown before the step that they now take for these records."""
    own = Job.objects.filter(kind="steps.look_ahead", started_by=person(by))
    own.filter(result__contains={"step": step.key, "ids": list(ids)}).forget()


@handler("steps.take", tells="Everybody still to be dealt with")
def take_job(job: Job, progress: Progress) -> dict[str, Any]:
    """Take the step for each. A worker that begins again finds those that are done, and passes over them."""
    step, subjects, values, what = _asked(job)
    digests = {int(pk): digest for pk, digest in what["digests"].items()}
    progress(0, total=len(subjects))
    taken = take_for_all(
        step,
        subjects,
        by=job.started_by,  # type: ignore[arg-type]
        values=values,
        digests=digests,
        progress=progress,
    )
    done = sum(one.state == "done" for one in taken)
    return {
        "url": what["back"] + str(job.uuid) + "/",
        "message": f"{step.past}: {done} of {len(taken)}",
        "shown": {"rows": [one.as_row() for one in taken]},
    }
