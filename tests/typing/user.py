"""What a user writes, for mypy --strict: public names, fluent rules, the types that come out."""

from __future__ import annotations

import re
import ssl
from email.message import EmailMessage
from pathlib import Path

from typing_extensions import assert_type

from fakefarm import (
    Authority,
    Call,
    EdgeCase,
    FakeDNS,
    FakeFTP,
    FakeHTTP,
    FakeIMAP,
    FakePOP3,
    FakeResolver,
    FakeSMTP,
    FakeXMLRPC,
    Farm,
    Mail,
    Mailbox,
    Query,
    Request,
    Response,
    Step,
    Transcript,
    Upload,
    Verdict,
    edge_cases,
    truncate_everywhere,
)
from fakefarm.dns import DNSRule
from fakefarm.ftp import FTPRule
from fakefarm.http import HTTPRule
from fakefarm.imap import IMAPRule
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


def imap(fake_imap: FakeIMAP) -> None:
    assert_type(fake_imap.on("APPEND").reply("NO", "[OVERQUOTA] full").once(), IMAPRule)
    assert_type(fake_imap.on("FETCH").untagged("* 3 EXISTS").answer(), IMAPRule)
    fake_imap.mailbox.folders.create("Sent")
    assert_type(fake_imap.mailbox.add("Subject: x\n\n", flags=["\\Seen"]), Mail)


def ftp(fake_ftp: FakeFTP) -> None:
    assert_type(fake_ftp.on("RETR").truncate(after=1).content(b"x"), FTPRule)
    assert_type(fake_ftp.on("transfer").reply(426, "no").delay(1), FTPRule)
    assert_type(fake_ftp.root, Path)
    assert_type(fake_ftp.uploads, list[Upload])
    fake_ftp.listing_style = "windows"


def dns(fake_dns: FakeDNS, fake_resolver: FakeResolver, fake_smtp: FakeSMTP) -> None:
    fake_dns.add_host("mail.example.com", "192.0.2.1", reverse=False)
    fake_dns.host_for(fake_smtp, "mail.example.com")
    assert_type(fake_dns.on("PTR", "*.in-addr.arpa").rcode("SERVFAIL").times(2), DNSRule)
    assert_type(fake_dns.on("A", transport="udp").respond("192.0.2.9").wrong_id(), DNSRule)
    assert_type(fake_dns.queries, list[Query])
    assert_type(fake_resolver.lookups[0].function, str)


def xmlrpc(fake_xmlrpc: FakeXMLRPC) -> None:
    fake_xmlrpc.register(pow)

    @fake_xmlrpc.register(name="double")
    def double(number: int) -> int:
        return 2 * number

    assert_type(double(2), int)
    fake_xmlrpc.on("add", arguments=(1, 2)).returns(3).then.fault(4, "too many")
    assert_type(fake_xmlrpc.calls, list[Call])
    fake_xmlrpc.http.on("POST").respond(503)


def tls(fake_smtp: FakeSMTP) -> None:
    with Farm() as made:
        assert_type(made.smtp(tls="starttls", certificate={"a.example.com": "expired"}), FakeSMTP)
        assert_type(made.ca, Authority)
        assert_type(made.ca.client_context(made.ca.client_certificate("ann")), ssl.SSLContext)
    assert_type(fake_smtp.on("tls").alert("unknown_ca").close(close_notify=False), SMTPRule)
    fake_smtp.cut_connections(10, "rst")


def contract() -> None:
    cases = edge_cases("smtp")
    assert_type(cases, list[EdgeCase])
    verdict = cases[0].check(send=lambda target: target.host, deadline=1)
    assert_type(verdict, Verdict)
    assert_type(truncate_everywhere("http", get=lambda target: target.url), list[Verdict])


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
