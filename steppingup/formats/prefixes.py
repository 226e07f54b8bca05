"""What the references and numbers of a programme begin with: “SU” of SU-7K3Q9.

Two to five capital letters or digits, so that a reference can be said on the telephone and fits on every list. Whoever names none
gets the first letters of the programme's name."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from steppingup.formats import sameness
from steppingup.formats.fields import NameField, NameInput

LEAST, MOST = 2, 5
PATTERN = f"^[A-Z0-9]{{{LEAST},{MOST}}}$"
SENTENCE = "Use two to five letters or digits without accents, like SU or NHS7."
#: Words that people leave out when they shorten a name.
SMALL = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"])
#: Where a name has no letter of ours.
FALLBACK = "REF"


def prefix(text: str) -> str:
    """As it is kept: capitals, without spaces, accents and what people put between it and the number."""
    return sameness.code(text).upper().strip("-_.:")


def from_name(name: str) -> str:
    """“Stepping Up” makes SU, “Leaders of the Future” LF, “Aspire” ASP."""
    words = [re.sub("[^a-z0-9]", "", sameness.code(word)) for word in re.split(r"[\s\-–—/]+", name)]
    words = [word for word in words if word]
    long = [word for word in words if word not in SMALL] or words
    first = "".join(word[0] for word in long)
    made = first if len(first) >= LEAST else "".join(long)[:3]
    return made[:MOST].upper() if len(made) >= LEAST else FALLBACK


def check_prefix(value: str) -> None:
    """Raises ValidationError unless references can begin with it."""
    if not re.fullmatch(PATTERN, value):
        raise ValidationError(SENTENCE, "prefix")


def is_prefix(field: str) -> Q:
    """For a constraint."""
    return Q(**{f"{field}__regex": PATTERN})


class PrefixInput(NameInput):
    """A prefix, in whichever way it is typed: “su-” is SU."""

    default_validators = [check_prefix]

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return prefix(found) if isinstance(found, str) else found


class PrefixField(NameField):
    """A column for a prefix. Left empty, it is made from the row's `name` as that is saved."""

    form_of = staticmethod(prefix)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if not getattr(model_instance, self.attname):
            setattr(model_instance, self.attname, from_name(model_instance.name))
        return super().pre_save(model_instance, add)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PrefixInput, **kwargs, "max_length": None})
