"""The questions of equality monitoring: the harmonised wording of the Government Statistical Service (England).

They are the same for every programme, so that figures can be compared with a census. Each may be left out, and each
offers “Prefer not to say”. A key is never reused for something else: figures of several years stand side by side."""

from dataclasses import dataclass
from typing import Any

PREFER_NOT = ("prefer_not", "Prefer not to say")


@dataclass(frozen=True)
class EqualityQuestion:
    """One question. `groups` gives headings to long lists of answers: (heading, ((key, label), …))."""

    key: str
    text: str
    help_text: str
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """Every answer that may be chosen, “Prefer not to say” last."""
        return (*(answer for _, answers in self.groups for answer in answers), PREFER_NOT)


def _question(key: str, text: str, *answers: tuple[str, str], help_text: str = "") -> EqualityQuestion:
    return EqualityQuestion(key, text, help_text, (("", answers),))


YES_NO = (("yes", "Yes"), ("no", "No"))

QUESTIONS: tuple[EqualityQuestion, ...] = (
    _question(
        "age",
        "How old are you?",
        *((key.replace(" ", "_"), key) for key in ("16 to 24", "25 to 34", "35 to 44", "45 to 54", "55 to 64")),
        ("65_or_over", "65 or over"),
    ),
    _question(
        "sex",
        "What is your sex?",
        ("female", "Female"),
        ("male", "Male"),
        help_text="A question about gender identity follows.",
    ),
    _question("gender_same", "Is the gender you identify with the same as your sex registered at birth?", *YES_NO),
    EqualityQuestion(
        "ethnic_group",
        "What is your ethnic group?",
        "Choose one that best describes your ethnic group or background.",
        (
            (
                "White",
                (
                    ("white_british", "English, Welsh, Scottish, Northern Irish or British"),
                    ("white_irish", "Irish"),
                    ("white_gypsy", "Gypsy or Irish Traveller"),
                    ("white_roma", "Roma"),
                    ("white_other", "Any other White background"),
                ),
            ),
            (
                "Mixed or multiple ethnic groups",
                (
                    ("mixed_white_black_caribbean", "White and Black Caribbean"),
                    ("mixed_white_black_african", "White and Black African"),
                    ("mixed_white_asian", "White and Asian"),
                    ("mixed_other", "Any other Mixed or multiple ethnic background"),
                ),
            ),
            (
                "Asian or Asian British",
                (
                    ("asian_indian", "Indian"),
                    ("asian_pakistani", "Pakistani"),
                    ("asian_bangladeshi", "Bangladeshi"),
                    ("asian_chinese", "Chinese"),
                    ("asian_other", "Any other Asian background"),
                ),
            ),
            (
                "Black, Black British, Caribbean or African",
                (
                    ("black_caribbean", "Caribbean"),
                    ("black_african", "African"),
                    ("black_other", "Any other Black, Black British or Caribbean background"),
                ),
            ),
            ("Other ethnic group", (("arab", "Arab"), ("other", "Any other ethnic group"))),
        ),
    ),
    _question(
        "condition",
        "Do you have any physical or mental health conditions or illnesses lasting or expected to last 12 months or "
        "more?",
        *YES_NO,
    ),
    _question(
        "condition_limits",
        "Do any of your conditions or illnesses reduce your ability to carry out day-to-day activities?",
        ("a_lot", "Yes, a lot"),
        ("a_little", "Yes, a little"),
        ("not_at_all", "Not at all"),
        ("none", "I have no such condition"),
    ),
    _question(
        "sexual_orientation",
        "Which of the following best describes your sexual orientation?",
        ("straight", "Straight or heterosexual"),
        ("gay_lesbian", "Gay or lesbian"),
        ("bisexual", "Bisexual"),
        ("other", "Other sexual orientation"),
    ),
    _question(
        "religion",
        "What is your religion?",
        ("none", "No religion"),
        ("christian", "Christian (all denominations)"),
        ("buddhist", "Buddhist"),
        ("hindu", "Hindu"),
        ("jewish", "Jewish"),
        ("muslim", "Muslim"),
        ("sikh", "Sikh"),
        ("other", "Any other religion"),
    ),
    _question(
        "caring",
        "Do you look after, or give any help or support to, anyone because they have long-term physical or mental "
        "health conditions or illnesses, or problems related to old age, or because they are children?",
        *YES_NO,
        help_text="Do not count anything that you do as part of your paid work.",
    ),
)


def known_answers(given: Any) -> dict[str, str]:
    """Only answers that are on the list; everything else is dropped, and no answer is no answer."""
    kept = {}
    for question in QUESTIONS:
        value = str(given.get(question.key) or "")
        if value in dict(question.answers):
            kept[question.key] = value
    return kept
