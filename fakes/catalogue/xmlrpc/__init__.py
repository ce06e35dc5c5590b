"""The edge cases of XML-RPC, a module for each phase of a conversation."""
