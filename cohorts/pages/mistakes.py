"""The page on which a participant takes back what they did by mistake."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from cohorts.pages.participant import own_enrolment
from cohorts.pages.takings import on_place
from cohorts.pages.topics import OWN
from steppingup.site.stepping import SignedInStepView
from steppingup.site.topics import topic_of_step
from steppingup.steps.actions import back
from steppingup.steps.models import Taking


class TakeBackOwn(SignedInStepView):
    """The last thing that the participant did. What stands against it by now is said in a sentence."""

    step = back.take_back

    def load(self) -> Taking:
        enrolment = own_enrolment(self.request.user, self.kwargs["pk"])
        own = Taking.objects.filter(on_place(enrolment), by=self.request.user, pk=self.kwargs["taking"])
        found = own.for_steps().first()
        if found is None or not back.is_own(self.request.user, found):
            raise Http404
        return found

    def after(self, subject: Taking, result: Any) -> str:
        enrolment = own_enrolment(self.request.user, self.kwargs["pk"])
        topic = topic_of_step(OWN, subject.what)
        return topic.url(enrolment) if topic else reverse("cohorts:participant", args=[enrolment.pk])

    def get_extra(self, subject: Taking) -> dict[str, Any]:
        return {"provider": own_enrolment(self.request.user, self.kwargs["pk"]).cohort.programme.provider}
