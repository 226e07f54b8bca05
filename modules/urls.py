"""Addresses of a participant's modules and qualification."""

from django.urls import path

from cohorts.pages import manager, participant
from modules.pages import assignments, courses, feedback, qualification, talks

app_name = "modules"
ROOT = "my-programme/<int:pk>/qualification/"

urlpatterns = [
    path("talks/<str:token>/", talks.talk, name="talk"),
    path("my-programme/<int:pk>/sessions/<int:session>/talks/<int:talk>/", feedback.about_talk, name="about_talk"),
    path("my-programme/<int:pk>/modules/", participant.topic, {"topic": "modules"}, name="modules"),
    path("my-team/<int:pk>/qualification/", manager.topic, {"topic": "qualification"}, name="managed_qualification"),
    path(ROOT, qualification.overview, name="qualification"),
    path(f"{ROOT}register/", qualification.Register.as_view(), name="register"),
    path(f"{ROOT}withdraw/", qualification.Withdraw.as_view(), name="withdraw"),
    path(f"{ROOT}resume/<slug:key>/", qualification.Resume.as_view(), name="resume"),
    path(f"{ROOT}courses/", courses.catalogue, name="courses"),
    path(f"{ROOT}courses/<int:course>/choose/", courses.choose, name="choose"),
    path(f"{ROOT}courses/<int:course>/drop/", courses.Drop.as_view(), name="drop"),
    path(f"{ROOT}assignment/", assignments.assignment, name="assignment"),
    path(f"{ROOT}assignment/<int:version>/", assignments.download, name="assignment_file"),
]
