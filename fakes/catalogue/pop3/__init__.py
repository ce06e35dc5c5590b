"""The edge cases of POP3, a module for each phase of a conversation."""
