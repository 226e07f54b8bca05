"""Whether two places are one room. “Online”, “by telephone” and “to be confirmed” are none, so that any number of meetings can be
there at once; a link is one, as only one meeting can be held behind it."""

import re

from steppingup.formats.sameness import fold

#: What people write in the place of a room, word by word.
NO_ROOM = frozenset(
    (
        *(
            "online",
            "on",
            "line",
            "video",
            "videocall",
            "call",
            "conference",
            "conferencing",
            "virtual",
            "virtually",
            "remote",
        ),
        *(
            "remotely",
            "phone",
            "telephone",
            "teams",
            "ms",
            "microsoft",
            "zoom",
            "google",
            "meet",
            "meeting",
            "webex",
            "skype",
        ),
        *(
            "whatsapp",
            "facetime",
            "web",
            "webinar",
            "by",
            "via",
            "over",
            "in",
            "the",
            "a",
            "an",
            "at",
            "or",
            "and",
            "with",
            "to",
        ),
        *(
            "be",
            "confirmed",
            "announced",
            "arranged",
            "agreed",
            "advised",
            "decided",
            "tbc",
            "tba",
            "tbd",
            "will",
            "follow",
        ),
        *("follows", "link", "sent", "soon", "later", "not", "yet", "known", "none", "na", "n"),
    )
)


def room(place: str) -> str:
    """The key of a room: two places are one room when their keys are the same. Empty for what is no room."""
    words = re.findall(r"\w+", fold(place))
    return "" if NO_ROOM.issuperset(words) else " ".join(words)
