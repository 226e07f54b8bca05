"""Every address of the site, with what stands in it and who gets what. An address without a row fails the sweep.

`who` is what a GET answers; `post` is what an empty POST answers those who may not do it (left out: those who get
200 from GET may, and everybody else gets the same as from GET, or 405). `may` names those who may do it by a button.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.urls import reverse

from tests.sweeps.profiles import (
    ALL_STAFF,
    ASSESSORS,
    COORDINATORS,
    EVERYBODY,
    FINANCE,
    NOBODY,
    NOT_THERE,
    OUR_COHORT,
    OURS,
    OWN_APPLICATION,
    OWN_ENROLMENT,
    OWN_PAIR,
    OWN_TEAM,
    PUBLIC,
    SEE_MONEY,
    SENT_ON,
    SIGNED_IN,
    STAFF,
    Profile,
    everyone,
    hidden,
    only,
    staff,
)  # fmt: skip
from tests.sweeps.visits import AWAY, SIGN_IN
from tests.sweeps.world import World


class Of(str):
    """`of.draft` stands for the thing of that name in the world: its number, or what it is if it is a secret."""

    def __getattr__(self, name: str) -> "Of":
        return Of(f"{self}.{name}" if self else name)

    def found_in(self, world: World) -> Any:
        value: Any = world
        for name in str(self).split("."):
            value = getattr(value, name)
        return value.pk if isinstance(value, Model) else value


of = Of()


@dataclass(frozen=True)
class Row:
    name: str
    who: Profile
    given: dict[str, Any] = field(default_factory=dict)
    may: tuple[str, ...] | None = None  # who may POST; by default those who get 200
    address: str = ""  # where the name cannot be reversed
    anybody: bool = False  # the address is the key: everybody gets the same, so only three people try it

    def at(self, world: World) -> str:
        given = {name: v.found_in(world) if isinstance(v, Of) else v for name, v in self.given.items()}
        return self.address or reverse(self.name, kwargs=given)

    def may_post(self, who: str) -> bool:
        return who in self.may if self.may is not None else self.who[who] == 200


def model(
    label: str,
    thing: Of,
    *,
    view: tuple[str, ...],
    change: tuple[str, ...] = NOBODY,
    add: tuple[str, ...] | None = None,
    delete: tuple[str, ...] | Profile = NOBODY,
    within: tuple[str, ...] = OURS,
    unseen: bool = False,
) -> list[Row]:
    """The five pages of a model in the admin. `add` is for those who change, unless it says otherwise.

    `unseen`: whoever does not see a record is not told that there is such a kind either."""
    one, page = {"object_id": thing}, f"admin:{label}"
    return [
        Row(f"{page}_changelist", staff(view)),
        Row(f"{page}_add", staff(change if add is None else add)),
        Row(
            f"{page}_change",
            (hidden if unseen else staff)(view, within),
            one,
            may=tuple(who for who in change if who in within),
        ),
        Row(f"{page}_history", hidden(view, within), one),
        Row(f"{page}_delete", staff(delete, within) if isinstance(delete, tuple) else delete, one),
    ]


def records_of_cohorts() -> list[Row]:
    """What belongs to one cohort: a coordinator of another cohort does not find it."""
    run = {"view": COORDINATORS, "within": OUR_COHORT}
    shown, kept = {**run}, {**run, "change": COORDINATORS}
    return [
        *model("cohorts_cohort", of.running, **kept),
        *model("cohorts_certificate", of.certificate, **shown),
        *model("cohorts_enrolment", of.enrolment, **kept, add=NOBODY),
        *model("cohorts_placement", of.placement, **kept),
        *model("cohorts_session", of.session, **kept),
        *model("cohorts_peergroup", of.peer_group, **kept),
        *model("cohorts_attendance", of.attendance, **shown),
        *model("cohorts_dayentry", of.day_entry, **shown),
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
        # Only the assessor to whom it was assigned, not even those who assigned it.
        *model("applications_review", of.review, view=ASSESSORS, within=("assessor",), unseen=True),
    ]


def records_of_programmes() -> list[Row]:
    """What belongs to a programme or to the provider as a whole."""
    kept = {"view": COORDINATORS, "change": COORDINATORS}
    return [
        *model("cohorts_programme", of.programme, **kept),
        *model("cohorts_plan", of.plan, **kept),
        *model("cohorts_partner", of.partner, **kept, delete=COORDINATORS),
        *model("mentoring_mentor", of.mentor_row, **kept),
        *model("mentoring_theme", of.theme, **kept, delete=("coordinator", "limited_coordinator", "superuser")),
        *model("mentoring_matchingweights", of.weights, **kept),
        *model("modules_course", of.course, **kept),
        *model("modules_qualification", of.qualification, **kept),
        *model("modules_speaker", of.speaker, **kept, delete=COORDINATORS),
        *model("applications_eligibilityquestion", of.question, **kept),
        *model("applications_criterion", of.criterion, **kept),
        *model("applications_interest", of.interest, view=COORDINATORS),
        # Employers are shared by all providers.
        *model("accounts_organisation", of.organisation, **kept, within=STAFF),
        *model("accounts_user", of.participant, **kept),
        *model("accounts_roleassignment", of.role, view=COORDINATORS, add=COORDINATORS),
        *model("messaging_message", of.message, view=COORDINATORS),
        *model("messaging_messagetemplate", of.template, **kept, add=NOBODY),
        *model("messaging_reminderrule", of.reminder_rule, **kept),
    ]


def records_of_money() -> list[Row]:
    """Coordinators see money, finance officers decide about it."""
    return [
        *model("funding_feeagreement", of.agreement, view=SEE_MONEY, change=FINANCE, add=NOBODY, within=OUR_COHORT),
        *model("funding_bursaryrequest", of.bursary, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_invoice", of.invoice, view=SEE_MONEY, within=OUR_COHORT),
        *model("funding_feeterms", of.fee_terms, view=SEE_MONEY, change=COORDINATORS),
        *model("funding_fundingsource", of.fund, view=SEE_MONEY, change=FINANCE),
        *model("funding_invoiceseries", of.invoice_series, view=SEE_MONEY, change=FINANCE),
    ]


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
    # A running cohort
    Row("admin:cohorts_cohort_step", RUN_IT, {"object_id": of.running, "name": "finish"}),
    Row("admin:cohorts_certificate_file", RUN_IT, {"pk": of.certificate}),
    Row("admin:cohorts_certificate_step", RUN_IT, {"object_id": of.certificate, "name": "revoke"}),
    Row("admin:cohorts_enrolment_step", RUN_IT, {"object_id": of.enrolment, "name": "withdraw"}),
    Row("admin:cohorts_enrolment_completion", RUN_IT, {"pk": of.running}),
    Row("admin:cohorts_enrolment_complete_all", RUN_IT, {"pk": of.running}),
    Row(
        "admin:cohorts_enrolment_issue",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"pk": of.running},
        may=("coordinator", "superuser"),
    ),
    Row(
        "admin:cohorts_enrolment_waive",
        RUN_IT,
        {"pk": of.running, "enrolment": of.other_enrolment, "rule": of.completion_rule},
    ),
    Row("admin:cohorts_session_step", RUN_IT, {"object_id": of.session, "name": "cancel"}),
    Row("admin:cohorts_session_register", RUN_IT, {"pk": of.session}),
    Row("admin:cohorts_session_from_plan", RUN_IT, {"pk": of.running}),
    # Mentoring
    Row("admin:mentoring_mentor_import", staff(COORDINATORS)),
    Row("admin:mentoring_mentor_process_import", BY_BUTTON, may=COORDINATORS),
    Row("admin:mentoring_pair_match", RUN_IT, {"pk": of.running}),
    Row("admin:mentoring_pair_confirm_all", RUN_IT, {"pk": of.running}),
    Row("admin:mentoring_pair_move", RUN_IT, {"pk": of.other_pair}),
    Row("admin:mentoring_pair_choose", RUN_IT, {"pk": of.alone}),
    Row("admin:mentoring_pair_step", RUN_IT, {"object_id": of.pair, "name": "end"}),
    # Qualifications
    Row("admin:modules_course_import", staff(COORDINATORS)),
    Row("admin:modules_course_process_import", BY_BUTTON, may=COORDINATORS),
    Row("admin:modules_registration_step", RUN_IT, {"object_id": of.registration, "name": "withdraw"}),
    Row("admin:modules_coursechoice_step", RUN_IT, {"object_id": of.choice, "name": "pass"}),
    Row("admin:modules_assignment_step", RUN_IT, {"object_id": of.assignment, "name": "pass"}),
    Row("admin:modules_assignment_file", RUN_IT, {"pk": of.assignment}),
    # Selection. The assessor sees what was assigned to them, never whose it is.
    Row("admin:applications_application_cv", RUN_IT, {"pk": of.application}),
    Row("admin:applications_application_step", RUN_IT, {"object_id": of.application, "name": "shortlist"}),
    Row(
        "admin:applications_application_review_step",
        RUN_IT,
        {"pk": of.application, "review": of.review, "name": "remove"},
    ),
    Row(
        "admin:applications_application_allocate",
        everyone(404, visitor=SIGN_IN),
        {"cohort": of.free_cohort},
        may=("coordinator", "superuser"),
    ),
    Row("admin:applications_application_rankings", hidden(COORDINATORS)),
    Row("admin:applications_application_ranking", RUN_IT, {"cohort": of.free_cohort}),
    Row(
        "admin:applications_application_decide",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"cohort": of.free_cohort},
        may=("coordinator", "superuser"),
    ),
    Row(
        "admin:applications_application_next",
        hidden(COORDINATORS, OUR_COHORT, gets=AWAY),
        {"cohort": of.free_cohort},
        may=("coordinator", "superuser"),
    ),
    *(
        Row(f"admin:applications_review_{name}", everyone(404, visitor=SIGN_IN), {"pk": of.review}, may=("assessor",))
        for name in ("save", "submit", "step_back")
    ),
    # Money
    Row(
        "admin:funding_feeagreement_step",
        hidden(FINANCE, OUR_COHORT, gets=AWAY),
        {"object_id": of.agreement, "name": "invoice"},
        may=("finance", "superuser"),
    ),
    Row("admin:funding_bursaryrequest_step", everyone(404, visitor=SIGN_IN), {"object_id": of.bursary, "name": "x"}),
    Row("admin:funding_bursaryrequest_decide", DECIDE_MONEY, {"pk": of.bursary}),
    Row("admin:funding_invoice_step", DECIDE_MONEY, {"object_id": of.invoice, "name": "pay"}),
    Row("admin:funding_invoice_issue", DECIDE_MONEY, {"cohort_id": of.running}),
    Row("admin:funding_invoice_pdf", hidden(SEE_MONEY, OUR_COHORT), {"pk": of.invoice}),
    # People and messages
    Row("admin:accounts_user_give_a_role", staff(STAFF, gets=AWAY), {"object_id": of.participant}, may=STAFF),
    Row("admin:accounts_roleassignment_end_it", KEEP_IT, {"object_id": of.role}),
    Row("admin:messaging_message_again", **button(COORDINATORS, OURS), given={"pk": of.message}),
    *(
        Row(f"admin:messaging_messagetemplate_{name}", **button(COORDINATORS, OURS), given={"pk": of.template})
        for name in ("preview", "version", "remove", "put_back")
    ),
]

SIGNING_IN = [
    *(Row(name, SIGNED_IN) for name in (
        "account_home", "account_details", "account_name", "account_password", "account_sign_out_everywhere",
        "account_second_factor", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_list_webauthn",
        "mfa_add_webauthn",
    )),
    Row("account_remove_password", everyone(405, visitor=SIGN_IN), may=EVERYBODY),
    *(Row(name, everyone(AWAY, visitor=200), may=("visitor",)) for name in (
        "account_request_login_code", "account_login", "account_login_password",
    )),
    *(Row(name, everyone(AWAY, visitor=SIGN_IN)) for name in (
        "account_confirm_login_code", "account_email_verification_sent", "mfa_authenticate", "mfa_login_webauthn",
    )),
    # Nobody in the cast has a password or an app, so there is nothing to ask them for again.
    *(Row(name, everyone(403, visitor=SIGN_IN)) for name in (
        "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    )),
    Row("mfa_index", SENT_ON),
    *(Row(name, everyone(404, visitor=SIGN_IN)) for name in (
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
    )),
    *(Row(name, everyone(404, visitor=SIGN_IN), {"pk": 1}) for name in ("mfa_remove_webauthn", "mfa_edit_webauthn")),
    Row("account_logout", everyone(200, visitor=AWAY)),
    Row("account_inactive", PUBLIC),
    # An employer's sign-in that is not set up
    *(Row(name, NOT_THERE, {"provider_id": "council"}) for name in ("openid_connect_login", "openid_connect_callback")),
    Row("socialaccount_login_cancelled", PUBLIC),
    Row("socialaccount_login_error", everyone(401)),
    Row("socialaccount_signup", PUBLIC),
    # Pages of allauth that we do not use
    *(Row(name, NOT_THERE) for name in (
        "account_signup", "account_email", "account_change_password", "account_set_password", "account_reset_password",
        "account_reset_password_done", "socialaccount_connections",
    )),
]  # fmt: skip

SITE = [
    *(Row(name, PUBLIC) for name in ("healthz", "readyz", "home", "contact", "privacy", "accessibility")),
    Row("brand", PUBLIC, {"colour": "0b5c63"}),
    Row("provider_logo", PUBLIC, {"slug": of.provider.slug}),
    # Whoever started a piece of work sees how far it is.
    Row("jobs:job", only("coordinator", "superuser"), {"uuid": of.job.uuid}),
    Row("jobs:progress", only("coordinator", "superuser"), {"uuid": of.job.uuid}),
    Row("jobs:again", everyone(405, visitor=SIGN_IN), {"uuid": of.job.uuid}, may=("coordinator", "superuser")),
    # Only in demonstrations
    Row("messaging:mailbox", NOT_THERE),
    Row("messaging:letter", NOT_THERE, {"key": "x"}),
    Row("messaging:letter_html", NOT_THERE, {"key": "x"}),
]

PROGRAMMES = [
    Row("cohorts:programmes", PUBLIC),
    Row("cohorts:programme", PUBLIC, {"slug": of.programme.slug}),
    Row("cohorts:partners", PUBLIC, {"slug": of.programme.slug}),
    Row("cohorts:document", PUBLIC, {"slug": of.programme.slug, "pk": of.document}),
    Row("cohorts:check_certificate", PUBLIC),
    Row("cohorts:certificate", PUBLIC, {"serial": of.certificate.serial}),
    Row("applications:check", PUBLIC, {"slug": of.programme.slug}),
    Row("applications:check_question", PUBLIC, {"slug": of.programme.slug, "key": of.question.key}),
    Row("applications:check_result", SENT_ON, {"slug": of.programme.slug}),  # nothing was answered yet
    Row("applications:interest", PUBLIC, {"slug": of.programme.slug}),
    Row("applications:interest_sent", PUBLIC, {"slug": of.programme.slug}),
]

BY_LINK = [
    Row(name, PUBLIC, {"token": token, **more}, anybody=True)
    for name, token, more in (
        ("funding:support", of.asked_token, {}),
        ("funding:answer", of.asked_token, {"name": "agree"}),
        ("funding:agreement_pdf", of.agreement_token, {}),
        ("funding:invoice", of.invoice_token, {}),
        ("funding:invoice_pdf", of.invoice_token, {}),
        ("applications:interest_confirm", of.confirm_token, {}),
        ("applications:interest_leave", of.leave_token, {}),
    )
]

APPLYING = [
    Row("applications:list", SIGNED_IN),
    Row("applications:start", everyone(200, visitor=SIGN_IN, applicant=AWAY, other_applicant=AWAY),
        {"cohort_id": of.open_cohort}),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.draft}) for name in (
        "application", "fee", "equality_delete", "check_answers", "submit",
    )),
    Row("applications:part", OWN_APPLICATION, {"pk": of.draft, "part": "details"}),
    Row("applications:fee_remind", everyone(405, visitor=SIGN_IN), {"pk": of.draft}, may=("applicant",)),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.application}) for name in ("cv", "submitted", "withdraw")),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.offered}) for name in ("offer", "offer_decline")),
]  # fmt: skip

TAKING_PART = [
    Row("cohorts:own_programmes", everyone(200, visitor=SIGN_IN, other_participant=AWAY)),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in (
        "participant", "agreement", "assignment",
    )),
    Row("cohorts:remove_day", OWN_ENROLMENT, {"pk": of.enrolment, "day": of.placement_day}),
    Row("cohorts:certificate_file", OWN_ENROLMENT, {"pk": of.completed}),
    *(Row(f"modules:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in (
        "qualification", "withdraw", "courses", "assignment",
    )),
    Row("modules:register", OWN_ENROLMENT, {"pk": of.enrolment, "key": "cmi"}),
    Row("modules:resume", everyone(404, visitor=SIGN_IN), {"pk": of.enrolment, "key": "ilm5"}),  # nothing to resume
    Row("modules:choose", OWN_ENROLMENT, {"pk": of.enrolment, "course": of.other_course}),
    Row("modules:drop", OWN_ENROLMENT, {"pk": of.enrolment, "course": of.course}),
    Row("modules:assignment_file", OWN_ENROLMENT, {"pk": of.enrolment, "version": 1}),
    *(Row(f"mentoring:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("wish", "record")),
    Row("mentoring:remove", OWN_ENROLMENT, {"pk": of.enrolment, "session": of.mentoring_session}),
    Row("cohorts:team", SIGNED_IN),
    Row("cohorts:managed", OWN_TEAM, {"pk": of.enrolment}),
    Row("mentoring:mentees", only("mentor", "other_mentor")),
    Row("mentoring:profile", OWN_PAIR, {"pk": of.mentor_row}),
    Row("mentoring:mentor_record", OWN_PAIR, {"pk": of.pair}),
    Row("mentoring:mentor_remove", OWN_PAIR, {"pk": of.pair, "session": of.mentoring_session}),
]  # fmt: skip

ROWS = [
    *SITE, *PROGRAMMES, *BY_LINK, *APPLYING, *TAKING_PART, *SIGNING_IN,
    *ADMIN_PAGES, *records_of_cohorts(), *records_of_programmes(), *records_of_money(),
]  # fmt: skip
