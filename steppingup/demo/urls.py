"""Under /demo/. steppingup/urls.py includes them only when settings.DEMONSTRATION is true."""

from django.urls import path

from steppingup.demo import views

urlpatterns = [
    path("people/", views.people, name="demo_people"),
    path("sign-in/<str:key>/", views.sign_in, name="demo_sign_in"),
    path("mail/", views.letters, name="mailbox"),
    path("mail/<slug:key>/", views.letter, name="letter"),
    path("mail/<slug:key>/html/", views.letter_html, name="letter_html"),
]
