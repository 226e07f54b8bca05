from funding.admin import agreements, bursaries, funds, invoices  # noqa: F401
