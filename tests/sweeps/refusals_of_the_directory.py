"""The table of refusals: the directory of participants and graduates."""

from typing import Any

from cohorts.actions import directory_sharing
from cohorts.states import DirectoryReach
from tests.sweeps.refusals import change, not_allowed, refusal
from tests.sweeps.world import World


@refusal("First say on the programme’s page who finds one another")
def share_a_directory_that_there_is_not(w: World) -> Any:
    programme = change(w.programme, directory=DirectoryReach.NONE)
    return directory_sharing.share_directory(programme=programme, other=w.not_asked, by=w.coordinator)


@refusal("You have asked nobody to share the directory.")
def stop_sharing_with_nobody(w: World) -> Any:
    given = {"agreement": w.sharing_asked, "reason": "Why not.", "by": w.far_coordinator}
    return directory_sharing.stop_sharing(programme=w.not_asked, **given)


@refusal("Another programme asked for that.")
def stop_what_another_programme_asked(w: World) -> Any:
    given = {"agreement": w.sharing, "reason": "Why not.", "by": w.coordinator}
    return directory_sharing.stop_sharing(programme=w.programme, **given)


@not_allowed("does not keep all programmes of")
def share_a_directory_for_some_cohorts(w: World) -> Any:
    return directory_sharing.share_directory(programme=w.programme, other=w.not_asked, by=w.limited_coordinator)
