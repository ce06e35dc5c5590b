"""aiosmtpd handlers: their ``handle_*`` coroutines decide what is naturally answered.

They are called as aiosmtpd calls them, with its own Session and Envelope, and what they leave in
the envelope is the transaction. Two things differ. The script comes first: a scripted refusal does
not call the hook, a scripted success calls it for its effect. And each connection has a thread and
an event loop of its own, in which its coroutines run one after the other.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import Envelope

from . import commands, replies
from .handler_auth import HandlerAuthentication

if TYPE_CHECKING:
    from .._core.step import Step


def session_for(handler: object) -> type[HandledSession]:
    """The class of the sessions that ask ``handler``. Raises TypeError for one of a bad kind."""
    if hasattr(handler, "process_message") and not hasattr(handler, "handle_DATA"):
        raise TypeError(
            f"handler={handler!r}: process_message() is deprecated by aiosmtpd and not called; "
            "write handle_DATA(server, session, envelope)"
        )
    hook = getattr(handler, "handle_EHLO", None)
    if hook is not None and len(inspect.signature(hook).parameters) not in (4, 5):
        raise TypeError(f"handler={handler!r}: handle_EHLO() takes 4 or 5 arguments")
    return HandledSession


class HandledSession(HandlerAuthentication):
    """A conversation in which an aiosmtpd handler decides."""

    def decided(self, hook: str, *arguments: Any) -> bytes | None:
        if hook in ("MAIL", "RCPT"):
            path, parameters = arguments
            arguments = path or "<>", aiosmtpd_options(parameters)
            self.envelope.smtp_utf8 |= "SMTPUTF8" in parameters
        elif hook == "RSET":
            self.envelope = Envelope()
        elif hook == "VRFY":
            arguments = (arguments[0].removeprefix("<").removesuffix(">"),)
        elif hook == "DATA":
            return self.decided_data(*arguments)
        return self.status(self.call(hook, *arguments))

    def decided_data(self, content: bytes) -> bytes | None:
        if self.verdict is None:
            self.envelope.content = self.envelope.original_content = content
            self.verdict = self.status(self.call("DATA")) or replies.ACCEPTED
        return self.verdict

    # --- the effects, which a hook keeps in the envelope itself

    def words(self) -> list[str]:
        """The words of EHLO, the handler's own mechanisms among those of AUTH."""
        own = " ".join(sorted(self.mechanisms()))
        return [
            f"{word} {own}" if own and word.upper().startswith("AUTH ") else word
            for word in super().words()
        ]

    def decided_hello(self, step: Step, words: list[str]) -> bytes | None:
        self.client.extended_smtp = step.verb != "HELO"
        self.envelope = Envelope()
        if step.verb == "HELO":
            return self.status(self.call("HELO", step.argument))
        hook = getattr(self.handler, "handle_EHLO", None)
        if hook is None:
            self.kept = False
            return None
        lines = [self.server.hostname, *words]
        if len(inspect.signature(hook).parameters) == 4:  # it writes the last line
            own = self.status(self.call("EHLO", step.argument)) or b"250 HELP\r\n"
            return "".join(f"250-{line}\r\n" for line in lines).encode() + own
        lines = [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]
        said = self.call("EHLO", step.argument, lines)
        return self.status("\r\n".join(said) if isinstance(said, list) else said)

    def greeted_by(self, name: str, words: list[str]) -> None:
        if not self.kept:
            self.client.host_name = name
        super().greeted_by(name, words)
        if not self.client.host_name:
            self.state = commands.NEW

    def begin(self, sender: str, parameters: dict[str, str]) -> None:
        if self.state != commands.READY:  # only a script lets MAIL in there
            self.envelope = Envelope()
        if not self.kept:
            self.envelope.mail_from = sender or "<>"
            self.envelope.mail_options.extend(aiosmtpd_options(parameters))
        super().begin(sender, parameters)
        if not self.envelope.mail_from:
            self.state = commands.READY

    def add(self, recipient: str, parameters: dict[str, str]) -> None:
        if not self.kept:
            self.envelope.rcpt_tos.append(recipient)
            self.envelope.rcpt_options.extend(aiosmtpd_options(parameters))
        super().add(recipient, parameters)
        if not self.envelope.rcpt_tos:
            self.state = commands.MAIL

    def deliver(self, content: bytes | None, number: int | None) -> None:
        sender, recipients = self.envelope.mail_from or "", list(self.envelope.rcpt_tos)
        self.draft.sender = "" if sender == "<>" else sender
        if number is None and recipients != self.draft.recipients:
            self.draft.recipients = recipients
            self.draft.rcpt_options = [{} for _ in recipients]
        super().deliver(content, number)

    def forget_transaction(self) -> None:
        super().forget_transaction()
        self.envelope = Envelope()
        self.verdict = None


def aiosmtpd_options(parameters: dict[str, str]) -> list[str]:
    """Parameters as aiosmtpd gives them to a hook: words, in capitals where case means nothing."""
    return [
        f"{keyword}={value.upper() if keyword == 'BODY' else value}" if value else keyword
        for keyword, value in parameters.items()
    ]
