"""What a check may use. Everything that reads an upload keeps to it, so that no file can hold up a page."""

import resource
from dataclasses import asdict, dataclass

MEGABYTE = 1_000_000


class Refused(Exception):
    """A sentence (or two) for whoever uploaded the file."""


@dataclass(frozen=True)
class Limits:
    """`seconds` by the clock, `cpu` seconds of work, bytes of memory of its own, and the largest file it may write."""

    seconds: float = 4.5
    cpu: int = 4
    memory: int = 240 * MEGABYTE
    written: int = 0

    def as_dict(self) -> dict[str, float]:
        return asdict(self)

    def set_here(self) -> None:
        """For this very process, and whatever it starts."""
        for what, most in (
            (resource.RLIMIT_CPU, self.cpu),
            (resource.RLIMIT_DATA, self.memory),
            (resource.RLIMIT_FSIZE, self.written),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 256),
        ):
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))


CHECK = Limits()
#: LibreOffice takes its time, in a worker where nobody waits for it.
CONVERSION = Limits(seconds=90, cpu=60, memory=1_500 * MEGABYTE, written=50 * MEGABYTE)
