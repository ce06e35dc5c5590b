"""What the tests of TLS share: the authority, and every fake that has TLS."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from raw_client import RawClient
from tls_clients import SPEAKERS, Speaker

from fakefarm import Authority, Farm


@pytest.fixture(params=SPEAKERS, ids=str)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    """A protocol in one of its modes."""
    return request.param


@pytest.fixture
def ca() -> Authority:
    return Farm().ca


@pytest.fixture
def trusting(ca: Authority) -> ssl.SSLContext:
    """A client's context that trusts the authority."""
    return ca.client_context()


@pytest.fixture
def running() -> Iterator[Callable[..., Any]]:
    """``running(speaker, ...)`` is a started fake, stopped and verified in the end."""
    with contextlib.ExitStack() as stack:
        yield lambda speaker, **arguments: stack.enter_context(speaker.make(**arguments))


@pytest.fixture
def dial() -> Iterator[Callable[..., RawClient]]:
    """``dial(speaker, fake)`` is a raw client that is to say its ClientHello next."""
    with contextlib.ExitStack() as stack:

        def dial(speaker: Speaker, fake: Any) -> RawClient:
            client = speaker.dial(fake)
            stack.callback(client.close)
            return client

        yield dial
