from cohorts.desk import agreements, certificates, cohorts, participants, programmes, sessions

__all__ = ["agreements", "certificates", "cohorts", "participants", "programmes", "sessions"]
