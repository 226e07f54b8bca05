"""Where the development plan plugs in: its pages."""

from cohorts.pages import development
from steppingup.site import topics

topics.add_topics(*development.TOPICS)
