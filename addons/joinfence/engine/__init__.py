"""The decision: pure values and functions.

`client/` determines the client address, `joins/` which meetings a request or message would enter, and
`joins/formats/` parses the formats that a meeting id can stand in.
"""
