"""Whether what is typed into a form of staff would be a second row of one that may be there once only.

Django asks this only where the form has all the columns. A plan's name is unique within its programme, which is given; without
this the database would refuse it, and nobody would be told why."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


def _columns(model: Any, constraint: models.UniqueConstraint) -> set[str]:
    if constraint.fields:
        return set(constraint.fields)
    return {ref[0] for expression in constraint.expressions for ref in model._get_expr_references(expression)}


def _to_ask(form: Any) -> Iterator[tuple[models.UniqueConstraint, str]]:
    """The constraints some columns of which stand in the form, and beside which of these it is said: a name or a code first.

    Where the form has all of the plain columns, Django does it."""
    model, left_out = type(form.instance), form._get_validation_exclusions()
    for constraint in model._meta.constraints:
        columns = _columns(model, constraint) if isinstance(constraint, models.UniqueConstraint) else set()
        if columns & set(getattr(form, "not_asked", ())):
            continue
        shown = [name for name in form.fields if name in columns]
        if shown and (columns & left_out or not constraint.fields) and not columns & set(form.errors):
            yield (
                constraint,
                next((n for n in shown if isinstance(model._meta.get_field(n), models.CharField)), shown[0]),
            )


class AsksForDoubles:
    """For a ModelForm: what the database would refuse is said beside the field.

    A form can name columns in `not_asked`: it takes what is there already, or whoever asks must not learn that it is."""

    def _post_clean(self) -> None:
        form: Any = self
        super()._post_clean()  # type: ignore[misc]
        for constraint, name in _to_ask(form):
            try:
                constraint.validate(type(form.instance), form.instance)
            except ValidationError as error:
                form.add_error(name, ValidationError(error.messages))
                if above := form.errors.get(NON_FIELD_ERRORS):
                    above.data = [one for one in above.data if not set(one.messages) & set(error.messages)]
                    if not above.data:
                        del form.errors[NON_FIELD_ERRORS]
