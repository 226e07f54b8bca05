"""Addresses of a mentor's pages, and of the mentoring part of a participant's."""

from django.urls import path

from cohorts.pages import manager
from cohorts.pages.participant import topic as own_topic
from mentoring.pages import mentor, participant

app_name = "mentoring"

urlpatterns = [
    path("my-mentees/", mentor.mentees, name="mentees"),
    path("my-mentees/offer/<int:pk>/", mentor.profile, name="profile"),
    path("my-mentees/<int:pk>/session/", mentor.record, name="mentor_record"),
    path("my-mentees/<int:pk>/session/<int:session>/remove/", mentor.Remove.as_view(), name="mentor_remove"),
    path("my-mentees/take-back/<int:taking>/", mentor.TakeBack.as_view(), name="mentor_take_back"),
    path("my-programme/<int:pk>/mentor/", own_topic, {"topic": "mentoring"}, name="mentor"),
    path("my-team/<int:pk>/mentor/", manager.topic, {"topic": "mentoring"}, name="managed_mentor"),
    path("my-programme/<int:pk>/mentoring/wish/", participant.wish, name="wish"),
    path("my-programme/<int:pk>/mentoring/session/", participant.record, name="record"),
    path("my-programme/<int:pk>/mentoring/<int:pair>/session/", participant.record, name="record_with"),
    path("my-programme/<int:pk>/mentoring/session/<int:session>/remove/", participant.Remove.as_view(), name="remove"),
]
