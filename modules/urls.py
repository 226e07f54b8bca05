"""Addresses of a participant's qualification."""

from django.urls import path

from modules.pages import assignments, courses, qualification

app_name = "modules"
ROOT = "my-programme/<int:pk>/qualification/"

urlpatterns = [
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
