"""Passkeys that no browser made (a gap let them in without a check) go, and with them whatever they opened."""

from django.db import migrations
from django.db.models import F
from fido2.webauthn import RegistrationResponse


def is_readable(data):
    try:
        return RegistrationResponse.from_dict(data["credential"]).response.attestation_object is not None
    except Exception:
        return False


def remove_passkeys_of_nothing(apps, schema_editor):
    """The person is signed out everywhere, and staff set up a second factor when they sign in the next time.

    Recovery codes that were made along with nothing else go too."""
    Authenticator = apps.get_model("mfa", "Authenticator")
    for passkey in Authenticator.objects.filter(type="webauthn"):
        if is_readable(passkey.data):
            continue
        passkey.delete()
        apps.get_model("accounts", "User").objects.filter(pk=passkey.user_id).update(session_epoch=F("session_epoch") + 1)
        theirs = Authenticator.objects.filter(user_id=passkey.user_id)
        if not theirs.exclude(type="recovery_codes").exists():
            theirs.delete()


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_sentences"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(remove_passkeys_of_nothing, migrations.RunPython.noop)]
