"""Where the journal plugs in: its pages, and what becomes of what is shared when two accounts of one person become one."""

from cohorts.pages import journal
from steppingup.accounts.actions import merging
from steppingup.site import sections, topics

topics.add_topics(*journal.TOPICS)
sections.add_sections(*journal.SECTIONS)
merging.becomes({"cohorts.SharedEntry.reader": merging.Relation(merging.Fate.MOVES)})
