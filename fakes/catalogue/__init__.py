"""Every edge case by name: what a server does that clients get wrong.

One folder a protocol, one module a phase of its conversation, one function a case. A case is a
name, what a good client does there, a public source, and a function that scripts a fake. To add
one: a function here, and a test in tests/catalogue that it does on the wire what it says.
"""

from __future__ import annotations

from .case import EITHER, FAILS, OPERATIONS, SUCCEEDS, Case, cases, edge_case, protocols

__all__ = ["EITHER", "FAILS", "OPERATIONS", "SUCCEEDS", "Case", "cases", "edge_case", "protocols"]
