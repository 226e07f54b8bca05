"""The table of access: what employers have committed themselves to, kept by the equality lead and read by anybody once it is approved."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import EQUALITY, OURS, PUBLIC, hidden
from tests.sweeps.rows import Row, of

KEEP_IT = hidden(EQUALITY, OURS)
ADMIN_OF_COMMITMENTS = [
    *model("representation_commitment", of.pledge_hidden, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_commitment_step", KEEP_IT, {"object_id": of.pledge_hidden, "name": "publish_commitment"}),
    *model("representation_pledgequestion", of.pledge_answer, view=EQUALITY),
    Row("admin:representation_pledgequestion_step", KEEP_IT, {"object_id": of.pledge_answer, "name": "confirm_answer"}),
]
EMPLOYERS = [
    Row("representation:partners", PUBLIC, {"slug": of.provider.slug}),
    Row("representation:partner", PUBLIC, {"slug": of.provider.slug, "pk": of.employer_listed}),
]
