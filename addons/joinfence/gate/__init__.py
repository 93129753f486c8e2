"""One request through the fence, whatever carries it.

The gate decides, applies the failure table, and reports to monitoring and records. It does not depend on
mitmproxy: a host passes in a `Request`, or a message on a WebSocket, and carries out the outcome.
"""
