"""Every address of the site, with what stands in it and who gets what. An address without a row fails the sweep.

`who` is what a GET answers; `post` is what an empty POST answers those who may not do it (left out: those who get
200 from GET may, and everybody else gets the same as from GET, or 405). `may` names those who may do it by a button.
"""

from tests.sweeps.access_admin import ADMIN
from tests.sweeps.access_commitments import EMPLOYERS
from tests.sweeps.access_groups import IN_GROUPS
from tests.sweeps.access_of_reviews import REVIEWS
from tests.sweeps.access_openings import ON_THE_BOARD, OPENINGS_BY_LINK
from tests.sweeps.access_pool import IN_THE_POOL
from tests.sweeps.access_reports import REPORTS
from tests.sweeps.access_tools import OWN_TOOLS
from tests.sweeps.access_words import COMPLAINTS
from tests.sweeps.coaching import coaching_addresses
from tests.sweeps.internal import addresses_of
from tests.sweeps.profiles import (
    EVERYBODY,
    NOT_THERE,
    OWN_APPLICATION,
    OWN_ENROLMENT,
    OWN_PAIR,
    OWN_TEAM,
    PUBLIC,
    SENT_ON,
    SIGNED_IN,
    everyone,
    only,
)  # fmt: skip
from tests.sweeps.rows import Row, of
from tests.sweeps.visits import AWAY, SIGN_IN

SIGNING_IN = [
    *(Row(name, SIGNED_IN) for name in (
        "account_home", "account_details", "account_address", "account_name", "account_password", "account_sign_out_everywhere",
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
    *(Row(name, PUBLIC) for name in ("healthz", "readyz_pages", "home", "contact", "privacy", "accessibility")),
    Row("provider_privacy", PUBLIC, {"slug": of.provider.slug}),
    Row("readyz", everyone(503)),  # everybody is told; in tests no worker runs
    Row("brand", PUBLIC, {"colour": "0b5c63"}),
    *(Row(name, SIGNED_IN) for name in ("calendar", "calendar_file")),
    Row("provider_logo", PUBLIC, {"slug": of.provider.slug}),
    # How far a piece of work is: for whoever started it, and those who run cohorts of the same provider.
    Row("jobs:job", only("coordinator", "superuser"), {"uuid": of.job.uuid}),
    Row("jobs:progress", only("coordinator", "superuser"), {"uuid": of.job.uuid}),
    Row("jobs:again", everyone(405, visitor=SIGN_IN), {"uuid": of.job.uuid}, may=("coordinator", "superuser")),
]

PROGRAMMES = [
    Row("cohorts:programmes", PUBLIC),
    Row("cohorts:programme", PUBLIC, {"path": of.programme.path}),
    Row("cohorts:provider", PUBLIC, {"slug": of.provider.slug}),
    Row("cohorts:moved", SENT_ON, {"slug": of.programme.slug, "rest": "check/"}),
    *(Row(f"cohorts:{name}", PUBLIC, {"path": of.programme.path}) for name in ("partners", "stories")),
    Row("cohorts:story_page", PUBLIC, {"path": of.programme.path, "reference": of.story.reference}),
    *EMPLOYERS,
    Row("cohorts:document", PUBLIC, {"path": of.programme.path, "pk": of.document}),
    Row("cohorts:check_certificate", PUBLIC),
    Row("cohorts:certificate", PUBLIC, {"serial": of.certificate.serial}),
    Row("applications:check", PUBLIC, {"path": of.programme.path}),
    Row("applications:check_question", PUBLIC, {"path": of.programme.path, "key": of.question.key}),
    Row("applications:check_result", SENT_ON, {"path": of.programme.path}),  # nothing was answered yet
    Row("cohorts:concerns", PUBLIC),
    Row("cohorts:concern", PUBLIC, {"slug": of.provider.slug}),
    Row("cohorts:concern_sent", PUBLIC, {"slug": of.provider.slug}),
    Row("applications:interest", PUBLIC, {"path": of.programme.path}),
    Row("cohorts:occasion", PUBLIC, {"path": of.programme.path, "pk": of.occasion}),
    Row("cohorts:occasion_sent", PUBLIC, {"path": of.programme.path, "pk": of.occasion}),
    Row("applications:interest_sent", PUBLIC, {"path": of.programme.path}),
]

#: The participant whose employer owes something is none of those who try.
OF_SOMEBODY_ELSE = [Row("funding:own_case", everyone(404, visitor=SIGN_IN), {"pk": of.case})]

BY_LINK = [
    Row(name, PUBLIC, {"token": token, **more}, anybody=True)
    for name, token, more in (
        ("account_address_confirm", of.address_token, {}),
        ("account_address_mended", of.mended_token, {}),
        ("account_first", of.first_token, {}),
        ("calendar_feed", of.calendar_token, {}),
        ("funding:support", of.asked_token, {}),
        ("funding:answer", of.asked_token, {"name": "agree"}),
        ("funding:agreement_pdf", of.agreement_token, {}),
        ("representation:lead", of.plan_token, {}),
        ("representation:pool_viewer", of.pool_token, {}),
        ("representation:pledge", of.pledge_token, {}),
        ("cohorts:hosting", of.host_token, {}),
        ("cohorts:host_report", of.host_token, {"report": of.host_report}),
        ("cohorts:talked", of.talk_token, {}),
        ("modules:talk", of.speech_token, {}),
        ("cohorts:destination", of.destination_token, {}),
        ("cohorts:confirm_step", of.confirmation_token, {}),
        ("cohorts:booking", of.booking_token, {}),
        ("cohorts:booking_cancel", of.booking_token, {}),
        ("cohorts:booking_calendar", of.booking_token, {}),
        ("cohorts:review_by_link", of.review_token, {}),
        ("cohorts:digest", of.digest_token, {}),
        ("cohorts:coaching_support", of.coaching_token, {}),
        ("cohorts:internal_answer", of.internal_token, {}),
        *OPENINGS_BY_LINK,
        ("cohorts:offer", of.offer_token, {}),
        ("cohorts:offer_change", of.offer_token, {"pk": of.opportunity}),
        ("cohorts:offer_withdraw", of.offer_token, {"pk": of.opportunity}),
        ("cohorts:sign_by_link", of.signing_token, {}),
        ("cohorts:agreement_pdf_by_link", of.signed_token, {}),
        ("funding:invoice", of.invoice_token, {}),
        ("funding:case", of.case_token, {}),
        ("funding:invoice_pdf", of.invoice_token, {}),
        ("funding:receipt_pdf", of.invoice_token, {}),
        ("funding:credit_note_pdf", of.invoice_token, {"pk": of.credit_note}),
        ("applications:interest_confirm", of.confirm_token, {}),
        ("applications:interest_leave", of.leave_token, {}),
        ("applications:line_answer", of.line_token, {}),
        ("applications:nominate", of.nominate_token, {}),
        ("applications:nomination_take_back", of.nominate_token, {"pk": of.nomination}),
    )
]

APPLYING = [
    Row("applications:list", SIGNED_IN),
    Row("applications:equality", only("equality", "far_equality", "third_staff", "superuser")),
    *(Row(f"applications:equality_{name}", only("equality", "superuser"), {"path": of.programme.path}) for name in (
        "register", "publish",
    )),
    Row("applications:comparison", only("equality", "superuser"), {"path": of.programme.path}),
    Row("applications:equality_by_name", only("equality", "superuser", gets=AWAY), {"slug": of.programme.slug}),
    Row("applications:equality_release", only("equality", "superuser"), {"pk": of.release}),
    Row("applications:start", everyone(200, visitor=SIGN_IN, applicant=AWAY, other_applicant=AWAY),
        {"cohort_id": of.open_cohort}),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.draft}) for name in (
        "application", "alone", "fee", "equality_delete", "delete", "check_answers", "submit",
    )),
    # Of a fee that somebody at the employer agrees there is nothing to agree: back to the fee.
    *(Row(f"applications:{name}", OWN_APPLICATION | {"applicant": AWAY}, {"pk": of.draft}) for name in ("own_fee", "own_bursary")),
    Row("applications:part", OWN_APPLICATION, {"pk": of.draft, "part": "details"}),
    Row("applications:fee_remind", everyone(405, visitor=SIGN_IN), {"pk": of.draft}, may=("applicant",)),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.application}) for name in ("cv", "submitted", "withdraw")),
    # Staff have done something since, so there is nothing of the applicant's own to take back.
    Row("applications:take_back", only(), {"pk": of.application}),
    *(Row(f"applications:{name}", OWN_APPLICATION, {"pk": of.offered}) for name in ("offer", "offer_decline")),
    # Who has agreed to be asked afterwards is led to what is kept.
    Row("applications:line_question", OWN_APPLICATION | {"applicant": AWAY}, {"pk": of.offered}),
    Row("applications:line_consent", OWN_APPLICATION, {"pk": of.line_consent}),
]  # fmt: skip

TAKING_PART = [
    Row("cohorts:own_programmes", everyone(200, visitor=SIGN_IN, other_participant=AWAY)),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in (
        "participant", "days", "calendar", "people", "agreements", "assignment", "study",
    )),
    Row("cohorts:dates_pdf", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("cohorts:certificate_page", OWN_ENROLMENT, {"pk": of.completed}),
    Row("cohorts:where_now", OWN_ENROLMENT, {"pk": of.completed}),
    Row("cohorts:stay_in_touch", OWN_ENROLMENT, {"pk": of.completed}),
    *IN_THE_POOL,
    *OWN_TOOLS,
    *ON_THE_BOARD,
    Row("cohorts:sign", only("participant", "manager"), {"pk": of.contract}),
    Row("cohorts:choose_assignment", only("participant"), {"pk": of.enrolment, "choosing": of.choosing}),
    Row("cohorts:agreement_pdf", only("participant"), {"pk": of.commitment}),
    Row("cohorts:take_back", only(), {"pk": of.enrolment, "taking": 0}),  # they have done nothing themselves
    Row("cohorts:report", OWN_ENROLMENT, {"pk": of.enrolment, "report": of.own_report}),
    Row("cohorts:record_planned", everyone(405), {"pk": of.enrolment, "placement_pk": of.placement}, may=("participant",)),
    Row("cohorts:remove_day", OWN_ENROLMENT, {"pk": of.enrolment, "day": of.placement_day}),
    Row("cohorts:one_assignment", OWN_ENROLMENT, {"pk": of.enrolment, "placement_pk": of.placement}),
    Row("cohorts:study_of", OWN_ENROLMENT, {"pk": of.enrolment, "component": of.study_part}),
    Row("cohorts:study_beside", only(), {"pk": of.enrolment}),  # their qualification does not say how many hours it takes
    Row("cohorts:correct_study", OWN_ENROLMENT, {"pk": of.enrolment, "entry": of.study}),
    Row("cohorts:remove_study", OWN_ENROLMENT, {"pk": of.enrolment, "entry": of.study}),
    Row("cohorts:needs", OWN_ENROLMENT, {"pk": of.enrolment, "session": of.visit}),
    Row("cohorts:session", OWN_ENROLMENT, {"pk": of.enrolment, "session": of.visit}),
    Row("cohorts:session_paper", OWN_ENROLMENT, {"pk": of.enrolment, "session": of.visit, "paper": of.session_paper}),
    *(Row(f"cohorts:{name}", everyone(405), {"pk": of.enrolment, "session": of.visit}, may=("participant",)) for name in (
        "cannot_come", "can_come",
    )),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("working_days", "story")),
    Row("cohorts:check_in", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("cohorts:scanned", everyone(AWAY, visitor=SIGN_IN)),
    Row("cohorts:how_far", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("cohorts:assess", OWN_ENROLMENT, {"pk": of.enrolment, "moment": "before"}),
    Row("cohorts:share_assessment", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("cohorts:stop_sharing", only("participant", gets=AWAY), {"pk": of.enrolment}),  # it is not shared
    Row("cohorts:delete_assessments", everyone(405), {"pk": of.enrolment}, may=("participant",)),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("journal", "journal_write", "journal_export")),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("plan", "plan_write")),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment, "goal": of.goal}) for name in ("goal", "plan_change", "plan_reach")),
    Row("cohorts:plan_change_action", OWN_ENROLMENT, {"pk": of.enrolment, "goal": of.goal, "action": of.action}),
    Row("cohorts:plan_again", everyone(405), {"pk": of.enrolment, "goal": of.goal}, may=("participant",)),
    *(Row(f"cohorts:plan_{name}", everyone(405), {"pk": of.enrolment, "goal": of.goal, "action": of.action}, may=("participant",))
      for name in ("mark", "remove_action")),
    *(Row(f"cohorts:journal_{name}", OWN_ENROLMENT, {"pk": of.enrolment, "entry": of.private_entry}) for name in (
        "entry", "change", "share",
    )),
    Row("cohorts:journal_delete", everyone(405), {"pk": of.enrolment, "entry": of.private_entry}, may=("participant",)),
    Row(
        "cohorts:journal_take_back", everyone(405),
        {"pk": of.enrolment, "entry": of.shared_entry, "sharing": of.sharing_with_manager}, may=("participant",),
    ),
    Row("cohorts:journal_file", OWN_ENROLMENT, {"pk": of.enrolment, "entry": of.shared_entry, "file": of.journal_file}),
    Row(
        "cohorts:journal_remove_file", everyone(405),
        {"pk": of.enrolment, "entry": of.shared_entry, "file": of.journal_file}, may=("participant",),
    ),
    # Whom an entry is shared with, as long as they are the line manager or the mentor.
    Row("cohorts:shared_entry", OWN_TEAM, {"pk": of.sharing_with_manager}),
    Row("cohorts:open_entry", everyone(405), {"pk": of.sharing_with_mentor}, may=("mentor",)),
    Row("cohorts:shared_file", OWN_PAIR, {"pk": of.sharing_with_mentor, "file": of.journal_file}),
    Row("cohorts:managed_journal", OWN_TEAM, {"pk": of.enrolment}),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("reviews", "review_prepare")),
    *(Row(f"cohorts:review{name}", OWN_ENROLMENT, {"pk": of.looking_back}) for name in ("", "_change", "_send", "_call_off")),
    Row("cohorts:managed_reviews", OWN_TEAM, {"pk": of.enrolment}),
    *(
        row for name, one, may, who in (
            ("conversation", of.talk, OWN_ENROLMENT, "participant"),
            ("managed_conversation", of.managers_talk, OWN_TEAM, "manager"),
        ) for row in (
            Row(f"cohorts:{name}s", may, {"pk": of.enrolment}),
            Row(f"cohorts:{name}_write", may, {"pk": of.enrolment}),
            Row(f"cohorts:{name}_change", may, {"pk": of.enrolment, "conversation": one}),
            *(Row(f"cohorts:{name}_{what}", everyone(405), {"pk": of.enrolment, "conversation": one}, may=(who,))
              for what in ("remove", "put_back")),
        )
    ),
    Row("cohorts:own_needs", SIGNED_IN),
    Row("cohorts:delete_needs", everyone(405), may=EVERYBODY),
    *(Row(f"cohorts:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in (
        "own_entry", "edit_entry", "leave_directory", "directory_held",
    )),
    Row("cohorts:confirm_entry", everyone(405), {"pk": of.enrolment}, may=("participant",)),
    # Whoever is in the directory sees others in it, and nobody else does.
    Row("cohorts:directory", only("participant", "other_participant")),
    *(Row(f"cohorts:directory_{name}", only("participant"), {"pk": of.other_entry}) for name in (
        "entry", "write", "report", "block",
    )),
    *(Row(f"cohorts:directory_{name}", only("participant"), {"pk": of.letter}) for name in (
        "letter", "report_letter", "block_letter",
    )),
    Row("cohorts:directory_unblock", everyone(405), {"pk": of.block}, may=("participant",)),
    Row("applications:comes_next", OWN_ENROLMENT, {"pk": of.completed}),
    Row("applications:hear_of_next", everyone(405), {"pk": of.completed, "programme": of.not_asked}, may=("participant",)),
    Row("cohorts:certificate_file", OWN_ENROLMENT, {"pk": of.completed}),
    *(Row(f"modules:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in (
        "modules", "qualification", "withdraw", "courses", "assignment",
    )),
    Row("modules:register", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("modules:about_talk", OWN_ENROLMENT, {
        "pk": of.enrolment, "session": of.past_session, "talk": of.heard,
    }),
    Row("modules:resume", only("participant", gets=AWAY), {"pk": of.enrolment, "key": "ilm5"}),  # nothing to resume
    Row("modules:choose", OWN_ENROLMENT, {"pk": of.enrolment, "course": of.other_course}),
    Row("modules:drop", OWN_ENROLMENT, {"pk": of.enrolment, "course": of.course}),
    Row("modules:assignment_file", OWN_ENROLMENT, {"pk": of.enrolment, "version": 1}),
    *(Row(f"mentoring:{name}", OWN_ENROLMENT, {"pk": of.enrolment}) for name in ("mentor", "wish", "record")),
    Row("funding:money", OWN_ENROLMENT, {"pk": of.enrolment}),
    Row("mentoring:record_with", OWN_ENROLMENT, {"pk": of.enrolment, "pair": of.pair}),
    # The mentor recorded it, so the participant does not remove it.
    Row("mentoring:remove", everyone(404, visitor=SIGN_IN), {"pk": of.enrolment, "session": of.mentoring_session}),
    Row("cohorts:team", SIGNED_IN),
    Row("cohorts:own_digest", everyone(405), may=("manager", "other_manager")),
    *(Row(f"cohorts:managed{name}", OWN_TEAM, {"pk": of.enrolment}) for name in (
        "", "_days", "_calendar", "_assignment", "_study",
    )),
    Row("cohorts:managed_dates_pdf", OWN_TEAM, {"pk": of.enrolment}),
    Row("cohorts:managed_how_far", OWN_TEAM, {"pk": of.completed}),
    Row("mentoring:managed_mentor", OWN_TEAM, {"pk": of.enrolment}),
    Row("modules:managed_qualification", OWN_TEAM, {"pk": of.enrolment}),
    Row("mentoring:mentees", only("mentor", "other_mentor")),
    Row("mentoring:mentor_take_back", only(), {"taking": 0}),
    Row("mentoring:profile", OWN_PAIR, {"pk": of.mentor_row}),
    Row("mentoring:mentor_record", OWN_PAIR, {"pk": of.pair}),
    Row("mentoring:mentor_remove", OWN_PAIR, {"pk": of.pair, "session": of.mentoring_session}),
]  # fmt: skip

ROWS = [
    *(*SITE, *PROGRAMMES, *BY_LINK, *OF_SOMEBODY_ELSE, *APPLYING, *TAKING_PART, *IN_GROUPS, *COMPLAINTS),
    *(*REPORTS, *REVIEWS, *SIGNING_IN, *ADMIN),
    *addresses_of(OWN_ENROLMENT, OWN_TEAM, everyone(405)),
    *coaching_addresses(OWN_ENROLMENT, OWN_TEAM, everyone(405)),
]
