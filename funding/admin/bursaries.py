"""Requests for bursaries: seen with what is left in the pots, decided by finance officers (B38)."""

from django.contrib import admin

from funding.models import BursaryRequest
from steppingup.accounts.roles import Permission
from steppingup.web.admin import ScopedAdmin


@admin.register(BursaryRequest)
class BursaryRequestAdmin(ScopedAdmin):
    view_permission = Permission.SEE_MONEY
    provider_path = "agreement__cohort__programme__provider"
    list_display = ("agreement", "status", "requested_at")
