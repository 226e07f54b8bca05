"""Addresses of representation: what leads of a plan open by a link; the succession pool, for those in it and for whoever may see them;
what employers have committed themselves to, for anybody."""

from django.urls import path

from representation.pages import leads, papers, partners, pledges, pool, tools

app_name = "representation"

urlpatterns = [
    path("plan/<str:token>/", leads.by_link, name="lead"),
    path("papers/<str:reference>/", papers.public, name="paper"),
    path("papers/<str:reference>/pdf/", papers.public_pdf, name="paper_pdf"),
    path("my-programme/<int:pk>/pool/", pool.own, name="pool"),
    path("my-programme/<int:pk>/pool/<int:entry>/<str:name>/", pool.Step.as_view(), name="pool_step"),
    path("my-programme/<int:pk>/tools/", tools.own, name="tools"),
    path("my-programme/<int:pk>/tools/<int:tool>/write/", tools.write, name="tool_write"),
    path("pool/<str:token>/", pool.by_link, name="pool_viewer"),
    path("pledge/<str:token>/", pledges.by_link, name="pledge"),
    path("employers/<slug:slug>/", partners.EmployerDirectory.as_view(), name="partners"),
    path("employers/<slug:slug>/<int:pk>/", partners.employer_page, name="partner"),
]
