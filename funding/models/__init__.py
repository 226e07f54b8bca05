from funding.models.agreement import BursaryRequest, FeeAgreement
from funding.models.invoice import Invoice, InvoiceSeries, Payment
from funding.models.source import Commitment, FeeTerms, FundingSource

__all__ = [
    "BursaryRequest",
    "Commitment",
    "FeeAgreement",
    "FeeTerms",
    "FundingSource",
    "Invoice",
    "InvoiceSeries",
    "Payment",
]
