"""aiosmtpd handlers, as suites that used aiosmtpd have them."""

import asyncio
import io
import smtplib
import sys
import threading
import time

import pytest
from aiosmtpd.handlers import Debugging, Mailbox, Message, Sink
from aiosmtpd.smtp import MISSING, AuthResult, Envelope, LoginPassword, Session, auth_mechanism

from fakefarm import FakeFailure, FakeSMTP

MAIL, RCPT = "MAIL FROM:<ann@example.com>", "RCPT TO:<bob@example.com>"
MESSAGE = (MAIL, RCPT, "DATA", "Subject: hi\r\n\r\nhello\r\n.")


class Policy:
    """What handlers commonly do."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.delivered: list[tuple[str, list[str], bytes]] = []

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.called.append(f"MAIL {address} {options}")
        if address.endswith("@spam.example"):
            return "553 5.7.1 not from you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 welcome"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.called.append(f"RCPT {address} {options}")
        await asyncio.sleep(0)
        if not address.endswith("@example.com"):
            return "550 5.7.1 not relaying"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.called.append("DATA")
        self.delivered.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 queued"


@pytest.fixture
def serve():
    """Starts a fake with a handler; what went wrong in it fails the test."""
    fakes = []

    def start(handler, **arguments) -> FakeSMTP:
        fakes.append(FakeSMTP(handler=handler, **arguments).start())
        return fakes[-1]

    yield start
    for fake in fakes:
        fake.stop()
    for fake in fakes:
        fake.verify()


def test_policy(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler)
    client = raw(fake)
    assert client.say("MAIL FROM:<x@spam.example>") == b"553 5.7.1 not from you\r\n"
    assert client.say(MAIL + " size=9 BODY=8bitmime") == b"250 welcome\r\n"
    assert client.say("RCPT TO:<x@other.example>") == b"550 5.7.1 not relaying\r\n"
    assert client.codes("DATA", RCPT, "DATA") == [503, 250, 354]
    assert client.say("..x\r\n.") == b"250 queued\r\n"
    assert handler.delivered == [("ann@example.com", ["bob@example.com"], b".x\r\n")]
    assert handler.called == [
        "MAIL x@spam.example []",
        "MAIL ann@example.com ['SIZE=9', 'BODY=8BITMIME']",
        "RCPT x@other.example []",
        "RCPT bob@example.com []",
        "DATA",
    ]
    (message,) = fake.outbox
    assert (message.sender, message.recipients) == ("ann@example.com", ["bob@example.com"])
    assert message.content == b".x\r\n"


def test_what_is_out_of_order_or_malformed_does_not_reach_the_hooks(serve, raw) -> None:
    handler = Policy()
    client = raw(serve(handler))
    assert client.codes(RCPT, "MAIL FROM:nobody", "MAIL FROM:<a@b> X=Y", "DATA") == [
        503,
        501,
        555,
        503,
    ]
    assert handler.called == []


def test_faults_work_around_it(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler)
    fake.on("RCPT").reply(450, "4.2.0 later").once()
    fake.on("RCPT").reply(251, "forwarded").once()
    fake.on("message").truncate(after=0)
    client = raw(fake)
    assert client.codes(MAIL, RCPT, RCPT, "DATA") == [250, 450, 251, 354]
    client.send(b".\r\n")
    assert client.rest() == (b"", "fin")
    assert handler.called == ["MAIL ann@example.com []", "RCPT bob@example.com []", "DATA"]
    assert len(fake.outbox) == len(handler.delivered) == 1


def test_a_scripted_yes_overrules_a_no(serve, raw) -> None:
    fake = serve(Policy())
    fake.on("MAIL").reply(250, "come in")
    fake.on("RCPT").reply(250, "fine")
    codes = raw(fake).codes("MAIL FROM:<x@spam.example>", "RCPT TO:<x@other.example>", "DATA", ".")
    assert codes == [250, 250, 354, 250]
    assert fake.outbox[0].recipients == ["x@other.example"]


def test_without_effect_the_hook_is_not_called(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler)
    fake.on("message").reply(250, "ok").without_effect()
    assert raw(fake).codes(*MESSAGE) == [250, 250, 354, 250]
    assert (handler.delivered, fake.outbox) == ([], [])


def test_a_refused_message_is_not_in_the_outbox(serve, raw) -> None:
    class Refusing:
        async def handle_DATA(self, server, session, envelope):
            return "554 5.6.0 no"

    fake = serve(Refusing())
    assert raw(fake).codes(*MESSAGE, *MESSAGE)[3::4] == [554, 554]
    assert fake.outbox == []


def test_chunks_reach_the_hook(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler)
    fake.on("BDAT", "3 LAST").delay(0)
    client = raw(fake)
    for number in (2, 3):  # the second is answered by the rule
        assert client.codes(MAIL, RCPT) == [250, 250]
        client.send(b"BDAT 1\r\naBDAT %d LAST\r\n%s" % (number, b"b" * number))
        assert client.reply().startswith(b"250 2.0.0 1 octets")
        assert client.reply() == b"250 queued\r\n"
    assert [content for _, _, content in handler.delivered] == [b"abb", b"abbb"]
    assert [message.content for message in fake.outbox] == [b"abb", b"abbb"]


def test_a_hook_that_rewrites_the_envelope(serve, raw) -> None:
    class Forwarding:
        async def handle_DATA(self, server, session, envelope):
            envelope.mail_from = "list@example.com"
            envelope.rcpt_tos[:] = ["carol@example.com", "dave@example.com"]
            return "250 OK"

    fake = serve(Forwarding())
    raw(fake).codes(*MESSAGE)
    (message,) = fake.outbox
    assert message.sender == "list@example.com"
    assert message.recipients == ["carol@example.com", "dave@example.com"]
    assert message.rcpt_options == [{}, {}]


def test_a_nested_mail_that_a_script_accepts_begins_anew(serve, raw) -> None:
    fake = serve(Policy())
    fake.on("MAIL").after(1).reply(250)
    other = "RCPT TO:<carol@example.com>"
    assert raw(fake).codes(MAIL, RCPT, MAIL, other, "DATA", ".") == [250, 250, 250, 250, 354, 250]
    assert fake.outbox[0].recipients == ["carol@example.com"]


def test_a_hook_that_forgets_the_envelope(serve, raw) -> None:
    """A common mistake: with aiosmtpd the sender or the recipient is then not there."""

    class Forgetful:
        async def handle_RCPT(self, server, session, envelope, address, options):
            return "250 OK"

    assert raw(serve(Forgetful())).codes(MAIL, RCPT, "DATA") == [250, 250, 503]

    class Oblivious:
        async def handle_MAIL(self, server, session, envelope, address, options):
            return "250 OK"

    assert raw(serve(Oblivious())).codes(MAIL, RCPT, MAIL) == [250, 503, 250]

    class Rude:
        async def handle_HELO(self, server, session, envelope, hostname):
            return "250 and?"

    assert raw(serve(Rude()), hello="").codes("HELO a", MAIL) == [250, 503]


def test_hooks_that_leave_it_to_the_server(serve, raw) -> None:
    class Missing:
        async def handle_MAIL(self, server, session, envelope, *rest):
            return MISSING

        handle_RCPT = handle_DATA = handle_RSET = handle_NOOP = handle_VRFY = handle_MAIL
        handle_HELO = handle_QUIT = handle_MAIL

    fake = serve(Missing())
    client = raw(fake, hello="HELO a")
    assert client.codes(*MESSAGE, "RSET", "NOOP", "VRFY a", "QUIT") == [
        250,
        250,
        354,
        250,
        250,
        250,
        252,
        221,
    ]
    assert fake.outbox[0].recipients == ["bob@example.com"]


def test_every_hook(serve, raw) -> None:
    seen = []

    class Chatty:
        async def handle_HELO(self, server, session, envelope, hostname):
            session.host_name = hostname
            return "250 helo"

        async def handle_NOOP(self, server, session, envelope, arg):
            seen.append(arg)
            return "250 noop"

        async def handle_RSET(self, server, session, envelope):
            seen.append(envelope.mail_from)
            return "250 rset"

        async def handle_VRFY(self, server, session, envelope, address):
            seen.append(address)
            return b"252-vrfy\r\n252 more"

        async def handle_QUIT(self, server, session, envelope):
            return "221 quit"

    client = raw(serve(Chatty()), hello="")
    for line in ("HELO a", "NOOP", "NOOP x", "VRFY <a@b.c>", MAIL, "RSET", "QUIT"):
        reply = client.say(line)
        if not line.startswith("MAIL"):
            assert reply[4:8].decode() == line[:4].lower()
    assert client.rest() == (b"", "fin")
    assert seen == [None, "x", "a@b.c", None]


@pytest.mark.parametrize("arguments", [4, 5])
def test_ehlo_old_and_new(serve, raw, arguments) -> None:
    class Old:
        async def handle_EHLO(self, server, session, envelope, hostname):
            session.host_name = hostname
            return "250 X-OLD"

    class New:
        async def handle_EHLO(self, server, session, envelope, hostname, responses):
            session.host_name = hostname
            assert responses[0] == f"250-{server.hostname}"
            assert responses[-1] == "250 HELP"
            return [*responses[:2], "250-X-NEW", responses[-1]]

    client = raw(serve({4: Old, 5: New}[arguments]()), hello="")
    lines = client.say("EHLO a").splitlines()
    assert lines[0] == b"250-mail.fakefarm.example"
    if arguments == 4:
        assert lines[-2:] == [b"250-HELP", b"250 X-OLD"]
    else:
        assert lines[2:] == [b"250-X-NEW", b"250 HELP"]
    assert client.codes(MAIL) == [250]


def test_session_envelope_and_server(serve, raw) -> None:
    class Curious:
        async def handle_DATA(self, server, session, envelope):
            assert isinstance(session, Session)
            assert isinstance(envelope, Envelope)
            assert session is server.session
            assert envelope is server.envelope
            assert session.loop is server.loop is asyncio.get_running_loop()
            assert session.host_name == "client.example"
            assert session.extended_smtp
            assert session.peer == server.transport.get_extra_info("peername")
            assert server.transport.get_extra_info("sockname")[1] == fake.port
            assert server.transport.get_extra_info("socket") is not None
            assert server.transport.get_extra_info("cipher", "none") == "none"
            assert (server.hostname, server.data_size_limit) == (fake.hostname, 2**25)
            assert server.event_handler is self
            assert envelope.original_content == envelope.content == b"x\r\n"
            assert envelope.smtp_utf8
            await server.push("250-first")
            return "250 then"

    fake = serve(Curious())
    client = raw(fake)
    assert client.codes(MAIL + " SMTPUTF8", RCPT, "DATA") == [250, 250, 354]
    assert client.say("x\r\n.") == b"250-first\r\n250 then\r\n"


def test_the_null_sender_is_spelt_as_aiosmtpd_does(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler)
    assert raw(fake).codes("MAIL FROM:<>", *MESSAGE[1:]) == [250, 250, 354, 250]
    assert handler.delivered[0][0] == "<>"
    assert fake.outbox[0].sender == ""


def test_a_transport_that_is_closed(serve, raw) -> None:
    class Closing:
        async def handle_DATA(self, server, session, envelope):
            await server.push("421 enough")
            server.transport.close()

    client = raw(serve(Closing()))
    client.codes(*MESSAGE[:3])
    client.send(b".\r\n")
    assert client.rest() == (b"421 enough\r\n", "fin")


def test_tasks_that_a_hook_leaves_behind_are_ended(serve, raw) -> None:
    tasks = []

    class Leaving:
        async def handle_NOOP(self, server, session, envelope, arg):
            tasks.append(asyncio.ensure_future(asyncio.sleep(60)))
            return "250 OK"

    fake = serve(Leaving())
    client = raw(fake)
    assert client.codes("NOOP", "QUIT") == [250, 221]
    client.close()
    fake.stop()
    assert tasks[0].cancelled()


# --- stopping


class Waiting:
    """Hooks that wait for what never comes, and say so; ``ended`` is what they were then told."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.ended: list[str] = []

    async def wait(self) -> str:
        self.called.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return "250 OK"


class WaitingToNoop(Waiting):
    async def handle_NOOP(self, server, session, envelope, arg):
        return await self.wait()


class WaitingToDeliver(Waiting):
    async def handle_DATA(self, server, session, envelope):
        return await self.wait()


class WaitingAfterAnError(Waiting):
    async def handle_NOOP(self, server, session, envelope, arg):
        raise RuntimeError("no")

    async def handle_exception(self, error):
        return await self.wait()


class WaitingToLetIn(Waiting):
    async def auth_DOOR(self, server, args):
        return await self.wait()


class WaitingForAChild(Waiting):
    async def handle_NOOP(self, server, session, envelope, arg):
        return await asyncio.shield(asyncio.ensure_future(self.wait()))


class SlowToEnd(Waiting):
    async def handle_NOOP(self, server, session, envelope, arg):
        try:
            return await self.wait()
        finally:
            await asyncio.sleep(60)


class LeavingATaskThatIsSlowToEnd(SlowToEnd):
    async def handle_NOOP(self, server, session, envelope, arg):
        self.task = asyncio.ensure_future(super().handle_NOOP(server, session, envelope, arg))
        await asyncio.sleep(0)
        return "250 OK"


WAITING = [
    (WaitingToNoop, ["NOOP"]),
    (WaitingToDeliver, list(MESSAGE)),
    (WaitingAfterAnError, ["NOOP"]),
    (WaitingToLetIn, ["AUTH DOOR"]),
    (WaitingForAChild, ["NOOP"]),
    (SlowToEnd, ["NOOP"]),
    (LeavingATaskThatIsSlowToEnd, ["NOOP"]),
]


@pytest.mark.parametrize(("kind", "lines"), WAITING, ids=[k.__name__ for k, _ in WAITING])
@pytest.mark.parametrize("way", ["stop", "reset"])
def test_a_hook_that_waits_does_not_hold_the_fake(serve, raw, kind, lines, way) -> None:
    handler = kind()
    fake = serve(handler)
    client = raw(fake)
    client.codes(*lines[:-1])
    client.send(lines[-1].encode() + b"\r\nRSET\r\n")
    assert handler.called.wait(5)
    connection, outbox = fake.connections[0], fake.outbox
    began = time.monotonic()
    getattr(fake, way)()
    assert time.monotonic() - began < 1
    assert handler.ended == ["cancelled"]
    assert (connection.ended_by, connection.ended_how) == ("stop", "fin")
    assert (outbox, fake.errors) == ([], [])


def test_no_hook_is_called_once_the_fake_stops(serve, raw) -> None:
    """Not even behind a half-close, where no reply that fails to leave tells of the end."""

    class Stopping(WaitingToNoop):
        async def handle_VRFY(self, server, session, envelope, address):
            fake.stop()
            return "252 x"

    handler = Stopping()
    fake = serve(handler)
    fake.on("RSET").half_close()
    client = raw(fake)
    client.send(b"RSET\r\nVRFY x\r\nNOOP\r\n")
    fake.wait_until(lambda: fake.connections[0].closed is not None)
    assert fake.commands[-1] == "NOOP"
    assert not handler.called.is_set()


def test_a_hook_may_stop_the_fake(serve, raw) -> None:
    class Stopping(Waiting):
        async def handle_NOOP(self, server, session, envelope, arg):
            fake.stop()
            return await self.wait()

    handler = Stopping()
    fake = serve(handler)
    client = raw(fake)
    client.send(b"NOOP\r\n")
    assert client.rest() == (b"", "fin")
    fake.wait_until(lambda: fake.connections[0].closed is not None)
    assert fake.connections[0].ended_by == "stop"


def test_a_loop_that_a_hook_stops_is_the_hooks_own_error(raw) -> None:
    class Meddling:
        async def handle_NOOP(self, server, session, envelope, arg):
            server.loop.stop()
            await asyncio.sleep(60)

    fake = FakeSMTP(handler=Meddling()).start()
    assert raw(fake).say("NOOP").startswith(b"500 Error: (RuntimeError) ")
    fake.stop()
    assert [type(error) for error in fake.errors] == [RuntimeError]


def test_what_a_hook_leaves_has_time_to_end_where_nobody_stops_it(serve, raw) -> None:
    ended = []

    class Tidy:
        async def handle_NOOP(self, server, session, envelope, arg):
            self.task = asyncio.ensure_future(self.tidy())
            await asyncio.sleep(0)
            return "250 OK"

        async def tidy(self):
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.2)
                ended.append("tidy")

    fake = serve(Tidy())
    client = raw(fake)
    assert client.codes("NOOP", "QUIT") == [250, 221]
    client.close()
    fake.wait_until(lambda: ended)


# --- exceptions


class Broken:
    async def handle_DATA(self, server, session, envelope):
        raise RuntimeError("out\r\nof paper")


class Caught(Broken):
    async def handle_exception(self, error):
        return f"451 4.3.0 {type(error).__name__}"


class Worse(Broken):
    async def handle_exception(self, error):
        raise OSError("on fire") from error


class Speechless(Broken):
    async def handle_exception(self, error):
        pass


class NoStatus:
    async def handle_DATA(self, server, session, envelope):
        pass


class NoCoroutine:
    def handle_DATA(self, server, session, envelope):
        return "250 OK"


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        (Broken(), b"500 Error: (RuntimeError) out of paper\r\n"),
        (Worse(), b"500 Error: (OSError) on fire\r\n"),
        (Speechless(), b"500 Error: (RuntimeError) out of paper\r\n"),
        (NoStatus(), b"500 Error: (TypeError) handle_DATA() returned None"),
        (NoCoroutine(), b"500 Error: (TypeError) "),
    ],
    ids=lambda v: type(v).__name__,
)
def test_an_exception_reaches_the_client_and_the_test(raw, handler, text) -> None:
    fake = FakeSMTP(handler=handler).start()
    client = raw(fake)
    assert client.codes(*MESSAGE[:3]) == [250, 250, 354]
    assert client.say(".").startswith(text)
    assert client.codes("NOOP", "QUIT") == [250, 221]
    fake.stop()
    assert fake.outbox == []
    assert len(fake.errors) == 1
    with pytest.raises(FakeFailure, match="exception in a thread"):
        fake.verify()


def test_handle_exception_answers_for_it(serve, raw) -> None:
    fake = serve(Caught())
    client = raw(fake)
    client.codes(*MESSAGE[:3])
    assert client.say(".") == b"451 4.3.0 RuntimeError\r\n"


# --- AUTH


class Doorman:
    async def auth_DOOR(self, server, args):
        answer = args[1] if len(args) > 1 else await server.challenge_auth("knock?")
        if answer is MISSING:
            return AuthResult(success=False)
        if answer == b"knock":
            return AuthResult(success=True, auth_data=LoginPassword(b"ann", b""))
        return AuthResult(success=False, handled=False)

    @auth_mechanism("OLD-WAY")
    async def auth_OLD(self, server, args):
        return {"yes": "ann", "no": False, "none": None}[args[1]]


def test_mechanisms_of_the_handler(serve, raw) -> None:
    fake = serve(Doorman())
    client = raw(fake, hello="")
    assert b"AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 DOOR OLD-WAY\r\n" in client.say("EHLO a")
    assert client.say("AUTH DOOR") == b"334 a25vY2s/\r\n"
    assert client.codes("*", "AUTH DOOR", "?", "AUTH DOOR", "aGk=") == [501, 334, 501, 334, 535]
    assert client.codes("AUTH OLD-WAY no") == [535]
    assert client.codes("AUTH DOOR", "a25vY2s=", "AUTH DOOR") == [334, 235, 503]
    client.codes(*MESSAGE)
    assert fake.outbox[0].user == "ann"
    assert raw(fake).codes("AUTH OLD-WAY yes") == [235]


def test_an_exception_in_a_mechanism(serve, raw) -> None:
    class Jammed(Doorman):
        async def handle_exception(self, error):
            return f"454 4.7.0 {error!r}"

    client = raw(serve(Jammed()))
    assert client.say("AUTH OLD-WAY what") == b"454 4.7.0 KeyError('what')\r\n"
    assert client.codes("NOOP") == [250]


def test_a_client_that_leaves_before_it_responds(serve, raw) -> None:
    fake = serve(Doorman())
    client = raw(fake)
    assert client.codes("AUTH DOOR") == [334]
    client.close()
    fake.wait_until(lambda: fake.connections[0].closed is not None)
    assert fake.errors == []


def test_silence_in_the_middle_of_a_mechanism(serve, raw) -> None:
    fake = serve(Doorman(), timeout=0.05)
    client = raw(fake)
    client.send(b"AUTH DOOR\r\n")
    assert client.rest()[0].endswith(b"421 4.4.2 silent for too long, closing\r\n")


def test_rules_see_the_responses_to_a_handlers_challenge(serve, raw) -> None:
    fake = serve(Doorman())
    fake.on("response").reply(454, "4.7.0 later").once()
    fake.on("response").delay(0).once()
    client = raw(fake)
    assert client.codes("AUTH DOOR", "a25vY2s=", "NOOP") == [334, 454, 250]
    assert client.codes("AUTH DOOR", "a25vY2s=", "NOOP") == [334, 235, 250]


def test_a_response_to_a_handlers_challenge_may_be_too_long(serve, raw) -> None:
    client = raw(serve(Doorman()))
    assert client.codes("AUTH DOOR", "x" * 20000, "NOOP") == [334, 500, 250]


@pytest.mark.parametrize(("status", "code", "user"), [("235 ok", 235, ""), ("535 no", 535, None)])
def test_handle_auth(serve, raw, status, code, user) -> None:
    class Deciding:
        async def handle_AUTH(self, server, session, envelope, args):
            assert args == ["PLAIN", "AGEAYg=="]
            return status

    fake = serve(Deciding())
    client = raw(fake)
    assert client.codes("AUTH PLAIN AGEAYg==", *MESSAGE)[0] == code
    assert fake.outbox[0].user == user


def test_handle_auth_that_answers_itself_or_leaves_it(serve, raw) -> None:
    class Silent:
        async def handle_AUTH(self, server, session, envelope, args):
            if args[0] == "PLAIN":
                await server.push("421 no")
                return None
            if args[0] == "LOGIN":
                raise ValueError("no")
            return MISSING

        async def handle_exception(self, error):
            return "451 oh"

    fake = serve(Silent(), users={"a": "b"})
    assert raw(fake).codes("AUTH PLAIN AGEAYg==", "AUTH LOGIN", "AUTH CRAM-MD5", "*") == [
        421,
        451,
        334,
        501,
    ]


def test_the_fakes_own_mechanisms_tell_the_session(serve, raw) -> None:
    told = []

    class Asking:
        async def handle_MAIL(self, server, session, envelope, address, options):
            told.append(session.authenticated)
            return MISSING

    client = raw(serve(Asking(), users={"a": "b"}))
    assert client.codes(MAIL, "RSET", "AUTH PLAIN AGEAYg==", MAIL) == [250, 250, 235, 250]
    assert told == [None, True]


# --- what aiosmtpd ships


def test_mailbox(serve, tmp_path) -> None:
    fake = serve(Mailbox(tmp_path / "mail"))
    with smtplib.SMTP(fake.host, fake.port, timeout=5) as client:
        client.sendmail("ann@example.com", ["bob@example.com"], "Subject: hi\r\n\r\nhello\r\n")
    (letter,) = Mailbox(tmp_path / "mail").mailbox
    assert (letter["Subject"], letter["X-RcptTo"]) == ("hi", "bob@example.com")
    assert len(fake.outbox) == 1


def test_message(serve, raw) -> None:
    class Collecting(Message):
        def handle_message(self, message):
            letters.append(message)

    letters = []
    raw(serve(Collecting())).codes(*MESSAGE)
    assert letters[0]["X-MailFrom"] == "ann@example.com"
    assert letters[0].get_payload() == "hello\r\n"


def test_debugging_and_sink(serve, raw) -> None:
    stream = io.StringIO()
    assert raw(serve(Debugging(stream))).codes(*MESSAGE) == [250, 250, 354, 250]
    assert "Subject: hi" in stream.getvalue()
    assert raw(serve(Sink())).codes(*MESSAGE) == [250, 250, 354, 250]


def test_lmtp(serve, raw) -> None:
    handler = Policy()
    fake = serve(handler, lmtp=True)
    client = raw(fake, hello="LHLO a")
    client.codes(MAIL, RCPT, RCPT.replace("bob", "carol"), "DATA")
    client.send(b".\r\n")
    assert [client.reply() for _ in range(2)] == [b"250 queued\r\n"] * 2
    assert handler.called[-2:] == ["RCPT carol@example.com []", "DATA"]  # asked once
    assert fake.outbox[0].recipients == ["bob@example.com", "carol@example.com"]


# --- what is no handler


def test_handlers_of_a_bad_kind() -> None:
    class Old:
        def process_message(self, peer, mail_from, rcpt_tos, data):
            pass

    class Odd:
        async def handle_EHLO(self, server):
            pass

    with pytest.raises(TypeError, match="handle_DATA"):
        FakeSMTP(handler=Old())
    with pytest.raises(TypeError, match="4 or 5"):
        FakeSMTP(handler=Odd())


def test_without_aiosmtpd_the_error_names_the_extra(monkeypatch) -> None:
    for name in [n for n in sys.modules if n.startswith("fakefarm.smtp.ha")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiosmtpd", None)
    monkeypatch.setitem(sys.modules, "aiosmtpd.smtp", None)
    with pytest.raises(ImportError, match=r"pip install 'pytest-fakefarm\[aiosmtpd\]'"):
        FakeSMTP(handler=Policy())
    FakeSMTP()
