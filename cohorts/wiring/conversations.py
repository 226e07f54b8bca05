"""Conversations with line managers: their pages, who is stuck without one, and what becomes of them when two accounts become one."""

from cohorts.extensions import stuck
from cohorts.pages import conversations
from cohorts.progress.conversations import by_conversations
from steppingup.accounts.actions import merging
from steppingup.site import topics

topics.add_topics(*conversations.TOPICS)
stuck.add(by_conversations)
merging.becomes({"cohorts.Conversation.manager": merging.Relation(merging.Fate.MOVES)})
