"""A farm: the fakes of one test or one session. It stops all that it started."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from ._core.errors import FakeFailure, no_attribute
from ._core.server import FakeServer

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._core.server import Common
    from ._core.tls.certificates import Authority
    from .dns import FakeDNS
    from .ftp import FakeFTP
    from .http import FakeHTTP
    from .imap import FakeIMAP
    from .pop3 import FakePOP3
    from .smtp import FakeSMTP
    from .xmlrpc import FakeXMLRPC

F = TypeVar("F", bound=FakeServer[Any])


class Farm:
    """Makes and starts fakes, any number of each, and stops them together.

    ``defaults`` are constructor arguments for every fake (``strict=False``, ``seed=1``). Also a
    context manager: leaving it stops the fakes, and verifies them unless an exception is on its
    way.
    """

    def __init__(self, **defaults: Any) -> None:
        self.fakes: list[FakeServer[Any]] = []
        self._defaults = defaults

    @property
    def ca(self) -> Authority:
        """The authority that certificates come from: ``pem_path`` and ``client_context()`` make a
        client trust it. One a process, made when first asked for."""
        from ._core.tls.certificates import authority

        return authority()

    def smtp(self, **arguments: Any) -> FakeSMTP:
        """A started FakeSMTP; arguments are those of its constructor."""
        from .smtp import FakeSMTP

        return self.add(FakeSMTP(**(self._defaults | arguments)))

    def http(self, **arguments: Unpack[Common]) -> FakeHTTP:
        """A started FakeHTTP; arguments are those of its constructor."""
        from .http import FakeHTTP

        return self.add(FakeHTTP(**{**self._defaults, **arguments}))

    def pop3(self, **arguments: Any) -> FakePOP3:
        """A started FakePOP3; arguments are those of its constructor."""
        from .pop3 import FakePOP3

        return self.add(FakePOP3(**(self._defaults | arguments)))

    def imap(self, **arguments: Any) -> FakeIMAP:
        """A started FakeIMAP; arguments are those of its constructor."""
        from .imap import FakeIMAP

        return self.add(FakeIMAP(**(self._defaults | arguments)))

    def ftp(self, **arguments: Any) -> FakeFTP:
        """A started FakeFTP; arguments are those of its constructor."""
        from .ftp import FakeFTP

        return self.add(FakeFTP(**(self._defaults | arguments)))

    def dns(self, **arguments: Any) -> FakeDNS:
        """A started FakeDNS; arguments are those of its constructor."""
        from .dns import FakeDNS

        return self.add(FakeDNS(**(self._defaults | arguments)))

    def xmlrpc(self, **arguments: Any) -> FakeXMLRPC:
        """A started FakeXMLRPC; arguments are those of its constructor."""
        from .xmlrpc import FakeXMLRPC

        return self.add(FakeXMLRPC(**(self._defaults | arguments)))

    def add(self, fake: F) -> F:
        """Start a fake that you made, and have the farm stop it."""
        fake.start()
        if fake not in self.fakes:
            self.fakes.append(fake)
        return fake

    def settle_briefly(self) -> None:
        """For the end of a test: what clients sent just before they left is still read."""
        for fake in self.fakes:
            fake.settle_briefly()

    def stop(self) -> None:
        """Stop every fake. Idempotent. Raises what the first one that could not stop raised."""
        with ExitStack() as stack:
            for fake in self.fakes:
                stack.callback(fake.stop)

    def take_thread_complaints(self) -> list[str]:
        """A paragraph for each exception in a thread of a fake, which is forgotten by that."""
        complaints = [text for fake in self.fakes for text in fake.thread_complaints()]
        for fake in self.fakes:
            fake.errors.clear()
        return complaints

    if not TYPE_CHECKING:  # a type checker knows better

        def __getattr__(self, name: str) -> Any:
            raise no_attribute(self, "a farm", name)

    def verify(self) -> None:
        """Raise FakeFailure for what went wrong on any of the fakes."""
        __tracebackhide__ = True
        complaints = [text for fake in self.fakes for text in fake.complaints()]
        if complaints:
            cause = next((error for fake in self.fakes for error in fake.errors), None)
            raise FakeFailure("\n".join(complaints)) from cause

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.settle_briefly()
        self.stop()
        if error is None:
            self.verify()
