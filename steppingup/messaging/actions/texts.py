"""Changing the words of messages, and when reminders go out."""

from typing import Any, cast

from django import forms
from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, require
from steppingup.accounts.models import User
from steppingup.accounts.roles import SitePermission
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging import defaults, scopes
from steppingup.messaging.models import MessageTemplate, ReminderRule
from steppingup.steps.step import StepForm, step


def _whose(scope: models.Model | None, provider: Any) -> Any:
    """What the permission is asked for: the very scope, where a role may be limited to some of these, or else the provider."""
    return scope if scope is not None and scopes.limit_of([scope]) is not None else provider


def require_for(by: Actor, row: MessageTemplate | ReminderRule) -> None:
    """What holds everywhere is changed by those who run the whole site; a version by its provider's staff, and one for a cohort by
    those who look after it."""
    if row.is_default and not (isinstance(by, System) or (isinstance(by, User) and by.is_superuser)):
        raise NotAllowed("Only administrators of the whole site can change the text for everywhere.")
    require(by, SitePermission.EDIT_TEXTS, _whose(row.scope, row.provider_id))


@transaction.atomic
def change_text(*, template: MessageTemplate, by: Actor) -> MessageTemplate:
    """Save changed words. Raises NotAllowed; ValidationError names a placeholder that cannot be used."""
    require_for(by, template)
    template.full_clean()
    template.edited, template.changed_at = True, clock.now()
    template.save()
    return template


class VersionForm(StepForm):
    """For what: a programme or a cohort of theirs that has no version of this text yet."""

    scope = forms.ChoiceField(
        label="For", error_messages={"invalid_choice": "Choose a programme or cohort from the list."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = MessageTemplate.objects.filter(kind=self.subject.kind).exclude(content_type=None)
        taken = set(versions.values_list("content_type_id", "object_id"))
        cast("forms.ChoiceField", self.fields["scope"]).choices = scopes.choices(self.by, taken)

    def values(self) -> dict[str, Any]:
        return {"scope": scopes.chosen(self.by, self.cleaned_data["scope"])}


@step(
    MessageTemplate,
    "Make a version",
    noun="template",
    past="Version made. You can change it now",
    meaning="It starts with the current wording, and replaces it for one programme or cohort.",
    permission=SitePermission.EDIT_TEXTS,
    form=VersionForm,
    undo="remove_version",
)
def make_version(*, template: MessageTemplate, scope: models.Model, by: Actor) -> MessageTemplate:
    """Begin a version of this text for a programme or a cohort, with the words that hold there now.

    Raises NotAllowed for another provider's; NotPossible when there is one already."""
    provider = scopes.provider_of(scope)
    require(by, SitePermission.EDIT_TEXTS, _whose(scope, provider))
    now = MessageTemplate.objects.nearest(template.kind, scopes.chain(scope))
    if now.pk and now.scope == scope:
        raise NotPossible(f"{scope} already has its own version of this text.", "nothing")
    return MessageTemplate.objects.create(
        kind=template.kind,
        scope=scope,
        provider=provider,
        subject=now.subject,
        body=now.body,
        button_label=now.button_label,
    )


def _is_version(template: MessageTemplate) -> None:
    if template.is_default:
        raise NotPossible("This is the text for everywhere, so it cannot be removed.", "default")


@step(
    MessageTemplate,
    "Remove this version",
    noun="template",
    past="Version removed",
    meaning="From now on the wider text is used again. Messages already sent stay as they are.",
    guard=require_for,
    policy=_is_version,
    final="You can make a new version. The old wording stays in the history.",
)
def remove_version(*, template: MessageTemplate, by: Actor) -> None:
    """Let the wider text hold again. Messages that were sent keep their words. Raises NotAllowed, NotPossible."""
    template.delete()


def _is_changed_default(template: MessageTemplate) -> None:
    if not template.is_default:
        raise NotPossible("Only the text for everywhere can be restored. Remove this version instead.", "version")
    if not template.edited:
        raise NotPossible("This is already the original text.", "unchanged")


@step(
    MessageTemplate,
    "Restore the original text",
    noun="template",
    past="Original text restored",
    meaning="What was changed here is discarded. Messages already sent stay as they are.",
    guard=require_for,
    policy=_is_changed_default,
    back_by=SitePermission.EDIT_TEXTS,
)
def put_back(*, template: MessageTemplate, by: Actor) -> MessageTemplate:
    """Give the default the words that came with the site. Raises NotAllowed, NotPossible."""
    return defaults.put_back(template)


@transaction.atomic
def save_rule(*, rule: ReminderRule, by: Actor) -> ReminderRule:
    """Save a new or changed reminder rule. A new one belongs to the provider of its scope. Raises NotAllowed, ValidationError."""
    if rule.pk is None:
        rule.provider = scopes.provider_of(rule.scope)
    require_for(by, rule)
    rule.full_clean()
    rule.save()
    return rule
