from django.urls import path

from steppingup.messaging import views

app_name = "messaging"
urlpatterns = [
    path("demo/mail/", views.letters, name="mailbox"),
    path("demo/mail/<slug:key>/", views.letter, name="letter"),
    path("demo/mail/<slug:key>/html/", views.letter_html, name="letter_html"),
]
