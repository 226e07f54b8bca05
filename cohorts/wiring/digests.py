"""What becomes of the monthly email when two accounts of one line manager become one."""

from cohorts.actions.digests import join
from steppingup.accounts.actions import merging

merging.becomes({"cohorts.ManagerDigest.user": merging.Relation(merging.Fate.SPECIAL)})
merging.TAKEN_OVER.append(join)
