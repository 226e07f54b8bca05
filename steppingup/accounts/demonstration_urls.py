"""Included by steppingup/urls.py only when settings.DEMONSTRATION is true."""

from django.urls import path

from steppingup.accounts.views import demonstration

urlpatterns = [
    path("people/", demonstration.people, name="demo_people"),
    path("sign-in/<str:key>/", demonstration.sign_in, name="demo_sign_in"),
]
