"""What operators see of a running fence: telemetry, metrics, alarms.

`status/` is the state that a running fence writes to a file, and what in it needs a person's attention.
"""
