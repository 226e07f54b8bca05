"""Addresses of the site itself. `steppingup.urls` includes them at the root."""

from django.urls import path

from steppingup.site import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("contact/", views.Page.as_view(template_name="pages/contact.html"), name="contact"),
    path("privacy/", views.Privacy.as_view(), name="privacy"),
    path("privacy/<slug:slug>/", views.provider_privacy, name="provider_privacy"),
    path("accessibility/", views.Page.as_view(template_name="pages/accessibility.html"), name="accessibility"),
    path("brand/<slug:colour>.css", views.brand_stylesheet, name="brand"),
    path("brand/<slug:slug>/logo", views.provider_logo, name="provider_logo"),
]
