"""DNS. What the socket module does is what the C library does: the fake resolver follows glibc,
and the two findings were seen with glibc 2.36 itself, too."""

from __future__ import annotations

from .finding import Finding

FINDINGS = [
    Finding(
        "dns",
        "socket",
        "failed",
        "short_datagram_before_the_answer",
        "glibc gives up at a datagram that is shorter than a header, without waiting for the "
        "answer: who can send one to the port fails a lookup.",
    ),
    Finding(
        "dns",
        "socket",
        "lied",
        "not_a_response",
        "glibc does not look at the flag QR: a message that says that it is a question is taken "
        "for the answer.",
    ),
    Finding(
        "dns",
        "dig",
        "lied",
        "no_question not_a_response",
        "It shows what comes with the right id, also where that repeats no question, or says that "
        "it is a question, for which it has a warning.",
    ),
    Finding(
        "dns",
        "dig",
        "lied",
        "address_of_another_name address_of_another_name_beside_it pointer_of_another_address",
        "It shows all of the answer section, whosever records they are: a script has to look at "
        "the owner, which +short does not show.",
    ),
    Finding(
        "dns",
        "dig",
        "lied",
        "cut_at_512_bytes",
        "It shows the whole records of an answer that was cut without TC, with a warning, and the "
        "exit status is 0.",
    ),
    Finding(
        "dns",
        "kdig",
        "failed",
        "garbage_before_the_answer short_datagram_before_the_answer",
        "It gives up at a datagram that is no message, without waiting for the answer: who can "
        "send one to the port fails a lookup.",
    ),
    Finding(
        "dns",
        "kdig",
        "crashed",
        "tls_handshake_never_answered",
        "Where a TLS handshake is not answered it frees memory twice, and SIGABRT ends it.",
    ),
    Finding(
        "dns",
        "kdig",
        "lied",
        "another_question another_question_before_the_answer no_question not_a_response",
        "It shows what comes with the right id, also where that answers another question, or "
        "none, or says that it is a question; it warns, and the exit status is 0.",
    ),
    Finding(
        "dns",
        "kdig",
        "lied",
        "address_of_another_name address_of_another_name_beside_it pointer_of_another_address "
        "address_of_another_class",
        "It shows all of the answer section, whosever records they are, and of which class: a "
        "script has to look at the owner, which +short does not show.",
    ),
]
