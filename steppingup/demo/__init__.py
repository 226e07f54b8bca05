"""The people of a demonstration, and the year that they have lived.

An app above all others, because it calls the actions of every one. Nothing imports it: its commands use it, and its pages are there in a demonstration only.
"""

#: The shipped programmes that it is about, as `load_programmes` names them.
SHIPPED = ("bristol", "nhs-stepping-up", "nhs-ready-now", "skills-for-care")
