"""What the equality lead of Bristol publishes of the programme. This is a part of `test_load_demo`, which loads the demonstration once."""

import pytest

from cohorts.models import GraduateInterest, GraduateOffer, Occasion
from cohorts.states.events import ForWhom
from modules.models import TalkFeedback
from representation.actions.outcomes import publish_outcomes
from representation.models import Commitment, OutcomeStudy, ToolResult
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible


def everything_is_there():
    """Openings that somebody asked about, pledges in public, a tool, words about a talk; and of nine graduates no figures, which says so."""
    assert all(offer.opened_at for offer in GraduateOffer.objects.filter(programme__slug="stepping-up"))
    assert GraduateInterest.objects.count() == 1
    pledges = Commitment.objects.filter(employer__slug="avonreach-community", published_at__isnull=False)
    assert pledges.count() == 3
    assert pledges.exclude(evidence="").count() == 1
    assert ToolResult.objects.count() == 1
    assert sorted(TalkFeedback.objects.values_list("to_speaker", flat=True)) == [False, True, True]
    assert Occasion.objects.get(for_whom=ForWhom.ALUMNI).bookings.count() > 3
    study = OutcomeStudy.objects.for_steps().get(programme__slug="stepping-up")
    assert not study.releases.exists()
    with pytest.raises(NotPossible, match="Fewer than 15 people have completed"):
        publish_outcomes(study=study, by=SYSTEM)
