"""What becomes of the monthly email when two accounts of one line manager become one."""

from steppingup.accounts.actions import merging

merging.becomes({"cohorts.ManagerDigest.user": merging.Relation(merging.Fate.ENDS)})
