"""Which mailbox a user of a fake finds."""

from __future__ import annotations

from typing import Any

from .mailbox import Mailbox


class Mailboxes(dict[str, Mailbox]):
    """Mailboxes by user; one that is asked for is made."""

    def __missing__(self, user: str) -> Mailbox:
        return self.setdefault(user, Mailbox())

    def __setitem__(self, user: str, mailbox: Mailbox) -> None:
        super().__setitem__(user, checked(mailbox))


class Accounts:
    """The part of a fake that has a mailbox for everybody, and some for users by name."""

    mailboxes: dict[str, Mailbox]
    _mailbox: Mailbox

    def empty_mailboxes(self) -> None:
        """Have none for a user, and a new one for everybody."""
        self.mailbox = Mailbox()
        self.mailboxes = Mailboxes()

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox of everybody who has none of their own. TypeError for setting another
        thing."""
        return self._mailbox

    @mailbox.setter
    def mailbox(self, mailbox: Mailbox) -> None:
        self._mailbox = checked(mailbox)

    def mailbox_of(self, user: str) -> Mailbox:
        """The mailbox that a user finds: in ``mailboxes``, or else ``mailbox``."""
        return self.mailboxes.get(user, self.mailbox)


def checked(mailbox: Any) -> Mailbox:
    """It, if it is a Mailbox; else TypeError."""
    if not isinstance(mailbox, Mailbox):
        raise TypeError(f"{mailbox!r}: give a Mailbox, and add() messages to it")
    return mailbox
