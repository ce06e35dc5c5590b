"""The edge cases of DNS, a module for each phase of a conversation."""
