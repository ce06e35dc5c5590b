"""Attributes of a fake that a test may set, checked at the line that sets them."""

from __future__ import annotations

from typing import Any


class Words:
    """A list of str that a test edits or sets: the words of EHLO, CAPA and their like.

    Raises TypeError for what is no list of str.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, fake: Any, owner: type) -> list[str]:
        words: list[str] = fake.__dict__[self.name]
        return words

    def __set__(self, fake: Any, words: list[str]) -> None:
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise TypeError(f"{self.name} = {words!r}: give a list of str, a word each")
        fake.__dict__[self.name] = words
