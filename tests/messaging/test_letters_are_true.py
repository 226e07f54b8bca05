"""Letters say only what is so: whatever a text states about the world has a reason here, or is worked out when it is written."""

import re
from pathlib import Path

from django.conf import settings

TEXTS = Path(settings.BASE_DIR) / "templates" / "email"
#: Words that state something which could be otherwise.
CLAIM = re.compile(
    r"no place|every place|last place|\btold\b|have (?:asked|written|reminded|taken|kept|reserved|granted)|by mistake|take it back"
    r"|can still|still (?:there|on|count|works|open)|no longer|any more|only then|is safe|nobody|owes|replaces|has ended"
    r"|will not|nothing has changed|not affected|was recorded|has been|bursary is possible|scored higher|first to",
    re.IGNORECASE,
)

#: Why each is so whenever it is sent. “step”: the step that sends it has done it, in the same transaction; “with”: the other
#: letter is written in that transaction too; “kept”: the database or a rule never lets it be otherwise; “asked”: the sender
#: asks first, and sends another text or nothing; “staff”: a promise that people keep, and can.
BECAUSE = {
    "account/login_code.md": {"nobody from": "staff"},
    "account/role_given.md": {"have told us": "staff"},
    "applications/choosing_changed.md": {"still there": "kept"},
    "applications/closing_moved.md": {"is safe": "kept"},
    "applications/draft_closing.md": {"is safe": "kept"},
    "applications/given_up.md": {"has been told": "with"},
    "applications/interest_confirm.md": {"will not write again": "kept"},
    "applications/interest_confirmed.md": {"only then": "staff"},
    "applications/interview_cancelled.md": {
        "has been cancelled": "step",
        "will not take place": "step",
        "still on": "step",
    },
    "applications/interview_missed.md": {"by mistake, we will": "staff", "still on": "step"},
    "applications/not_nominated.md": {"has been taken back": "step", "no longer nominate": "step"},
    "applications/no_place.md": {"no place left": "asked", "every place": "asked"},
    "applications/offer_expired.md": {"has ended": "step"},
    "applications/place_accepted.md": {"have written to {{ told }}": "asked"},
    "applications/questions_changed.md": {"still there": "kept"},
    "applications/reconsidered.md": {"have taken back": "step"},
    "applications/review_removed.md": {"no longer need": "step", "has been taken off": "step"},
    "applications/review_reopened.md": {"still there": "kept"},
    "applications/withdrawn.md": {"will not consider": "staff", "still on": "kept"},
    "cohorts/agreement_asked.md": {"has been offered one": "asked"},
    "cohorts/agreement_asked_reminder.md": {"replaces the one": "kept"},
    "cohorts/agreement_signed.md": {"has been signed": "step"},
    "cohorts/came_back.md": {"still count": "kept"},
    "cohorts/certificate_revoked.md": {"no longer valid": "step", "has been revoked": "step"},
    "cohorts/cohort_cancelled.md": {
        "will not take place": "step",
        "has been cancelled": "step",
        "no longer need": "step",
    },
    "cohorts/calendar_entry_gone.md": {"no longer send entries": "asked"},
    "cohorts/opportunity_withdrawn.md": {"do not see it any more": "step"},
    "cohorts/booking_confirm.md": {"will not write again": "kept"},
    "cohorts/booking_stands.md": {"told us": "kept"},
    "cohorts/opportunity_opened.md": {"cannot be offered": "staff"},
    "cohorts/concern_received.md": {"nobody else": "kept"},
    "cohorts/completion_undone.md": {"We told you": "kept", "by mistake": "step", "still count": "kept"},
    "cohorts/directory_ended.md": {"has ended": "step"},
    # Nobody else has a page on which it stands: tests/sweeps/test_journals_apart.py, tests/cohorts/test_peer_groups.py.
    **{f"cohorts/{name}.md": {"nobody else reads": "kept"} for name in ("conversation_logged", "conversation_told")},
    "cohorts/peer_group.md": {"nobody else reads": "kept"},
    "cohorts/joint_moved.md": {"have been told": "with"},
    "cohorts/joint_off.md": {"has been called off": "step", "has been cancelled": "step", "have been told": "with"},
    "cohorts/manager_transferred.md": {"no longer on {{ old_cohort }}": "step"},
    "cohorts/transferred.md": {"no longer on {{ old_cohort }}": "step"},
    "cohorts/goes_on.md": {"We told you": "kept"},
    "cohorts/manager_not_completed.md": {"no longer need": "step"},
    "cohorts/manager_welcome.md": {"they told us": "kept"},
    "cohorts/manager_withdrawn.md": {"no longer need": "step"},
    "cohorts/make_up_called_off.md": {"does not hold any more": "step"},
    "cohorts/managers_day_cancelled.md": {"has been cancelled": "step"},
    "cohorts/managers_session_cancelled.md": {"has been cancelled": "step"},
    "cohorts/session_cancelled.md": {"has been cancelled": "step"},
    "funding/agreed_copy.md": {"{{ told }}": "with"},
    "funding/asked_reminder.md": {"replaces the one": "kept"},
    "funding/bursary_granted_sponsor.md": {"have granted": "step", "have told {{ participant }}": "with"},
    "funding/bursary_part.md": {"have reserved": "step"},
    "funding/bursary_part_sponsor.md": {"have granted": "step", "replaces the one": "kept"},
    "funding/bursary_refused_sponsor.md": {"can still agree": "step", "replaces the one": "kept"},
    "cohorts/coaching_ended.md": {"has ended": "step"},
    "cohorts/coaching_not_supported.md": {"has told us": "step"},
    "cohorts/entry_shared.md": {"have written": "kept"},
    "cohorts/confirmation_answered.md": {"you told us": "kept"},
    "cohorts/confirmation_asked.md": {"has told {{ provider }}": "kept"},
    "cohorts/internal_ended.md": {"has ended": "step"},
    "funding/closing_moved.md": {"replaces the one": "kept"},
    "funding/cohort_settled.md": {"nobody owes": "step", "have been told": "with"},
    "funding/credit_note.md": {"It replaces the link": "kept"},
    "funding/declined.md": {"has told us": "step"},
    "funding/declined_staff.md": {"will not pay": "step", "has been told": "with"},
    "funding/employer_changed.md": {"no longer for {{ former }}": "step", "Nothing has been changed": "kept"},
    "funding/invoice_not_owed.md": {"no longer owed": "step", "will not remind": "kept"},
    "funding/invoice_overdue.md": {"replaces the one": "kept"},
    "funding/invoice_overdue_second.md": {"replaces the one": "kept"},
    "funding/invoice_overdue_sponsor.md": {"have reminded": "with"},
    "funding/invoice_overdue_third.md": {"replaces the one": "kept"},
    "funding/liability_decided.md": {"If nobody": "kept"},
    "funding/liability_decided_sponsor.md": {"If nobody": "kept"},
    "funding/liability_opened.md": {"who_owes": "step"},
    "funding/liability_reminder.md": {"who_owes": "asked", "If nobody": "kept"},
    "funding/liability_reminder_sponsor.md": {
        "owes {{ owed }}": "asked",
        "If nobody": "kept",
    },
    "funding/liability_to_decide.md": {"owes {{ owed }}": "kept"},
    "funding/still_owed.md": {"owes {{ owed }}": "kept"},
    "funding/not_confirmed.md": {"Nothing has changed": "kept"},
    "funding/not_needed.md": {"who_owes": "asked"},
    "mentoring/ended_mentor.md": {"has ended": "step"},
    "mentoring/ended_participant.md": {"has ended": "step", "still count": "kept"},
    "mentoring/paired_participant.md": {"nobody is to blame": "staff"},
    "mentoring/session_removed_mentor.md": {"no longer counts": "step"},
    "mentoring/session_removed_participant.md": {"no longer counts": "step"},
    "modules/assignment_marked.md": {"has been marked": "step"},
    "modules/assignment_received.md": {"has been marked": "staff"},
    "modules/reopened.md": {"We told you": "kept", "by mistake": "step"},
    "modules/result.md": {"has been recorded": "step"},
    "modules/resumed.md": {"still count": "kept"},
    # Nothing follows from being in a pool, and its rows say who sees whom: tests/representation/test_pool.py.
    "representation/pool_asked.md": {"promises nobody": "kept"},
    "representation/pool_lapsed.md": {"nobody who is named for the post": "asked"},
    "representation/pool_taken_out.md": {"any more": "step", "Nobody who is named for the post": "step"},
    "steps/done_for_you.md": {"can take it back": "kept"},
    "cohorts/story_taken_off.md": {"is not shown": "step"},
    "modules/withdrawn.md": {"has been withdrawn": "step", "have kept": "kept"},
}
#: What depends on facts, and the placeholder that is worked out from them when the letter is written.
WORKED_OUT = {
    "applications/waiting.md": "places",
    "applications/place_accepted.md": "told",
    "applications/turned_down.md": "reason",
    "applications/closing_moved.md": "closing",
    "applications/offer_declined.md": "mistake",
    "applications/withdrawn.md": "mistake",
    "applications/window_moved.md": "closing",
    "cohorts/enrolled.md": "manager",
    "funding/agreed.md": "next",
    "funding/asked.md": "answers",
    "funding/bursary_asked.md": "next",
    "funding/bursary_granted.md": "next",
    "funding/bursary_part.md": "next",
    "funding/bursary_refused.md": "next",
    "funding/declined.md": "next",
    "funding/declined_staff.md": "next",
    "funding/asked_reminder.md": "answers",
    "funding/came_back.md": "stands",
    "funding/closing_moved.md": "closing",
    "funding/bursary_part_sponsor.md": "closing",
    "funding/bursary_refused_sponsor.md": "closing",
    "funding/invoice_not_owed.md": "next",
    "funding/still_owed.md": "next",
    "modules/withdrawn.md": "stands",
    "steps/taken_back.md": "now",
}


def claims(text: str) -> list[str]:
    """Sentences that state something that could be otherwise."""
    return [part for part in re.split(r"(?<=[.!?])\s+|\n", text) if CLAIM.search(part)]


def test_whatever_a_letter_states_has_a_reason_or_is_worked_out_when_it_is_written():
    unknown, used = [], set()
    for path in sorted(TEXTS.rglob("*.md")):
        name = path.relative_to(TEXTS).as_posix()
        reasons = BECAUSE.get(name, {})
        for sentence in claims(path.read_text(encoding="utf-8")):
            found = [words for words in reasons if words.lower() in sentence.lower()]
            used |= {(name, words) for words in found}
            if not found:
                unknown.append(f"{name}: {sentence}")
    assert not unknown, "Work it out when it is written, or say why it is always so:\n" + "\n".join(unknown)
    stale = {(name, words) for name, reasons in BECAUSE.items() for words in reasons} - used
    assert not stale, f"No letter states these any more: {stale}"


def test_what_depends_on_facts_is_a_placeholder():
    for name, placeholder in WORKED_OUT.items():
        assert f"{{{{ {placeholder} }}}}" in (TEXTS / name).read_text(encoding="utf-8"), name
