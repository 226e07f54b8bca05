"""Fields that keep what people typed in one canonical form, wherever it comes from: a form, a file, an action, a script.

A column that a person fills in on one line is a `NameField` (names, titles, codes) or an `AddressField`; a field of a form that
is not made from a model is a `NameInput` or an `AddressInput`. Searches use the lookup `finds`, comparisons `same_organisation`
and `same_code`: see `steppingup.formats.sameness`."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, NullIf

from steppingup.formats import sameness
from steppingup.formats.by_post import is_by_post
from steppingup.formats.sameness_sql import CODE, FOLD, ORGANISATION, hint

ADDRESS = "Enter an email address in the correct format, like name@example.org."
TELEPHONE = "Enter a telephone number, like 0117 496 0123 or +44 808 157 0192."


_BETWEEN_DIGITS = re.compile(r"(?<=\d)[,\s\u2019](?=\d{3}(?!\d))")


class NameInput(forms.CharField):
    """A line that somebody types: counted, compared and kept without what cannot be seen."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return sameness.clean(found) if isinstance(found, str) else found


class AddressInput(forms.EmailField):
    """An email address, in whichever way it is typed."""

    default_error_messages = {"invalid": ADDRESS}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid"] = self.error_messages.get("invalid") or ADDRESS

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return sameness.address(found) if isinstance(found, str) else found

    def run_validators(self, value: Any) -> None:
        """Says which letter is not one of an address, as it may look like one that is."""
        if value and (odd := next((sign for sign in value.rpartition("@")[0] if not sign.isascii()), "")):
            raise ValidationError(f"“{odd}” cannot stand in an email address. Type the address again.", "invalid")
        if value and is_by_post(value):
            raise ValidationError("This stands for somebody without an email address. Leave it empty.", "invalid")
        super().run_validators(value)


#: What people write before and after a number: “Tel:”, “(work)”.
_AROUND = re.compile(
    r"^(?:(?:telephone|tel|phone|mobile|mob|work|home|office|direct|t|m)(?:\s*(?:no|number))?\s*[.:]*\s+|tel:)|\s*\([a-z ]{2,12}\)$",
    re.IGNORECASE,
)


def check_telephone(value: str) -> None:
    """Raises ValidationError unless it can be dialled: at least 7 digits, an extension behind “ext” or “x”; no other letters but
    what says which number it is."""
    raised = any(sign.isdigit() and not sign.isdecimal() for sign in value)  # “²” is no digit of a number
    value = _AROUND.sub("", re.sub(f"[{sameness.DASHES}]", "-", unicodedata.normalize("NFKC", value)))
    main, _, extension = re.sub(r"(?i)\s*(?:extension|extn|ext|x|#)\.?:?\s*", "x", value, count=1).partition("x")
    plain = set(main) <= set("0123456789 +()-.–/") and main.count("+") <= main.strip().startswith("+")
    digits = sum(sign.isdigit() for sign in main)
    if raised or not plain or not 7 <= digits <= 15 or (extension and not extension.strip().isdigit()):
        raise ValidationError(TELEPHONE, "telephone")


class TelephoneInput(NameInput):
    """A telephone number, as people write it."""

    default_validators = [check_telephone]


class NumberInput(forms.DecimalField):
    """A number as people type it: “1,200”, “3.5”, “1 200”."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 4, "widget": forms.TextInput, **kwargs})
        self.widget.attrs.setdefault("inputmode", "decimal")
        for code in ("invalid", "max_digits", "max_decimal_places", "max_whole_digits"):
            self.error_messages[code] = "Enter a number, like 12 or 3.5."

    def to_python(self, value: Any) -> Any:
        return super().to_python(_BETWEEN_DIGITS.sub("", value) if isinstance(value, str) else value)


class _Kept(models.Field):
    """A column whose values are brought into their form on every way in: saved, made in bulk, updated, looked up."""

    @staticmethod
    def form_of(text: str) -> str:
        raise NotImplementedError

    def _formed(self, value: Any) -> Any:
        return self.form_of(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        return self._formed(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        return self._formed(super().get_prep_value(value))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = self._formed(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class NameField(_Kept, models.CharField):
    """A line that people typed. In the database it is a plain column of characters."""

    form_of = staticmethod(sameness.clean)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": NameInput, **kwargs})


class TelephoneField(NameField):
    """A telephone number. What was kept before there was a check stays; a form asks for one that can be dialled."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": TelephoneInput, **kwargs})


class AddressField(_Kept, models.EmailField):
    """An email address, kept as it is compared."""

    form_of = staticmethod(sameness.address)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressInput, **kwargs})


class DrawnField(models.CharField):
    """A reference or number that we drew, in capital letters and digits, with hyphens: nobody types it into the column, and
    everybody into a search (see `FindsDrawn`)."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


# -- lookups -----------------------------------------------------------------------------------------


class _ByKey(models.Lookup):
    """Compares by a key: PostgreSQL works it out for the column, Python for what is looked for."""

    prepare_rhs = False
    function: str
    key: Callable[[str], str]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, params = self.process_lhs(compiler, connection)
        return f"{self.function}({left}) {self.against}", [*params, self.looked_for(connection)]

    against = "= %s"

    def looked_for(self, connection: Any) -> str:
        return type(self).key(str(self.rhs))


class Finds(_ByKey):
    """`name__finds="zoe"`: somewhere in it, without accents, case or apostrophes."""

    lookup_name, function, key, against = "finds", FOLD, staticmethod(sameness.fold), "LIKE %s"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The hint first, as the function is ten times as slow. No index finds two letters in the middle of a word."""
        left, params = self.process_lhs(compiler, connection)
        exact, looked_for = super().as_sql(compiler, connection)
        return f'({left} COLLATE "C" ~* %s AND {exact})', [*params, hint(super().looked_for(connection)), *looked_for]

    def looked_for(self, connection: Any) -> str:
        return f"%{connection.ops.prep_for_like_query(super().looked_for(connection))}%"


class FindsDrawn(models.Lookup):
    """`reference__finds_drawn="su 7k3q9"`: somewhere in it, whatever its hyphens, spaces and case; O and 0, and I, L and 1, are
    one sign, as they look."""

    lookup_name, prepare_rhs = "finds_drawn", False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, params = self.process_lhs(compiler, connection)
        typed = re.sub("[-_.:]", "", sameness.code(str(self.rhs))).translate(str.maketrans("oil", "011"))
        looked_for = connection.ops.prep_for_like_query(typed)
        return f"TRANSLATE(LOWER({left}), 'oil-', '011') LIKE %s", [*params, f"%{looked_for}%"]


DrawnField.register_lookup(FindsDrawn)


class WorkedOut(models.CharField):
    """A text that a query works out, for `output_field`: the admin's search, which asks such a text for `icontains`, finds it as
    it does a column."""


WorkedOut.register_lookup(Finds, "icontains")


def or_the_account(typed: str, account: str) -> Coalesce:
    """For a query: what was typed on a record, or where that is empty what the account has."""
    return Coalesce(NullIf(typed, models.Value("")), account, output_field=WorkedOut())


class SameOrganisation(_ByKey):
    lookup_name, function, key = "same_organisation", ORGANISATION, staticmethod(sameness.organisation)


class SameCode(_ByKey):
    lookup_name, function, key = "same_code", CODE, staticmethod(sameness.code)


for lookup in (Finds, SameOrganisation, SameCode):
    for kind in (models.CharField, models.TextField):
        kind.register_lookup(lookup)
