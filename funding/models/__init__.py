from funding.models.agreement import FeeAgreement
from funding.models.bursary import BursaryRequest
from funding.models.credit import CreditNote
from funding.models.invoice import Invoice
from funding.models.liability import Evidence, LiabilityCase, Statement
from funding.models.payment import Adjustment, Allocation, Payment
from funding.models.series import InvoiceSeries, NumberRun
from funding.models.source import Commitment, FundingSource
from funding.models.terms import FeeTerms

__all__ = [
    "Adjustment",
    "Allocation",
    "BursaryRequest",
    "Commitment",
    "CreditNote",
    "Evidence",
    "FeeAgreement",
    "FeeTerms",
    "FundingSource",
    "Invoice",
    "InvoiceSeries",
    "LiabilityCase",
    "NumberRun",
    "Payment",
    "Statement",
]
