"""The page that documents the methods of a path, for browsers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from xmlrpc.server import resolve_dotted_attribute

from .commands import METHODS

if TYPE_CHECKING:
    from xmlrpc.server import SimpleXMLRPCDispatcher

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>XML-RPC at {0}</title></head>
<body><h1>XML-RPC at {0}</h1>
<p>The methods that can be called here, by POST.</p>
<dl>
{1}</dl></body></html>
"""
ENTRY = """<dt id="{0}"><code><strong>{0}</strong>{1}</code></dt>
<dd><pre>{2}</pre></dd>
"""


def page(dispatcher: SimpleXMLRPCDispatcher, path: str) -> str:
    """The methods with their signatures and docstrings, all escaped."""
    entries = ""
    for name in dispatcher.system_listMethods():
        arguments, text = signature(dispatcher, name), dispatcher.system_methodHelp(name)
        entries += ENTRY.format(*(escape(str(one)) for one in (name, arguments, text)))
    return _plain(PAGE.format(escape(path), entries))


def signature(dispatcher: SimpleXMLRPCDispatcher, name: str) -> str:
    """What a method takes, as Python writes it; ``(...)`` if nobody knows."""
    import inspect

    function = dispatcher.funcs.get(name)
    if function is not None and getattr(function, "__self__", None) is dispatcher:
        return METHODS[name].arguments
    instance: Any = dispatcher.instance
    if function is None:
        if hasattr(instance, "_get_method_argstring"):
            return str(instance._get_method_argstring(name))
        try:
            function = resolve_dotted_attribute(instance, name)
        except AttributeError:
            return "(...)"
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):  # not all that is built in says it
        return "(...)"


def _plain(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 does not have."""
    return text.encode("utf-8", "replace").decode()
