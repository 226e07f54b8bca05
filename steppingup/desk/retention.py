"""On the page of a provider: for how long it keeps what, what goes tonight, and what has gone."""

from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.urls import reverse

from steppingup.accounts.actors import holds
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import SitePermission
from steppingup.retention.actions.periods import numbers_due, periods_of, set_periods
from steppingup.retention.kinds import all_kinds, called
from steppingup.retention.models import Removal
from steppingup.site.sections import Section, add_section

SHOWN = 12  # nights on which something went
#: A month ahead, coordinators see what will go.
AHEAD = 1


def _section(*, subject: Organisation, viewer: Any) -> dict[str, Any] | None:
    """For those who keep the people of this provider."""
    if not subject.is_provider or not holds(viewer, SitePermission.MANAGE_PEOPLE, subject):
        return None
    said = periods_of(subject)
    tonight, soon = numbers_due(subject, said), numbers_due(subject, said, ahead=AHEAD)
    rows = [
        {
            "kind": kind,
            "months": said.get(kind.key),
            "tonight": tonight.get(kind.key, 0),
            "soon": soon.get(kind.key, 0),
        }
        for kind in all_kinds()
    ]
    gone = Removal.objects.visible_to(viewer).filter(provider=subject).prefetch_related("of")[:SHOWN]
    return {
        "rows": rows,
        "said": bool(said),
        "gone": [(one.on, called(one.kind), one.of, one.number) for one in gone],
        "url": reverse(admin_urlname(Organisation._meta, "step"), args=[subject.pk, set_periods.name]),
        "page": reverse("provider_privacy", args=[subject.slug]),
    }


def show() -> None:
    add_section(
        Section("organisation", "retention", 10, "admin/accounts/retention.html", _section, "How long things are kept")
    )
