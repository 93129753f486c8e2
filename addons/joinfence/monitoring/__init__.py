"""What operators see of a running fence: telemetry, metrics, alarms.

`status/` is the state that a running fence writes down, and what in it needs a person.
"""
