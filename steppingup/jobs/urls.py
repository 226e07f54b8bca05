from django.urls import path

from steppingup.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/<uuid:uuid>/", views.show, name="job"),
    path("jobs/<uuid:uuid>/progress/", views.progress, name="progress"),
    path("jobs/<uuid:uuid>/again/", views.again, name="again"),
]
