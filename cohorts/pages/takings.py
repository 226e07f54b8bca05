"""What participants did themselves a moment ago, and can take back themselves: a day, a session, a course, a registration."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from cohorts.models import Enrolment
from cohorts.pages.topics import OWN
from steppingup import clock
from steppingup.history.patience import OWN_BACK
from steppingup.site.topics import topic_of
from steppingup.steps.actions import back
from steppingup.steps.models import Taking
from steppingup.steps.step import Step


def way_to_place(model: type[Model]) -> str:
    """How a record leads to the place that it belongs to, itself or through another: “registration__enrolment”. Else empty."""

    def leads(other: Any) -> bool:
        return any(field.name == "enrolment" for field in other._meta.fields)

    through = (
        f"{field.name}__enrolment" for field in model._meta.fields if field.is_relation and leads(field.related_model)
    )
    return "enrolment" if leads(model) else next(through, "")


def on_place(enrolment: Enrolment) -> Q:
    """Steps whose record is the place itself, or belongs to it."""
    found = Q(pk__in=[])
    for model in {step.page_model for step in Step.registry.values() if step.own_back and not step.permission}:
        kind = ContentType.objects.get_for_model(model)
        if model is Enrolment:
            found |= Q(content_type=kind, object_id=enrolment.pk)
        elif way := way_to_place(model):
            rows = model._base_manager.filter(**{way: enrolment.pk})
            found |= Q(content_type=kind, object_id__in=rows.values("pk"))
    return found


def last_of_ones_own(enrolment: Enrolment, by: Any) -> Taking | None:
    """The last step that this person took on their own place within the time for it. What stands against taking it back is said when
    they want to: the record itself is not looked at before, as this stands on the page that they open most."""
    own = Taking.objects.filter(on_place(enrolment), by=by.pk)
    return latest_own(own, by)


def latest_own(among: QuerySet[Taking], by: Any) -> Taking | None:
    """The last of these steps that this person took within the time for it (OWN_BACK), if it is theirs to take back."""
    own = among.filter(taken_back_at=None, by=by.pk, at__gt=clock.now() - OWN_BACK)
    taking = own.select_related("by").order_by("-pk").first()
    return taking if taking and back.is_own(by, taking) else None


def done_there(topic: str, enrolment: Enrolment, by: Any) -> Taking | None:
    """The same, if it is something that people do on the page of this topic."""
    steps = topic_of(OWN, topic).steps
    taking = last_of_ones_own(enrolment, by) if steps else None
    return taking if taking and taking.what in steps else None
