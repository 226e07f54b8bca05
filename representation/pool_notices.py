"""What is said about the succession pool: to whoever is asked and is in it, and to whoever is named to see a post's."""

from datetime import timedelta

from representation.models import PoolEntry, PostViewer
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

VIEWER_LINK = "pool-viewer"
#: How many days such a link works; each email brings a new one.
LINK_DAYS = 30
PERSON = Told("Whoever is thought of for a post", "their own page of the pool")
VIEWER = Told("Whoever is named for a post", "the page", lets_in=True, called="Nell Avery")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "provider": ("whose pool it is", "Leicester City Council"),
    "post": ("the post", "Head of Adult Services"),
    "review_by": ("the day by which this is looked at again", "12 April 2031"),
    "until": ("the last day on which the link works", "12 April 2031"),
}
KINDS = Kinds("representation", WORDS, ("provider", "post"))

ASKED = KINDS.add("pool_asked", "Somebody is asked to be in the succession pool", PERSON)
TAKEN_OUT = KINDS.add("pool_taken_out", "Somebody is not in the succession pool any more", PERSON)
REVIEWED = KINDS.add("pool_reviewed", "How ready somebody is was reviewed", PERSON, "review_by")
DUE = KINDS.add("pool_due", "A place in the pool is to be reviewed soon: reminder", PERSON, "review_by")
LAPSED = KINDS.add("pool_lapsed", "A place in the pool has lapsed", PERSON, "review_by")
MAY_SEE = KINDS.add("pool_viewer", "Somebody is named to see who is in the pool for a post", VIEWER, "until")


def to_person(kind: MessageKind, entry: PoolEntry) -> Notice:
    """To whoever the place is about, with their own page. It says nothing of how ready they are, nor why they were asked: whoever
    sees which emails were sent does not see the pool. So it is in no list of the provider either; answers go there."""
    link = address("representation:pool", entry.enrolment_id)
    return Notice(kind, entry.enrolment.participant, entry, {"link": link}, reply_to=entry.post.provider.reply_to)


def tell(kind: MessageKind, entry: PoolEntry) -> None:
    send(to_person(kind, entry))


def tell_viewer(viewer: PostViewer) -> None:
    """With a new link; the one before stops working."""
    until = english.day_date(clock.today() + timedelta(days=LINK_DAYS))

    def link() -> dict[str, str]:
        raw = issue_link(purpose=VIEWER_LINK, target=viewer, email=viewer.email, days=LINK_DAYS)
        return {"link": address("representation:pool_viewer", raw)}

    post = viewer.post
    send(Notice(MAY_SEE, viewer.email, post, {"until": until}, link, name=viewer.name, reply_to=post.provider.reply_to))
