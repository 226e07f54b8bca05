"""Further questions: what was answered, how it is kept, and what is wrong with an answer. Questions are those of one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from applications.models import Answer, Application, Question
from applications.states import QuestionKind
from steppingup.formats.counting import count_words
from steppingup.formats.english import counted

Questions = Sequence[Question]

NOT_OFFERED = "Choose from the answers that are offered."
#: What is missing, by the kind of question.
MISSING = {
    QuestionKind.LINE: "Answer “{}”",
    QuestionKind.TEXT: "Write something about “{}”, or save it and come back later.",
    QuestionKind.CHOICE: "Choose an answer to “{}”",
    QuestionKind.SEVERAL: "Choose at least one answer to “{}”",
    QuestionKind.NUMBER: "Enter a number for “{}”",
    QuestionKind.YES_NO: "Choose yes or no for “{}”",
    QuestionKind.DAY: "Enter a date for “{}”",
    QuestionKind.FILE: "Upload a file for “{}”",
}


def read(questions: Questions, application: Application) -> dict[str, Any]:
    """What was answered, by key; nothing for a question that was not."""
    found = Answer.objects.filter(application=application, question__in=questions).select_related("question", "file")
    return {answer.question.key: answer.value for answer in found}


def asked(questions: Questions, values: Mapping[str, Any]) -> list[Question]:
    """The questions that these answers leave: one that hangs on another is asked after that answer only."""
    found: list[Question] = []
    for question in questions:
        if not question.shown_if or (
            any(one.key == question.shown_if for one in found)
            and values.get(question.shown_if) == question.shown_if_answer
        ):
            found.append(question)
    return found


def write(questions: Questions, application: Application, values: Mapping[str, Any]) -> None:
    """Keep the answers to what is asked. What is not asked any more, after another answer, goes."""
    kept = []
    for question in asked(questions, values):
        value = values.get(question.key)
        if value in (None, "", []):
            continue
        answer = Answer(application=application, question=question)
        column = Answer.COLUMN[question.kind]
        setattr(answer, column, [value] if column == "chosen" and isinstance(value, str) else value)
        kept.append(answer)
    mine = Answer.objects.filter(application=application, question__in=questions)
    mine.exclude(question__in=[answer.question_id for answer in kept]).delete()
    columns = sorted(set(Answer.COLUMN.values()))
    Answer.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=("application", "question"), update_fields=columns
    )


def wrong(questions: Questions, application: Application, values: Mapping[str, Any]) -> dict[str, str]:
    """What cannot be accepted, by key: an answer that has to be given, too many words, or an answer that is not offered."""
    found = {}
    for question in asked(questions, values):
        value = values.get(question.key)
        if value in (None, "", []):
            if question.is_required:
                found[question.key] = MISSING[QuestionKind(question.kind)].format(question.text)
        elif sentence := _against(question, value):
            found[question.key] = sentence
    return found


def _against(question: Question, value: Any) -> str:
    """What is wrong with an answer that was given; nothing where it can be accepted."""
    if Answer.COLUMN[question.kind] == "chosen":
        chosen = [value] if isinstance(value, str) else value
        return "" if set(chosen) <= set(question.offered) else NOT_OFFERED
    if question.most_words and isinstance(value, str):
        words = count_words(value)
        if words > question.most_words:
            over = counted(words - question.most_words, "word")
            return f"You have written {words} words. Shorten it by {over}: the limit is {question.most_words}."
    return ""
