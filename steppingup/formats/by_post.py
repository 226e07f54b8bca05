"""People without an email address: what stands where an address must, so that nothing is mailed to them.

The ending is one that no mail server can have (RFC 2606), and says in itself what it means wherever it is shown."""

import secrets

ENDING = "@by-post.invalid"


def new_address() -> str:
    """For an account of somebody who is written to by post. Nobody can guess it, and nobody signs in with it."""
    return f"no-email-{secrets.token_hex(6)}{ENDING}"


def is_by_post(address: str) -> bool:
    return address.endswith(ENDING)
