"""Browsers of people who have shown both factors: whom the admin lets in; and how they fill in its forms."""

import re
import time
from collections.abc import Iterable
from typing import Any

from allauth.account.internal.flows import login
from django.test import Client
from django.urls import reverse

from steppingup.accounts.models import User


def with_second_factor(client: Client, user: User) -> Client:
    """The client, signed in as this person, who has used an authenticator app in this session."""
    client.force_login(user)
    session = client.session
    used = {"method": "mfa", "type": "totp", "id": 1, "at": time.time()}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [used]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


def _hidden(page: Any, name: str) -> str:
    """What a page keeps in a hidden field; nothing where it has none, or leads elsewhere."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def take_step(client: Client, url: str, **data: Any) -> Any:
    """Fill in the page before a step, read who is told what, and press the button. The answer to the last of these: a
    redirect when it is done, the page with its sentence when it is refused."""
    shown = client.post(url, {**data, "filled": "yes"})
    digest = _hidden(shown, "digest")
    return client.post(url, {**data, "filled": "yes", "digest": digest}) if digest else shown


def take_steps(client: Client, model: str, name: str, ids: Iterable[int], /, **data: Any) -> Any:
    """The same for many: take_steps(client, "mentoring_pair", "confirm", [1, 2]). The page that says what came of it."""
    url, given = reverse(f"admin:{model}_steps", args=[name]), {**data, "ids": ",".join(map(str, ids)), "filled": "yes"}
    shown = client.post(url, given)
    digests = _hidden(shown, "digests")
    if not digests:
        return shown
    return client.post(url, {**given, "digests": digests, "confirm": "yes"}, follow=True)


def posted(page: Any) -> dict[str, str]:
    """What a browser would send if nothing was changed."""
    form = page.context["adminform"].form
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        management = inline.formset.management_form
        data |= {f"{inline.formset.prefix}-{name}": management[name].value() for name in management.fields}
        for one in inline.formset.initial_forms:
            data |= {one.add_prefix(name): one[name].value() for name in one.fields if name != "DELETE"}
    return {name: "" if value is None else value for name, value in data.items() if value is not False and value != []}


def choices(page: str, name: str) -> set[str]:
    """The values that one field of a page offers, as <option> or as boxes to tick. To ask for a value anywhere on the
    page would now and then find another field's row that has the same number."""
    select = re.search(rf'<select[^>]* ?name="{name}".*?</select>', page, re.DOTALL)
    if select:
        return set(re.findall(r'<option value="([^"]+)"', select[0]))
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return {found[1] for box in boxes if (found := re.search(r'value="([^"]+)"', box))}
