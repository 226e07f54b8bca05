"""What there is, in numbers: printed when the demonstration has been loaded."""

from collections import Counter

from django.db.models import Count, Sum

from applications.models import Application
from applications.states import ApplicationStatus
from cohorts.models import Cohort, DayEntry, Enrolment
from cohorts.states import EnrolmentStatus
from funding.models import FundingSource, Invoice
from steppingup.formats.english import days_counted, pounds
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus


def _list(counts: dict[str, int], labels: dict[str, str]) -> str:
    return ", ".join(f"{number} {labels[key].lower()}" for key, number in counts.items() if number)


def lines() -> list[str]:
    """Applications by status, places, days and pounds of each cohort; money that is left; messages."""
    found = [line for cohort in Cohort.objects.order_by("starts_on") for line in _cohort(cohort)]
    for fund in FundingSource.objects.all():
        found.append(f"{fund.name}: {pounds(fund.left)} of {pounds(fund.budget)} left")
    states = Counter(Message.objects.order_by().values_list("status", flat=True))
    found.append(f"Messages: {_list(states, dict(MessageStatus.choices))}")
    return found


def _cohort(cohort: Cohort) -> list[str]:
    applications = Counter(Application.objects.filter(cohort=cohort).order_by().values_list("status", flat=True))
    ordered = {status: applications[status] for status in ApplicationStatus.values}
    found = [f"{cohort}: {sum(applications.values())} applications ({_list(ordered, dict(ApplicationStatus.choices))})"]
    places = Counter(Enrolment.objects.filter(cohort=cohort).order_by().values_list("status", flat=True))
    if places:
        done = DayEntry.objects.filter(enrolment__cohort=cohort).aggregate(days=Sum("days"))["days"]
        held = _list(places, dict(EnrolmentStatus.choices))
        found.append(f"  {held}; {days_counted(done)} in the ledger")
    invoices = Invoice.objects.filter(agreement__cohort=cohort).aggregate(n=Count("pk"), pounds=Sum("amount"))
    if invoices["n"]:
        overdue = Invoice.objects.filter(agreement__cohort=cohort).overdue().count()
        found.append(f"  {invoices['n']} invoices of {pounds(invoices['pounds'])} together, {overdue} overdue")
    return found
