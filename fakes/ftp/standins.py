"""What pyftpdlib's handler is given in the place of things that do input and output."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import FakeFTP

PERMISSIONS = "elradfmwMT"  # all that there are


class Host:
    """In the place of its server."""

    def _accept_new_cons(self) -> bool:
        return True


class Loop:
    """In the place of its loop: nothing is ever polled, and nothing is called later."""

    READ, WRITE = 1, 4

    def register(self, *_: object) -> None: ...

    def unregister(self, *_: object) -> None: ...

    def call_later(self, *_: object, **__: object) -> None: ...


class Line:
    """In the place of the control connection's socket: it tells who it connects."""

    def __init__(self, sock: socket.socket, peer: tuple[Any, ...]) -> None:
        self.family = sock.family
        self._sock, self._peer = sock, peer

    def fileno(self) -> int:
        return self._sock.fileno()

    def getpeername(self) -> tuple[Any, ...]:
        return self._peer

    def getsockname(self) -> tuple[Any, ...]:
        name: tuple[Any, ...] = self._sock.getsockname()
        return name

    def setblocking(self, _: bool) -> None: ...

    def setsockopt(self, *_: object) -> None: ...


class Porter:
    """In the place of its authorizer: who is let in, and where. Everybody may do everything."""

    def __init__(self, fake: FakeFTP, refusal: type[Exception]) -> None:
        self.fake, self.refusal = fake, refusal

    def validate_authentication(self, user: str, password: str, _: object) -> None:
        users = self.fake.users
        if users is None or users.get(user) == password:
            return
        if user == "anonymous" and user in users:  # RFC 1635: the password is a courtesy
            return
        raise self.refusal("Authentication failed.")

    def get_home_dir(self, user: str) -> str:
        return str(self.fake.homes.of(user))

    def has_perm(self, user: str, permission: str, path: str | None = None) -> bool:
        return permission in PERMISSIONS

    def get_perms(self, user: str) -> str:
        return PERMISSIONS

    def get_msg_login(self, user: str) -> str:
        return "Login successful."

    def get_msg_quit(self, user: str) -> str:
        return "Goodbye."

    def impersonate_user(self, user: str, password: str) -> None: ...

    def terminate_impersonation(self, user: str) -> None: ...
