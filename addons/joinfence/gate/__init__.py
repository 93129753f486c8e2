"""One request through the fence, whatever carries it.

The gate decides, applies the failure table, and tells monitoring and records. No mitmproxy in it: a host
hands in a `Request`, or a message on a WebSocket, and carries out the outcome.
"""
