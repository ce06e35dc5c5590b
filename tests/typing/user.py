"""What a user writes, for mypy --strict: public names, fluent rules, the types that come out."""

from __future__ import annotations

import re
from email.message import EmailMessage

from typing_extensions import assert_type

from fakefarm import (
    FakeHTTP,
    FakePOP3,
    FakeSMTP,
    Farm,
    Mailbox,
    Request,
    Response,
    Step,
    Transcript,
)
from fakefarm.http import HTTPRule
from fakefarm.pop3 import POP3Rule
from fakefarm.smtp import SMTPRule


def smtp(fake_smtp: FakeSMTP) -> None:
    rule = fake_smtp.on("EHLO").reply(502, "no").delay(1).once()
    assert_type(rule, SMTPRule)
    assert_type(rule.then.reset(), SMTPRule)
    assert_type(fake_smtp.every(), SMTPRule)
    fake_smtp.on("RCPT", re.compile("bob"), where=lambda step: step.line).reply(550)
    fake_smtp.users = {"ann": "secret"}
    fake_smtp.capabilities.append("X-ODD")
    assert_type(fake_smtp.outbox[0].message, EmailMessage)
    assert_type(fake_smtp.outbox[0].recipients, list[str])
    assert_type(fake_smtp.commands, list[str])
    assert_type(fake_smtp.transcript, Transcript)


def pop3(fake_pop3: FakePOP3, fake_smtp: FakeSMTP) -> None:
    assert_type(fake_pop3.on("RETR").reply("-ERR no").once(), POP3Rule)
    assert_type(fake_pop3.mailbox, Mailbox)
    assert_type(fake_pop3.mailboxes["ann"][0].content, bytes)
    fake_smtp.deliver_to(fake_pop3.mailbox)


def answer(request: Request) -> Response:
    return Response(200, request.body)


def http(fake_http: FakeHTTP) -> None:
    rule = fake_http.on("GET", "/a*", query={"n": "1"}, headers={"Accept": "text/html"})
    assert_type(rule.respond(200, b"ok", headers={"X": "y"}).truncate(after=1), HTTPRule)
    fake_http.on("POST", json=[1]).respond(answer)
    assert_type(fake_http.requests, list[Request])
    assert_type(fake_http.requests[0].headers["host"], str)
    assert_type(fake_http.url_for("/"), str)


def farm() -> None:
    with Farm(strict=False) as made:
        assert_type(made.smtp(), FakeSMTP)
        assert_type(made.http(port=0), FakeHTTP)

    def observer(step: Step) -> None:
        assert_type(step.argument, str)

    with FakeSMTP() as fake:
        fake.observe(observer)
