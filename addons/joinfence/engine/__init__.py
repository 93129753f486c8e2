"""The decision: pure values and functions. No I/O, no clock, no logging, no mitmproxy."""
