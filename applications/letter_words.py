"""What stands in letters about applying: every placeholder with a sample, whom they tell, and where their buttons lead."""

from django.conf import settings

from steppingup.messaging.kinds import Kinds, Told

APPLICANT = Told("The applicant", "the page that shows the progress of the application")
LATE = Told("Whoever was given it", "where they apply")
ASSESSOR = Told("The assessor", "the page with their reviews", called="Daniel Cho")
COORDINATOR = Told("The coordinator", "the application's page", called="Priya Nair")
COORDINATORS = Told("The coordinators", "the application's page", called="Priya Nair")
INTERESTED = "Somebody who asked to be told"
TO_CONFIRM = Told(INTERESTED, "the link that confirms", lets_in=True)
ON_THE_LIST = Told(INTERESTED, "the programme's page", at="page")
TO_CHECK = Told(INTERESTED, "the eligibility check")
NOMINATOR = Told("Whoever nominates at an employer", "where they nominate", lets_in=True, called="Denise Hallam")
NOMINATED = Told("Whoever was nominated", "where they apply")
WAS_NOMINATED = Told("Whoever was nominated", "the programme's page")

#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme", "Stepping Up"),
    "cohort": ("the cohort", "2020"),
    "reference": ("the application's reference", "SU-7K3MQ"),
    "contact": (
        "how to reach the provider, in a sentence",
        "If you have a question, contact stepping.up@bristol.example or 0117 496 0155.",
    ),
    "closes": ("when the window closes", "Saturday 30 November 2019, 11:59pm"),
    "closing": (
        "both times, in sentences",
        "Applications now close on Saturday 7 December 2019, 11:59pm. Before, they were to close on Saturday 30 November 2019, 11:59pm.",
    ),
    "left": (
        "what is left to do, a line each",
        "- Your statement\n- Who agrees the fee\n- Check your answers and submit",
    ),
    "how": (
        "how people are chosen now, in sentences",
        "The people who read your application do not see your name. We choose from the shortlist, without an interview.",
    ),
    "heading": ("how it stands, in a few words", "You are on the waiting list"),
    "next": (
        "the number, and what comes next, in sentences",
        "You are number 24 in the order of submission. Every place is taken, or held for somebody who came before. We will write to "
        "you as soon as a place comes up.",
    ),
    "held_until": ("the last day on which it was held", "Friday 13 December 2019"),
    "mistake": (
        "what to do if it was a mistake, in a sentence",
        "If you did this by mistake, take it back on your application’s page, as long as we have done nothing further with it.",
    ),
    "when": ("day and time", "Tuesday 14 January 2020, 2:30pm"),
    "minutes": ("how long, in minutes", "45"),
    "where": ("the place", "City Hall, College Green, Bristol"),
    "panel": ("who is there", "Priya Nair and Daniel Cho"),
    "until": ("the last day on which it can be accepted", "Friday 31 January 2020"),
    "place": ("the place on the waiting list", "3"),
    "applicant": ("the name of the applicant", "Amara Okafor"),
    "count": ("how many: “3 applications”", "3 applications"),
    "assessor": ("who stepped back", "Daniel Cho"),
    "reason": ("why", "I used to work with somebody who does what is described here."),
    "what": ("what happened: “has declined the place”", "has declined the place"),
    "details": (
        "why or when, and what it means for others, in sentences",
        "The reason given: “I have another job.” 3 people are on the waiting list. You can offer the place to the first of them.",
    ),
    "leave_link": ("the link to leave the list", settings.SITE_URL),
    "nominator": ("who nominates", "Denise Hallam"),
    "organisation": ("the employer", "Avonreach Health"),
}
ABOUT = ("programme", "cohort", "reference")
#: What comes next, where places do not go by the order of submission.
NEXT = "what comes next, as the admission rules have it, in sentences"
HELD_PLACE = (
    "You are number 12 in the order of submission. There is something that we have to look at before a place is yours. We hold a place "
    "for you until the end of Friday 13 December 2019. We will write to you."
)
ON_SHORTLIST = (
    "The next step is an interview, about the same criteria as your application. We will write to you about it."
)
IN_RESERVE = "We may still be able to invite you to an interview. We will write to you either way."
ALL_TAKEN = "All the places on Stepping Up, 2020, have been taken or offered to somebody at the moment."

OF_APPLICATION = Kinds("applications", WORDS, ABOUT)
OF_COHORT = Kinds("applications", WORDS, ("programme", "cohort"))
OF_PROGRAMME = Kinds("applications", WORDS, ("programme",))
