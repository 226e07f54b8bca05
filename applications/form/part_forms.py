"""One form for each part of the application."""

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fixed, Fluid, Size
from django import forms
from django.db.models import Q
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from applications.equality.questions import LONGEST, asked_in, words_of
from applications.form.fields import PartForm, RevealingRadios, address, line
from applications.form.fixed import questions_of
from applications.form.part import PAGE
from applications.form.question_forms import QuestionsForm
from applications.models import Application, EligibilityQuestion, EqualityQuestion
from applications.models.equality import PREFER_NOT
from applications.states import SupportRoute
from steppingup.accounts.directory import AsksWhichOrganisation
from steppingup.accounts.models import Organisation
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import CV
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.fields import TelephoneInput
from steppingup.site.layout import laid_out

NOT_LISTED = "not-listed"


class DetailsForm(PartForm):
    """Who you are. Education is asked here and is never a gate (B21)."""

    full_name = line("Full name", longest=150, autocomplete="name")
    phone = TelephoneInput(
        label="Telephone number",
        max_length=30,
        help_text="Optional. We only call if we cannot reach you by email.",
        error_messages={"max_length": "Shorten this to 30 characters."},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    education = forms.CharField(
        label="Education and qualifications",
        max_length=300,
        help_text="Optional, and it will not affect the decision. For example A levels, a degree, or a "
        "professional qualification.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Shorten this to 300 characters."},
    )

    def layout(self) -> list[Any]:
        return [
            Field.text("full_name", field_width=Fluid.TWO_THIRDS),
            Field.text("phone", field_width=Fixed.TWENTY),
            Field.textarea("education", rows=3),
        ]


class EligibilityForm(PartForm):
    """The same questions as in the check without an account; the answers carry over."""

    intro = "applications/parts/eligibility.html"

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.questions = questions_of(application)
        super().__init__(*args, application=application, **kwargs)

    def layout(self) -> list[Any]:
        names = []
        for question in self.questions:
            self.fields[question.key] = answer_field(question)
            self.fields[question.key].required = False
            names.append(Field.radios(question.key, legend_size=Size.MEDIUM))
        return names


def answer_field(question: EligibilityQuestion) -> forms.ChoiceField:
    """Yes, no and, where the question allows it, not sure; or one of the grades. The one about groups never asks which (B15)."""
    return forms.ChoiceField(
        label=escape(question.text),
        help_text=hint_of(question),
        choices=[Choice(value, label) for value, label in question.offered],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer that fits you best."},
    )


def hint_of(question: EligibilityQuestion) -> SafeString:
    """The help text, below the list of groups where the question is about them."""
    if not question.lists_target_groups:
        return escape(question.help_text)
    groups = format_html_join("", "<li>{}</li>", ((group.name,) for group in question.rule_set.target_groups.all()))
    return format_html('<ul class="govuk-list govuk-list--bullet govuk-hint">{}</ul>{}', groups, question.help_text)


class WorkForm(AsksWhichOrganisation, PartForm):
    """Your job, your employer, your line manager (B16, B19)."""

    job_title = line("Your job title", longest=150, autocomplete="organization-title")
    grade = line(
        "Your grade, band or level",
        longest=120,
        help_text="Optional. In your employer’s own words, or what you think it is equivalent to.",
    )
    employer = forms.ChoiceField(label="Your employer")
    employer_name = line(
        "Name of your employer, if it is not on the list", longest=200, help_text="Otherwise leave this empty."
    )
    manager_name = line("Your line manager’s name", longest=150)
    manager_email = address(
        "Your line manager’s email address",
        "We will only write to your line manager if you get a place, to invite them to follow your progress.",
    )
    manager_job_title = line("Your line manager’s job title", longest=150, help_text="Optional.")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, application=application, **kwargs)
        listed = [(str(o.pk), o.name) for o in employers_for(application)]
        cast("forms.ChoiceField", self.fields["employer"]).choices = [
            ("", "Choose your employer"),
            (NOT_LISTED, "My employer is not on this list"),
            *listed,
        ]
        self.settled_name = application.employer_name
        if self.is_bound and self.data.get("employer") in ("", NOT_LISTED):
            self.ask_which()
            self.helper = laid_out(*self.layout())

    def layout(self) -> list[Any]:
        wide = ("job_title", "grade", "employer_name", "manager_name", "manager_email", "manager_job_title")
        by_name = {name: Field.text(name, field_width=Fluid.TWO_THIRDS) for name in wide}
        by_name["employer"] = Field.select("employer", css_class="govuk-!-width-two-thirds")
        by_name["which"] = Field.radios("which")
        shown = [name for name in self.fields if name != "which"]
        if "which" in self.fields:  # beside the name that it asks about
            shown.insert(shown.index("employer_name") + 1, "which")
        return [by_name[name] for name in shown]

    def rows(self) -> list[tuple[str, str]]:
        """The name of an employer that is not listed stands in the place of the choice."""
        words = {name: self.in_words(name) for name in self.fields}
        if self.initial.get("employer") == NOT_LISTED:
            words["employer"] = words["employer_name"]
        return [(self.row_label(name), value) for name, value in words.items() if name != "employer_name"]

    @classmethod
    def initial_of(cls, application: Application, stored: Mapping[str, Any]) -> dict[str, Any]:
        employer = stored["employer"]
        chosen = str(employer.pk) if employer else (NOT_LISTED if stored["employer_name"] else "")
        return {**stored, "employer": chosen}

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        chosen = values.get("employer") or ""
        values["employer"] = employers_for(self.application).filter(pk=chosen).first() if chosen.isdecimal() else None
        if chosen in ("", NOT_LISTED):
            values["employer"] = self.meant()
        values.pop("which", None)
        if values["employer"]:
            values["employer_name"] = ""
        elif chosen == NOT_LISTED and not values.get("employer_name"):
            self.add_error("employer_name", "Enter the name of your employer.")
            self.excused = {"employer"}
        return values


def employers_for(application: Application) -> Any:
    """Organisations to choose from: partners, the provider, employers with a rule of their own, and one's present one."""
    cohort = application.cohort
    wanted = (
        Q(partnerships__programme=cohort.programme_id)
        | Q(pk=cohort.programme.provider_id)
        | Q(pk=application.employer_id)
        | Q(pk__in=cohort.window.employer_rules.values("employer"))
    )
    return Organisation.objects.filter(wanted).distinct().order_by("name")


class SupportForm(PartForm):
    """How your employer knows (B35)."""

    intro = "applications/parts/support.html"
    support_route = forms.ChoiceField(
        label="How does your employer know that you are applying?",
        widget=forms.RadioSelect,
        choices=[c for c in SupportRoute.choices if c[0] != SupportRoute.NOT_NEEDED],
    )
    nominator_name = line("Name of the person who nominated you", longest=150)
    nominator_email = address("Email address of the person who nominated you", "Optional.")
    told_on = ThreeBoxes(
        label="When did you tell your employer?",
        help_text="A rough date will do. For example, 27 3 2026",
        sentence="Enter a real date, like 27 3 2026.",
        required=False,
        require_all_fields=False,
    )

    def layout(self) -> list[Any]:
        return [
            ConditionalRadios(
                "support_route",
                ConditionalQuestion(
                    str(SupportRoute.NOMINATED.label),
                    Field.text("nominator_name", field_width=Fluid.TWO_THIRDS),
                    Field.text("nominator_email", field_width=Fluid.TWO_THIRDS),
                ),
                ConditionalQuestion(str(SupportRoute.TOLD.label), Field("told_on")),
            )
        ]

    def rows(self) -> list[tuple[str, str]]:
        return [row for row in super().rows() if row[1]]


class StatementForm(PartForm):
    """One statement about one criterion (B23): a limit in words, counted here and while typing."""

    intro = "applications/parts/statement.html"
    text = forms.CharField(widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criterion = self.part.criterion
        if criterion is None:
            raise ValueError("A statement belongs to a criterion.")
        self.fields["text"].label = escape(criterion.question)
        # crispy-forms-gds describes a counted textarea by its hint, so there must be one.
        self.fields["text"].help_text = escape(criterion.guidance) or f"Up to {criterion.word_limit} words."

    def layout(self) -> list[Any]:
        limit = self.part.criterion.word_limit if self.part.criterion else 0
        kept = {"data_draft": f"{self.application.pk}-{self.part.key}", "spellcheck": "true"}
        return [Field.textarea("text", label_size=Size.MEDIUM, rows=14, max_words=limit, **kept)]


class CVForm(PartForm):
    """Your CV (B22)."""

    intro = "applications/parts/cv.html"
    cv = CheckedFileField(label="Your CV", rule=CV)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, application=application, **kwargs)
        cast("CheckedFileField", self.fields["cv"]).by = application.applicant


class AccessForm(PartForm):
    """What somebody needs at the interview and on the programme. It decides nothing."""

    intro = "applications/parts/access.html"
    has_needs = forms.TypedChoiceField(
        label="Do you need anything to help you take part fully?",
        choices=[("True", "Yes"), ("False", "No")],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What do you need?",
        help_text="For example a wheelchair space, a hearing loop, documents in large print, "
        "breaks, or somebody to come with you.",
        widget=forms.Textarea,
    )

    def layout(self) -> list[Any]:
        needs = ConditionalQuestion("Yes", Field.textarea("text", rows=5, data_draft=f"{self.application.pk}-access"))
        return [ConditionalRadios("has_needs", needs, "No")]

    @classmethod
    def initial_of(cls, application: Application, stored: Mapping[str, Any]) -> dict[str, Any]:
        needs = stored["has_needs"]
        return {**stored, "has_needs": "" if needs is None else str(needs)}

    def rows(self) -> list[tuple[str, str]]:
        needs, text = super().rows()
        return [needs, text] if text[1] else [needs]


class EqualityForm(PartForm):
    """Equality monitoring. Every question may be left out, and offers “Prefer not to say”. Whoever chooses an answer that
    asks for it may describe it in their own words."""

    intro = "applications/parts/equality.html"

    def layout(self) -> list[Any]:
        return [one for question in asked_in(self.application) for one in self._question(question)]

    def _question(self, question: EqualityQuestion) -> list[Any]:
        described = {option.label: option.asks for option in question.options.all() if option.asks}
        self.fields[question.key] = forms.ChoiceField(
            label=question.text,
            help_text=question.help_text,
            choices=self._choices(question),
            required=False,
            widget=forms.Select if question.is_long else forms.RadioSelect,
        )
        words = words_of(question.key)
        if described:
            asks = next(iter(described.values()))
            hint = "Only if you chose an answer that begins with “Any other”, or one that does not say enough."
            self.fields[words] = line(asks, longest=LONGEST, help_text=f"Optional. {hint if question.is_long else ''}")
            self.fields[words].required = False
        if question.is_long:
            size = {"label_size": Size.for_label(Size.MEDIUM)}
            return [Field(question.key, context=size), *([Field.text(words)] if described else [])]
        if not described:
            return [Field.radios(question.key, legend_size=Size.MEDIUM, small=True)]
        return [
            RevealingRadios(
                question.key,
                *(
                    ConditionalQuestion(label, Field.text(words)) if label in described else label
                    for _, label in question.answers
                ),
            )
        ]

    @staticmethod
    def _choices(question: EqualityQuestion) -> list[Any]:
        if not question.is_long:
            return list(question.answers)
        groups: dict[str, list[tuple[str, str]]] = {}
        for option in question.options.all():
            groups.setdefault(option.under, []).append((option.key, option.label))
        return [("", "Choose, or leave this blank"), *groups.items(), PREFER_NOT]

    def rows(self) -> list[tuple[str, str]]:
        """They are not repeated on other pages: only whether something was answered."""
        asked = [question.key for question in asked_in(self.application)]
        given = sum(bool(self.get_initial_for_field(self.fields[name], name)) for name in asked)
        return [("Your answers", f"{given} of {len(asked)} questions answered" if given else "None given")]


FORMS: dict[str, type[PartForm]] = {
    "details": DetailsForm,
    "eligibility": EligibilityForm,
    "work": WorkForm,
    "support": SupportForm,
    "cv": CVForm,
    "access": AccessForm,
    "equality": EqualityForm,
}


def form_for(key: str) -> type[PartForm]:
    """The form of a part; the statements share one, and so do the pages of questions."""
    return FORMS.get(key) or (QuestionsForm if key.startswith(PAGE) else StatementForm)
