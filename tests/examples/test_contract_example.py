import smtplib

import pytest


def send(server):
    """The code under test."""
    with smtplib.SMTP(server.host, server.port, timeout=1) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], server.content)


@pytest.mark.smtp_edge_case(only=["ehlo_*", "quit_*"], xfail={"quit_421": "raises, though sent"})
def test_our_mailer(smtp_edge_case):
    smtp_edge_case.check(send=send)
