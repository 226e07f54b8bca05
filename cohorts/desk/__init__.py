from cohorts.desk import certificates, cohorts, participants, programmes, sessions

__all__ = ["certificates", "cohorts", "participants", "programmes", "sessions"]
