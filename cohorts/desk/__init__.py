from cohorts.desk import agreements, certificates, cohorts, participants, programmes, sessions, study

__all__ = ["agreements", "certificates", "cohorts", "participants", "programmes", "sessions", "study"]
