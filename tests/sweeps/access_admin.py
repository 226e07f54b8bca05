"""The table of access: the admin."""

from typing import Any
from uuid import UUID

from django.contrib.admin import site

from steppingup.desk.stepping import SteppedAdmin
from tests.sweeps.access_afterwards import AFTER_IT
from tests.sweeps.access_commitments import ADMIN_OF_COMMITMENTS
from tests.sweeps.access_figures import ADMIN_OF_FIGURES
from tests.sweeps.access_models import model
from tests.sweeps.access_openings import ADMIN_OF_OPENINGS
from tests.sweeps.access_plans import ADMIN_OF_PLANS
from tests.sweeps.access_pool import ADMIN_OF_THE_POOL
from tests.sweeps.access_steps import STEPS
from tests.sweeps.access_tools import ADMIN_OF_TOOLS
from tests.sweeps.profiles import (
    ALL_STAFF,
    ASSESSORS,
    COORDINATORS,
    EQUALITY,
    FINANCE,
    NOBODY,
    OUR_COHORT,
    OURS,
    SEE_MONEY,
    STAFF,
    everyone,
    hidden,
    staff,
)  # fmt: skip
from tests.sweeps.rows import Row, of
from tests.sweeps.visits import AWAY, SIGN_IN

FAR = ("far_coordinator", "superuser")
TOOK = hidden(("coordinator", "superuser"), OUR_COHORT)


def records_of_cohorts() -> list[Row]:
    """What belongs to one cohort: a coordinator of another cohort does not find it."""
    run = {"view": COORDINATORS, "within": OUR_COHORT}
    shown, kept = {**run}, {**run, "change": COORDINATORS}
    return [
        *model("cohorts_cohort", of.running, **kept),
        *model("cohorts_certificate", of.certificate, **shown),
        *model("cohorts_enrolment", of.enrolment, **kept, add=NOBODY),
        *model("cohorts_agreement", of.contract, **shown),
        *model("cohorts_placement", of.placement, **kept),
        *model("cohorts_opportunity", of.opportunity, **kept),
        *model("cohorts_opportunityinvitation", of.offering, **shown),
        *model("cohorts_occasion", of.occasion, **kept),
        *model("cohorts_booking", of.booking, **shown),
        *model("cohorts_choosing", of.choosing, **shown),
        *model("cohorts_placementproposal", of.placement_proposal, **shown),
        *model("cohorts_session", of.session, **kept),
        *model("cohorts_peergroup", of.peer_group, **kept),
        *model("cohorts_attendance", of.attendance, **shown),
        *model("cohorts_registermark", of.register_mark, **shown),
        *model("cohorts_dayentry", of.day_entry, **shown),
        *model("cohorts_study", of.study, **shown),
        *model("cohorts_makeup", of.make_up, **shown),
        *model("cohorts_jointinvitation", of.invitation, **shown),
        *model("cohorts_announcement", of.announcement, **shown),
        *model("cohorts_addressee", of.addressee, **shown),
        *model("cohorts_staffnote", of.staff_note, **shown),
        *model("cohorts_concern", of.concern, view=("third_staff", "superuser"), within=()),
        *model("cohorts_directoryentry", of.entry, **shown),
        *model("mentoring_pair", of.pair, **shown),
        *model("modules_registration", of.registration, **shown),
        *model("modules_coursechoice", of.choice, **shown),
        *model("modules_assignment", of.assignment, **shown),
        *model("modules_module", of.module, **kept, delete=COORDINATORS),
        *model(
            "applications_application",
            of.application,
            **kept,
            add=NOBODY,
            unseen=True,
            delete=hidden(COORDINATORS, OUR_COHORT, gets=403),
        ),
        *model("applications_window", of.window, **kept),
        *model("applications_draft", of.draft, view=COORDINATORS, within=(), add=NOBODY, unseen=True),
        # Only the assessor to whom it was assigned, not even those who assigned it.
        *model(
            "applications_review",
            of.review,
            view=ASSESSORS,
            within=("assessor",),
            unseen=True,
            delete=hidden(("assessor",), gets=403),
        ),
    ]


def taken() -> list[Row]:
    """Each sees the steps of the records that they see: here a register that the coordinator has taken."""
    one, page = {"object_id": of.taking}, "admin:steps_taking"
    holders = (*SEE_MONEY, *EQUALITY)
    listing = staff(holders)
    return [
        Row(f"{page}_changelist", listing),
        Row(f"{page}_add", staff(NOBODY)),
        Row(f"{page}_change", staff(holders, ("coordinator", "superuser")), one),
        Row(f"{page}_history", TOOK, one),
        Row(f"{page}_delete", staff(NOBODY), one),
        Row(f"{page}_step", TOOK, one | {"name": "take_back"}, may=("coordinator", "superuser")),
    ]


def records_of_programmes() -> list[Row]:
    """What belongs to a programme or to the provider as a whole."""
    kept = {"view": COORDINATORS, "change": COORDINATORS}
    return [
        *model("cohorts_programme", of.programme, **kept),
        *model("cohorts_plan", of.plan, **kept),
        *model("cohorts_partner", of.partner, **kept, delete=COORDINATORS),
        *model("cohorts_schoolholiday", of.holidays, **kept, delete=COORDINATORS),
        *model("cohorts_directoryagreement", of.sharing, view=COORDINATORS),
        *model("mentoring_mentor", of.mentor_row, **kept),
        *model("mentoring_theme", of.theme, **kept, delete=("coordinator", "limited_coordinator", "superuser")),
        *model("mentoring_matchingweights", of.weights, **kept),
        *model("modules_course", of.course, **kept),
        *model("modules_qualification", of.qualification, **kept),
        # Their talk is in a cohort that the limited coordinator does not look after.
        *model(
            "modules_speaker",
            of.speaker,
            **kept,
            delete=tuple(who for who in COORDINATORS if who != "limited_coordinator"),
        ),
        *model("cohorts_ruleset", of.rule_set, **kept),
        *model("applications_interest", of.interest, view=COORDINATORS),
        *model("applications_nominationrequest", of.nomination_request, view=COORDINATORS, within=OUR_COHORT),
        # The questions are shared by all providers.
        *model("applications_equalityquestion", of.equality_question, view=EQUALITY, within=STAFF),
        *model("applications_equalitylook", of.look, view=EQUALITY),
        # Employers are shared by all providers.
        *model("accounts_organisation", of.organisation, **kept, within=STAFF),
        *model("accounts_user", of.participant, **kept, within=OUR_COHORT),
        *model("accounts_roleassignment", of.role, view=COORDINATORS, add=NOBODY),
        *model("messaging_message", of.message, view=COORDINATORS, within=OUR_COHORT),
        *model("messaging_reply", of.reply, view=COORDINATORS, within=OUR_COHORT),
        *taken(),
        *model("jobs_job", of.job, view=COORDINATORS, within=OUR_COHORT),
        *ADMIN_OF_PLANS,
        *ADMIN_OF_THE_POOL,
        *ADMIN_OF_COMMITMENTS,
        *ADMIN_OF_TOOLS,
        *ADMIN_OF_FIGURES,
        *model("messaging_messagetemplate", of.template, **kept, add=NOBODY),
        *model("messaging_reminderrule", of.reminder_rule, **kept),
    ]


def records_of_money() -> list[Row]:
    """Coordinators see money, finance officers decide about it."""
    return [
        *model("funding_feeagreement", of.agreement, view=SEE_MONEY, change=FINANCE, add=NOBODY, within=OUR_COHORT),
        *model("funding_liabilitycase", of.case, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_bursaryrequest", of.bursary, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_invoice", of.invoice, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_payment", of.payment, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_creditnote", of.credit_note, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_adjustment", of.adjustment, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_feeterms", of.fee_terms, view=SEE_MONEY, change=COORDINATORS),
        *model("funding_fundingsource", of.fund, view=SEE_MONEY, change=FINANCE),
        *model("funding_invoiceseries", of.invoice_series, view=SEE_MONEY, change=FINANCE),
    ]


def pages_for_many() -> list[Row]:
    """The steps that are taken for many: asked for by a button of the list, and read by who asked."""
    nobody, rows = everyone(404, visitor=SIGN_IN), []
    for kind, page in site._registry.items():
        if isinstance(page, SteppedAdmin):
            name = f"admin:{kind._meta.app_label}_{kind._meta.model_name}_steps"
            rows += [Row(name, nobody, {"name": "x"}), Row(f"{name}_job", nobody, {"name": "x", "uuid": UUID(int=1)})]
    return rows


RUN_IT = hidden(COORDINATORS, OUR_COHORT)
KEEP_IT = hidden(COORDINATORS, OURS)
DECIDE_MONEY = hidden(FINANCE, OUR_COHORT)
BY_BUTTON = staff(STAFF, gets=405)


def button(holders: tuple[str, ...], within: tuple[str, ...]) -> dict[str, Any]:
    """A page that is only posted to."""
    return {"who": BY_BUTTON, "may": tuple(who for who in holders if who in within)}


ADMIN_PAGES = [
    Row("admin:index", ALL_STAFF),
    Row("admin:search", ALL_STAFF),
    Row("admin:jsi18n", ALL_STAFF),
    Row("admin:login", staff(STAFF, gets=AWAY)),
    Row("admin:logout", BY_BUTTON, may=STAFF),
    Row("admin:password_change", staff(STAFF, gets=AWAY)),
    Row("admin:password_change_done", ALL_STAFF),
    Row("admin:autocomplete", staff(NOBODY)),  # without naming a field there is nothing to look for
    Row("admin:view_on_site", staff(STAFF, gets=404), {"content_type_id": "999999", "object_id": "1"}),
    Row("admin:app_list", hidden(COORDINATORS), {"app_label": "cohorts"}),
    Row("admin:(<path:object_id>/)", staff(STAFF, gets=AWAY), address="/admin/cohorts/cohort/1/"),
    Row("admin:((?P<url>.*)$)", staff(STAFF, gets=404), address="/admin/nothing/"),
    Row("admin:set_up", ALL_STAFF),
    Row("admin:save_view", BY_BUTTON),
    Row("admin:choose_columns", BY_BUTTON),
    Row("admin:remove_view", BY_BUTTON, {"pk": 0}),
    # The workspace of a cohort. Of its tabs each shows what its role may see: tests/desk/test_workspace.py
    Row("admin:cohorts_cohort_workspace", hidden(SEE_MONEY, gets=AWAY)),
    Row("admin:cohorts_cohort_switch", hidden(SEE_MONEY)),
    Row("admin:cohorts_cohort_tab", RUN_IT, {"pk": of.running, "tab": "overview"}),
    Row("admin:cohorts_cohort_ready", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_cohort_assessments", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_cohort_do", everyone(404, visitor=SIGN_IN), {"pk": of.running, "model": "x", "name": "x"}),
    # A running cohort
    Row("admin:cohorts_cohort_step", RUN_IT, {"object_id": of.running, "name": "finish"}),
    Row("admin:cohorts_certificate_file", RUN_IT, {"pk": of.certificate}),
    Row("admin:cohorts_certificate_step", RUN_IT, {"object_id": of.certificate, "name": "revoke"}),
    Row("admin:cohorts_enrolment_step", RUN_IT, {"object_id": of.enrolment, "name": "withdraw"}),
    Row("admin:cohorts_enrolment_completion", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_makeup_step", RUN_IT, {"object_id": of.make_up, "name": "record_made_up"}),
    # In confidence: of the cast nobody has the role at our provider, and an administrator has no look.
    Row("admin:cohorts_concern_step", everyone(404, visitor=SIGN_IN), {"object_id": of.concern, "name": "close"}),
    Row("admin:cohorts_enrolment_write", RUN_IT, {"pk": of.enrolment}),
    Row(
        "admin:cohorts_announcement_step",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),  # none of its emails has failed
        {"object_id": of.announcement, "name": "send_again_to_failed"},
    ),
    Row("admin:cohorts_staffnote_step", RUN_IT, {"object_id": of.staff_note, "name": "correct_note"}),
    Row("admin:cohorts_enrolment_stuck", hidden(COORDINATORS)),
    Row("admin:cohorts_enrolment_first_stuck", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_study_step", RUN_IT, {"object_id": of.study, "name": "remove"}),
    Row("admin:cohorts_placement_step", RUN_IT, {"object_id": of.placement, "name": "record_day"}),
    Row("admin:cohorts_choosing_proposal", RUN_IT, {"pk": of.choosing}),
    *AFTER_IT,
    *ADMIN_OF_OPENINGS,
    *STEPS,
    Row("admin:cohorts_agreement_step", RUN_IT, {"object_id": of.contract, "name": "countersign"}),
    Row("admin:cohorts_agreement_pdf", RUN_IT, {"pk": of.commitment}),
    Row("admin:cohorts_session_step", RUN_IT, {"object_id": of.session, "name": "cancel"}),
    Row("admin:cohorts_session_register", RUN_IT, {"pk": of.session}),
    Row("admin:cohorts_session_register_taps", **button(COORDINATORS, OURS), given={"pk": of.session}),
    *(
        Row(f"admin:cohorts_session_register_{page}", RUN_IT, {"pk": of.session})
        for page in ("screen", "code", "sheet", "file")
    ),
    Row("admin:cohorts_session_needs", RUN_IT, {"pk": of.visit}),
    Row("admin:cohorts_session_together", RUN_IT, {"pk": of.joint}),
    Row("admin:cohorts_jointinvitation_step", RUN_IT, {"object_id": of.invitation, "name": "accept"}),
    Row("admin:cohorts_directoryentry_step", RUN_IT, {"object_id": of.entry, "name": "hide"}),
    Row("admin:cohorts_directoryagreement_step", TOOK, {"object_id": of.sharing, "name": "decline"}),
    Row("admin:cohorts_ruleset_step", hidden(COORDINATORS, OURS), {"object_id": of.rule_set, "name": "copy"}),
    Row("admin:cohorts_ruleset_compare", hidden(COORDINATORS, OURS), {"pk": of.rule_set}),
    Row("admin:cohorts_ruleset_file", hidden(COORDINATORS, OURS), {"pk": of.rule_set}),
    Row("admin:cohorts_plan_file", hidden(COORDINATORS, OURS), {"pk": of.plan}),
    Row("admin:applications_application_rehearsal", RUN_IT, {"cohort": of.running}),
    Row("admin:applications_application_dry_run", RUN_IT, {"cohort": of.running}),
    Row("admin:cohorts_programme_guide", hidden(COORDINATORS)),
    Row("admin:cohorts_plan_step", everyone(404, visitor=SIGN_IN), {"object_id": of.plan, "name": "x"}),
    Row("admin:cohorts_programme_file", hidden(COORDINATORS, OURS), {"pk": of.programme}),
    Row("admin:cohorts_programme_step", TOOK, {"object_id": of.programme, "name": "upload"}),
    Row("admin:accounts_organisation_step", TOOK, {"object_id": of.provider, "name": "start_programme"}),
    # Mentoring
    Row("admin:mentoring_mentor_import", staff(COORDINATORS)),
    Row("admin:mentoring_mentor_process_import", BY_BUTTON, may=COORDINATORS),
    Row("admin:mentoring_mentor_import_errors", staff(STAFF, gets=404), {"token": "gone"}),
    Row("admin:mentoring_pair_match", RUN_IT, {"pk": of.running}),
    Row(
        "admin:mentoring_pair_confirm_all",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"pk": of.running},
        may=("coordinator", "superuser"),
    ),
    Row("admin:mentoring_pair_choose", RUN_IT, {"pk": of.alone}),
    Row("admin:mentoring_pair_step", RUN_IT, {"object_id": of.pair, "name": "end"}),
    # Qualifications
    Row("admin:modules_course_import", staff(COORDINATORS)),
    Row("admin:modules_course_process_import", BY_BUTTON, may=COORDINATORS),
    Row("admin:modules_course_import_errors", staff(STAFF, gets=404), {"token": "gone"}),
    Row("admin:modules_registration_step", RUN_IT, {"object_id": of.registration, "name": "withdraw"}),
    Row("admin:modules_coursechoice_step", RUN_IT, {"object_id": of.choice, "name": "pass"}),
    Row("admin:modules_assignment_step", RUN_IT, {"object_id": of.assignment, "name": "pass"}),
    Row("admin:modules_assignment_file", RUN_IT, {"pk": of.assignment}),
    # Selection. The assessor sees what was assigned to them, never whose it is.
    Row("admin:applications_application_cv", RUN_IT, {"pk": of.application}),
    Row("admin:applications_application_answer", RUN_IT, {"pk": of.application, "answer": of.answer}),
    Row("admin:applications_application_step", RUN_IT, {"object_id": of.application, "name": "shortlist"}),
    Row("admin:applications_window_step", RUN_IT, {"object_id": of.window, "name": "give_time"}),
    Row("admin:applications_draft_time", RUN_IT, {"pk": of.draft}),
    Row("admin:applications_draft_step", RUN_IT, {"object_id": of.draft, "name": "let_help_for_them"}),
    # Nobody asked to have this one filled in.
    Row("admin:applications_draft_part", everyone(404, visitor=SIGN_IN), {"pk": of.draft, "key": "details"}),
    Row("admin:messaging_message_file", hidden(COORDINATORS, OUR_COHORT), {"pk": of.written, "file": of.stored_file}),
    Row("admin:messaging_reply_file", hidden(COORDINATORS, OUR_COHORT), {"pk": of.reply, "file": of.stored_file}),
    Row(
        "admin:messaging_reply_step",
        hidden(COORDINATORS, OUR_COHORT),
        {"object_id": of.reply, "name": "mark_as_answered"},
    ),
    Row("admin:messaging_message_letter", everyone(404, visitor=SIGN_IN), {"pk": of.message}),
    Row("admin:applications_nominationrequest_step", RUN_IT, {"object_id": of.nomination_request, "name": "close"}),
    Row("admin:applications_review_step", RUN_IT, {"object_id": of.review, "name": "remove"}),
    Row("admin:applications_application_rankings", hidden(COORDINATORS)),
    Row("admin:applications_application_employers", hidden(COORDINATORS)),
    Row("admin:applications_application_ranking", RUN_IT, {"cohort": of.free_cohort}),
    Row(
        "admin:applications_application_decide",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"cohort": of.free_cohort},
        may=("coordinator", "superuser"),
    ),
    *(
        Row(f"admin:applications_review_{name}", everyone(404, visitor=SIGN_IN), {"pk": of.review}, may=("assessor",))
        for name in ("save", "submit")
    ),
    # Money
    Row(
        "admin:funding_feeagreement_step",
        hidden(FINANCE, OUR_COHORT, gets=AWAY),
        {"object_id": of.agreement, "name": "issue"},
        may=("finance", "superuser"),
    ),
    Row("admin:funding_feeagreement_cohorts", hidden(SEE_MONEY)),
    Row("admin:funding_feeagreement_issue_due", BY_BUTTON, {"cohort_id": of.running}, may=FINANCE),
    Row("admin:funding_liabilitycase_step", DECIDE_MONEY, {"object_id": of.case, "name": "decide"}),
    Row(
        "admin:funding_liabilitycase_evidence",
        hidden(FINANCE, OUR_COHORT),
        {"pk": of.case, "evidence": of.evidence},
    ),
    Row("admin:funding_bursaryrequest_step", DECIDE_MONEY, {"object_id": of.bursary, "name": "propose_grant"}),
    Row("admin:funding_invoice_step", DECIDE_MONEY, {"object_id": of.invoice, "name": "pay"}),
    Row("admin:funding_invoice_pdf", hidden(SEE_MONEY, OUR_COHORT), {"pk": of.invoice}),
    Row("admin:funding_creditnote_pdf", hidden(SEE_MONEY, OUR_COHORT), {"pk": of.credit_note}),
    Row("admin:funding_feeagreement_pdf", hidden(SEE_MONEY, OUR_COHORT), {"pk": of.agreement}),
    Row("admin:funding_adjustment_step", DECIDE_MONEY, {"object_id": of.adjustment, "name": "confirm"}),
    # People, messages and work in the background
    Row(
        "admin:jobs_job_step",  # a colleague of one cohort starts nobody else's work again
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"object_id": of.job, "name": "try_again"},
        may=("coordinator", "superuser"),
    ),
    Row("admin:accounts_user_pairs", staff(COORDINATORS)),
    Row(
        "admin:accounts_user_merge",
        hidden(COORDINATORS, OUR_COHORT),
        {"kept": of.participant, "gone": of.other_participant},
        may=("coordinator", "superuser"),
    ),
    # The participant has nothing set up, so there is nothing to remove.
    Row(
        "admin:accounts_user_step",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"object_id": of.participant, "name": "remove_second_factors"},
        may=("coordinator", "superuser"),
    ),
    Row("admin:accounts_roleassignment_step", RUN_IT, {"object_id": of.role, "name": "end_role"}),
    Row(
        "admin:messaging_message_step",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"object_id": of.message, "name": "send_again"},
        may=("coordinator", "superuser"),
    ),
    Row("admin:messaging_messagetemplate_step", KEEP_IT, {"object_id": of.template, "name": "remove_version"}),
    Row(
        "admin:messaging_reminderrule_step",
        everyone(404, visitor=SIGN_IN),
        {"object_id": of.reminder_rule, "name": "x"},
    ),
    Row("admin:messaging_messagetemplate_preview", **button(COORDINATORS, OURS), given={"pk": of.template}),
]

ADMIN = [*ADMIN_PAGES, *records_of_cohorts(), *records_of_programmes(), *records_of_money(), *pages_for_many()]

#: What the other provider has of a joint day, the addresses once more: its session on the day that we host, the day to which it asks us,
#: the invitation that it answered, its participant.
ACROSS = [
    *(
        Row(f"admin:cohorts_session_{page}", hidden(COORDINATORS, FAR), {"pk": thing})
        for page in ("register", "needs", "together")
        for thing in (of.far_session, of.far_hosted)
    ),
    *(
        Row("admin:cohorts_session_change", staff(COORDINATORS, FAR), {"object_id": thing})
        for thing in (of.far_session, of.far_hosted)
    ),
    Row("admin:cohorts_jointinvitation_change", staff(COORDINATORS, FAR), {"object_id": of.joint_accepted}),
    Row("admin:cohorts_enrolment_change", staff(COORDINATORS, FAR), {"object_id": of.far_enrolment}),
    Row("admin:cohorts_directoryentry_change", staff(COORDINATORS, FAR), {"object_id": of.far_entry}),
    Row("admin:cohorts_directoryagreement_change", staff(COORDINATORS, FAR), {"object_id": of.sharing_asked}),
]
