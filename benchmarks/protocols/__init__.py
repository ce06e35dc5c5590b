"""The protocols: each module has a raw client, the floor, ourselves, the peers and the rows.

To add one: a module like these, with `ROWS` and `OURS`, and its name in `MODULES`.
"""

from rows import Row
from subjects import Subject

from . import dns, ftp, http, imap, pop3, smtp, tls, xmlrpc

MODULES = (smtp, pop3, imap, http, xmlrpc, ftp, dns, tls)

# The timed rows, in the order in which they run.
ROWS: list[Row] = [row for module in MODULES for row in module.ROWS]
# Those of which nothing may be left: our fakes, and the floors, to show that the count is right.
OURS: list[type[Subject]] = [subject for module in MODULES for subject in module.OURS]
