"""Was it the programme? For the equality lead: what can be told, how certain it is, and on what it rests."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.equality.comparing import Compared, compared, people_in_words, signed, told_in_lines
from applications.pages.equality import programme_at, trail_to
from representation.measuring.comparison import DIFFERENCE
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.second_factor import sensitive_page
from steppingup.disclosure.tables import FEWEST
from steppingup.site import export
from steppingup.site.export import Column

COLUMNS = (Column("Figure", lambda row: row[0]), Column("Number", lambda row: _number(row[1])))
#: The picture: from −100 to 100 points in so many units, beside a margin.
WIDTH, MARGIN = 600, 40


def _number(text: str) -> Any:
    """A number for a spreadsheet, where it is one."""
    plain = text.replace("−", "-").replace("+", "").replace(",", "")
    return Decimal(plain) if plain.lstrip("-").isdecimal() else text


def _at(points: float) -> str:
    return f"{MARGIN + (points + 100) * (WIDTH - 2 * MARGIN) / 200:.1f}"


def picture_of(found: Compared) -> dict[str, Any] | None:
    """The difference with its interval, and below it what the silent leave open; nothing where no number is shown."""
    one = found.result
    if one.estimate is None or one.low is None or one.high is None or one.least is None or one.most is None:
        return None
    return {
        "width": WIDTH,
        "levels": [(signed(points), _at(points)) for points in (-100, -50, 0, 50, 100)],
        "estimate": _at(one.estimate),
        "low": _at(one.low),
        "high": _at(one.high),
        "least": _at(one.least),
        "most": _at(one.most),
        "words": f"The difference is {signed(one.estimate)} points, its interval from {signed(one.low)} to {signed(one.high)}; "
        f"whatever the silent had said, from {signed(one.least)} to {signed(one.most)}.",
    }


@require_safe
@never_cache
@sensitive_page
def was_it_the_programme(request: SignedInRequest, path: str) -> HttpResponse:
    """The page of a programme, or its figures as a file."""
    return _page(request, path)


def _page(request: HttpRequest, path: str) -> HttpResponse:
    programme = programme_at(request, path)
    found = compared(programme)
    facts = told_in_lines(found) if found else []
    if (kind := request.GET.get("export", "")) and found:
        if kind not in export.FORMATS:
            raise Http404
        return export.export(kind, slugify(f"was it the programme {programme}"), COLUMNS, facts)
    context = {
        "programme": programme,
        "provider": programme.provider,
        "found": found,
        "facts": facts,
        "above": people_in_words(found.above) if found else "",
        "below": people_in_words(found.below) if found else "",
        "picture": picture_of(found) if found else None,
        "difference": DIFFERENCE,
        "fewest": FEWEST,
        "breadcrumbs": trail_to(programme),
    }
    return render(request, "applications/equality/comparison.html", context)
