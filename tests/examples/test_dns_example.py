import socket

import pytest


def host_of(address):
    """The code under test: the name of a client, for a log."""
    try:
        return socket.gethostbyaddr(address)[0]
    except OSError:
        return address


def connect(host, port, tries=3):
    """The code under test: try again when the name server is out of order."""
    try:
        return socket.create_connection((host, port), timeout=5)
    except socket.gaierror as error:
        if error.errno != socket.EAI_AGAIN or tries == 1:
            raise
    return connect(host, port, tries - 1)


def test_a_client_with_and_without_a_name(fake_dns, fake_resolver):
    fake_dns.add_host("named.example.com", "192.0.2.1")
    fake_dns.add_host("mail.example.com", "192.0.2.2", reverse=False)
    assert host_of("192.0.2.1") == "named.example.com"
    assert host_of("192.0.2.2") == "192.0.2.2"
    assert fake_resolver.lookups[1].error.args == (1, "Unknown host")  # a herror


def test_the_name_server_is_out_of_order_for_a_moment(fake_dns, fake_resolver, fake_http):
    fake_dns.host_for(fake_http, "www.example.com")
    fake_dns.on("*", "www.example.com").rcode("SERVFAIL").times(4)  # A and AAAA, twice each
    connect("www.example.com", fake_http.port).close()
    assert [lookup.function for lookup in fake_resolver.lookups] == ["getaddrinfo"] * 2


def test_a_name_that_does_not_exist_is_not_tried_again(fake_dns, fake_resolver):
    fake_dns.add_zone("example.com")
    with pytest.raises(socket.gaierror, match="Name or service not known"):
        connect("nowhere.example.com", 80)
    assert len(fake_resolver.lookups) == 1


@pytest.mark.fake_resolver(timeout=0.1)
def test_a_name_server_that_is_silent(fake_dns, fake_resolver):
    fake_dns.on("PTR", "*.2.0.192.in-addr.arpa").ignore()
    assert host_of("192.0.2.1") == "192.0.2.1"
