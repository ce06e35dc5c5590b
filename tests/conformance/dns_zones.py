"""The zones that FakeDNS and the servers that it is compared with are given, and what is asked."""

EXAMPLE_COM = """\
$TTL 300
@ 400 SOA ns hostmaster 2024010101 3600 600 86400 60
@ NS ns
@ NS ns.example.net.
@ A 192.0.2.80
@ MX 10 mail
@ MX 20 mail.example.net.
@ TXT "v=spf1 -all"
ns A 192.0.2.53
ns AAAA 2001:db8::53
mail A 192.0.2.25
mail AAAA 2001:db8::25
www 7 A 192.0.2.1
www AAAA 2001:db8::1
multi A 192.0.2.2
multi A 192.0.2.3
multi A 192.0.2.4
v4 A 192.0.2.5
text TXT "one" "two"
text TXT "three; \\"quoted\\" \\009"
MiXeD A 192.0.2.6
under_score A 192.0.2.7
a\\.dot A 192.0.2.8
long TXT {long}
huge TXT {huge}
many A {many}
mxs MX 10 mail
mxs MX 20 www
mxs MX 30 alias
srv SRV 1 2 5060 www
_sip._tcp SRV 1 2 5060 mail
hinfo HINFO "PC" "Linux"
caa CAA 0 issue "ca.example.net"
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
sshfp SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
_25._tcp.mail TLSA 3 1 1 0c72ac70b745ac19998811b131d662c9ac69dbdbe7cb23e5b514b56664c5d3d6
https HTTPS 1 . alpn=h2
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m
rp RP hostmaster text
odd TYPE65280 \\# 3 abcdef
alias CNAME www
alias2 CNAME alias
alias3 9 CNAME alias2
dangling CNAME nope
nodata CNAME text
away CNAME www.example.net.
other CNAME www.example.org.
below CNAME www.sub
self CNAME self
loop1 CNAME loop2
loop2 CNAME loop1
to-wild CNAME x.wild
to-dname CNAME www.renamed
*.wild A 192.0.2.9
*.wild MX 10 mail
there.wild TXT "there"
*.cn CNAME www
*.cnx CNAME nope
deep.empty.non A 192.0.2.10
*.under.below.wildcard A 192.0.2.11
sub NS ns.sub
sub NS ns.example.net.
ns.sub A 192.0.2.54
www.sub A 192.0.2.55
deep.sub2 NS ns.example.net.
signed NS ns.example.net.
signed DS 1 13 2 0c72ac70b745ac19998811b131d662c9ac69dbdbe7cb23e5b514b56664c5d3d6
renamed DNAME example.org.
renamed A 192.0.2.12
long-dname DNAME this-is-rather-a-long-name.example.org.
child NS ns.child
ns.child A 192.0.2.56
"""
ORG = """\
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 600
@ NS ns
ns A 198.51.100.53
www A 198.51.100.1
"""
CHILD = """\
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 600
@ NS ns
ns A 192.0.2.56
www A 192.0.2.57
"""
REVERSE = """\
$TTL 300
@ SOA ns.example.com. hostmaster.example.com. 1 3600 600 86400 600
@ NS ns.example.com.
1 PTR www.example.com.
2 PTR multi.example.com.
2 PTR second.example.com.
3 CNAME 3.0-25
3.0-25 PTR www.example.com.
4 PTR .
5 PTR under_score.example.com.
"""
ZONES = {
    "example.com": EXAMPLE_COM.format(
        long=" ".join(f'"{i:0200}"' for i in range(4)),
        huge=" ".join(f'"{i:0250}"' for i in range(8)),
        many="\nmany A ".join(f"192.0.2.{i}" for i in range(100, 140)),
    ),
    "example.org": ORG,
    "child.example.com": CHILD,
    "2.0.192.in-addr.arpa": REVERSE,
}

LONG = ".".join(["x" * 60] * 3)
COM, REV = "example.com", "2.0.192.in-addr.arpa"
# What is asked: names below example.com ("@" is that itself, a final dot makes it absolute) and the
# types that are asked for.
QUESTIONS = {
    "@": "A AAAA NS SOA MX TXT CNAME PTR DS ANY",
    "www": "A AAAA MX ANY TYPE65280 SOA NS DS",
    "WWW": "A",
    "mixed": "A",
    "v4": "A AAAA",
    "multi": "A ANY",
    "text": "TXT A ANY",
    "long": "TXT",
    "huge": "TXT",
    "many": "A",
    "under_score": "A",
    "a\\.dot": "A",
    "a.dot": "A",
    "mxs": "MX",
    "mail": "A MX",
    "srv": "SRV",
    "_sip._tcp": "SRV A",
    "_tcp": "A",
    "hinfo": "HINFO",
    "caa": "CAA",
    "naptr": "NAPTR",
    "sshfp": "SSHFP",
    "_25._tcp.mail": "TLSA",
    "_tcp.mail": "A",
    "https": "HTTPS",
    "loc": "LOC",
    "rp": "RP",
    "odd": "TYPE65280 A ANY",
    "nope": "A AAAA MX ANY",
    "a.b.c.nope": "A",
    "x.www": "A",
    "alias": "A AAAA MX CNAME ANY",
    "alias2": "A CNAME",
    "alias3": "A AAAA TXT",
    "dangling": "A CNAME ANY",
    "nodata": "A TXT",
    "away": "A CNAME",
    "other": "A AAAA",
    "below": "A",
    "self": "A CNAME",
    "loop1": "A",
    "to-wild": "A TXT",
    "to-dname": "A",
    "wild": "A",
    "x.wild": "A MX TXT ANY",
    "a.b.wild": "A",
    "*.wild": "A",
    "there.wild": "TXT A",
    "x.there.wild": "A",
    "x.*.wild": "A",
    "x.cn": "A CNAME TXT ANY",
    "x.cnx": "A",
    "empty.non": "A ANY",
    "non": "A",
    "x.empty.non": "A",
    "below.wildcard": "A",
    "under.below.wildcard": "A",
    "x.under.below.wildcard": "A",
    "sub": "A NS SOA DS ANY",
    "www.sub": "A ANY",
    "ns.sub": "A",
    "x.y.sub": "AAAA",
    "deep.sub2": "A",
    "x.deep.sub2": "A",
    "sub2": "A",
    "signed": "A DS NS",
    "x.signed": "A",
    "renamed": "A DNAME ANY NS",
    "www.renamed": "A CNAME TXT",
    "nope.renamed": "A",
    f"{LONG}.{'y' * 40}.long-dname": "A",
    "child": "A NS SOA DS",
    "www.child": "A",
    "nope.child": "A",
    "www.example.org.": "A AAAA",
    "example.org.": "SOA",
    f"1.{REV}.": "PTR A",
    f"2.{REV}.": "PTR",
    f"3.{REV}.": "PTR CNAME",
    f"4.{REV}.": "PTR",
    f"5.{REV}.": "PTR",
    f"9.{REV}.": "PTR",
    "www.example.net.": "A SOA",
    "com.": "NS",
    ".": "NS",
}
CASES = [f"{name} {type}" for name, types in QUESTIONS.items() for type in types.split()]
