"""How long a provider keeps what it knows of people, and the night on which it goes.

kinds.add(Kind("applications.unsuccessful", "Applications that did not lead to a place", …))     # each app its own

A provider says for how long (`actions.periods`), in months; until it has, nothing is removed.
"""
