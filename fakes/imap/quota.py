"""Quotas (RFC 9208): an account has one root, with an empty name, and limits for its folders."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import replies
from .folders import FolderCommands, told
from .parser import Token, astring, atom, listed, number
from .replies import Refusal
from .values import Malformed

if TYPE_CHECKING:
    from .._core.session import Answer
    from .._core.step import Step

RESOURCES = ("STORAGE", "MESSAGE")  # section 5


class QuotaCommands(FolderCommands):
    """The part of a session that tells and sets limits."""

    def get_quota(self, step: Step, arguments: list[Token]) -> Answer:
        """GETQUOTA: RFC 9208 section 4.1.2. The account has one root, with the empty name."""
        (root,) = arguments
        self.check_root(root)
        return self.done(self.quota_line)

    def get_quota_root(self, step: Step, arguments: list[Token]) -> Answer:
        """GETQUOTAROOT: RFC 9208 section 4.1.3."""
        (mailbox,) = arguments
        name = self.named(mailbox)
        self.folder(name)
        root = b'* QUOTAROOT %s ""\r\n' % told(name)
        return self.done(lambda: root + self.quota_line())

    def set_quota(self, step: Step, arguments: list[Token]) -> Answer:
        """SETQUOTA: RFC 9208 section 4.1.1."""
        root, limits = arguments
        self.check_root(root)
        words = listed(limits)
        pairs = zip(words[::2], words[1::2], strict=False)
        quota = {atom(name).upper(): number(most, 2**63 - 1) for name, most in pairs}
        if len(words) % 2:
            raise Malformed("a list of pairs is expected")
        if not set(quota) <= set(RESOURCES):
            raise Refusal(replies.NO_RESOURCE)
        return self.done(self.quota_line, partial(self.limit, quota))

    def limit(self, quota: dict[str, int]) -> None:
        """The effect of SETQUOTA."""
        self.folders.quota = quota

    def check_root(self, root: Token) -> None:
        if astring(root):
            raise Refusal(replies.NO_QUOTA_ROOT)

    def quota_line(self) -> bytes:
        usage = self.folders.usage()
        rows = [f"{name} {usage.get(name, 0)} {most}" for name, most in self.folders.quota.items()]
        return b'* QUOTA "" (%s)\r\n' % " ".join(rows).encode()
