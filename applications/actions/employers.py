"""Settling which organisation applicants work for who typed a name that was not in the list: for one, or for many at once."""

from typing import Any

from django import forms
from django.utils.text import slugify

from applications.actions.access import DECIDE, require_decider
from applications.models import Application
from applications.states import OVER
from steppingup.accounts.actors import Actor, require
from steppingup.accounts.directory import did_you_mean, known_as, near_to
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import SitePermission
from steppingup.formats import english
from steppingup.formats.sameness import organisation
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, Waiting, step

CHOOSE = "Choose the organisation."
NEW, LEAVE = "new-", "leave"
MOST_NAMES = 25  # asked about on one page
Kind, Sector = Organisation.Kind, Organisation.Sector
#: What a new entry of each kind is taken to be; staff can change it in the directory.
SECTORS = {
    Kind.COUNCIL: Sector.PUBLIC,
    Kind.NHS: Sector.PUBLIC,
    Kind.OTHER_PUBLIC: Sector.PUBLIC,
    Kind.CARE: Sector.COMMERCIAL,
    Kind.PRIVATE: Sector.COMMERCIAL,
    Kind.CHARITY: Sector.VOLUNTARY,
}


def _require_open(application: Application) -> None:
    refuse_if(application.status in OVER, "This application is closed, so its employer cannot be changed.", "state")
    refuse_if(not application.lacks_employer, "The employer has already been settled.", "settled")


class EmployersForm(StepForm):
    """One question for each name that was typed, however it is spelt: an organisation of the directory, the nearest first; a
    new entry; or nothing for now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[Application]] = {}
        for application in self.subjects:
            if application.lacks_employer:
                groups.setdefault(organisation(application.employer_name), []).append(application)
        everybody = [(str(pk), name) for pk, name in Organisation.objects.order_by("name").values_list("pk", "name")]
        self.names = {key: f"employer_{number}" if number else "employer" for number, key in enumerate(groups)}
        self.left = list(self.names)[MOST_NAMES:]
        for key, asked in groups.items():
            if key not in self.left:
                self.fields[self.names[key]] = self._asks(asked, everybody, several=len(groups) > 1)

    def _asks(self, asked: list[Application], everybody: list[tuple[str, str]], *, several: bool) -> forms.ChoiceField:
        typed = asked[0].employer_name
        near = [(str(one.pk), one.name) for one in near_to(typed)]
        kinds = [(f"{NEW}{kind}", f"{typed} ({label.lower()})") for kind, label in Kind.choices]
        number = f" ({english.counted(len(asked), 'application')})" if several else ""
        return forms.ChoiceField(
            label=f"“{typed}”{number}" if several else "Organisation",
            help_text=did_you_mean([name for _, name in near]),
            choices=[
                ("", "Choose"),
                *([(LEAVE, "Leave it for now")] if several else []),
                *([("Did you mean", near)] if near else []),
                ("In the directory", everybody),
                ("Add it to the directory as", kinds),
            ],
            error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
        )

    def warnings(self, subject: Any) -> list[str]:
        if not self.left:
            return []
        return [f"{english.counted(len(self.left), 'more name')} will be asked about after these."]

    def values(self) -> dict[str, Any]:
        return self.values_for(self.subject)

    def values_for(self, subject: Application) -> dict[str, Any]:
        chosen = self.cleaned_data.get(self.names.get(organisation(subject.employer_name), "employer"), LEAVE)
        if chosen.isdecimal():
            return {"employer": Organisation.objects.get(pk=chosen)}
        return {"employer": None, "kind": chosen.removeprefix(NEW) if chosen.startswith(NEW) else ""}


def _new_entry(name: str, kind: str, by: Actor) -> Organisation:
    """The organisation of this name, made now unless it is there already."""
    if found := known_as(name):
        return found
    require(by, SitePermission.MANAGE_PEOPLE)
    slug = base = slugify(name)[:70] or "organisation"
    number = 1
    while Organisation.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return Organisation.objects.create(name=name, slug=slug, kind=kind, sector=SECTORS[Kind(kind)])


@step(
    Application,
    "Settle the employer",
    past="Employer settled",
    meaning=lambda application, **given: (
        f"The applicant typed “{application.employer_name}”, which is not on our list of organisations."
    ),
    permission=DECIDE,
    guard=require_decider,
    policy=_require_open,
    form=EmployersForm,
    bulk=True,
    waiting=Waiting(
        lambda rows: rows.of_unknown_employers(),
        "application names an employer not on your list",
        "applications name an employer not on your list",
        order=10,
    ),
)
def settle_employer(
    *, application: Application, employer: Organisation | None, kind: str = "", by: Actor
) -> Application:
    """Say which organisation it is: one of the directory, or a new entry of this `kind` with the name that was typed. An offer
    needs it, and so does impartiality. Taken back, the application has the typed name again; a new entry stays.

    Raises NotPossible for neither, and when an assessor of the application is of that organisation: take them off first."""
    # Locked, so that nobody is assigned meanwhile.
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    _require_open(locked)
    refuse_if(employer is None and not kind, "It is left as it is for now.", "left", field="employer")
    employer = employer or _new_entry(locked.employer_name, kind, by)
    family = employer.family_ids(application.cohort.programme.reach)
    for review in application.reviews.active().select_related("assessor__organisation"):
        home = review.assessor.organisation
        tie = home.tie_to(employer) if home and home != employer else ""
        refuse_if(
            review.assessor.organisation_id in family,
            f"{review.assessor} of {home} is an assessor of this application{f', and {tie}' if tie else ''}. "
            "Take them off first.",
            "assessor_of_employer",
            field="employer",
        )
    application.employer = employer
    application.save(update_fields=["employer"])
    return application
