from funding.desk import agreements, bursaries, corrections, funds, invoices

__all__ = ["agreements", "bursaries", "corrections", "funds", "invoices"]
