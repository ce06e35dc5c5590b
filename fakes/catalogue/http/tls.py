"""TLS from the first byte on, and what goes wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import EITHER, FAILS, SUCCEEDS, edge_case
from ..content import CONTENT
from .answers import head

if TYPE_CHECKING:
    from ...http import FakeHTTP


# --- certificates: the page would be there


def page(server: FakeHTTP) -> None:
    """What a client gets that does not mind the certificate."""
    server.on("GET").respond(200, CONTENT).optional()


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="implicit",
    certificate="expired",
)
def certificate_expired(server: FakeHTTP) -> None:
    """The certificate was valid until some time ago. A good client ends the connection and reports
    that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 5280 section 6.1.3",
    tls="implicit",
    certificate="not-yet-valid",
)
def certificate_not_yet_valid(server: FakeHTTP) -> None:
    """The certificate is valid from some later time on. A good client ends the connection and
    reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 9110 section 4.3.4",
    tls="implicit",
    certificate="wrong-host",
)
def certificate_for_another_host(server: FakeHTTP) -> None:
    """The certificate is good, and for somebody else. A good client compares the names, ends the
    connection and reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="self-signed",
)
def certificate_self_signed(server: FakeHTTP) -> None:
    """The certificate is signed by itself. A good client trusts nobody that it was not told to
    trust, ends the connection and reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 5280 section 6.1",
    tls="implicit",
    certificate="untrusted-root",
)
def certificate_by_an_unknown_authority(server: FakeHTTP) -> None:
    """The certificate is by an authority that the client does not know. A good client ends the
    connection and reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 8446 section 4.4.2",
    tls="implicit",
    certificate="incomplete-chain",
)
def certificate_without_its_chain(server: FakeHTTP) -> None:
    """The certificate comes without the intermediate that signed it. A good client, which cannot
    tell who that was, ends the connection and reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 5280 section 4.2.1.12",
    tls="implicit",
    certificate="wrong-key-usage",
)
def certificate_for_another_purpose(server: FakeHTTP) -> None:
    """The certificate is for signing code, and not for a server. A good client ends the connection
    and reports that."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=EITHER,
    source="RFC 9525 section 2",
    tls="implicit",
    certificate="no-san",
)
def certificate_with_a_common_name_alone(server: FakeHTTP) -> None:
    """The name of the host stands nowhere but in the common name, which no longer counts. A good
    client ends the connection and reports that; an older one takes it."""
    page(server)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="RFC 8446 section 4.4.2.4",
    tls="implicit",
    client_certificate="required",
)
def client_certificate_wanted(server: FakeHTTP) -> None:
    """The server lets nobody in without a certificate, and the client has none. A good client
    reports that it is not let in; with TLS 1.3 it learns that only when it waits for the answer."""
    page(server)


# --- the handshake


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="urllib3 test_https_connection_read_timeout",
    tls="implicit",
)
def handshake_never_answered(server: FakeHTTP) -> None:
    """The ClientHello is read, and then there is silence. A good client's timeout holds for the
    handshake, too, and it reports that it passed."""
    server.on("tls").stall()


@edge_case("http", operation="get", expect=FAILS, source="RFC 8446 section 6.2", tls="implicit")
def handshake_refused(server: FakeHTTP) -> None:
    """The ClientHello is answered with the alert handshake_failure. A good client reports that, and
    does not try again in plain text."""
    server.on("tls").alert("handshake_failure").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 6066 section 3", tls="implicit")
def server_name_not_known(server: FakeHTTP) -> None:
    """The ClientHello is answered with the alert unrecognized_name: that host is not here. A good
    client reports that."""
    server.on("tls").alert("unrecognized_name").close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def handshake_cut(server: FakeHTTP) -> None:
    """The connection ends with FIN in the middle of the handshake. A good client reports that the
    server has gone."""
    server.on("tls").truncate(after=30)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="urllib3 test_https_proxymanager_connected_to_http_proxy",
    tls="implicit",
)
def plain_answer_where_tls_is_expected(server: FakeHTTP) -> None:
    """The ClientHello is answered with a 400 in plain text: the port is that of HTTP. A good client
    reports that there is no TLS, and does not go on without it."""
    server.on("tls").raw(head("HTTP/1.1 400 Bad Request", "Content-Length: 0")).close()


@edge_case("http", operation="get", expect=FAILS, source="RFC 8996 section 4", tls="implicit")
def tls_1_0_and_no_other(server: FakeHTTP) -> None:
    """The server speaks TLS 1.0 and nothing later, which must not be used any more. A good client
    reports that they have no version in common."""
    server.on("tls").negotiate(version="TLSv1")


# --- behind the handshake


@edge_case("http", operation="get", expect=FAILS, source="RFC 9112 section 9.8", tls="implicit")
def body_without_length_cut_in_tls(server: FakeHTTP) -> None:
    """The answer has no Content-Length, and the connection ends after 100 bytes without
    close_notify, as an attacker can make it. A good client reports an incomplete message."""
    nothing_said = {"Content-Length": None}
    rule = server.on("GET").respond(200, CONTENT, headers=nothing_said).truncate(after=100)
    rule.close(close_notify=False)


@edge_case("http", operation="get", expect=SUCCEEDS, source="RFC 9112 section 9.8", tls="implicit")
def whole_body_and_no_close_notify(server: FakeHTTP) -> None:
    """The answer has its Content-Length and all of its content, and then the connection ends
    without close_notify. A good client knows that it has all."""
    server.on("GET").respond(200, CONTENT).close(close_notify=False)


@edge_case(
    "http",
    operation="get",
    expect=FAILS,
    source="urllib3 test_ssl_failure_midway_through_conn",
    tls="implicit",
)
def plain_text_behind_the_handshake(server: FakeHTTP) -> None:
    """The handshake is good, and the answer comes in plain text. A good client reports that this is
    no TLS, and does not take it for the answer."""
    answer = head("HTTP/1.1 200 OK", f"Content-Length: {len(CONTENT)}") + CONTENT
    server.on("GET").raw(answer, encrypted=False).close()


@edge_case(
    "http", operation="get", expect=FAILS, source="urllib3 test_ssl_read_timeout", tls="implicit"
)
def body_stalls_in_tls(server: FakeHTTP) -> None:
    """After 100 bytes of the content there is silence. A good client's timeout holds behind the
    handshake, too, and it reports that it passed."""
    server.on("GET").respond(200, CONTENT).truncate(after=100).stall()


@edge_case("http", operation="get", expect=FAILS, source="RFC 8446 section 6.1", tls="implicit")
def request_answered_by_close_notify(server: FakeHTTP) -> None:
    """The request is read, and TLS and connection end in good order. A good client reports that
    there was no answer."""
    server.on("GET").close()
