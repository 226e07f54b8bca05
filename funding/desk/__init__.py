from funding.desk import agreements, bursaries, funds, invoices

__all__ = ["agreements", "bursaries", "funds", "invoices"]
