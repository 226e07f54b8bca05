from cohorts.desk import agreements, certificates, cohorts, joint, participants, programmes, sessions, study

__all__ = ["agreements", "certificates", "cohorts", "joint", "participants", "programmes", "sessions", "study"]
