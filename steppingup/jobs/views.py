from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from steppingup.accounts.requests import signed_in
from steppingup.jobs import actions
from steppingup.jobs.models import Job
from steppingup.jobs.states import JobStatus


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far a job is: for whoever started it. Works without JavaScript, by loading itself again."""
    job = get_object_or_404(Job.objects.for_person(request.user), uuid=uuid)
    return render(request, "jobs/job.html", {"job": job, "missed": job.missed_by(request.user)})


@require_safe
@login_required
@never_cache
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same for static/js/site.js. `next` is where to go when it is finished."""
    job = get_object_or_404(Job.objects.for_person(request.user), uuid=uuid)
    return JsonResponse(
        {
            "label": job.label,
            "status": job.status,
            "done": job.done,
            "total": job.total,
            "finished": job.status == JobStatus.DONE,
            "failed": job.status == JobStatus.FAILED,
            "next": job.result_url or job.get_absolute_url(),
        }
    )


@login_required
@require_POST
def again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.for_person(request.user), uuid=uuid)
    actions.try_again(job=job, by=signed_in(request))
    return redirect(job)
