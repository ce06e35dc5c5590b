"""TLS on a connection: certificates, the handshake and what can go wrong in it."""
