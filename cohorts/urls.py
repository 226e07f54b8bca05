"""Addresses of programmes, of a participant's programme, of a manager's team, and of certificates."""

from django.urls import path, re_path

from cohorts.addresses import WORDS
from cohorts.pages import (
    agreements,
    assessing,
    assignments,
    certificates,
    elsewhere,
    manager,
    mistakes,
    needs,
    participant,
    programmes,
    study,
)

app_name = "cohorts"

urlpatterns = [
    path("programmes/", programmes.programme_list, name="programmes"),
    re_path(rf"^programmes/(?P<slug>[-\w]+)/(?P<rest>(?:{'|'.join(WORDS)})/.*)$", elsewhere.by_name, name="moved"),
    path("programmes/<programme:path>/", programmes.programme_page, name="programme"),
    path("programmes/<programme:path>/partners/", programmes.PartnerDirectory.as_view(), name="partners"),
    path("programmes/<programme:path>/documents/<int:pk>/", programmes.document, name="document"),
    # The page of a provider, and the addresses that programmes had before they stood below it.
    path("programmes/<slug:slug>/", elsewhere.by_name, name="provider"),
    path("my-programme/", participant.own_programmes, name="own_programmes"),
    path("my-programme/<int:pk>/", participant.programme, name="participant"),
    # The pages that it leads to: one for each topic; other apps add theirs, such as the mentor's.
    path("my-programme/<int:pk>/days/", participant.topic, {"topic": "days"}, name="days"),
    path("my-programme/<int:pk>/calendar/", participant.topic, {"topic": "calendar"}, name="calendar"),
    path("my-programme/<int:pk>/people/", participant.topic, {"topic": "people"}, name="people"),
    path("my-programme/<int:pk>/agreements/", participant.topic, {"topic": "agreements"}, name="agreements"),
    path("my-programme/<int:pk>/certificate/", participant.topic, {"topic": "certificate"}, name="certificate_page"),
    path("my-programme/<int:pk>/certificate/certificate.pdf", participant.certificate_file, name="certificate_file"),
    path("agreements/<int:pk>/", agreements.sign_page, name="sign"),
    path("agreements/<int:pk>/agreement.pdf", agreements.pdf, name="agreement_pdf"),
    path("sign/<str:token>/", agreements.sign_by_link, name="sign_by_link"),
    path("sign/<str:token>/agreement.pdf", agreements.pdf_by_link, name="agreement_pdf_by_link"),
    path("my-programme/<int:pk>/assignment/", assignments.assignment, name="assignment"),
    path("my-programme/<int:pk>/assignments/<int:placement_pk>/", assignments.assignment, name="one_assignment"),
    path("my-programme/<int:pk>/assignment/<int:day>/remove/", assignments.RemoveDay.as_view(), name="remove_day"),
    path("my-programme/<int:pk>/study/", study.log, name="study"),
    path("my-programme/<int:pk>/study/beside/", study.log, {"is_beside": True}, name="study_beside"),
    path("my-programme/<int:pk>/study/of/<int:component>/", study.log, name="study_of"),
    path("my-programme/<int:pk>/study/<int:entry>/correct/", study.correct, name="correct_study"),
    path("my-programme/<int:pk>/study/<int:entry>/remove/", study.Remove.as_view(), name="remove_study"),
    path("my-programme/<int:pk>/take-back/<int:taking>/", mistakes.TakeBackOwn.as_view(), name="take_back"),
    path("my-programme/<int:pk>/needs/<int:session>/", needs.confirm, name="needs"),
    path("my-programme/<int:pk>/how-far/", assessing.how_far, name="how_far"),
    path("my-programme/<int:pk>/how-far/share/", assessing.Share.as_view(), name="share_assessment"),
    path("my-programme/<int:pk>/how-far/stop-sharing/", assessing.StopSharing.as_view(), name="stop_sharing"),
    path("my-programme/<int:pk>/how-far/delete/", assessing.delete, name="delete_assessments"),
    path("my-programme/<int:pk>/how-far/<slug:moment>/", assessing.assess, name="assess"),
    path("my-needs/", needs.own, name="own_needs"),
    path("my-needs/delete/", needs.delete, name="delete_needs"),
    path("my-team/", manager.team, name="team"),
    path("my-team/<int:pk>/", manager.managed, name="managed"),
    path("my-team/<int:pk>/days/", manager.topic, {"topic": "days"}, name="managed_days"),
    path("my-team/<int:pk>/calendar/", manager.topic, {"topic": "calendar"}, name="managed_calendar"),
    path("my-team/<int:pk>/assignment/", manager.topic, {"topic": "assignment"}, name="managed_assignment"),
    path("my-team/<int:pk>/how-far/", manager.topic, {"topic": "how-far"}, name="managed_how_far"),
    path("my-team/<int:pk>/study/", manager.topic, {"topic": "study"}, name="managed_study"),
    path("certificates/", certificates.check, name="check_certificate"),
    path("certificates/<str:serial>/", certificates.show, name="certificate"),
]
