"""The table of refusals: accounts, roles, what workers do for applications, and the words of messages."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings
from django.utils import timezone

from applications.actions import closing, releases
from applications.jobs import publish_figures, tell_of_moved_closing
from applications.roles import RoleName
from cohorts.actions.preparing import ask_colleague
from steppingup.accounts.actions import addresses, first, people, roles
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import signed_in
from steppingup.demo.past import settle_past
from steppingup.jobs.models import Job
from steppingup.messaging import scopes
from steppingup.messaging.actions import texts
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, day
from tests.sweeps.refusals import change, not_allowed, refusal
from tests.sweeps.ways import now
from tests.sweeps.world import World


def holder(purpose: str, target: Any) -> LinkHolder:
    return LinkHolder(TokenLink.issue(purpose=purpose, target=target, email="new@example.org", days=1)[0])


@not_allowed("may not change an address by this link")
def take_an_address_by_another_link(w: World) -> Any:
    return addresses.take_address(by=holder("something else", w.stranger))


@not_allowed("may not change an address by this link")
def take_an_address_for_a_closed_account(w: World) -> Any:
    return addresses.take_address(by=holder(addresses.NEW_ADDRESS, change(w.stranger, is_active=False)))


@refusal("This link has already been used, or we have sent a newer one.")
def take_an_address_by_an_earlier_link(w: World) -> Any:
    first = holder(addresses.NEW_ADDRESS, w.stranger)
    addresses.ask_for_address(by=w.stranger, email="another@example.org")
    return addresses.take_address(by=first)


GIVEN = {"full_name": "Ada Lin", "email": "ada@example.org", "password": "three random words"}


@not_allowed("may not be the first administrator")
def begin_by_another_link(w: World) -> Any:
    return first.begin(by=holder("something else", w.superuser), **GIVEN)


@refusal("This link has already been used, or a newer one has been made.")
def begin_by_an_earlier_link(w: World) -> Any:
    earlier = holder(first.FIRST, w.superuser)
    TokenLink.revoke_all(purpose=first.FIRST, target=w.superuser)
    return first.begin(by=earlier, **GIVEN)


@refusal("This site has an administrator. Ask them to give you a role.")
def begin_where_somebody_has_begun(w: World) -> Any:
    return first.begin(by=holder(first.FIRST, w.superuser), **GIVEN)


@refusal("Somebody has an account with this address.")
def begin_with_the_address_of_somebody(w: World) -> Any:
    type(w.superuser).objects.filter(is_superuser=True).update(email=first.NOT_YET)
    w.superuser.refresh_from_db()
    return first.begin(by=holder(first.FIRST, w.superuser), **{**GIVEN, "email": w.stranger.email})


@refusal("This site has an administrator. Ask them to give you a role.")
def invite_where_somebody_has_begun(w: World) -> Any:
    return first.invite_first()


@not_allowed("may not change the address of")
def a_coordinator_changes_the_address_of_staff(w: World) -> Any:
    return addresses.change_address(user=w.assessor, email="mine@example.org", by=w.coordinator)


@refusal("has not set up an authenticator app or a passkey")
def remove_second_factors_that_there_are_not(w: World) -> Any:
    return people.remove_second_factors(user=w.assessor, by=w.coordinator)


@not_allowed("may not change how")
def end_ones_own_lock_out(w: World) -> Any:
    return people.end_lock_out(user=w.coordinator, by=w.coordinator)


@refusal("can already sign in")
def end_a_lock_out_that_there_is_not(w: World) -> Any:
    return people.end_lock_out(user=w.assessor, by=w.coordinator)


@refusal("is closed")
def close_a_closed_account(w: World) -> Any:
    return people.close_account(user=change(w.assessor, is_active=False), by=w.coordinator)


@refusal("is open")
def open_an_open_account(w: World) -> Any:
    return people.open_account(user=w.assessor, by=w.coordinator)


@not_allowed("may not change the roles of a superuser")
def a_role_for_a_superuser(w: World) -> Any:
    return roles.give_role(user=w.superuser, role=RoleName.ASSESSOR, provider=w.provider, by=w.coordinator)


@refusal("The last day of the role is in the past.")
def a_role_that_is_over_already(w: World) -> Any:
    given = {"role": RoleName.ASSESSOR, "provider": w.provider, "until": day(-1)}
    return roles.give_role(user=w.stranger, by=w.coordinator, **given)


@not_allowed("Nobody is signed in.")
def nobody_is_signed_in(w: World) -> Any:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return signed_in(request)


# -- the words of messages -------------------------------------------------------------------------


@refusal("Choose a programme or cohort from the list.")
def a_text_for_another_providers_programme(w: World) -> Any:
    return scopes.chosen(w.far_coordinator, f"1-{w.programme.pk}")


@refusal("already has its own version of this text")
def a_second_version_of_a_text(w: World) -> Any:
    return texts.make_version(template=w.template, scope=w.programme, by=w.coordinator)


@refusal("This is the text for everywhere, so it cannot be removed.")
def remove_the_text_that_holds_everywhere(w: World) -> Any:
    return texts.remove_version(template=w.default_template, by=w.superuser)


@refusal("Only the text for everywhere can be restored.")
def put_back_a_version(w: World) -> Any:
    return texts.put_back(template=w.template, by=w.coordinator)


@refusal("This is already the original text.")
def put_back_a_text_that_nobody_changed(w: World) -> Any:
    return texts.put_back(template=w.default_template, by=w.superuser)


@refusal("In production every message is delivered.")
def settle_the_past_in_production(w: World) -> Any:
    with override_settings(PRODUCTION=True):
        return settle_past(before=now())


@refusal("This programme no longer exists.")
def figures_of_a_programme_that_is_gone(w: World) -> Any:
    job = Job(kind=releases.JOB, arguments={"stage": "closed", "cohort": None}, created_at=timezone.now())
    return publish_figures(job, lambda *args, **kwargs: None)


@refusal("These application dates no longer exist.")
def letters_about_application_dates_that_are_gone(w: World) -> Any:
    return tell_of_moved_closing(Job(kind=closing.JOB), lambda *args, **kwargs: None)


# -- asking colleagues -----------------------------------------------------------------------------


@refusal("This cohort has begun, so nothing is prepared")
def ask_a_colleague_about_a_cohort_that_has_begun(w: World) -> Any:
    return ask_colleague(cohort=w.running, what="Invoice numbers", by=w.coordinator)


@refusal("This is there by now, or you can do it yourself.")
def ask_a_colleague_for_ones_own_task(w: World) -> Any:
    return ask_colleague(cohort=w.open_cohort, what="A venue", by=w.coordinator)


@refusal("Nobody is finance officer")
def ask_a_colleague_that_there_is_not(w: World) -> Any:
    by = staff()
    cohort = CohortFactory(programme__provider=by.role_assignments.get().provider, fee=100)
    return ask_colleague(cohort=cohort, what="Invoice numbers", by=by)
