"""Where the made-up people act: one step after the other, each on its day, and each written down."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.http import Http404
from django.utils import timezone

from applications.dry_run.cast import Cast
from applications.dry_run.copies import OF_A_COPY, Copies
from applications.dry_run.report import Line, Mend, Report, State
from cohorts.models import Cohort
from cohorts.planning.bank_holidays import working_day
from cohorts.readiness import role_point, who_may
from steppingup import clock
from steppingup.accounts.roles import Permission, SitePermission
from steppingup.clock import Clock
from steppingup.formats.english import listed
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import recording
from steppingup.site.asking import page_for

logger = logging.getLogger(__name__)
T = TypeVar("T")
OUR_FAULT = (
    "Something went wrong on our side here, and we have made a note of it. What comes after it could not be tried."
)
#: Nothing happens at the same moment as something else.
BETWEEN = timedelta(minutes=5)


class Hindered(Exception):
    """What somebody wants to do cannot be done, and no step says so."""


class Stopped(Exception):
    """Somebody got stuck, and what follows hangs on it."""


class Stage:
    """The copies, the people, the clock, and what has been written down so far."""

    def __init__(self, copies: Copies, cast: Cast, moved: Clock) -> None:
        self.copies, self.cast, self.report = copies, cast, Report(cast.who.title)
        self._clock = moved

    @property
    def cohort(self) -> Cohort:
        """The copy, as it is now."""
        return self.copies.copy

    def original(self, copy: Model) -> int:
        """The key of what was copied, for the page on which it is put right."""
        model = type(copy)
        return next(pk for pk in self.copies.originals(model) if self.copies.of(model, pk).pk == copy.pk)

    def wait_until(self, moment: datetime) -> None:
        """Time never goes back."""
        self._clock.to(max(moment, clock.now() + BETWEEN))

    def later(self, by: timedelta) -> datetime:
        return clock.now() + by

    def working_day(self, moment: datetime) -> date:
        """That day in London, or the next on which people work."""
        return working_day(timezone.localdate(moment), self.cohort.programme.nation)

    def act(
        self,
        who: str,
        what: str,
        do: Callable[[], T],
        *,
        at: datetime | None = None,
        must: bool = True,
        mend: Mend | None = None,
    ) -> T | None:
        """Let somebody do something, and write down what came of it; nothing of a step that was refused remains.

        Raises Stopped where it cannot be done and what follows hangs on it (`must`)."""
        self.wait_until(at or clock.now())
        with recording() as record:
            try:
                with transaction.atomic():
                    found = do()
            except (Hindered, NotPossible, PermissionDenied, ValidationError) as refused:
                self._stuck(who, what, _sentence(refused), must, mend)
                return None
            except (ArithmeticError, AttributeError, DatabaseError, LookupError, TypeError, ValueError):
                logger.exception("A dry run found a fault of ours at “%s”.", what)
                self._stuck(who, what, OUR_FAULT, must, mend)
                return None
        letters = tuple((message.to_name or message.to_email, message.subject) for message in record.messages)
        self._write(who, what, letters=letters)
        return found

    def look(self, who: str, what: str, path: str, user: Any) -> None:
        """Somebody opens a page that is theirs."""

        def opened() -> str:
            try:
                return page_for(path, user)
            except Http404 as nowhere:
                raise Hindered("There is no such page for them.") from nowhere

        self.act(who, what, opened, must=False)

    def require_role(self, who: str, what: str, permission: Permission, *, least: int = 1) -> None:
        """Whether anybody holds the role of those who act here: made-up people do, and the real ones would wait."""
        point = role_point(self.copies.cohort, who, permission, "", least=least)
        if not point.done:
            role = who_may(permission)
            several = f"{least} people with the role of {role}" if least > 1 else f"somebody with the role of {role}"
            self._write(
                who,
                what,
                "lacking",
                f"This needs {several}. Add them, or ask a colleague to.",
                mend=Mend(point.url, SitePermission.MANAGE_PEOPLE),
            )

    def note(self, who: str, what: str, said: str) -> None:
        """Something that is good to know."""
        self._write(who, what, "noted", said)

    def lack(self, who: str, what: str, said: str, mend: Mend) -> None:
        """Something that is not there, and that they get around."""
        self._write(who, what, "lacking", said, mend=mend)

    def stop(self, who: str, what: str, said: str, mend: Mend | None = None) -> NoReturn:
        """Nobody gets any further. Raises Stopped."""
        self._write(who, what, "stuck", said, mend=mend)
        raise Stopped

    def _stuck(self, who: str, what: str, said: str, must: bool, mend: Mend | None) -> None:
        self._write(who, what, "stuck" if must else "lacking", said, mend=mend)
        if must:
            raise Stopped

    def _write(
        self, who: str, what: str, state: State = "done", said: str = "", letters: Any = (), mend: Mend | None = None
    ) -> None:
        said = said.replace(OF_A_COPY, "")
        letters = tuple((name, subject.replace(OF_A_COPY, "")) for name, subject in letters)
        self.report.lines.append(Line(clock.today(), who, what, state, said, letters, mend))


def _sentence(refused: Exception) -> str:
    return listed(refused.messages) if isinstance(refused, ValidationError) else str(refused)
