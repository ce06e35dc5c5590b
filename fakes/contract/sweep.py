"""A sweep: a good conversation, cut after every single byte that the server sends."""

from __future__ import annotations

from .._core import checks
from ..catalogue import EITHER, OPERATIONS, Case
from ..farm import Farm
from .control import control, nothing
from .edge_case import Operation, check_operations, make, run
from .judge import judge
from .target import target_for
from .verdict import Verdict

ENDINGS = ("fin", "rst")


def truncate_everywhere(
    protocol: str, *, deadline: float = 10, step: int = 1, **operations: Operation
) -> list[Verdict]:
    """Cut a good conversation after each byte (each ``step`` bytes), once with FIN and once with
    RST, and judge what the client makes of it: it must neither hang nor lie. What is sent by
    datagrams, or on the data connections of FTP, is not cut.

    Returns the verdicts that break the contract, in order. Raises TypeError where no operation of
    the protocol is given, or one that is none, and BrokenContract where the client does not get
    through uncut.
    """
    check_operations(protocol, operations, deadline)
    checks.whole("step", step, least=1)
    if not operations:
        raise TypeError(f"truncate_everywhere({protocol!r}): give {OPERATIONS[protocol][0]}=...")
    verdicts = []
    for operation, client in operations.items():
        whole = _cut(protocol, operation, client, None, "", deadline)
        whole[1].raise_if_broken()
        for after in range(0, whole[0], step):
            for how in ENDINGS:
                verdict = _cut(protocol, operation, client, after, how, deadline)[1]
                if not verdict.kept:
                    verdicts.append(verdict)
    return verdicts


def _cut(
    protocol: str, operation: str, client: Operation, after: int | None, how: str, deadline: float
) -> tuple[int, Verdict]:
    """The bytes that the fake sent, and the verdict, with each connection cut after so many."""
    case = Case(
        protocol,
        f"cut_after_{after}_{how}",
        "sweep",
        operation,
        EITHER,
        "Each connection ends after so many bytes. The client reports a failure, or had it all.",
        "a connection may end at any byte (RFC 9293 section 3.6)",
        nothing,
    )
    if after is None:
        case = control(protocol, operation)
    with Farm(strict=False) as farm:
        fake = farm.add(make(case))
        if after is not None:
            fake.cut_connections(after, how)
        with target_for(fake, operation) as target:
            outcome = run(client, target, deadline)
            verdict = judge(case, fake, target, outcome, Exception)
        sent = [fake.transcript.sent(connection=c.number) for c in fake.connections]
    return max(map(len, sent), default=0), verdict
