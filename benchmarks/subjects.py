"""What is measured: each server behind the same three calls. Here what the floors of all protocols
share, what our own fakes share, and what the polling servers of the standard library share.

Imports happen in `start()`, so that a subject which is not installed can say so in its own line.
"""

import threading
from collections.abc import Mapping
from typing import Any

from clients import Address, Client
from floor import FloorHandler, FloorServer


class Subject:
    """One server. `start()` and `stop()` may alternate any number of times."""

    name: str
    client: type[Client]
    server: Any

    def start(self) -> Address:
        """Make and start a server; return host and port."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Script the answer to a request, where a server needs that; not part of a start."""

    def stop(self) -> None:
        """Stop the server as its users do."""
        self.server.stop()


class Floor(Subject):
    """Canned answers from a bare `socketserver`."""

    name = "floor"
    handler: type[FloorHandler]

    def start(self) -> Address:
        self.server = server = FloorServer(self.handler)
        return server.start()


class Fakefarm(Subject):
    """Ours: the fake that has the name `fake`."""

    name = "fakefarm"
    fake: str
    options: Mapping[str, Any] = {}

    def start(self) -> Address:
        import fakefarm

        self.server = getattr(fakefarm, self.fake)(**self.options)
        self.server.start()
        return str(self.server.host), int(self.server.port)


class Serving(Subject):
    """A server of the standard library, with `serve_forever()` in a thread."""

    thread: threading.Thread

    def serve(self, server: Any) -> Address:
        """Start the thread; return host and port."""
        self.server = server
        self.thread = threading.Thread(target=server.serve_forever)
        self.thread.start()
        host, port = server.server_address
        return host, port

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
