"""Emails about accounts: signing in, and roles. Codes and links in them let somebody in, so they are secrets."""

from steppingup.messaging.kinds import MessageKind, add_message_kind

WHO = "The person who signs in"
CODE = {"code": "the code to type in"}
LINK = {"link": "the link that continues"}

SIGN_IN_CODE = add_message_kind(
    MessageKind("account.login_code", "Sign-in code", WHO, CODE, {"code"}, samples={"code": "K7PW4Q"})
)
CONFIRM_CODE = add_message_kind(
    MessageKind("account.confirm_code", "Code to confirm an address", WHO, CODE, {"code"}, samples={"code": "K7PW4Q"})
)
CONFIRM_LINK = add_message_kind(
    MessageKind("account.confirm_link", "Link to confirm an address", WHO, LINK, {"link"}, "link")
)
NOTICE = add_message_kind(
    MessageKind(
        "account.notice",
        "Something about the account was changed",
        WHO,
        {"title": "what was changed", "details": "the same in full, with the time"},
        samples={
            "title": "Your email address was changed",
            "details": "The email address of your account was changed from a.okafor@example.org to amara@example.org. From now on, sign "
            "in with the new one. This was on Wednesday 12 February 2020, 10:42am.\n\nIf that was you, you do not need to do "
            "anything. If it was not, tell us straight away.",
        },
    )
)
ROLE_GIVEN = add_message_kind(
    MessageKind(
        "account.role_given",
        "Somebody was given a role",
        "The person who was given it",
        {
            "role": "the role, such as “Coordinator”",
            "provider": "where it is held",
            "meaning": "what the role is for, in a few sentences",
            "by": "who gave it",
            "link": "the page to sign in",
        },
        button_placeholder="link",
        samples={
            "role": "Assessor",
            "provider": "Bristol City Council",
            "meaning": "Scores the applications that were assigned to them, without names, employers or anything that hints at who wrote "
            "them. Sees other assessors’ scores only after giving their own.",
            "by": "Priya Nair",
            "name": "Daniel Cho",
        },
    )
)
# Whatever else the sign-in library may want to say one day: nobody knows whether it holds a code, so it is kept secret.
OTHER = add_message_kind(
    MessageKind(
        "account.other",
        "Another message about signing in",
        WHO,
        {"title": "what it is about", "details": "what it says"},
        {"details"},
        samples={
            "title": "About signing in",
            "details": "Somebody, probably you, tried to sign in with this address, and there is no account with it.",
        },
    )
)
