"""Mailboxes: the messages that the mail fakes hold and share.

Three rules hold here. What is stored is given out byte for byte: nothing is added, folded or
decoded. A mailbox may be used by any number of threads, those of the fakes and those of the test.
And every change of a mailbox has a number, higher than those before, and is told to who watches.
"""

from __future__ import annotations

from .accounts import Accounts
from .content import is_whole
from .folders import DELIMITER, INBOX, Folders
from .mail import CANONICAL, SYSTEM_FLAGS, Mail
from .mailbox import Mailbox

__all__ = [
    "CANONICAL",
    "DELIMITER",
    "INBOX",
    "SYSTEM_FLAGS",
    "Accounts",
    "Folders",
    "Mail",
    "Mailbox",
    "is_whole",
]
