"""The edge cases of IMAP, a module for each phase of a conversation."""
