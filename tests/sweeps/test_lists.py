"""Nothing lists rows in a way of its own: what pages, the desk, forms and exports read is what its reader may see.

A query is read from the code. It is right when it begins with `visible_to(user)`; with the reader's own rows
(`of_applicant(user)`); with what is public; or at a record that was itself fetched so (`filter(cohort=cohort)`). What is
none of these stands in READERS with its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from tests.ours import OURS

ROOT = Path(settings.BASE_DIR)
#: Where somebody asks: rooms, and files by themselves. Below them rows are read for a record that was given.
ROOMS = {"desk", "pages", "site", "views", "wiring"}
FILES = {"forms.py", "sections.py", "views.py", "widgets.py", "wiring.py"}

MANAGERS = {"objects", "_default_manager", "_base_manager"}
GETS = {"get_object_or_404", "get_list_or_404"}
NARROWS = {"filter", "get", *GETS}
#: Methods of QuerySets that begin with somebody, with what everybody may see, or with a record that is at hand.
OWN = {
    "visible_to",
    "providers_of",
    "for_list",
    "of_applicant",
    "of_mentor",
    "of_participant",
    "of_person",
    "for_person",
    "of_manager",
    "of_party",
}
PUBLIC = {"published", "public", "genuine", "none"}
OF_A_RECORD = {"about", "by_others", "offered_by", "to_tell_of", "of_place"}

#: Where a query is none of these, by its file and its beginning, and why it may be.
READERS = {
    "steppingup/desk/saved.py: SavedView.objects.update_or_create(person=user": "a person's own view",
    "steppingup/desk/models.py: Remembered.objects.update_or_create(person=person": "what this person chose",
    "steppingup/site/printing.py: pdf.objects": "what a PDF is made of: no rows",
    "steppingup/desk/changelist.py: field.remote_field.model": "of the ids that the person's own rows name",
    "steppingup/desk/importing.py: self._meta.model": "of the owner, who was chosen from `owners()`",
    "steppingup/desk/people_forms.py: User.objects.with_address(email": "an address is used once, whoever has it",
    "steppingup/desk/duties.py: User": "who hold the permission at the provider of the role that is handed over",
    "steppingup/desk/jobs.py: Job.objects.left_open()": "a duty: narrowed to one role's person and provider",
    "mentoring/pages/mentor.py: ContentType": "of the pairs of which this person is the mentor",
    "applications/desk/windows.py: ContentType": "of the windows that this person sees",
    "cohorts/pages/reviews.py: ThreeWayReview.objects.for_steps().get(pk=party": "of the link that this person holds",
    "cohorts/pages/openings.py: Offering(OpeningInvitation": "of the link that this person holds, and what was offered by it",
    "cohorts/pages/opportunities.py: Offering(OpportunityInvitation": "the same",
    "cohorts/pages/takings.py: ContentType": "of one's own place and what belongs to it",
    "cohorts/pages/takings.py: model._base_manager.filter(**{way: enrolment": "of one's own place, which was fetched through the person",
    "representation/pages/heads.py: TeamTie.objects.filter(Q(placement=subject": "of one's own assignment, which was fetched through the person",
    "steppingup/desk/stepping.py: step.model": "only where to go back to",
    "steppingup/desk/together.py: self.model._base_manager.select_for_update": "only locked: Django's own page fetches it",
    "steppingup/desk/together.py: self.model._base_manager.filter(pk=seen.of)": "of the page that they were shown, signed",
    "steppingup/desk/together.py: ContentType": "of the record that is shown",
    "steppingup/desk/versions.py: type(obj)._base_manager.filter(pk=seen.of)": "of the page that they were shown, signed",
    "steppingup/desk/takings.py: Taking.objects.for_steps().filter(pk__in=ids[:1])": "only where to go back to",
    "steppingup/site/views.py: get_object_or_404(Organisation, slug": "the logo of a provider is public",
    "steppingup/site/views.py: Organisation.objects.filter(is_provider=True)": "who runs programmes here is public",
    "cohorts/pages/concerns.py: Organisation.objects.filter(is_provider=True)": "who runs programmes here is public",
    **dict.fromkeys(
        (
            "cohorts/pages/stories.py: Paginator(Story.objects.on_pages",
            "cohorts/pages/stories.py: get_object_or_404(Story.objects.on_pages",
            "cohorts/pages/programmes.py: Story.objects.on_pages",
        ),
        "agreed to for the public pages",
    ),
    "cohorts/pages/complaints.py: get_object_or_404(Organisation, slug": "who runs programmes here is public",
    "cohorts/pages/sessions.py: Session.objects.for_enrolment(enrolment)": "what one is due at, by the place that was fetched through the person",
    "cohorts/pages/hosting.py: Needs.objects.shown": "of the participant whom this link is about",
    "modules/desk/results.py: Needs.objects.shown": "of the participant whose work this is",
    "cohorts/pages/sessions.py: list(SessionPaper": "of the session that one is due at",
    "cohorts/pages/sessions.py: get_object_or_404(SessionPaper": "of the session that one is due at",
    "modules/wiring.py: SessionSpeaker.objects": "a duty: narrowed to the speakers that this person sees",
    "cohorts/pages/peers.py: PeerPaper.objects.select_related": "of the group that one is in: the page fetches by it",
    "cohorts/desk/stuck.py: Cohort.objects.for_steps().in_bulk": "of the people whom this person sees",
    "cohorts/desk/stuck.py: watched(Enrolment.objects.all(), cohort)": "of a cohort that this person runs",
    "cohorts/pages/concerns.py: get_object_or_404(Organisation, slug": "who runs programmes here is public",
    "cohorts/wiring/concerns.py: ConcernReader.objects.exclude(concern__status": "a duty: narrowed to one role's person and provider",
    "cohorts/wiring/concerns.py: ConcernReader.objects.create(concern_id=one.concern_id": "what is handed over with a role",
    "cohorts/pages/events.py: Occasion.objects.filter(programme__provider__slug=provider": "what anybody may read of a programme on the site",
    "cohorts/wiring/events.py: Occasion.objects.filter(status=": "the clock reminds whoever has booked",
    "cohorts/wiring/events.py: Booking.objects.there()": "the clock asks whoever was there",
    "modules/desk/feedback.py: SessionSpeaker.objects.filter(pk__in=seen": "of the comments that this person sees",
    "modules/pages/feedback.py: SessionSpeaker.objects": "shown to whoever was due at its session, or has written about it",
    "cohorts/wiring/ceremonies.py: Booking.objects.unanswered()": "the clock reminds whoever was invited",
    "cohorts/wiring/ceremonies.py: ContentType": "of the bookings that the clock reads",
    "cohorts/pages/certificates.py: Certificate.objects.numbered(number": "anybody may check the number of a certificate",
    "mentoring/desk/importing.py: Organisation": "organisations are shared by all providers",
    "applications/desk/applications.py: Application.objects.filter(pk__in=ids[:1])": "only where to go back to",
    "applications/desk/filling.py: Application.objects.for_steps().filter(pk__in=Draft": "of the drafts that they see",
    "applications/wiring.py: Review.objects.for_steps().to_do()": "a duty: narrowed to one role's person and provider",
    "cohorts/wiring/__init__.py: Programme.objects.exclude(contact_email='')": "a duty: narrowed to one role's person and provider",
    "applications/pages/timeline.py: Taking.objects.on": "of the application that is shown, and its cohort",
    "applications/desk/contests.py: Cohort": "of the cohorts that this person applies for",
    "applications/desk/facts.py: User": "names of those who changed the application that is shown",
    "funding/desk/common.py: Organisation": "employers of the rows in this person's list",
    "cohorts/pages/agreements.py: Agreement.objects.for_steps().get(pk=request.agreement_id)": "the link names the request",
    "applications/pages/nominations.py: NominationRequest": "the link names the list",
    "funding/pages/invoices.py: Invoice": "the link names the invoice",
    "representation/pages/leads.py: LeadRequest": "the link names who was asked",
    "representation/pages/partners.py: Organisation.objects.filter(pk__in=listed_partners": "whom a provider lists is public",
    "funding/pages/sponsor.py: FeeAgreement": "the link names the agreement",
    "funding/pages/liability.py: LiabilityCase.objects.filter(pk=link.object_id": "the link names the case",
    "funding/pages/liability.py: LiabilityCase.objects.for_steps().get(pk=link.object_id": "the link names the case",
}


def sources() -> Iterator[Path]:
    for app in OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "demo" not in path.relative_to(ROOT).parts and (
                ROOMS & set(path.relative_to(ROOT).parts) or path.name in FILES
            ):
                yield path


def models_by_name() -> dict[str, type[Model]]:
    return {model.__name__: model for model in apps.get_models() if not hasattr(model, "pgh_tracked_model")}


def leads_to_a_record(model: type[Model], path: str) -> bool:
    """Is every part of a condition's name a relation (“plan__cohorts__in”), and no column?"""
    *way, last = path.split("__")
    for name in way if last == "in" else (*way, last):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        if field.related_model is None:
            return False
        model = cast("type[Model]", field.related_model)
    return True


def follows_a_record(model: type[Model] | None, call: ast.Call) -> bool:
    """Is one of the conditions a relation to something at hand, or its key, and not what stands in an address?"""
    for one in call.keywords:
        value = ast.unparse(one.value)
        if one.arg and "kwargs[" not in value and ".GET" not in value:
            own_key = one.arg in ("pk", "pk__in") and re.search(r"\w\.pk\b", value)
            if own_key or (model and leads_to_a_record(model, one.arg)):
                return True
    return False


def calls_on(node: ast.AST, above: dict[ast.AST, ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """What is called on it one after the other (`.filter(…)`, `.first()`), and what is then called with it."""
    while isinstance(attribute := above[node], ast.Attribute) and isinstance(above[attribute], ast.Call):
        node = above[attribute]
        yield attribute.attr, cast("ast.Call", node)
    call = above[node]
    if isinstance(call, ast.Call) and node in call.args:
        yield ast.unparse(call.func), call


def queries(text: str) -> Iterator[tuple[str, bool]]:
    """Every query, as it reads, and whether it is right."""
    tree, models = ast.parse(text), models_by_name()
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            name, calls = ast.unparse(node.value), list(calls_on(node, above))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in GETS and ast.unparse(node.args[0]) in models:
            name, calls = ast.unparse(node.args[0]), [(ast.unparse(node.func), node)]
        else:
            continue
        names = {called for called, _ in calls}
        narrowed = any(follows_a_record(models.get(name), call) for called, call in calls if called in NARROWS)
        yield (
            ast.unparse(calls[-1][1] if calls else node),
            bool(names & (OWN | PUBLIC | OF_A_RECORD)) or narrowed or "Prefetch" in names,
        )


FOUND = {f"{path.relative_to(ROOT)}: {text}": right for path in sources() for text, right in queries(path.read_text())}


def test_nothing_lists_rows_in_a_way_of_its_own():
    wrong = {place for place, right in FOUND.items() if not right}
    assert {place for place in wrong if not any(place.startswith(known) for known in READERS)} == set()


@pytest.mark.parametrize("known", READERS)
def test_every_exception_is_still_one(known):
    assert any(place.startswith(known) for place, right in FOUND.items() if not right)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Cohort.objects.visible_to(user).filter(name='x')", True),
        ("Application.objects.of_applicant(request.user)", True),
        ("Session.objects.filter(cohort=cohort)", True),
        ("get_object_or_404(Placement, enrolment=enrolment)", True),
        ("get_object_or_404(Session.objects.order_by('pk'), cohort=cohort)", True),
        ("Session.objects.filter(pk=session.pk)", True),
        ("Prefetch('sessions', Session.objects.going_ahead())", True),
        ("Session.objects.all()", False),
        ("Session.objects.filter(cohort__name=name)", False),
        ("Session.objects.filter(venue='Here')", False),
        ("Session.objects.filter(pk=self.kwargs['pk'])", False),
        ("Session.objects.filter(cohort=self.kwargs['cohort'])", False),
        ("get_object_or_404(Session, pk=pk)", False),
        ("get_object_or_404(Session.objects.filter(starts_at=now), pk=pk)", False),
    ],
)
def test_the_sweep_knows_right_from_wrong(text, right):
    assert [found for _, found in queries(text)] == [right]
