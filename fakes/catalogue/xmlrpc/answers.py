"""Good answers, for cases that spoil what is around them. No case stands here."""

from __future__ import annotations

XML = {"Content-Type": "text/xml"}


def returned(value: str, prolog: str = "<?xml version='1.0'?>\n") -> str:
    """The answer with what stands in a ``<value>``."""
    param = f"<params><param><value>{value}</value></param></params>"
    return f"{prolog}<methodResponse>{param}</methodResponse>\n"


GOOD = returned("<int>5</int>").encode()
