"""Addresses for visitors and applicants."""

from django.urls import path, re_path

from applications.pages import (
    apply,
    check,
    comparison,
    equality,
    fee,
    following_on,
    interest,
    line,
    nominations,
    offer,
    status,
)
from cohorts.pages import participant

app_name = "applications"

urlpatterns = [
    # Before applying, without an account
    path("programmes/<programme:path>/check/", check.begin, name="check"),
    path("programmes/<programme:path>/check/result/", check.result, name="check_result"),
    path("programmes/<programme:path>/check/<slug:key>/", check.question, name="check_question"),
    path("programmes/<programme:path>/interest/", interest.leave_address, name="interest"),
    path("programmes/<programme:path>/interest/sent/", interest.sent, name="interest_sent"),
    path("my-programme/<int:pk>/next/", participant.topic, {"topic": "next"}, name="comes_next"),
    path("my-programme/<int:pk>/next/<int:programme>/", following_on.hear, name="hear_of_next"),
    path("interest/confirm/<str:token>/", interest.confirm, name="interest_confirm"),
    path("interest/leave/<str:token>/", interest.leave, name="interest_leave"),
    # Nominating, by a link
    path("nominate/<str:token>/", nominations.nominate, name="nominate"),
    path("nominate/<str:token>/<int:pk>/take-back/", nominations.take_back, name="nomination_take_back"),
    # Applying
    path("applications/", status.application_list, name="list"),
    path("applications/start/<int:cohort_id>/", apply.start, name="start"),
    path("applications/<int:pk>/", status.application_page, name="application"),
    path("applications/<int:pk>/answers/<slug:part>/", apply.PartView.as_view(), name="part"),
    path("applications/<int:pk>/cv/", apply.cv, name="cv"),
    path("applications/<int:pk>/fee/", fee.fee, name="fee"),
    path("applications/<int:pk>/fee/remind/", fee.remind, name="fee_remind"),
    path("applications/<int:pk>/fee/own/", fee.OwnFee.as_view(), name="own_fee"),
    path("applications/<int:pk>/fee/bursary/", fee.OwnBursary.as_view(), name="own_bursary"),
    path("applications/<int:pk>/equality/delete/", apply.delete_equality, name="equality_delete"),
    path("applications/<int:pk>/check/", apply.check, name="check_answers"),
    path("applications/<int:pk>/submit/", apply.submit, name="submit"),
    path("applications/<int:pk>/submitted/", status.submitted, name="submitted"),
    path("applications/<int:pk>/delete/", status.Delete.as_view(), name="delete"),
    path("applications/<int:pk>/by-myself/", status.Alone.as_view(), name="alone"),
    path("applications/<int:pk>/withdraw/", status.Withdraw.as_view(), name="withdraw"),
    path("applications/<int:pk>/take-back/", status.TakeBack.as_view(), name="take_back"),
    # Asked afterwards, for whoever stood near the line
    path("applications/<int:pk>/asked-later/", line.question, name="line_question"),
    path("asked-later/<int:pk>/", line.own, name="line_consent"),
    path("how-work-went-on/<str:token>/", line.by_link, name="line_answer"),
    # Figures, for the equality lead
    path("equality/", equality.programme_list, name="equality"),
    path("equality/releases/<int:pk>/", equality.release_page, name="equality_release"),
    re_path(r"^equality/(?P<slug>[-\w]+)/(?:publish/)?$", equality.by_name, name="equality_by_name"),
    path("equality/<programme:path>/", equality.register, name="equality_register"),
    path("equality/<programme:path>/was-it-the-programme/", comparison.was_it_the_programme, name="comparison"),
    path("equality/<programme:path>/publish/", equality.Publish.as_view(), name="equality_publish"),
    # Answering an offer
    path("applications/<int:pk>/offer/", offer.OfferPage.as_view(), name="offer"),
    path("applications/<int:pk>/offer/decline/", offer.Decline.as_view(), name="offer_decline"),
]
