"""The roles of staff, once, in words that a coordinator understands. They carry permissions of every app, so they stand
in the app that knows all others; its wiring makes them known to the platform."""

from django.db import models

from applications.permissions import ApplicationPermission
from cohorts.permissions import CohortPermission, ConcernPermission
from funding.permissions import MoneyPermission
from mentoring.permissions import MentoringPermission
from modules.permissions import QualificationPermission
from representation.permissions import RepresentationPermission
from steppingup.accounts.roles import Role, SitePermission


class RoleName(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    ASSESSOR = "assessor", "Assessor"
    FINANCE = "finance", "Finance officer"
    EQUALITY = "equality", "Equality lead"
    CONFIDANT = "confidant", "Confidential contact"


ROLES = (
    Role(
        RoleName.COORDINATOR,
        "Runs the programme: sees every application, decides with the panel, runs cohorts, mentoring and "
        "qualifications, edits texts and emails. Sees what is owed, but does not decide about money. "
        "Never sees anybody's equality answers.",
        frozenset(
            {
                ApplicationPermission.SEE_APPLICATIONS,
                *CohortPermission,
                *MentoringPermission,
                *QualificationPermission,
                MoneyPermission.SEE_MONEY,
                *SitePermission,
            }
        ),
        gives=frozenset({RoleName.COORDINATOR, RoleName.ASSESSOR}),
    ),
    Role(
        RoleName.ASSESSOR,
        "Scores the applications that were assigned to them, without names, employers or anything that hints at "
        "who wrote them. Sees other assessors' scores only after giving their own.",
        frozenset({ApplicationPermission.SCORE_APPLICATIONS}),
    ),
    Role(
        RoleName.FINANCE,
        "Decides bursaries, issues invoices and records payments. Sees who pays for whom, but no statements, "
        "scores or equality answers.",
        frozenset({MoneyPermission.SEE_MONEY, MoneyPermission.DECIDE_MONEY}),
    ),
    Role(
        RoleName.EQUALITY,
        "Publishes and sees equality figures, rounded so that nobody can be recognised, and keeps the action plan and the "
        "succession pool. Sees nobody's answers and nobody's application.",
        frozenset({ApplicationPermission.SEE_EQUALITY, *RepresentationPermission}),
    ),
    Role(
        RoleName.CONFIDANT,
        "Is named to everybody as somebody to whom they can write in confidence about how somebody behaved. Reads only what was "
        "written to them; nobody else does, not even administrators. Give it to people who manage none of those who may write.",
        frozenset({ConcernPermission.HEAR_CONCERNS}),
    ),
)
