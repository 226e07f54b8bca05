from funding.desk import agreements, bursaries, corrections, funds, invoices, liability

__all__ = ["agreements", "bursaries", "corrections", "funds", "invoices", "liability"]
