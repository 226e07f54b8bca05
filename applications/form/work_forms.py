"""Where somebody works, and how their organisation knows that they are applying: what is asked follows from how they work."""

import json
from collections.abc import Mapping
from typing import Any, cast

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fluid, Size
from django import forms
from django.db.models import Q

from applications import standings
from applications.form.fields import PartForm, address, line
from applications.models import Application, StandingRule
from applications.states import Asked, SupportRoute
from cohorts.states import Standing
from steppingup.accounts.directory import AsksWhichOrganisation
from steppingup.accounts.models import Organisation
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.site.layout import laid_out

NOT_LISTED = "not-listed"
#: How somebody works, as they would say it.
CHOICES = {
    Standing.EMPLOYED: "I am employed",
    Standing.SEVERAL: "I work for several employers",
    Standing.SELF_EMPLOYED: "I am self-employed",
    Standing.VOLUNTEER: "I am a volunteer",
    Standing.NOT_EMPLOYED: "I am not employed at the moment",
}


class WorkForm(AsksWhichOrganisation, PartForm):
    """Your job, your employer, your line manager (B16, B19). Where the rules accept several ways of working, how somebody works is
    asked first, and the rest as that way needs it (B2). What was typed for another one is set aside until they submit."""

    intro = "applications/parts/work.html"

    standing = forms.ChoiceField(label="How do you work?", widget=forms.RadioSelect)
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
    other_employers = line("The other organisations that you work for", longest=300)
    manager_name = line("Your line manager’s name", longest=150)
    manager_email = address(
        "Your line manager’s email address",
        "We will only write to your line manager if you get a place, to invite them to follow your progress.",
    )
    manager_job_title = line("Your line manager’s job title", longest=150, help_text="Optional.")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.rules = {rule.standing: rule for rule in standings.accepted(application)}
        super().__init__(*args, application=application, **kwargs)
        if "employer" in self.fields:
            self._offer_organisations(application)

    def _offer_organisations(self, application: Application) -> None:
        listed = [(str(o.pk), o.name) for o in employers_for(application)]
        volunteers = Standing.VOLUNTEER in self.rules
        cast("forms.ChoiceField", self.fields["employer"]).choices = [
            ("", "Choose the organisation" if volunteers else "Choose your employer"),
            (NOT_LISTED, "It is not on this list" if volunteers else "My employer is not on this list"),
            *listed,
        ]
        self.settled_name = application.employer_name
        if self.is_bound and self.data.get("employer") in ("", NOT_LISTED):
            self.ask_which()
            self.helper = laid_out(*self.layout())

    def layout(self) -> list[Any]:
        self._as_asked()
        wide = (
            *("job_title", "grade", "employer_name", "other_employers"),
            *("manager_name", "manager_email", "manager_job_title"),
        )
        by_name = {name: Field.text(name, field_width=Fluid.TWO_THIRDS) for name in wide}
        by_name["standing"] = Field.radios("standing", legend_size=Size.MEDIUM)
        by_name["employer"] = Field.select("employer", css_class="govuk-!-width-two-thirds")
        by_name["which"] = Field.radios("which")
        shown = [name for name in self.fields if name != "which"]
        if "which" in self.fields:  # beside the name that it asks about
            shown.insert(shown.index("employer_name") + 1, "which")
        return [by_name[name] for name in shown]

    def _as_asked(self) -> None:
        """Only the fields that some accepted way of working needs, in words for all of them."""
        wanted = set().union(*map(standings.fields_of, self.rules.values()))
        for name in set(self.fields) - wanted - {"which"}:
            del self.fields[name]
        if not standings.is_asked(self.application):
            self.fields.pop("standing", None)
            return
        choices = [Choice(standing, CHOICES[Standing(standing)]) for standing in self.rules]
        cast("forms.ChoiceField", self.fields["standing"]).choices = choices
        self.fields["job_title"].label = "Your job title, or what you do"
        self.fields["grade"].help_text = "Optional. In your own words, or what you think it is equivalent to."
        if Standing.VOLUNTEER in self.rules and "employer" in self.fields:
            self.fields["employer"].label = "Your employer, or the organisation that you volunteer with"
            self.fields["employer_name"].label = "Name of the organisation, if it is not on the list"
        if any(rule.line_manager == Asked.OPTIONAL for rule in self.rules.values()):
            self.fields[
                "manager_name"
            ].help_text = "If you are a volunteer or work for yourself, leave this empty if you have none."

    @property
    def shown_for(self) -> str:
        """For the script that hides what is not asked: by way of working, the names of its fields."""
        return json.dumps({standing: sorted(standings.fields_of(rule)) for standing, rule in self.rules.items()})

    @property
    def asks_standing(self) -> bool:
        return "standing" in self.fields

    def _rule(self, values: Mapping[str, Any]) -> StandingRule | None:
        if not self.asks_standing:
            return next(iter(self.rules.values()))
        return self.rules.get(values.get("standing") or "")

    def rows(self) -> list[tuple[str, str]]:
        """What is asked of how they work. The name of an employer that is not listed stands in the place of the choice."""
        words = {name: self.in_words(name) for name in self.fields}
        if self.initial.get("employer") == NOT_LISTED:
            words["employer"] = words["employer_name"]
        rule = self._rule(self.initial)
        asked = standings.fields_of(rule) if rule else {"standing", "job_title", "grade"}
        return [
            (self.row_label(name), value) for name, value in words.items() if name in asked and name != "employer_name"
        ]

    @classmethod
    def initial_of(cls, application: Application, stored: Mapping[str, Any]) -> dict[str, Any]:
        employer = stored["employer"]
        chosen = str(employer.pk) if employer else (NOT_LISTED if stored["employer_name"] else "")
        # Nobody has said yet how they work, before they have saved this part.
        standing = stored["standing"] if "work" in application.parts_done else ""
        aside = {name: value for name, value in stored["set_aside"].items() if value}
        shown = {**stored, "employer": chosen, "standing": standing}
        return {**shown, **{name: value for name, value in aside.items() if not shown.get(name)}}

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        rule = self._rule(values)
        asked = standings.fields_of(rule) if rule else set(self.fields)
        for name in set(self.errors) - asked - {"which"}:  # nobody is told that what is not asked is wrong
            del self.errors[name]
        values["set_aside"] = {
            name: values[name] for name in self.fields if name not in asked and name != "which" and values.get(name)
        }
        kept = {name: value for name, value in values.items() if name in asked or name == "set_aside"}
        if "employer" in asked:
            kept |= self._organisation(values)
        values.pop("which", None)
        kept["standing"] = rule.standing if rule else ""
        return kept

    def _organisation(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The one that was chosen, or that was meant by the name that was typed."""
        chosen, name = values.get("employer") or "", values.get("employer_name") or ""
        found = employers_for(self.application).filter(pk=chosen).first() if chosen.isdecimal() else None
        if chosen in ("", NOT_LISTED):
            found = self.meant()
        if found is None and chosen == NOT_LISTED and not name:
            self.add_error(
                "employer_name",
                "Enter the name of the organisation." if self._volunteers else "Enter the name of your employer.",
            )
            self.excused = {"employer"}
        return {"employer": found, "employer_name": "" if found else name}

    @property
    def _volunteers(self) -> bool:
        return self.cleaned_data.get("standing") == Standing.VOLUNTEER


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
    """How your employer, or the organisation that you volunteer with, knows (B35)."""

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
        nominated, told = str(SupportRoute.NOMINATED.label), str(SupportRoute.TOLD.label)
        if not self.application.has_employer:
            nominated, told = nominated.replace("employer", "organisation"), told.replace("employer", "organisation")
            route: Any = self.fields["support_route"]
            route.label = "How does the organisation that you volunteer with know that you are applying?"
            route.choices = [(SupportRoute.NOMINATED, nominated), (SupportRoute.TOLD, told)]
            self.fields["told_on"].label = "When did you tell them?"
        return [
            ConditionalRadios(
                "support_route",
                ConditionalQuestion(
                    nominated,
                    Field.text("nominator_name", field_width=Fluid.TWO_THIRDS),
                    Field.text("nominator_email", field_width=Fluid.TWO_THIRDS),
                ),
                ConditionalQuestion(told, Field("told_on")),
            )
        ]

    def rows(self) -> list[tuple[str, str]]:
        return [row for row in super().rows() if row[1]]
