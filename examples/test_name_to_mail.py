"""From a domain to a delivered message: every name on the way comes from a fake DNS."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable

import pytest

from fakefarm import FakeDNS, FakeResolver, FakeSMTP

Say = Callable[[str], None]

MESSAGE = "Subject: Report\r\n\r\nAll is well.\r\n"


def exchanges(resolver: FakeResolver, domain: str) -> list[str]:
    """The mail servers of a domain, the preferred first; without MX records, the domain itself
    (RFC 5321 section 5.1)."""
    dns = pytest.importorskip("dns.resolver", reason="dnspython is not installed")
    try:
        found = resolver.dnspython().resolve(domain, "MX")
    except dns.NoAnswer:
        return [domain]
    records = sorted(found, key=lambda record: record.preference)
    return [record.exchange.to_text(omit_final_dot=True) for record in records]


def deliver(resolver: FakeResolver, domain: str, port: int) -> str:
    """Send a message to the first server of a domain that takes it. Its name."""
    failure: Exception | None = None
    for host in exchanges(resolver, domain):
        try:
            with smtplib.SMTP(host, port, timeout=2) as client:
                client.sendmail("ann@client.example.net", [f"bob@{domain}"], MESSAGE)
                return host
        except OSError as error:
            failure = failure or error
    raise failure or OSError(f"{domain} takes no mail")


@pytest.fixture
def named(fake_dns: FakeDNS, fake_smtp: FakeSMTP) -> FakeDNS:
    """A domain with two mail servers, of which one runs."""
    fake_dns.add("example.com", "MX", "20 backup.example.com", "10 mail.example.com")
    fake_dns.host_for(fake_smtp, "mail.example.com")
    return fake_dns


def test_from_name_to_mail(
    named: FakeDNS, fake_resolver: FakeResolver, fake_smtp: FakeSMTP, say: Say
) -> None:
    """MX of the domain, address of the server, connection, delivery."""
    assert deliver(fake_resolver, "example.com", fake_smtp.port) == "mail.example.com"
    assert fake_smtp.outbox[0].recipients == ["bob@example.com"]
    assert [query.type for query in named.queries][:2] == ["MX", "A"]
    say("The message went to the server with the lower preference number.")


def test_a_client_without_a_reverse_name(
    named: FakeDNS,
    fake_resolver: FakeResolver,
    fake_smtp: FakeSMTP,
    monkeypatch: pytest.MonkeyPatch,
    say: Say,
) -> None:
    """The client's own address has no name in the DNS: it says EHLO with the address, and a server
    that insists on names turns it away."""
    monkeypatch.setattr(socket, "gethostname", lambda: "client")
    named.add_host("client", "192.0.2.10", reverse=False)
    fake_smtp.on("EHLO", "[192.0.2.10]").reply(550, "5.7.25 no reverse DNS").once()
    fake_smtp.on("HELO").reply(550, "5.7.25 no reverse DNS").once()
    with pytest.raises(smtplib.SMTPHeloError, match=r"5\.7\.25"):
        deliver(fake_resolver, "example.com", fake_smtp.port)
    named.add("10.2.0.192.in-addr.arpa", "PTR", "client.example.net")
    assert deliver(fake_resolver, "example.com", fake_smtp.port) == "mail.example.com"
    said = [step.argument for step in fake_smtp.steps if step.verb == "EHLO"]
    assert said == ["[192.0.2.10]", "client.example.net"]
    say("smtplib said EHLO [192.0.2.10], was refused, and was let in once it had a name.")


def test_the_preferred_server_has_no_address(
    named: FakeDNS, fake_resolver: FakeResolver, fake_smtp: FakeSMTP, say: Say
) -> None:
    """The first MX leads to a name that does not exist: the second is tried."""
    named.remove("mail.example.com")
    named.host_for(fake_smtp, "backup.example.com")
    assert deliver(fake_resolver, "example.com", fake_smtp.port) == "backup.example.com"
    failed = fake_resolver.lookups[0]
    assert (failed.asked, failed.function) == ("mail.example.com", "getaddrinfo")
    assert isinstance(failed.error, socket.gaierror)
    say("The lookup of the first failed, and the message went to the second.")
