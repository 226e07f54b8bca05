"""Moments at which letters about the succession pool are written."""

from representation.actions import pool, posts
from tests.factories import pool as make
from tests.factories.cohorts import ParticipantFactory, day
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def somebody_is_asked_to_be_in_the_pool(w: World) -> None:
    posts.ask_into_pool(post=w.pool_post, enrolment=ParticipantFactory(cohort=w.running), by=w.equality)


@moment
def the_readiness_of_somebody_is_reviewed(w: World) -> None:
    entry = make.fresh(w.pool_entry)
    pool.review_readiness(entry=entry, readiness="now", words="Led it.", review_by=day(90), by=w.equality)


@moment
def somebody_is_taken_out_of_the_pool(w: World) -> None:
    pool.take_out(entry=make.fresh(w.pool_entry), by=w.equality)


@moment
def somebody_is_named_who_may_see_a_pool(w: World) -> None:
    posts.name_viewer(post=w.pool_post, name="Ola Kent", email="ola@example.org", by=w.equality)
