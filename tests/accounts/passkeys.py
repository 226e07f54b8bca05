"""A passkey in software: answers a browser's questions as a security key would, or wrongly where a test says how."""

import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256, CoseKey
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

STATE = "mfa.webauthn.state"
FLAG = AuthenticatorData.FLAG


def question(client) -> str:
    """The challenge of the page that was shown last."""
    return client.session[STATE]["challenge"]


class Passkey:
    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public: CoseKey = ES256.from_cryptography_key(self.private.public_key())
        self.id = os.urandom(32)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        credential_id = websafe_encode(self.id)
        return {
            "id": credential_id,
            "rawId": credential_id,
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def made(
        self,
        challenge: str,
        *,
        flags: FLAG = FLAG.UP | FLAG.UV | FLAG.AT,
        host: str = "testserver",
        kind: str = "webauthn.create",
    ) -> dict[str, Any]:
        """What a browser sends after making it."""
        data = AttestedCredentialData.create(b"\0" * 16, self.id, self.public) if flags & FLAG.AT else b""
        attested = AttestationObject.create("none", AuthenticatorData.create(sha256(host.encode()), flags, 0, data), {})
        client = CollectedClientData.create(kind, challenge, f"http://{host}")
        return self._answer(clientDataJSON=client, attestationObject=attested)

    def used(
        self,
        challenge: str,
        *,
        user: Any = None,
        flags: FLAG = FLAG.UP | FLAG.UV,
        host: str = "testserver",
        kind: str = "webauthn.get",
    ) -> dict[str, Any]:
        """What a browser sends after using it; `user` for a passkey that is used alone."""
        data = AuthenticatorData.create(sha256(host.encode()), flags, 1)
        client = CollectedClientData.create(kind, challenge, f"http://{host}")
        signature = self.private.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        handle = {"userHandle": str(user.pk).encode()} if user else {}
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, **handle)


def set_up(client) -> Passkey:
    """Through the pages, by whoever is signed in."""
    passkey = Passkey()
    client.get("/account/passkeys/add/")
    client.post("/account/passkeys/add/", {"credential": json.dumps(passkey.made(question(client)))})
    return passkey
