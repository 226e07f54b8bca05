"""People, organisations and roles in the admin."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from steppingup.accounts.actions.addresses import change_address, mend_address
from steppingup.accounts.actions.roles import may_edit
from steppingup.accounts.actors import holds
from steppingup.accounts.directory import near_to
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import ROLES, Permission, SitePermission
from steppingup.desk import merging, people_steps
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.people_forms import OrganisationForm, PersonForm
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.keys import is_key
from steppingup.history.changes import history_of
from steppingup.messaging.models import Message
from steppingup.site.export import Column
from steppingup.site.sections import Section, add_section
from steppingup.steps.step import Step

SHOWN = 50  # messages and changes on a person's page


@admin.register(Organisation)
class OrganisationAdmin(SteppedAdmin):
    """Employers, hosts and providers. Everybody who keeps people sees all; a provider is changed by its own staff."""

    form = OrganisationForm
    sections_page = "organisation"
    change_permission = SitePermission.MANAGE_PEOPLE
    list_display = ("name", "kind", "sector", "is_levy_payer", "pledged_on", "parent")
    list_filter = ("kind", "sector", "is_levy_payer", "is_provider", ("pledged_on", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug")
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", ("kind", "sector"), "parent", "website")}),
        (
            "As an employer",
            {
                "fields": ("pledged_on", "is_levy_payer"),
                "description": "The apprenticeship levy may pay for approved apprenticeships and apprenticeship units: "
                "not for the programme's fee, and not for a free-standing certificate.",
            },
        ),
        (
            "As a provider",
            {"fields": ("is_provider", "brand_colour", "logo", "footer", "sender_name", "reply_to", "privacy")},
        ),
    )
    export_columns = [
        Column("Name", "name"),
        Column("Kind", "get_kind_display"),
        Column("Sector", "get_sector_display"),
        Column("Pays the levy", "is_levy_payer"),
        Column("Pledged on", "pledged_on"),
        Column("Part of", "parent__name"),
        Column("Website", "website"),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A provider’s name, colour, logo and words are its own."""
        is_others = (
            isinstance(obj, Organisation)
            and obj.is_provider
            and not holds(request.user, SitePermission.MANAGE_PEOPLE, obj)
        )
        return not is_others and super().has_change_permission(request, obj)

    def find_for_step(self, request: HttpRequest, step: Step[Any, Any], object_id: str) -> Any:
        """What somebody does for their provider, they do without keeping the directory."""
        own = Organisation.objects.providers_of(request.user, step.permission)
        return own.filter(pk=object_id).first() if is_key(object_id) else None

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A name that is nearly one of the directory brings the question whether it is another organisation."""
        (title, first), *rest = super().get_fieldsets(request, obj)
        asks = obj is None and bool(near_to(request.POST.get("name", "")))
        name, *others = first["fields"]
        return [(title, {**first, "fields": (name, *(["is_another"] if asks else []), *others)}), *rest]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        given = list(super().get_readonly_fields(request, obj))
        return given if request.user.is_superuser else [*given, "is_provider"]


def _changes_of_provider(*, subject: Organisation, viewer: Any) -> dict[str, Any] | None:
    """What a provider says of itself, as it was before, for its own staff. Who changed an employer, which all share, stays unsaid."""
    own = subject.is_provider and holds(viewer, SitePermission.MANAGE_PEOPLE, subject)
    changes = history_of(subject, "retention_periods")[:SHOWN] if own else []
    return {"changes": changes} if changes else None


add_section(
    Section("organisation", "changes", 20, "admin/accounts/history.html", _changes_of_provider, "What has changed")
)


@admin.register(User)
class UserAdmin(SteppedAdmin):
    """People of one's own provider."""

    form = PersonForm
    change_permission = SitePermission.MANAGE_PEOPLE
    sections_page = "person"
    list_display = ("full_name", "reached", "organisation", "roles", "last_login", "is_active")
    list_display_links = ("full_name", "reached")
    list_filter = (
        ("organisation", AutocompleteSelectFilter),
        "role_assignments__role",
        "role_assignments__provider",
        "is_active",
    )
    search_fields = ("full_name", "email", "organisation__name")
    list_select_related = ("organisation",)
    autocomplete_fields = ("organisation",)
    fieldsets = (
        (
            None,
            {"fields": ("full_name", "email", "phone", "postal_address", "job_title", "organisation", "may_sign_in")},
        ),
        ("Roles", {"fields": ("roles_in_words",), "classes": ["tab"]}),
        ("Emails", {"fields": ("messages_sent",), "classes": ["tab"]}),
        ("History", {"fields": ("history",), "classes": ["tab"]}),
    )
    shown_fields = ("may_sign_in", "roles_in_words", "messages_sent", "history")
    export_columns = [
        Column("Name", "full_name"),
        Column("Email address", "reached_at"),
        Column("Telephone", "phone"),
        Column("Job title", "job_title"),
        Column("Organisation", "organisation__name"),
        Column("Roles", lambda user: "; ".join(str(role) for role in user.roles_now)),
        Column("Last signed in", "last_login"),
    ]

    @own_page("pairs/", "pairs")
    def pairs_view(self, request: HttpRequest) -> HttpResponse:
        """Accounts that may be one person's, among the people whom this member of staff keeps."""
        if not self.has_module_permission(request):
            raise PermissionDenied
        own = User.objects.visible_to(request.user)
        pairs = merging.seen_pairs(merging.probable_pairs(own), request.user)
        return self.page(request, "admin/accounts/pairs.html", title="Accounts of one person", pairs=pairs)

    @own_page("<int:kept>/merge/<int:gone>/", "merge")
    def merge_view(self, request: HttpRequest, kept: int, gone: int) -> HttpResponse:
        """The page before the step, with the address of the account to give up filled in."""
        stays, other = self.get_object(request, str(kept)), self.get_object(request, str(gone))
        if stays is None or other is None:
            raise Http404
        return self.open_step(request, merging.merge_accounts, stays, email=other.email)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        roles = Prefetch("role_assignments", RoleAssignment.objects.current(), to_attr="roles_now")
        return super().get_queryset(request).prefetch_related(roles)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("full_name", "email", "job_title", "organisation", "role", "provider")}),)
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        given = [*super().get_readonly_fields(request, obj), *self.shown_fields]
        if isinstance(obj, User) and not request.user.is_superuser and (obj.is_staff or obj.current_roles):
            given.append("email")  # whoever owns the address owns the account
        return given

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request) and (not isinstance(obj, User) or may_edit(request.user, obj))

    def allows(self, request: HttpRequest, permission: Permission | None, obj: Model | None = None) -> bool:
        """Whether the person belongs here was asked when they were fetched."""
        return super().allows(request, permission, None)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            if form.there:
                obj.pk = form.there.pk  # known elsewhere: nothing about the account changes but its role here
                obj.refresh_from_db()
                obj._state.adding = False
            else:
                obj.set_unusable_password()
                obj.save()
            data = form.cleaned_data
            if data.get("role"):
                people_steps.invite(
                    user=obj,
                    role=data["role"],
                    provider=data["provider"],
                    by=request.user,
                    typed=(data["full_name"], data["email"]),
                )
            return
        address = form.cleaned_data.get("email") if "email" in form.changed_data else None
        if address:
            form.changed_data.remove("email")
            self._mend_address(request, obj, address)
        super().save_model(request, obj, form, change)

    def _mend_address(self, request: HttpRequest, obj: User, address: str) -> None:
        """A superuser changes it at once. Whom a coordinator types an address for follows a link that is mailed there, so that
        the page says the same whoever has it."""
        former = User.objects.values_list("email", flat=True).get(pk=obj.pk)
        if request.user.is_superuser:
            change_address(user=obj, email=address, by=request.user)
            told = {"from_email": former, "to_email": obj.email}
            get_adapter(request).send_notification_mail("account/email/email_changed", obj, told, email=former)
            return
        raw = mend_address(user=obj, email=address, by=request.user)
        obj.email = former
        link = request.build_absolute_uri(reverse("account_address_mended", args=[raw]))
        get_adapter(request).send_mail("account/email/email_confirmation", address, {"activate_url": link})
        self.message_user(
            request, f"We have sent a link to {address}. The address changes when they follow it, within a day."
        )

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """What was typed, as of an account that is there already nothing is told."""
        obj.full_name, obj.email = request.POST.get("full_name", ""), request.POST.get("email", "")
        return super().log_addition(request, obj, message)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """The same whether they had an account or not: they are among the roles until they sign in, then among the people."""
        if request.user.is_superuser:
            return super().response_add(request, obj, post_url_continue)
        address = request.POST.get("email", "")
        self.message_user(
            request,
            f"We have emailed {address}. Until they sign in they are listed here, by what you typed; then you will find them "
            "among the people.",
        )
        return HttpResponseRedirect(reverse("admin:accounts_roleassignment_changelist"))

    reached = column("email address", "reached_at", ordering="email")
    roles = column("Roles", lambda user: ", ".join(map(str, user.roles_now)) or "-")

    @display(description="Can sign in", boolean=True)
    def may_sign_in(self, obj: User) -> bool:
        return obj.is_active

    @display(description="Current roles")
    def roles_in_words(self, obj: User) -> SafeString:
        rows = [{"assignment": role, "prose": ROLES[role.role].prose} for role in obj.current_roles]
        return render_to_string("admin/accounts/roles.html", {"rows": rows})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """With the emails that this member of staff may see: those of their own providers, and those about signing in."""
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            own = Message.objects.visible_to(request.user)
            obj.messages_seen = Message.objects.about(obj).filter(Q(provider=None) | Q(pk__in=own.values("pk")))
        return obj

    @display(description="Emails sent to this person")
    def messages_sent(self, obj: Any) -> SafeString:
        return render_to_string("admin/accounts/messages.html", {"messages": obj.messages_seen[:SHOWN]})

    @display(description="Changes")
    def history(self, obj: User) -> SafeString:
        return render_to_string("admin/accounts/history.html", {"changes": history_of(obj, "role_assignments")[:SHOWN]})


JOINED = {
    "no": ("Not signed in yet", lambda rows: rows.filter(joined_at=None)),
    "yes": ("Signed in", lambda rows: rows.joined()),
}


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(SteppedAdmin):
    """Who holds which role. A role is given on the person's page, and ended here; what was given is never edited or removed."""

    list_display = ("who", "role", "provider", "until", "given_at", "joined")
    list_filter = ("role", "provider", choose("signed in", "joined", JOINED))
    search_fields = ("user__full_name", "user__email")
    list_select_related = ("user", "provider")
    fields = readonly_fields = ("who", "role", "provider", "until", "joined", "prose")
    export_columns = [
        Column("Person", lambda one: one.user.full_name if one.joined_at else one.typed_name),
        Column("Email address", lambda one: one.user.email if one.joined_at else one.typed_email),
        Column("Role", "get_role_display"),
        Column("Provider", "provider__name"),
        Column("Until", "until"),
    ]

    who = column("Person", "called", Coalesce(NullIf("typed_name", Value("")), "user__full_name"))
    joined = column("Signed in", lambda one: "Yes" if one.joined_at else "Not yet")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Who has not signed in is found by what was typed only: a search by the rest would tell of the account."""
        seen, _ = super().get_search_results(request, queryset.joined(), search_term)
        typed = queryset.filter(joined_at=None)
        for word in search_term.split():
            typed = typed.filter(Q(typed_name__finds=word) | Q(typed_email__finds=word))
        return queryset.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=typed.values("pk"))), False

    prose = column("What it means", lambda assignment: ROLES[assignment.role].prose)


# Not ours to edit by hand: roles take the place of groups, and what the sign-in library keeps holds secrets.
for model in [
    one for one in admin.site._registry if one._meta.app_label in ("auth", "account", "mfa", "socialaccount")
]:
    admin.site.unregister(model)
