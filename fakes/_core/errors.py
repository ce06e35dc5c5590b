"""What a fake has to say when something is wrong.

Bad parameters are plain ``ValueError`` and ``TypeError``, raised at the line that wrote them.
"""

from __future__ import annotations


class FakeFailure(AssertionError):
    """What a fake found wrong with its run: a rule that never fired, a request that no rule
    matched, an exception in one of its threads. Raised by ``verify()``, which the fixtures call
    at teardown; the first exception of a thread, if any, is its ``__cause__``.
    """


FakeFailure.__module__ = "fakefarm"  # where users find it


class Ended(Exception):
    """Internal: the connection is over, whoever ended it. Not an error: how its thread unwinds."""


class Silence(TimeoutError):
    """Internal: the client sent nothing for ``timeout`` seconds. Not a plain TimeoutError, which
    a callable of the test may raise as well."""


def close_matches(word: str, known: frozenset[str]) -> str:
    """The end of an error message: the words of ``known`` that ``word`` may have meant."""
    import difflib

    folded = {name.casefold(): name for name in sorted(known)}
    found = [folded[m] for m in difflib.get_close_matches(word.casefold(), folded, n=3, cutoff=0.5)]
    if found:
        return "did you mean " + " or ".join(map(repr, found)) + "?"
    return "known are " + ", ".join(sorted(filter(None, known)))  # an empty line is a verb, too


def no_attribute(owner: object, what: str, name: str) -> AttributeError:
    """The error for a method or setting that there is none of, with the close matches."""
    if name.startswith("_"):  # asked by a machine
        return AttributeError(name)
    known = frozenset(each for each in dir(type(owner)) if not each.startswith("_"))
    return AttributeError(f"{what} has no {name!r}: {close_matches(name, known)}")
