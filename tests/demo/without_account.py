"""Those who open a page by a link that was sent to them. This is a part of `test_load_demo`, which loads the demonstration once."""

from django.test import Client

from steppingup.accounts.models import DemonstrationPerson
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus

#: What each page says, and what the email that brought the link, where it was sent in the last hours.
PAGES = {
    "Sponsor": ("Rosa Dimitriou", ""),
    "Graduate asked where they are now": ("Where are you now?", "where you are"),
    "Manager asked to confirm a step up": ("Is that right?", ""),
    "Employer with a pledge": ("A mixed panel for every post", "A mixed panel for every post"),
    "Lead of an item of the plan": ("Management Teams taking responsibility", "Management Teams taking responsibility"),
    "Director who may see a pool": ("Shabnam Yusuf", "Head of Housing"),
}


def everybody_is_one_click_away(client: Client) -> None:
    cards = {
        one.title.removesuffix(", without an account"): one for one in DemonstrationPerson.objects.filter(user=None)
    }
    assert cards.keys() == PAGES.keys()
    for title, (says, mailed) in PAGES.items():
        assert says in client.get(cards[title].address).text, title
        waiting = Message.objects.filter(status=MessageStatus.QUEUED, to_name=cards[title].name)
        assert not mailed or any(mailed in f"{one.subject} {one.text}" for one in waiting), title
