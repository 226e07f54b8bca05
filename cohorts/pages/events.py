"""Events beside the programme, for everybody: read of, booked and cancelled without an account (B25 to B27, B47)."""

from dataclasses import replace
from typing import Any

from allauth.core import ratelimit
from crispy_forms_gds.layout import Field, Fluid
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import bookings, ceremonies, feedback
from cohorts.actions.bookings import LONGEST
from cohorts.actions.seats import is_open_to_next
from cohorts.models import Booking, Occasion
from cohorts.models.bookings import LONGEST_WORDS
from cohorts.notices.events import BOOKING_LINK, event_of, standing_of, version_for
from cohorts.states.events import BookingStatus, EventStatus, Worth
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.calendars.writing import as_calendar
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

#: The buttons about photographs, which work after the ceremony too.
PHOTOGRAPHS = {"photographs": True, "no-photographs": False}
TOO_MANY = "Too many people have booked from your network within an hour. Wait an hour and try again."


class AskForm(forms.Form):
    """As little as is needed to send a link; what somebody needs is asked behind it."""

    name = NameInput(label="Your name", max_length=150, error_messages={"required": "Enter your name."})
    email = AddressInput(label="Your email address", error_messages={"required": "Enter your email address."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.helper = laid_out(*(Field.text(name, field_width=Fluid.TWO_THIRDS) for name in self.fields))


def _note(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class BookingForm(forms.Form):
    """Who comes, and what they need."""

    name = NameInput(label="Your name", max_length=150, error_messages={"required": "Enter your name."})
    organisation = NameInput(label="Where you work (optional)", max_length=200, required=False)
    diet = _note("What should we know about what you eat? (optional)", "Such as vegan, halal, or no nuts.")
    access = _note(
        "What do you need to take part? (optional)", "Such as step-free access, a hearing loop, or large print."
    )

    stays = forms.BooleanField(label="I stay the night", required=False)
    guests = _note("Whom do you bring? (optional)", "Their names, one on each line.")
    said_as = NameInput(
        label="How is your name said? (optional)",
        help_text="As you would spell it out for whoever calls you, such as “uh-MAH-ra oh-KEH-keh”.",
        max_length=200,
        required=False,
    )
    photographs = forms.TypedChoiceField(
        label="May we take photographs of you, and publish them?",
        help_text="You can change your mind on this page at any time, also after the ceremony.",
        choices=[("True", "Yes"), ("False", "No")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether we may take photographs of you."},
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        said = ("name", "organisation", "diet", "access", "stays", "guests", "said_as", "photographs")
        kwargs["initial"] = {name: getattr(booking, name) for name in said}
        super().__init__(*args, **kwargs)
        if not booking.occasion.has_meal:
            del self.fields["diet"]
        night: Any = booking.occasion.session if booking.occasion.nights else None
        if night is None:
            del self.fields["stays"]
        else:
            self.fields["stays"].help_text = night.staying_in_words
        self._ask_of_ceremony(booking)
        lines = [
            Field.text(name, field_width=Fluid.TWO_THIRDS)
            for name in ("name", "said_as", "organisation")
            if name in self.fields
        ]
        notes = [Field.textarea(name, rows=3) for name in ("guests", "diet", "access") if name in self.fields]
        photographs = [Field.radios("photographs", inline=True)] if "photographs" in self.fields else []
        nights = [Field.checkbox("stays")] if "stays" in self.fields else []
        self.helper = laid_out(*lines, *notes, *nights, *photographs)

    def _ask_of_ceremony(self, booking: Booking) -> None:
        """Photographs are asked about at a ceremony alone; guests, and how a name is said, of graduates."""
        if not booking.occasion.is_ceremony:
            del self.fields["photographs"]
        if not booking.enrolment_id:
            del self.fields["said_as"]
        if booking.most_guests:
            most = english.counted(booking.most_guests, "guest")
            self.fields["guests"].help_text = f"You can bring up to {most}. Write one name on each line."
            for name in ("diet", "access"):
                if name in self.fields:
                    self.fields[name].help_text += " Say also what your guests need."
        else:
            del self.fields["guests"]


class AfterwardsForm(forms.Form):
    """What whoever was there says of it."""

    worth = forms.ChoiceField(
        label="Was it worth your time?",
        choices=Worth,
        widget=forms.RadioSelect,
        error_messages={"required": feedback.NO_WORTH},
    )
    takes = forms.CharField(
        label="What did you take away from it? (optional)",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        kwargs["initial"] = {"worth": booking.worth, "takes": booking.takes}
        super().__init__(*args, **kwargs)
        self.helper = laid_out(Field.radios("worth", inline=True), Field.textarea("takes", rows=4))


class SureForm(forms.Form):
    """Nothing is asked but that they are sure."""

    helper = laid_out()


def _crumbs(occasion: Occasion) -> list[tuple[str, str]]:
    programme = occasion.programme
    return [("Home", "/"), ("Programmes", "/programmes/"), (programme.name, f"/programmes/{programme.path}/")]


def _occasion(path: str, pk: int) -> Occasion:
    """One that everybody may read of, also once it is over or cancelled: whoever comes back to its address reads that."""
    provider, _, slug = path.partition("/")
    found = Occasion.objects.filter(programme__provider__slug=provider, programme__slug=slug)
    return get_object_or_404(found.that_were_public().for_steps(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def occasion_page(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    """What it is, when and where; and the form by which it is booked. The answer is the same for every address."""
    occasion = _occasion(path, pk)
    is_open = occasion.status == EventStatus.OPEN and not (occasion.starts_at and occasion.starts_at <= clock.now())
    user = request.user
    known = {"email": user.email, "name": user.full_name} if user.is_authenticated else {}
    form = AskForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="event"):
            form.add_error(None, TOO_MANY)
        elif act_on(form, bookings.ask_to_book, occasion=occasion):
            return redirect("cohorts:occasion_sent", path, pk)
    context = {
        "occasion": occasion,
        "programme": occasion.programme,
        "provider": occasion.programme.provider,
        "form": form,
        "is_open": is_open,
        "is_full": is_open and not is_open_to_next(occasion),
        "breadcrumbs": _crumbs(occasion),
    }
    return render(request, "cohorts/events/occasion.html", context)


@require_safe
def sent(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    occasion = _occasion(path, pk)
    context = {"occasion": occasion, "programme": occasion.programme, "provider": occasion.programme.provider}
    return render(request, "cohorts/events/sent.html", context)


# -- by a link ---------------------------------------------------------------------------------------


def _booking(link: TokenLink) -> Booking:
    behind: Any = link.target
    return Booking.objects.for_steps().get(pk=behind.pk)


def _own(link: TokenLink) -> str:
    return reverse("cohorts:booking", args=[link.raw])


def _page(request: HttpRequest, link: TokenLink, template: str, booking: Booking, **shown: Any) -> HttpResponse:
    occasion = booking.occasion
    has_begun = occasion.starts_at is not None and occasion.starts_at <= clock.now()
    around = {
        "booking": booking,
        "occasion": occasion,
        "programme": occasion.programme,
        "provider": occasion.programme.provider,
        "token": link.raw,
        "is_open": occasion.status == EventStatus.OPEN and not has_begun,
        "has_place": booking.status == BookingStatus.BOOKED,
        "comes": booking.status in (BookingStatus.BOOKED, BookingStatus.WAITING),
        "standing": standing_of(booking),
        "is_late": occasion.reply_by is not None and occasion.reply_by < clock.today(),
        "is_full": not is_open_to_next(occasion),
    }
    return render(request, template, {**around, **shown})


@token_view(BOOKING_LINK)
def booking(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """How it stands; what they need; and the buttons. A scanner that opens links books nothing."""
    own = _booking(link)
    wish = request.POST.get("wish", "")
    form = BookingForm(request.POST if request.method == "POST" and wish != "afterwards" else None, booking=own)
    is_said = request.method == "POST" and wish == "afterwards"
    afterwards = AfterwardsForm(request.POST if is_said else None, booking=own) if own.was_there or is_said else None
    if afterwards and act_on(afterwards, feedback.say_afterwards, booking=own, by=LinkHolder(link)):
        messages.success(request, "Thank you. Those who run the event will read it.")
        return redirect(_own(link))
    actions: dict[str, tuple[Any, str]] = {
        "come": (bookings.book, ""),
        "change": (bookings.change, "Changed."),
    }
    if wish in PHOTOGRAPHS and request.method == "POST" and own.occasion.is_ceremony:
        ceremonies.say_photographs(booking=own, photographs=PHOTOGRAPHS[wish], by=LinkHolder(link))
        messages.success(request, "Thank you. We have written that down.")
        return redirect(_own(link))
    if wish == "told" and request.method == "POST":
        if _be_told(form, own, link):
            return redirect(_own(link))
    elif wish in actions:
        action, said = actions[wish]
        if act_on(form, action, booking=own, by=LinkHolder(link)):
            if said:
                messages.success(request, said)
            return redirect(_own(link))
    wrong: forms.Form = afterwards if afterwards and afterwards.errors else form
    return _page(request, link, "cohorts/events/booking.html", _booking(link), form=wrong, afterwards=afterwards)


def _be_told(form: BookingForm, own: Booking, link: TokenLink) -> bool:
    """Nothing but the name is kept of what was filled in: nobody needs it yet."""
    name = form.cleaned_data["name"] if form.is_valid() else own.name
    try:
        bookings.be_told(booking=own, by=LinkHolder(link), name=name)
    except NotPossible as sentence:
        form.add_error(None, str(sentence))
        return False
    return True


@token_view(BOOKING_LINK)
def cancel_booking(request: HttpRequest, link: TokenLink) -> HttpResponse:
    own = _booking(link)
    form = SureForm(request.POST if request.method == "POST" else None)
    had_booked = own.status in (BookingStatus.BOOKED, BookingStatus.WAITING)
    if act_on(form, bookings.cancel, booking=own, by=LinkHolder(link)):
        booked, not_booked = (
            "Thank you for telling us. Your booking is cancelled.",
            "Thank you for telling us that you do not come.",
        )
        messages.success(request, booked if had_booked else not_booked)
        return redirect(_own(link))
    return _page(request, link, "cohorts/events/cancel.html", _booking(link), form=form)


@require_safe
@token_view(BOOKING_LINK)
def calendar_file(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """For their own calendar, while there is a date and they have a place."""
    own = _booking(link)
    found = event_of(own.occasion)
    if found is None or own.status != BookingStatus.BOOKED:
        raise Http404
    found = replace(found, sequence=version_for(own))
    answer = HttpResponse(as_calendar(str(own.occasion), [found]), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="event.ics"'
    return answer


def events_to_come(*, subject: Any, viewer: Any) -> dict[str, Any] | None:
    """On a programme's page: the events that everybody can book."""
    found = list(Occasion.objects.public().filter(programme=subject).with_numbers().for_steps())
    return {"occasions": found, "programme": subject} if found else None
