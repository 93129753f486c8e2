"""The state of a running fence: what it leaves in the state folder, and what that says to a person."""
