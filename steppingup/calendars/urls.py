"""Addresses of one's own calendar."""

from django.urls import path

from steppingup.calendars import views

urlpatterns = [
    path("calendar/", views.own, name="calendar"),
    path("calendar/dates.ics", views.download, name="calendar_file"),
    path("calendar/feed/<str:token>.ics", views.feed, name="calendar_feed"),
]
