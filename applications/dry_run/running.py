"""The whole of it, from the page of the programme to the certificate, for each kind of applicant that the rules know of."""

from applications.dry_run import admission, days, ending
from applications.dry_run.cast import Cast, Kind
from applications.dry_run.copies import Copies
from applications.dry_run.report import Report
from applications.dry_run.stage import Stage, Stopped
from cohorts.models import Cohort
from cohorts.states import Standing
from funding.queries import pots_of
from funding.rules import Payer
from funding.terms import terms_for
from steppingup.accounts.models import Organisation
from steppingup.clock import moved
from steppingup.history.previews import previewing

EMPLOYED = str(Standing.EMPLOYED.label)


def kinds_of(cohort: Cohort) -> list[Kind]:
    """Each way of working that the rules accept; and where there is a bursary, somebody who needs one."""
    rules = cohort.rule_set.standing_rules.all()
    found = [Kind(str(Standing(rule.standing).label), rule.standing) for rule in rules] or [Kind(EMPLOYED)]
    pays = terms_for(cohort).payer in (Payer.EMPLOYER, Payer.PERSON)  # for everybody else nobody needs a bursary
    if cohort.fee and pays and pots_of(cohort).exists():
        found.append(found[0]._replace(title=f"{found[0].title}, with a bursary", bursary=True))
    return found


def dry_run(cohort: Cohort, kind: Kind) -> Report:
    """Let made-up people go through the programme of this cohort, and undo all of it.

    It goes on until the certificate, or until somebody gets stuck; the report says where."""
    with previewing(), moved() as clock:
        copies = Copies(cohort)
        stage = Stage(copies, Cast(copies.of(Organisation, cohort.programme.provider_id), kind), clock)
        try:
            admission.admit(stage)
            ending.invoice(stage)
            days.take_part(stage)
            ending.qualify(stage)
            ending.complete(stage)
        except Stopped:
            pass
    return stage.report
