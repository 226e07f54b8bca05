"""Who may do what: every role of staff, once, in words that a coordinator understands.

A person holds a role at a provider organisation (all its programmes) or for some cohorts of it only.
Mentors, line managers, participants and sponsors hold no role: what they may see follows from the records
that name them.
"""

from dataclasses import dataclass

from django.db import models


class Permission(models.TextChoices):
    """Something a member of staff may do within a provider."""

    SEE_APPLICATIONS = "see_applications", "See applications with names and decisions"
    DECIDE_APPLICATIONS = "decide_applications", "Assign assessors, shortlist, invite, offer and turn down"
    SCORE_APPLICATIONS = "score_applications", "Score the applications assigned to them, blind"
    RUN_COHORTS = "run_cohorts", "Run cohorts: sessions, attendance, placements, groups, certificates"
    RUN_MENTORING = "run_mentoring", "Keep mentors and match them"
    RUN_QUALIFICATIONS = "run_qualifications", "Keep courses, registrations and results"
    SEE_MONEY = "see_money", "See fees, bursaries and invoices"
    DECIDE_MONEY = "decide_money", "Decide bursaries, issue invoices, record payments"
    SEE_EQUALITY = "see_equality", "See anonymous equality figures"
    EDIT_PROGRAMMES = "edit_programmes", "Change programmes, cohorts, texts and email templates"
    SEE_MESSAGES = "see_messages", "See which emails were sent to whom"
    MANAGE_PEOPLE = "manage_people", "Keep people, organisations and roles"


class RoleName(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    ASSESSOR = "assessor", "Assessor"
    FINANCE = "finance", "Finance officer"
    EQUALITY = "equality", "Equality lead"


@dataclass(frozen=True)
class Role:
    """A role: what it is called, what it is for, and what it may do."""

    name: RoleName
    prose: str
    permissions: frozenset[Permission]
    gives: frozenset[RoleName] = frozenset()  # the roles that its holder may give to others at the same provider


P = Permission
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            RoleName.COORDINATOR,
            "Runs the programme: sees every application, decides with the panel, runs cohorts, mentoring and "
            "qualifications, edits texts and emails. Sees what is owed, but does not decide about money. "
            "Never sees anybody's equality answers.",
            frozenset(
                {
                    P.SEE_APPLICATIONS,
                    P.DECIDE_APPLICATIONS,
                    P.RUN_COHORTS,
                    P.RUN_MENTORING,
                    P.RUN_QUALIFICATIONS,
                    P.SEE_MONEY,
                    P.EDIT_PROGRAMMES,
                    P.SEE_MESSAGES,
                    P.MANAGE_PEOPLE,
                }
            ),
            gives=frozenset({RoleName.COORDINATOR, RoleName.ASSESSOR}),
        ),
        Role(
            RoleName.ASSESSOR,
            "Scores the applications that were assigned to them, without names, employers or anything that hints at "
            "who wrote them. Sees other assessors' scores only after giving their own.",
            frozenset({P.SCORE_APPLICATIONS}),
        ),
        Role(
            RoleName.FINANCE,
            "Decides bursaries, issues invoices and records payments. Sees who pays for whom, but no statements, "
            "scores or equality answers.",
            frozenset({P.SEE_MONEY, P.DECIDE_MONEY}),
        ),
        Role(
            RoleName.EQUALITY,
            "Sees equality figures in aggregate, with small numbers left out. Sees nobody's answers and nobody's "
            "application.",
            frozenset({P.SEE_EQUALITY}),
        ),
    )
}


def roles_with(permission: str) -> list[str]:
    """The names of the roles that carry a permission."""
    return [name for name, role in ROLES.items() if permission in role.permissions]
