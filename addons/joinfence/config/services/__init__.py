"""The rule file of one meeting service: which of its requests and messages are joins."""
