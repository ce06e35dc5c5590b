"""The edge cases of SMTP, a module for each phase of a conversation."""
