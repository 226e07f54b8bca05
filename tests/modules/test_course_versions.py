"""A course in another version is the one that somebody has chosen, whatever its code is by then."""

import pytest
from django.urls import reverse

from modules.actions import courses
from modules.models import Course
from modules.progress import choices_of, offered_besides
from steppingup.history.lifecycle import NotPossible
from tests.factories.modules import catalogue, registered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["ab-1", "AB–1", "XY 9"])
def test_a_course_that_gets_another_code_is_not_chosen_twice(client, code):
    registration = registered()
    person = registration.participant
    course, other = catalogue(registration, 2, 3)
    Course.objects.filter(pk=course.pk).update(code="AB-1")
    courses.choose_course(registration=registration, course=course, by=person, anyway=True)
    course = Course.objects.get(pk=course.pk)
    course.code, first = code, course.pk
    course.save()  # as somebody has chosen it, another version
    assert course.pk != first
    with pytest.raises(NotPossible, match="already chosen"):
        courses.choose_course(registration=registration, course=course, by=person, anyway=True)
    assert offered_besides(registration, choices_of(registration)) == [other.credits]
    client.force_login(person)
    page = client.get(reverse("modules:courses", args=[registration.enrolment_id])).text
    assert reverse("modules:choose", args=[registration.enrolment_id, course.pk]) not in page
