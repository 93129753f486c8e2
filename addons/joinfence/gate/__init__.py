"""One request through the fence, whatever carries it.

Decides, applies the failure table, and tells monitoring and records. Nothing here knows mitmproxy.
"""
