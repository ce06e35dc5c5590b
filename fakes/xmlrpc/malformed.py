"""Answers that are wrong XML-RPC, by name, as data.

Every one is a whole and correct HTTP response with the status 200. In a template ``{value}`` stands
for a ``<value>``, ``{good}`` for the good answer that has it, and ``{items}`` for so many times the
``item`` as a multicall has calls, less those that are ``missing``.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from xmlrpc.client import dumps

from .._core.errors import close_matches
from .call import Call
from .commands import CONTENT_TYPE


class Malformed(NamedTuple):
    """One wrong answer: what it is, and its template."""

    what: str
    template: str
    content_type: str = CONTENT_TYPE
    encoding: str = "ascii"
    item: str = ""
    missing: int = 0

    def body(self, value: object, call: Call, allow_none: bool) -> bytes:
        """Its bytes in answer to a call. Raises TypeError or OverflowError for a value that has no
        XML."""
        xml = element(value, allow_none)
        text = self.template.replace("{good}", GOOD)
        if self.item:
            text = text.replace("{items}", self.item * max(0, calls_in(call) - self.missing))
        return text.replace("{value}", xml).encode(self.encoding)


def element(value: Any, allow_none: bool) -> str:
    """A value as its element, in ASCII."""
    text = dumps((value,), allow_none=allow_none).encode("ascii", "xmlcharrefreplace").decode()
    return text[text.index("<value>") : text.rindex("</param>")].strip()


def calls_in(call: Call) -> int:
    """How many calls a multicall has; one, where it is none."""
    listed = call.arguments[0] if call.arguments else None
    return len(listed) if isinstance(listed, list) else 1


def named(name: object) -> Malformed:
    """The one of that name. Raises ValueError with the close matches."""
    __tracebackhide__ = True
    if not isinstance(name, str) or name not in MALFORMED:
        hint = close_matches(str(name), frozenset(MALFORMED))
        raise ValueError(f"malformed({name!r}): there is no such wrong answer; {hint}")
    return MALFORMED[name]


PROLOG = "<?xml version='1.0'?>\n"
START, END = "<methodResponse>", "</methodResponse>\n"


def document(content: str, prolog: str = PROLOG) -> str:
    """An answer with that in its root."""
    return f"{prolog}{START}{content}{END}"


def params(*values: str) -> str:
    """Parameters, an element each."""
    return "<params>" + "".join(f"<param>{value}</param>" for value in values) + "</params>"


def typed(kind: str, text: str) -> str:
    """An answer with one value of a type."""
    return document(params(f"<value><{kind}>{text}</{kind}></value>"))


def member(name: str, value: str) -> str:
    """A member of a struct."""
    return f"<member><name>{name}</name><value>{value}</value></member>"


def fault(value: str) -> str:
    """A fault that is this value."""
    return document(f"<fault><value>{value}</value></fault>")


def array(content: str) -> str:
    """A value that is an array."""
    return f"<value><array><data>{content}</data></array></value>"


GOOD = document(params("{value}"))
CODE, STRING = member("faultCode", "<int>4</int>"), member("faultString", "too many")
LAUGHS = (
    '<!DOCTYPE methodResponse [<!ENTITY a "ha">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>\n'
)
ELSEWHERE = '<!DOCTYPE methodResponse [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n'
PAGE = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>It works!</body></html>"
DEEP = 2000

MALFORMED = {
    # --- no XML, or not only
    "empty": Malformed("nothing at all", ""),
    "not XML": Malformed("a line of text", "The server is too busy.\n", "text/plain"),
    "HTML page": Malformed("a page for people", PAGE, "text/html"),
    "XHTML page": Malformed(
        "a page that is well-formed XML", "<html><body><p>It works!</p></body></html>", "text/html"
    ),
    "junk before the prolog": Malformed("a warning in front", "Warning: oops in line 7\n{good}"),
    "whitespace before the prolog": Malformed("an empty line in front", "\n{good}"),
    "byte order mark": Malformed(
        "a byte order mark in front, which XML allows", "\ufeff{good}", encoding="utf-8"
    ),
    "junk after": Malformed("a line of text behind it", "{good}Warning: oops in line 9\n"),
    "whitespace after": Malformed("empty lines behind it, which XML allows", "{good}\n\n"),
    "two documents": Malformed("the answer twice", "{good}{good}"),
    "cut": Malformed("the first half of the XML", f"{PROLOG}{START}<params><param>{{value}}"),
    "long unclosed token": Malformed(
        "a tag of 200 kB that does not end, on which old expats work for long",
        f"{PROLOG}{START}<params><param><value><string a='" + "x" * 200_000,
    ),
    # --- XML that is not to be trusted
    "entity expansion": Malformed(
        "entities that make 2,000 characters of two",
        document(params("<value>&d;</value>"), PROLOG + LAUGHS),
    ),
    "external entity": Malformed(
        "an entity that is the content of a file",
        document(params("<value>&a;</value>"), PROLOG + ELSEWHERE),
    ),
    "undefined entity": Malformed(
        "an entity of HTML, which XML does not have", document(params("<value>a&nbsp;b</value>"))
    ),
    "control character": Malformed(
        "a character that XML cannot have", document(params("<value>a\x01b</value>"))
    ),
    "wrong encoding": Malformed(
        "Latin-1 that says it is UTF-8",
        document(params("<value>caf\xe9</value>"), "<?xml version='1.0' encoding='utf-8'?>\n"),
        encoding="latin-1",
    ),
    "unknown encoding": Malformed(
        "an encoding that nobody knows",
        document(params("{value}"), "<?xml version='1.0' encoding='x-unheard-of'?>\n"),
    ),
    "deep nesting": Malformed(
        f"{DEEP:,} arrays in each other",
        document(
            params("<value><array><data>" * DEEP + "{value}" + "</data></array></value>" * DEEP)
        ),
    ),
    # --- values
    "unknown tag": Malformed("a type that there is not", typed("colour", "red")),
    "invalid int": Malformed("an int that is a word", typed("int", "five")),
    "empty int": Malformed("an int without digits", typed("int", "")),
    "int out of range": Malformed("an int over 32 bits", typed("int", "2147483648")),
    "huge int": Malformed("an int of 5,000 digits", typed("int", "9" * 5000)),
    "bad boolean": Malformed("a boolean that is a word", typed("boolean", "true")),
    "bad base64": Malformed("base64 with other characters in it", typed("base64", "!aGVs*bG8=")),
    "cut base64": Malformed("base64 without its end", typed("base64", "aGVsbG8")),
    "bad dateTime": Malformed("a date that is words", typed("dateTime.iso8601", "next Tuesday")),
    "dateTime with dashes": Malformed(
        "the other form of ISO 8601", typed("dateTime.iso8601", "2024-02-29T12:34:56Z")
    ),
    "bad double": Malformed("a double that is a word", typed("double", "half")),
    "NaN double": Malformed("a double that is no number", typed("double", "nan")),
    "infinite double": Malformed("a double without end", typed("double", "1e999")),
    "struct without a name": Malformed(
        "a member that has a value alone",
        document(params("<value><struct><member>{value}</member></struct></value>")),
    ),
    # --- the answer
    "two params": Malformed("two values", document(params("{value}", "{value}"))),
    "no params": Malformed("parameters without one", document(params())),
    "no content": Malformed("a methodResponse with nothing in it", document("")),
    "methodCall": Malformed(
        "a call for an answer",
        PROLOG + "<methodCall><methodName>hello</methodName></methodCall>\n",
    ),
    "fault not a struct": Malformed("a fault that is a string", fault("too many")),
    "fault without faultCode": Malformed(
        "a fault of text alone", fault(f"<struct>{STRING}</struct>")
    ),
    "fault without faultString": Malformed(
        "a fault of a code alone", fault(f"<struct>{CODE}</struct>")
    ),
    "fault with more members": Malformed(
        "a fault with a member of its own",
        fault(f"<struct>{CODE}{STRING}{member('trace', 'line 7')}</struct>"),
    ),
    "fault with a word for its code": Malformed(
        "a faultCode that is a string",
        fault(f"<struct>{member('faultCode', 'E_BUSY')}{STRING}</struct>"),
    ),
    # --- answers to system.multicall
    "multicall too short": Malformed(
        "a result less than there were calls",
        document(params(array("{items}"))),
        item=array("{value}"),
        missing=1,
    ),
    "multicall not a list": Malformed("one value in the place of all results", GOOD),
    "multicall bare element": Malformed(
        "results that are not in arrays of one",
        document(params(array("{items}"))),
        item="{value}",
    ),
    # --- types that some servers have and the specification has not
    "i1": Malformed("an integer of 8 bits", typed("i1", "5")),
    "i2": Malformed("an integer of 16 bits", typed("i2", "5")),
    "i8": Malformed("an integer of 64 bits", typed("i8", "9223372036854775807")),
    "biginteger": Malformed("an integer of any size", typed("biginteger", "9" * 30)),
    "bigdecimal": Malformed("a decimal of any size", typed("bigdecimal", "1." + "9" * 30)),
    "float": Malformed("a float of 32 bits", typed("float", "0.5")),
    "nil": Malformed("no value", document(params("<value><nil/></value>"))),
    "ex:nil": Malformed(
        "no value, in the namespace of Apache",
        document(
            params(
                "<value><ex:nil xmlns:ex='http://ws.apache.org/xmlrpc/namespaces/extensions'/>"
                "</value>"
            )
        ),
    ),
}
