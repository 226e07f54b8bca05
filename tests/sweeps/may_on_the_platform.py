"""Who may act on accounts, roles, letters, jobs and steps; and write to people."""

from applications.roles import RoleName
from steppingup.messaging.models import ReminderRule
from steppingup.retention.kinds import all_kinds
from tests.sweeps.may import OF_COHORT, OF_PROVIDER, Row
from tests.sweeps.may_of_words import WORDS

PLATFORM = [
    *WORDS,
    Row(
        "steppingup.accounts.actions.addresses.change_address",
        OF_COHORT,
        lambda w: {"user": w.other_participant, "email": "n@example.org"},
    ),
    Row(
        "steppingup.accounts.actions.addresses.mend_address",
        OF_COHORT,
        lambda w: {"user": w.other_participant, "email": "n@example.org"},
    ),
    Row(
        "steppingup.accounts.actions.merging.merge",
        OF_COHORT,
        lambda w: {"kept": w.other_participant, "gone": w.participant},
    ),
    Row("steppingup.accounts.actions.people.remove_second_factors", OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row("steppingup.accounts.actions.people.close_account", OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row("steppingup.accounts.actions.people.open_account", OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row("steppingup.accounts.actions.people.end_lock_out", OF_COHORT, lambda w: {"user": w.other_assessor}),
    Row(
        "steppingup.accounts.actions.roles.give_role",
        OF_COHORT,
        lambda w: {"user": w.other_mentor, "role": RoleName.ASSESSOR, "provider": w.provider},
    ),
    Row("steppingup.accounts.actions.roles.end_role", OF_COHORT, lambda w: {"assignment": w.role}),
    Row("steppingup.messaging.actions.again.send_again", OF_COHORT, lambda w: {"message": w.message}),
    Row("steppingup.messaging.actions.again.mark_as_posted", OF_COHORT, lambda w: {"message": w.message}),
    Row("steppingup.messaging.actions.again.stop", OF_COHORT, lambda w: {"message": w.message}),
    Row("steppingup.messaging.actions.texts.change_text", OF_PROVIDER, lambda w: {"template": w.template}),
    Row(
        "steppingup.messaging.actions.texts.make_version",
        OF_PROVIDER,
        lambda w: {"template": w.default_template, "scope": w.programme},
    ),
    Row(
        "steppingup.messaging.actions.texts.remove_version",
        OF_PROVIDER,
        lambda w: {"template": w.template},
    ),
    Row("steppingup.messaging.actions.texts.put_back", ("superuser",), lambda w: {"template": w.default_template}),
    Row(
        "steppingup.messaging.actions.texts.save_rule",
        OF_PROVIDER,
        lambda w: {"rule": w.reminder_rule},
    ),
    Row(
        "steppingup.messaging.actions.texts.save_rule",
        ("superuser",),
        lambda w: {"rule": ReminderRule.objects.filter(provider=None).first()},
    ),
    Row(
        "steppingup.retention.actions.periods.set_periods",
        OF_COHORT,
        lambda w: {"provider": w.provider, "months": {kind.key: kind.months for kind in all_kinds()}},
    ),
    Row("steppingup.steps.actions.back.take_back", OF_COHORT, lambda w: {"taking": w.taking, "reason": "A slip."}),
    Row("steppingup.jobs.actions.try_again", OF_COHORT, lambda w: {"job": w.job}),
]
