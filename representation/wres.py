"""The NHS Workforce Race Equality Standard from one's own figures: indicators 1, 2 and 9."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from representation.measuring import grid
from representation.measuring.counting import EVERYBODY
from representation.measuring.grid import Cell, Verdict
from representation.measuring.shares import gap, points_in_words
from representation.models import FigureRelease, RecruitmentFigure
from representation.states import Track


@dataclass(frozen=True)
class Band:
    """A band of indicator 1, beside the whole workforce."""

    name: str
    track: str
    is_top: bool
    cell: Cell

    @property
    def words(self) -> str:
        """“−4 points, too few to tell”."""
        if self.cell.points is None:
            return ""
        doubt = ", too few to tell" if self.cell.verdict is Verdict.TOO_FEW else ""
        return f"{points_in_words(self.cell.points)}{doubt}"


@dataclass(frozen=True)
class Appointed:
    """Indicator 2 of a period: how many times as likely everybody else is to be appointed from shortlisting."""

    figure: RecruitmentFigure

    @property
    def group(self) -> str:
        found = self.figure.appointed("group")
        return found.words if found else "–"

    @property
    def others(self) -> str:
        found = self.figure.appointed("others")
        return found.words if found else "–"

    @property
    def words(self) -> str:
        found = self.figure.likelihood
        return found.words if found else "cannot be worked out"


@dataclass(frozen=True)
class Wres:
    whole: Cell | None
    tracks: Sequence[tuple[str, Sequence[Band]]]
    top: Sequence[Band]
    appointed: Sequence[Appointed]
    release: FigureRelease

    @property
    def board_gap(self) -> Decimal | None:
        """Indicator 9: the share of the very senior and the board, less that of the whole workforce, in points; of all of them together."""
        number, known = (
            sum(getattr(band.cell, name) for band in self.top if band.cell.percent is not None)
            for name in ("number", "known")
        )
        if not known or self.whole is None or self.whole.percent is None:
            return None
        return gap(Decimal(100 * number) / known, self.whole.percent)

    @property
    def board_words(self) -> str:
        return "" if self.board_gap is None else points_in_words(self.board_gap)


def wres_of(release: FigureRelease, recruitment: Iterable[RecruitmentFigure]) -> Wres:
    """Each band of the whole organisation, clinical apart from non-clinical; those at the very top; and appointments."""
    top = release.contents["units"][0][0]
    rows = [row for row in release.rows if row.key[0] == top]
    shares = grid.percents(rows)
    whole = shares.get((top, EVERYBODY))
    cells = grid.cells(rows, {} if whole is None else dict.fromkeys(shares, whole))
    bands = [
        Band(name, Track(track).label if track else "", is_top, cells[top, pk])
        for pk, name, track, _, is_top in release.contents["tiers"]
        if (top, pk) in cells
    ]
    tracks: dict[str, list[Band]] = {}
    for band in bands:
        tracks.setdefault(band.track, []).append(band)
    return Wres(
        cells.get((top, EVERYBODY)),
        list(tracks.items()),
        [band for band in bands if band.is_top],
        [Appointed(one) for one in recruitment],
        release,
    )
