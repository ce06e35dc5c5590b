"""Basic authentication (RFC 7617): who it is that asks, and what is said to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .response import Response

if TYPE_CHECKING:
    from .message import Request

CHALLENGE = 'Basic realm="fakefarm", charset="UTF-8"'


def authenticated(request: Request, users: dict[str, str] | None) -> str | None:
    """The user whose right credentials a request has; any are, where no users are named."""
    found = credentials(request.headers.get_all("Authorization"))
    if found is None:
        return None
    name, password = found
    return name if users is None or users.get(name) == password else None


def credentials(values: list[str]) -> tuple[str, str] | None:
    """Name and password of Authorization headers: there must be one, well-formed and in UTF-8."""
    from base64 import b64decode

    scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    if scheme.lower() != "basic":
        return None
    try:
        text = b64decode(token.strip(" "), validate=True).decode()
    except ValueError:  # of base64 and of UTF-8
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def challenge(request: Request) -> Response:
    """The answer to a request without right credentials."""
    text = f"401: {request.verb} {request.argument} needs a user\n"
    return Response(401, text=text, headers={"WWW-Authenticate": CHALLENGE})
