"""What every fake is made of; it knows no protocol.

Bytes go one way in and one way out: listener, wire, engine, script, wire.
"""
