"""The same IMAP conversations, played to FakeIMAP and to Dovecot: what they say means the same.

``AGREED`` are conversations in which it does, ``DIFFERENT`` those in which ours deliberately says
something else, each with what decides it. What is compared are values: completions with their
response codes, and untagged data, parsed. The words behind them are each server's own.
"""

import importlib.util
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from imap_values import fetched, read_response, values

from fakefarm import FakeIMAP, messages

_spec = importlib.util.spec_from_file_location("dovecot", Path(__file__).with_name("dovecot.py"))
assert _spec is not None
assert _spec.loader is not None
dovecot = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(dovecot)

MAILS = messages.all()
NUMBERS = {name: number for number, name in enumerate(MAILS, 1)}


# --- what an answer means

# Numbers that each server gives out as it likes.
OWN = re.compile(r"(?i)(UIDVALIDITY|HIGHESTMODSEQ|APPENDUID|COPYUID) \d+")
# Codes that say no more than the text does; those of RFC 5530, some of which Dovecot has and some
# of which ours has; and HIGHESTMODSEQ, with which ours answers each SELECT (RFC 7162 3.1.2.1) and
# Dovecot the first command that has to do with it.
DROPPED = re.compile(
    r"(?i)(CAPABILITY|PERMANENTFLAGS|CLOSED|READ-WRITE|HIGHESTMODSEQ"
    r"|ALERT|NONEXISTENT|SERVERBUG|CLIENTBUG|CANNOT)\b"
)
# Attributes of LIST that both have.
ATTRIBUTES = {"\\HASCHILDREN", "\\HASNOCHILDREN", "\\NOSELECT", "\\SENT", "\\DRAFTS", "\\TRASH"}
STATUS = re.compile(rb"(?i)(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\]]*)\])?(?: .*)?\Z", re.DOTALL)


def meaning(line: bytes) -> Any:
    """What one untagged line says; None for what is not compared."""
    rest = line.removeprefix(b"* ").removesuffix(b"\r\n")
    if found := STATUS.match(rest):
        return status(found)
    if rest.upper().startswith((b"CAPABILITY", b"ID ", b"ENABLED")):
        return rest.split()[0].decode()
    found = values(rest)
    if found[1:2] == ["FETCH"]:
        number, items = fetched(line)
        return "FETCH", number, {name: item(name, value) for name, value in items.items()}
    if found[0] in ("LIST", "LSUB"):
        attributes = {"\\NOSELECT" if each == "\\NONEXISTENT" else each for each in found[1]}
        return found[0], attributes & ATTRIBUTES, found[2], text(found[3])
    if found[0] == "SEARCH":
        return "SEARCH", sorted(n for n in found[1:] if isinstance(n, int))
    if found[0] == "FLAGS":
        return "FLAGS", set(found[1])
    if found[0] == "STATUS":
        pairs = dict(zip(found[2][::2], found[2][1::2], strict=True))
        pairs = {k: v for k, v in pairs.items() if k not in ("UIDVALIDITY", "HIGHESTMODSEQ")}
        return "STATUS", text(found[1]), pairs
    return found


def text(value: Any) -> Any:
    """An astring, whichever way it was written."""
    return value.decode("latin-1").upper() if isinstance(value, bytes) else str(value)


def status(found: "re.Match[bytes]") -> Any:
    code = (found[2] or b"").decode("latin-1")
    code = "" if DROPPED.match(code) else OWN.sub(r"\1 n", code)
    return (found[1].decode().upper(), code.upper()) if code or found[1] != b"OK" else None


def item(name: str, value: Any) -> Any:
    """The value of an item of FETCH."""
    if name == "FLAGS":
        return set(value) - {"\\RECENT"}
    if name in ("BODY", "BODYSTRUCTURE"):
        return structure(value)
    if name == "MODSEQ":
        return "n"
    if name == "INTERNALDATE":  # Dovecot tells it in its own time zone
        return datetime.strptime(value.decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return value


def structure(value: list) -> list:
    """A structure with types and names in small letters. Dovecot tells the charset of text that
    says none; ours tells what the mail says (RFC 2046 section 4.1.2 has the default)."""
    if isinstance(value[0], list):
        return [structure(each) if is_part(each) else each for each in value]
    main, sub, parameters, *rest = value
    pairs = [*(parameters or [])]
    pairs[::2] = [name.lower() for name in pairs[::2]]
    if main.lower() == b"text" and b"charset" not in pairs[::2]:
        pairs += [b"charset", b"us-ascii"]
    rest = [structure(each) if is_part(each) and n == 5 else each for n, each in enumerate(rest)]
    return [main.lower(), sub.lower(), pairs, *rest]


def is_part(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and (isinstance(value[0], list) or len(value) > 6)
    )


# --- conversations


class Client:
    """Plays commands."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.create_connection(address, timeout=10)
        self.file = self.sock.makefile("rb")
        assert self.file.readline().startswith(b"* OK ")

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.sock.close()

    def say(self, command: str | bytes) -> list[bytes]:
        """Send a command; all lines of its answer."""
        data = command.encode() if isinstance(command, str) else command
        self.sock.sendall(b"a " + data + b"\r\n")
        lines = []
        while line := read_response(self.file.readline, self.file.read):
            lines.append(line)
            if line.startswith((b"a ", b"+")):
                break
        return lines

    def ask(self, command: str | bytes) -> list[Any]:
        """Send a command; what the answer means, in an order of its own."""
        lines = self.say(command)
        if not lines or not lines[-1].startswith((b"a ", b"+")):
            lines.append(b"a (closed)")
        completion = lines.pop()
        found = STATUS.match(completion[2:].removesuffix(b"\r\n"))
        end = status(found) or ("OK", "") if found else completion[:1].decode()
        told = [meaning(line) for line in lines]
        if any(each[1:] == ["EXPUNGE"] for each in told if isinstance(each, list)):
            # Dovecot tells how many of those that are left are recent; nothing asks for that.
            told = [each for each in told if each is None or each[1:] != ["RECENT"]]
        return [*sorted((each for each in told if each is not None), key=repr), end]


def play(address: tuple[str, int], commands: list[str]) -> list[list[Any]]:
    with Client(address) as client:
        return [client.ask(command) for command in commands]


def lit(data: str | bytes) -> str:
    """A literal that is not waited for (RFC 7888)."""
    data = data if isinstance(data, str) else data.decode("latin-1")
    return f"{{{len(data.encode())}+}}\r\n{data}"


LOGIN = "LOGIN ann secret"
ARABIC, GREEK = "\u0645\u0631\u062d", "\u0391\u03bb"
ONE = "From: a@example.com\r\nSubject: one\r\nDate: Thu, 1 Jan 2026 12:00:00 +0000\r\n\r\nfirst\r\n"
TWO = "From: b@example.com\r\nTo: c@example.com\r\nSubject: two\r\n\r\nsecond\r\n"


def box(name: str, *commands: str) -> list[str]:
    """A conversation about a new mailbox of two messages, which is deleted in the end."""
    return [
        LOGIN,
        f"CREATE {name}",
        f'APPEND {name} (\\Seen) " 1-Feb-2026 12:00:00 +0000" {lit(ONE)}',
        f'APPEND {name} (\\Flagged work) "28-Feb-2026 23:30:00 -0500" {lit(TWO)}',
        f"SELECT {name}",
        *commands,
        "CLOSE",
        f"DELETE {name}",
    ]


class Agreed(NamedTuple):
    name: str
    commands: list[str]


class Different(NamedTuple):
    name: str
    command: str
    ours: list[Any]
    theirs: list[Any]
    because: str


# fmt: off
AGREED = [
    Agreed("login", [LOGIN, "NOOP", "LOGOUT"]),
    Agreed("wrong password", ["LOGIN ann guess", LOGIN]),
    Agreed("small letters", ["login ann secret", "examine inbox", "close", "logout"]),
    Agreed("before the login", ["SELECT INBOX", "LIST \"\" *", "NOOP", "CAPABILITY"]),
    Agreed("login twice", [LOGIN, LOGIN]),
    Agreed("quoted and literal", ['LOGIN "ann" "secret"']),
    Agreed("literals", [f"LOGIN {lit('ann')} {lit('secret')}"]),
    Agreed("AUTHENTICATE", ["AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=", "NOOP"]),
    Agreed("AUTHENTICATE, wrong", ["AUTHENTICATE PLAIN AGFubgBndWVzcw==", LOGIN]),
    Agreed("AUTHENTICATE, unknown", ["AUTHENTICATE X-NONE", LOGIN]),
    Agreed("unknown commands", ["XX", LOGIN, "XX", "XX y"]),
    Agreed("nothing selected", [LOGIN, "FETCH 1 FLAGS", "CLOSE", "EXPUNGE", "SEARCH ALL", "CHECK"]),
    Agreed("select", [LOGIN, "SELECT INBOX", "EXAMINE INBOX", "SELECT NOWHERE", "FETCH 1 FLAGS"]),
    Agreed("names", [LOGIN, "CREATE l/m/n", "LIST \"\" l*", "LIST \"\" l/%", "LIST \"\" l%",
        "LIST l/ *",
                     "LIST \"\" inbox", "LIST \"\" \"\""]),
    Agreed("create what is there", [LOGIN, "CREATE twice", "CREATE twice", "DELETE twice",
        "DELETE twice"]),
    Agreed("rename", [LOGIN, "CREATE old", "CREATE old/sub", "RENAME old young", 'LIST "" young*',
        "LIST \"\" old*",
                      "RENAME none other", "DELETE young/sub", "DELETE young"]),
    Agreed("inbox stays", [LOGIN, "CREATE INBOX", "DELETE INBOX", "CREATE inbox"]),
    Agreed("subscriptions", [LOGIN, "CREATE s/t", "SUBSCRIBE s/t", 'LSUB "" *', 'LSUB "" %',
        "UNSUBSCRIBE s/t",
                             'LSUB "" *', "DELETE s/t"]),
    Agreed("names in UTF-7", [LOGIN, "CREATE Entw&APw-rfe", 'LIST "" Ent*', "SELECT Entw&APw-rfe",
        "CLOSE",
                              "DELETE Entw&APw-rfe"]),
    Agreed("namespace", [LOGIN, "NAMESPACE"]),
    Agreed("status", box("St", "STATUS INBOX (MESSAGES UIDNEXT)", "STATUS NOWHERE (MESSAGES)",
        "STATUS INBOX (X)",
                         "STATUS INBOX ()")),
    Agreed("flags", box("Fl", "FETCH 1:2 FLAGS", "STORE 1 +FLAGS (\\Answered)",
        "STORE 1:2 FLAGS (\\Draft x)",
                        "STORE 1 -FLAGS \\Draft", "STORE 1:* FLAGS ()",
                        "STORE 2 +FLAGS.SILENT (\\Seen)",
                        "FETCH 1:* FLAGS", "STORE 1 +FLAGS (\\Recent)", "STORE 1 +FLAGS (\\Foo)",
                        "STORE 1 XFLAGS (\\Seen)", "STORE 9 FLAGS ()")),
    Agreed("reading sets seen", box("Rd", "FETCH 2 BODY.PEEK[]", "FETCH 2 FLAGS",
        "FETCH 2 BODY[TEXT]",
                                    "FETCH 2 (RFC822.HEADER)", "FETCH 2 FLAGS")),
    Agreed("reading in EXAMINE does not", box("Ex", "EXAMINE Ex", "FETCH 2 BODY[]",
        "FETCH 2 FLAGS")),
    Agreed("uids", box("Ui", "UID FETCH 1:* FLAGS", "UID FETCH 99 FLAGS", "UID FETCH 99:* UID",
        "UID STORE 2 +FLAGS (y)",
                       "UID SEARCH ALL", "UID SEARCH UID 2:*", "FETCH 1 UID", "FETCH *:1 UID")),
    Agreed("expunge", box("Xp", "STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "FETCH 1 (UID FLAGS)",
        "EXPUNGE")),
    Agreed("uid expunge", box("Ux", "STORE 1:2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 2",
        "FETCH 1 UID")),
    Agreed("expunge all", box("Xa", "STORE 1:2 +FLAGS.SILENT (\\Deleted)", "EXPUNGE", "SEARCH ALL",
        "FETCH 1 UID")),
    Agreed("close expunges", [*box("Cl", "STORE 1 +FLAGS.SILENT (\\Deleted)")[:-1], "SELECT Cl",
        "CLOSE", "DELETE Cl"]),
    Agreed("unselect does not", box("Un", "STORE 1 +FLAGS.SILENT (\\Deleted)", "UNSELECT",
        "SELECT Un", "SEARCH DELETED")),
    Agreed("copy", box("Cp", "CREATE Cp2", "COPY 1:2 Cp2", "COPY 1 NOWHERE", "UID COPY 2 Cp2",
        "SELECT Cp2",
                       "FETCH 1:* (UID FLAGS INTERNALDATE)", "CLOSE", "DELETE Cp2",
                       "SELECT INBOX")),
    Agreed("move", box("Mv", "CREATE Mv2", "MOVE 1 Mv2", "MOVE 1 NOWHERE", "UID MOVE 2 Mv2",
        "SEARCH ALL", "SELECT Mv2",
                       "FETCH 1:* (UID FLAGS)", "CLOSE", "DELETE Mv2", "SELECT INBOX")),
    Agreed("append", box("Ap", f"APPEND NOWHERE {lit('x')}", f"APPEND Ap (\\Seen) {lit('x')}",
                         "FETCH 3 (UID RFC822.SIZE)")),
    Agreed("search", box("Se", *(f"SEARCH {key}" for key in (
        "ALL", "SEEN", "UNSEEN", "FLAGGED", "KEYWORD work", "UNKEYWORD work", "SUBJECT one",
        "FROM example.com", "TO c@",
        "NOT SUBJECT one", "OR SUBJECT one SUBJECT two", "BODY first", "TEXT two", "TEXT SUBJECT",
        "BODY subject",
        'HEADER To ""', "HEADER Subject tw", "BEFORE 28-Feb-2026", "ON 1-Feb-2026",
        "SINCE 28-Feb-2026",
        "SENTON 1-Jan-2026", "SENTSINCE 1-Jan-2026", "NOT SENTSINCE 1-Jan-2000",
        "LARGER 80", "SMALLER 80", "1", "2:*", "UID 2", "UID 1:9", "(SEEN SUBJECT one)",
        "NOT (SEEN SUBJECT one)",
        "CHARSET UTF-8 SUBJECT one", "XX", "SUBJECT", "1:x", "BEFORE x", "",
        "NOT", "OR SEEN", "()", "LARGER x")))),
    Agreed("search in odd mail", [LOGIN, "EXAMINE INBOX", *(f"SEARCH {key}" for key in (
        "SUBJECT plain", "FROM ann", "TO bob", 'FROM "Ann <ann"', "HEADER Content-Type multipart",
        "TEXT image/gif", "BODY image/gif", "BODY forwarded", 'BODY "subject: inside"',
        "BODY hello",
        "TEXT hello", "BODY aGVs", 'BODY "See the"', "SENTSINCE 3-Jan-2026", 'HEADER Received ""',
        "TEXT edge", "BODY edge", 'BODY "at the bottom"', "BODY <p>", "BODY noon", "TEXT charset",
        'BODY "action: failed"', 'SUBJECT ""', 'FROM ""', 'CC ""', "LARGER 1000", "SMALLER 150",
        'TO "Bob <bob"', 'HEADER To "<bob@"', "BODY nuqneh", 'SUBJECT "folded and"',
        f"CHARSET UTF-8 BODY {lit('gr')}", f"CHARSET UTF-8 SUBJECT {lit(ARABIC)}",
        f"CHARSET UTF-8 FROM {lit(GREEK)}"))]),
    Agreed("fetch", box("Fe", *(f"FETCH {item}" for item in (
        "1 ALL", "1 FAST", "1 FULL", "1:2 (UID RFC822.SIZE)", "1 RFC822", "1 RFC822.TEXT",
        "1 (BODY[HEADER.FIELDS (SUBJECT)])",
        "1 BODY[HEADER.FIELDS.NOT (SUBJECT)]", "1 BODY[1]", "1 BODY[]<0.10>", "1 BODY[]<10.1000>",
        "1 BODY[]<9999.10>",
        "1 BODY[TEXT]<2.2>", "1 BODY[1.MIME]", "2 BODYSTRUCTURE", "2 ENVELOPE", "9 FLAGS",
        "0 FLAGS", "1 XX", "1", "1 ()",
        "x FLAGS", "1 BODY[XX]", "1 BODY[", "1 (FLAGS", "1,2 FLAGS", "2:1 UID", "* UID")))),
    Agreed("arguments", [LOGIN, "SELECT", "CREATE", "LIST", "LIST x", "STATUS INBOX",
        "SELECT (x)"]),
    Agreed("idle", [LOGIN, "IDLE"]),
    Agreed("enable", [LOGIN, "ENABLE CONDSTORE"]),
    Agreed("condstore", box("Co", "FETCH 1 (MODSEQ)", "SEARCH MODSEQ 1",
        "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (work)",
                            "FETCH 1:2 (FLAGS) (CHANGEDSINCE 1)")),
    Agreed("id", ['ID NIL', 'ID ("name" "x")']),
]
GRAMMAR = "RFC 3501 section 9"
DIFFERENT = [
    Different("STORE without flags", "STORE 1 FLAGS", [("BAD", "")],
              [("FETCH", 1, {"FLAGS": set()}), ("OK", "")], GRAMMAR),
    Different("NOOP with an argument", "NOOP x", [("BAD", "")], [("OK", "")], GRAMMAR),
    Different("a keyword that is none", "SEARCH KEYWORD \\Seen", [("BAD", "")],
        [("SEARCH", []), ("OK", "")], GRAMMAR),
    Different("8-bit text without a charset", "SEARCH SUBJECT " + lit("caf\u00e9"),
              [("BAD", "")], [("SEARCH", []), ("OK", "")],
              "RFC 3501 6.4.4: US-ASCII is the default"),
    Different("the charsets that are known", "SEARCH CHARSET X-NONE ALL",
              [("NO", "BADCHARSET (US-ASCII UTF-8)")], [("NO", "BADCHARSET")],
              "RFC 3501 7.1 lets list them"),
    Different("a day in another zone", "SEARCH ON 28-Feb-2026", [("SEARCH", [2]), ("OK", "")],
              [("SEARCH", []), ("OK", "")],
              "6.4.4: disregarding time and timezone; Dovecot keeps none"),
    Different("no Date at all", "SEARCH SENTBEFORE 1-Jan-2026", [("SEARCH", []), ("OK", "")],
              [("SEARCH", [2]), ("OK", "")],
              "6.4.4: whose Date header is earlier, and there is none"),
    Different("nothing to enable", "ENABLE X-NONE", ["ENABLED", ("OK", "")], [("OK", "")],
              "RFC 5161 3.1: the list may be empty"),
    Different("a part that is not there", "FETCH 1 BODY.PEEK[2]",
              [("FETCH", 1, {"BODY[2]": None}), ("OK", "")],
              [("FETCH", 1, {"BODY[2]": b""}), ("OK", "")],
              "RFC 3501 7.4.2: nstring, and NIL is what does not exist (4.5)"),
    Different("the levels above what was deleted", 'LIST "" a/%', [("OK", "")],
              [("LIST", {"\\HASNOCHILDREN", "\\NOSELECT"}, b"/", "A/B"), ("OK", "")],
              "Dovecot's are folders of the file system, which stay"),
]

# Messages of which something is told in another way: what, and why. "text" is what a section gives,
# "fields" is HEADER.FIELDS, "structure" BODY and BODYSTRUCTURE.
LF = (
    {"text", "structure", "RFC822.SIZE"},
    "Dovecot sends each bare LF as CRLF; ours sends every byte",
)
BLANK = {"fields"}, "RFC 3501 6.4.5: no blank line where the message has none and no body"
MAIL_DIFFERENCES = {
    "empty": BLANK,
    "header_only": BLANK,
    "no_blank_line": BLANK,
    "bare_lf": (LF[0] | {"fields"}, LF[1]),
    "mixed_line_ends": LF,
    "final_lf": LF,
    "binary": LF,
    "nul_bytes": ({"text", "fields", "ENVELOPE"},
        "Dovecot sends 0x80 for NUL, which RFC 3501 4.3 forbids"),
    "malformed_addresses": ({"ENVELOPE"},
        "Dovecot has MISSING_DOMAIN where ours has an empty string"),
    "folded_headers": ({"ENVELOPE"},
        "RFC 5322 2.2.3: unfolding takes the CRLF away and nothing else"),
    "deep_multiparts": ({"structure", "text"},
        "Dovecot stops at 100 parts in one another, ours one further"),
    "attachment_broken_rfc2231": ({"structure"}, "RFC 2231 3: a parameter of one piece is whole"),
}
# fmt: on


@pytest.fixture(scope="module")
def theirs() -> Iterator[Any]:
    reason = dovecot.why_not()
    if reason:
        pytest.skip(reason)
    server = dovecot.Dovecot(MAILS, "imap")
    try:
        server.__enter__()
    except dovecot.DoesNotStart as error:
        pytest.skip(str(error))
    yield server
    server.__exit__()


@pytest.fixture(scope="module")
def ours() -> Iterator[FakeIMAP]:
    with FakeIMAP(users={"ann": "secret"}) as fake:
        for content in MAILS.values():
            fake.mailbox.add(content, flags=["\\Seen"], date=datetime.now(timezone.utc))
        yield fake


@pytest.mark.parametrize("case", AGREED, ids=lambda case: case.name)
def test_they_agree(ours, theirs, case) -> None:
    mine, other = play(ours.address, case.commands), play(theirs.address, case.commands)
    for command, one, two in zip(case.commands, mine, other, strict=True):
        assert (command, one) == (command, two)


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: case.name)
def test_the_listed_differences_are_differences(ours, theirs, case) -> None:
    commands = box("Di", "CREATE a/b/c", "DELETE a/b/c", case.command)
    place = commands.index(case.command)
    assert play(ours.address, commands)[place] == case.ours, case.because
    assert play(theirs.address, commands)[place] == case.theirs
    assert case.ours != case.theirs


ITEMS = [
    "ENVELOPE", "RFC822.SIZE", "BODY", "BODYSTRUCTURE", "BODY.PEEK[]", "BODY.PEEK[HEADER]",
    "BODY.PEEK[TEXT]",
    "BODY.PEEK[HEADER.FIELDS (SUBJECT FROM CONTENT-TYPE)]",
    "BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT FROM)]",
]  # fmt: skip


def kind_of(item: str) -> str:
    if item in ("BODY", "BODYSTRUCTURE"):
        return "structure"
    return "fields" if "FIELDS" in item else "text" if "[" in item else item


def numbers_of(structure: list, path: str = "") -> Iterator[str]:
    """The numbers of all parts without parts."""
    if isinstance(structure[0], list):
        for number, each in enumerate(filter(is_part, structure), 1):
            yield from numbers_of(each, f"{path}.{number}" if path else f"{number}")
        return
    yield path or "1"
    if structure[1].lower() == b"rfc822":
        inner = structure[8]
        yield from (
            numbers_of(inner, path or "1") if isinstance(inner[0], list) else [f"{path or 1}.1"]
        )


@pytest.mark.parametrize("name", MAILS)
def test_messages_agree(ours, theirs, name) -> None:
    """Envelope, structure, size, and the bytes of every section."""
    number = NUMBERS[name]
    differing = set()
    with Client(ours.address) as mine, Client(theirs.address) as other:
        for client in (mine, other):
            client.ask(LOGIN)
            client.ask("EXAMINE INBOX")
        [(_, _, told), _] = mine.ask(f"FETCH {number} BODYSTRUCTURE")
        sections = [
            f"BODY.PEEK[{numbers}{suffix}]"
            for numbers in numbers_of(told["BODYSTRUCTURE"])
            for suffix in ("", ".MIME")
        ]
        for item in [*ITEMS, *sections]:
            one, two = mine.ask(f"FETCH {number} {item}"), other.ask(f"FETCH {number} {item}")
            if one != two:
                differing.add(kind_of(item))
    expected, because = MAIL_DIFFERENCES.get(name, (set(), ""))
    assert differing == expected, because
