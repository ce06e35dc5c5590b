"""Runs a client through an edge case and judges it: does it keep the contract?

Never hang, never lose, never lie.
"""

from __future__ import annotations

from .edge_case import EdgeCase, edge_cases
from .sweep import truncate_everywhere
from .verdict import BrokenContract, Verdict

__all__ = ["BrokenContract", "EdgeCase", "Verdict", "edge_cases", "truncate_everywhere"]
