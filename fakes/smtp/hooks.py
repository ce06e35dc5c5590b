"""Calling the coroutines of an aiosmtpd handler: one event loop a connection, made for it alone.

When the fake stops, the loop stops, whatever a hook is waiting for; the hook is then cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import MISSING, Envelope
from aiosmtpd.smtp import Session as ClientSession

from .._core import sasl
from .._core.errors import Ended, Silence
from .._core.session import Answer
from .._core.wire import LineTooLong
from . import replies
from .face import Face
from .session import SMTPSession

if TYPE_CHECKING:
    import threading
    from collections.abc import Awaitable, Callable

    from .._core.script import Firing
    from .._core.step import Step
    from .._core.wire import Wire
    from .server import FakeSMTP

# A task that does not end is cancelled again while the fake stops, so many times,
CANCELS = 100
GRACE = 0.05  # seconds apart


class Overruled(Exception):
    """A rule has answered a response that a hook was waiting for."""


class AskingSession(SMTPSession):
    """A session that can ask an aiosmtpd handler."""

    loop: asyncio.AbstractEventLoop
    client: ClientSession

    def __init__(self, server: FakeSMTP, wire: Wire) -> None:
        super().__init__(server, wire)
        self.handler: Any = server.handler
        self.envelope = Envelope()
        self.face = Face(self)
        self.kept = False  # whether the hook has kept the step's effect in the envelope
        self.verdict: bytes | None = None  # of handle_DATA, which is asked once a message
        self.asks = False  # whether a hook is running,
        self.task: asyncio.Task[Any] | None = None  # in this one

    def run(self, connect: Step, firing: Firing | None) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = ClientSession(self.loop)
        self.client.peer = self.wire.connection.peer  # type: ignore[assignment]
        self.wire.interrupt = self.interrupt
        try:
            super().run(connect, firing)
        finally:
            self.loop.run_until_complete(_end_tasks(self.wire.stopping))
            self.loop.close()

    def interrupt(self) -> None:
        """From another thread: the fake stops, so no hook is waited for any longer."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the conversation is over
            self.loop.call_soon_threadsafe(self._stop_asking)

    def _stop_asking(self) -> None:
        if self.asks:
            self.loop.stop()

    def natural(self, step: Step) -> Answer:
        self.kept = False
        return super().natural(step)

    # --- asking the handler

    def call(self, name: str, *arguments: object) -> Any:
        """What a hook says, or what ``handle_exception`` says where it raises; MISSING if there is
        no such hook."""
        hook = getattr(self.handler, f"handle_{name}", None)
        if hook is None:
            return MISSING
        try:
            result = self.complete(hook, self.face, self.client, self.envelope, *arguments)
            if result is None and name != "AUTH":
                raise TypeError(f"handle_{name}() returned None: return a status, or MISSING")
        except (Ended, Silence):
            raise
        except Exception as error:
            return self.caught(error)
        return result

    def complete(self, hook: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
        """Run a coroutine of the handler to its end. Raises Ended when the fake stops first."""
        if self.wire.stopping.is_set():
            raise Ended

        async def complete() -> Any:
            return await hook(*arguments)

        self.task, self.asks = self.loop.create_task(complete()), True
        try:
            return self.loop.run_until_complete(self.task)
        except RuntimeError:
            if self.task.done() or not self.wire.stopping.is_set():  # it is the hook's own
                raise
            raise Ended from None
        finally:
            self.asks = False

    def caught(self, error: Exception) -> str:
        """The status for an exception in a hook; without ``handle_exception`` it is also one in the
        thread of the fake, which reaches the test."""
        hook = getattr(self.handler, "handle_exception", None)
        if hook is not None:
            try:
                status = self.complete(hook, error)
                if status is not None:
                    return str(status)
            except (Ended, Silence):
                raise
            except Exception as another:
                error = another
        self.server.errors.append(error)
        self.wire.note("error", "".join(traceback.format_exception_only(error)).strip())
        text = " ".join(str(error).split())
        return f"500 Error: ({type(error).__name__}) {text}"

    def status(self, status: Any) -> bytes | None:
        """A status as it leaves; None for MISSING, the fake's own answer."""
        if status is MISSING:
            self.kept = False
            return None
        text: bytes = status if isinstance(status, bytes) else str(status).encode()
        self.kept = text.startswith(b"2")
        return text + b"\r\n"

    def challenge(self, challenge: bytes) -> bytes | Any:
        """Send a 334 for a hook and read the response; MISSING when it was no good, which the
        client has been told then."""
        self.wire.deliver((b"334 %s\r\n" % challenge,))
        try:
            line = self.wire.read_line(self.line_limit)
        except LineTooLong:
            self.wire.deliver((replies.RESPONSE_TOO_LONG,))
            return MISSING
        asked: list[Step] = []

        def natural(step: Step) -> Answer:
            asked.append(step)
            return Answer(())

        step = self.step("response", line.decode("utf-8", "surrogateescape"), line)
        self.answer(step, natural)
        if not asked:
            raise Overruled
        if line == sasl.CANCEL:
            self.wire.deliver((replies.CANCELLED,))
            return MISSING
        try:
            return sasl.decode(line)
        except sasl.BadBase64:
            self.wire.deliver((replies.BAD_BASE64,))
            return MISSING


async def _end_tasks(stopping: threading.Event) -> None:
    """Cancel what hooks left running in the loop, and wait for its end."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    ended = asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        task.cancel()
    for _ in range(CANCELS):
        await asyncio.wait([ended], timeout=GRACE)
        if ended.done():
            break
        if stopping.is_set():
            ended.cancel()
    await asyncio.get_running_loop().shutdown_asyncgens()
