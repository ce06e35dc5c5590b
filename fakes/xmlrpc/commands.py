"""What XML-RPC says, as data: the methods that every server has, the answers to wrong requests, and
the bounds on what comes in.

There is no standard. SPEC is http://xmlrpc.com/spec.md; INTROSPECTION are the methods that the
server of PHP and Eric Kidd's library began; CODES is the table of fault codes that Dan Libby
proposed, and that xmlrpc.client holds as constants.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LIST, SIGNATURE, HELP = "system.listMethods", "system.methodSignature", "system.methodHelp"
MULTICALL = "system.multicall"


class Method(NamedTuple):
    """A method that is there without being registered, and where it comes from."""

    arguments: str
    source: str


METHODS = {
    LIST: Method("()", "INTROSPECTION"),
    SIGNATURE: Method("(method_name)", "INTROSPECTION"),
    HELP: Method("(method_name)", "INTROSPECTION"),
    MULTICALL: Method("(call_list)", "Eric Kidd, 2001"),
}

# SPEC: "identifier characters, upper and lower-case A-Z, the numeric characters, 0-9, underscore,
# dot, colon and slash"; clients and servers use the dash as well.
NAME = re.compile(r"[\w.:/-]+")

PATHS = ("/RPC2", "/")  # where most servers are, and most clients look
ALLOW = "GET, HEAD, POST"
CONTENT_TYPE = "text/xml"  # SPEC
GZIP_OVER = 1400  # bytes of an answer from which it is coded, if the client accepts that

# Bounds on requests, beside max_message_size, which holds for the body as it comes and decoded.
MAX_DEPTH = 400  # elements in each other: three for each array or struct
MAX_PARAMETERS = 1000  # of one call

APPLICATION = 1  # the fault code of the standard library for whatever a function raises


class Problem(NamedTuple):
    """What is wrong with a request that is well-formed XML, or would be: the fault that answers
    it."""

    code: int
    text: str
    source: str


PROBLEMS = {
    "doctype": Problem(-32600, "the request has a DOCTYPE, which XML-RPC does not need", "CODES"),
    "depth": Problem(
        -32600, f"the request has more than {MAX_DEPTH:,} elements in each other", "CODES"
    ),
    "parameters": Problem(-32602, f"the call has more than {MAX_PARAMETERS:,} parameters", "CODES"),
}
