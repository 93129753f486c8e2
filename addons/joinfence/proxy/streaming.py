"""Does what `stream_large_bodies` asks for, in mitmproxy's stead.

mitmproxy begins to stream as soon as enough of a body has come in, whatever a hook has said: a body that has
to be held back until the join in it is decided would go upstream, and a refusal would end in a crash. So the
fence takes the option's value over, and streams every body but those it holds back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitmproxy.net.http.http1 import expected_http_body_size
from mitmproxy.utils import human

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.options import Options


class Streaming:
    """The size above which bodies are streamed, None if none are."""

    def __init__(self) -> None:
        """Start without streaming."""
        self.above: int | None = None

    def take_over(self, options: Options) -> None:
        """Take the option's value, and leave the option empty."""
        if options.stream_large_bodies:
            self.above = human.parse_size(options.stream_large_bodies)
            options.update(stream_large_bodies=None)

    def request(self, flow: http.HTTPFlow) -> None:
        """Stream the request's body if it is large, or if nobody knows how large it will be.

        Not one without a length over HTTP/2 or 3: it would reach an HTTP/1.1 upstream without an end, and be
        read there as a request of its own. Held back it is given its length.
        """
        request = flow.request
        endless = (request.is_http2 or request.is_http3) and "content-length" not in request.headers
        if self.above is None or endless:
            return
        if self._is_large(expected_http_body_size(request)):
            request.stream = True

    def response(self, flow: http.HTTPFlow) -> None:
        """Stream the response's body likewise."""
        if self.above is None or flow.response is None:
            return
        if self._is_large(expected_http_body_size(flow.request, flow.response)):
            flow.response.stream = True

    def _is_large(self, expected: int | None) -> bool:
        return expected is None or expected < 0 or expected > (self.above or 0)
