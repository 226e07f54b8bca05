"""Where a three-way review stands."""

from cohorts.states import Signatory

#: Who signs one: the participant, the line manager and whoever runs the cohort.
THREE = (Signatory.PARTICIPANT, Signatory.EMPLOYER, Signatory.PROVIDER)
