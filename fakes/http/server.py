"""FakeHTTP: what a test sets and reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .._core import checks
from .._core.pattern import Pattern
from .._core.server import FakeServer
from .authentication import challenge
from .cgi import Program, Scripts
from .commands import METHODS
from .files import Folder
from .given import ABSENT
from .message import Request
from .response import Response
from .rule import HTTPRule
from .session import HTTPSession

COMPLAINTS = 10  # requests that verify() names one by one
NOT_SERVED = frozenset({404, 405, 501})  # of a folder: it has nothing for such a request


class FakeHTTP(FakeServer[HTTPRule]):
    """A fake HTTP/1.0 and 1.1 server (RFC 9110, RFC 9112).

    It takes the constructor arguments of every fake. To a request that no rule matches and no
    folder serves it answers 404, and, if ``strict``, ``verify()`` complains of it. A request over
    ``max_message_size`` bytes gets 413; one that stops for ``timeout`` seconds, 408. Where there
    are ``users``, natural answers are for them alone: a request without the right credentials
    (Basic, RFC 7617) gets 401. What a rule responds needs none.
    """

    protocol = "http"
    verbs = frozenset(METHODS)
    rule_class = HTTPRule
    tls_modes = ("implicit",)
    alpn = ("http/1.1",)
    session_class = HTTPSession

    def forget(self) -> None:
        """Set what a test may change to what the constructor was given, and serve no folder."""
        super().forget()
        self.unmatched: list[Request] = []
        self._folders: list[Folder] = []

    # --- what a test sets

    def on(
        self,
        verb: str,
        pattern: Pattern = None,
        *,
        where: Callable[[Any], object] | None = None,
        custom: bool = False,
        query: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        json: Any = ABSENT,
        body: Any = None,
        **matchers: Any,
    ) -> HTTPRule:
        """A rule for the requests of one method (or ``"*"``: any), or for the phase ``connect``.

        - ``pattern``: of the path, decoded or as sent (``"/users/*"``); of the whole target if it
          has a ``?``.
        - ``query``: a dict of names; a str or ``re.Pattern`` for the last value of a name, a list
          of str for all of them. Other names may be there.
        - ``headers``: a dict of names, in any case; a str or ``re.Pattern`` for one of the values
          of a name. Other headers may be there.
        - ``json``: equal to the parsed body.
        - ``body``: bytes, a str or a ``re.Pattern`` of bytes, for the body.
        - ``where``: a callable that takes the Request.

        Raises ValueError for an unknown method or phase, naming the close matches (a method may be
        made up with ``custom=True``), and TypeError or ValueError for a bad matcher.
        """
        given = {"query": query, "headers": headers, "body": body}
        matchers |= {name: value for name, value in given.items() if value is not None}
        if json is not ABSENT:
            matchers["json"] = json
        return super().on(verb, pattern, where=where, custom=custom, **matchers)

    @checks.keywords
    def serve(
        self, folder: str | os.PathLike[str], prefix: str = "/", *, cgi: bool = False
    ) -> Path:
        """Serve the files of a folder, to GET and HEAD, below a path, however that is spelled;
        nothing outside of the folder.

        With ``cgi``, run them instead (RFC 3875): the executable files in the folder and below it,
        and no others, with none of this process's environment; one that has not ended after
        ``timeout`` seconds, or when the fake stops, is killed. What one writes to its standard
        error is noted in the transcript.

        Returns the folder. Raises NotADirectoryError if there is none, ValueError for a prefix
        that does not begin with a slash, NotImplementedError for ``cgi`` on Windows.

        Rules come first. A request that no rule matches and that gets 404, 405 or 501 from the
        folder is one that ``verify()`` complains of, if ``strict``;
        ``on("GET", "/nope").answer()`` says that it is wanted.
        """
        served = (Scripts if cgi else Folder)(folder, prefix)
        self._folders.append(served)
        self._folders.sort(key=lambda one: -len(one.prefix))
        return served.root

    # --- what a test reads

    @property
    def requests(self) -> list[Request]:
        """The requests so far."""
        return [step for step in self.script.steps if isinstance(step, Request)]

    def url_for(self, path: str) -> str:
        """The URL of a path, which is taken as it is. Raises ValueError if it has no slash."""
        if not path.startswith("/"):
            raise ValueError(f"path={path!r}: a path begins with a slash")
        return self.url + path

    # --- the natural answers

    def natural(self, request: Request, matched: bool) -> Response | Program:
        """What answers without a rule; ``matched`` says that one matched and left it to us."""
        if self.users is not None and request.user is None:
            return challenge(request)
        response = self._served(request)
        status = response.status if isinstance(response, Response) else None
        if not matched and (response is None or status in NOT_SERVED):
            self.unmatched.append(request)
        if response is not None:
            return response
        method = METHODS.get(request.verb)
        status = 404 if method is not None and method.implemented else 501  # RFC 9110 9.1
        why = "nothing is served here" if matched else "no rule matched"
        return Response(status, text=f"{why}: {request.verb} {request.argument}\n")

    def _served(self, request: Request) -> Response | Program | None:
        """What the folder says that the path is below of, if there is one."""
        answers = (folder.answer(request) for folder in self._folders)
        return next((answer for answer in answers if answer is not None), None)

    # --- judging

    def complaints(self) -> Iterator[str]:
        """What ``verify()`` would say: requests that no rule matched, too."""
        yield from super().complaints()
        if self.strict:
            what = "matched no rule" + (" and no file that is served" if self._folders else "")
            for request in self.unmatched[:COMPLAINTS]:
                near = self.script.nearest_rules(request)
                yield f"{self}: {request.verb} {request.argument} {what}.\n{near}"
            if len(self.unmatched) > COMPLAINTS:
                more = len(self.unmatched) - COMPLAINTS
                yield f"{self}: {more} requests more matched no rule."
