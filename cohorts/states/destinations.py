"""What may have changed for graduates by the time they are asked."""

from django.db import models


class Move(models.TextChoices):
    """Where somebody is now. Several may be so at once, but `SAME`, which says that nothing has changed."""

    SAME = "same", "I am in the same job"
    WIDER = "wider", "I have wider responsibility"
    PROMOTED = "promoted", "I was promoted"
    GRADE = "grade", "I have a new grade or band"
    ACTING = "acting", "I am acting up, or on a secondment"
    EMPLOYER = "employer", "I work for another employer"
    SECTOR = "sector", "I have moved to another sector"
    LEFT = "left", "I am not in work at the moment"


#: For staff, in lists, figures and downloads.
SHORT = {
    Move.SAME: "Same job",
    Move.WIDER: "Wider responsibility",
    Move.PROMOTED: "Promoted",
    Move.GRADE: "New grade or band",
    Move.ACTING: "Acting up or on secondment",
    Move.EMPLOYER: "Another employer",
    Move.SECTOR: "Another sector",
    Move.LEFT: "Not in work",
}

#: To step up is to be promoted, or to have a new grade or band (docs/adr/0082).
STEPS_UP = (Move.PROMOTED, Move.GRADE)
#: Said of somebody else.
OF_THEM = {Move.PROMOTED: "was promoted", Move.GRADE: "has a new grade or band"}
#: Said to the graduate.
OF_YOU = {
    Move.SAME: "are in the same job",
    Move.WIDER: "have wider responsibility",
    Move.PROMOTED: "were promoted",
    Move.GRADE: "have a new grade or band",
    Move.ACTING: "are acting up, or on a secondment",
    Move.EMPLOYER: "work for another employer",
    Move.SECTOR: "have moved to another sector",
    Move.LEFT: "are not in work at the moment",
}
