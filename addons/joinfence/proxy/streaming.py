"""Streams large bodies, as the option `stream_large_bodies` asks for, in place of mitmproxy.

mitmproxy starts streaming as soon as enough of a body has arrived, whatever a hook has set. A body that has
to be held back until its join is decided would then reach the service, and a refusal would crash mitmproxy.
So the fence takes over the option: it remembers the value, clears the option, and sets the `stream` flag of
each large message itself. The gate clears the flag again where it needs the body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitmproxy.net.http.http1 import expected_http_body_size
from mitmproxy.utils import human

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.options import Options


class Streaming:
    """Decides which bodies are streamed."""

    def __init__(self) -> None:
        """Start without streaming."""
        self._threshold: int | None = None

    def take_over(self, options: Options) -> None:
        """Remember the option's value, and clear the option."""
        if options.stream_large_bodies:
            self._threshold = human.parse_size(options.stream_large_bodies)
            options.update(stream_large_bodies=None)

    def stream_request(self, flow: http.HTTPFlow) -> None:
        """Have the request's body streamed if it is large, or if its size is not known.

        An HTTP/2 or HTTP/3 body without Content-Length is not streamed: an HTTP/1.1 upstream could not tell
        where it ends, and would read it as another request. Held back, it is given its length.
        """
        request = flow.request
        unframed = (request.is_http2 or request.is_http3) and "content-length" not in request.headers
        if self._threshold is None or unframed:
            return
        if self._is_large(expected_http_body_size(request)):
            request.stream = True

    def stream_response(self, flow: http.HTTPFlow) -> None:
        """Have the response's body streamed if it is large, or if its size is not known."""
        if self._threshold is None or flow.response is None:
            return
        if self._is_large(expected_http_body_size(flow.request, flow.response)):
            flow.response.stream = True

    def _is_large(self, expected: int | None) -> bool:
        return expected is None or expected < 0 or expected > (self._threshold or 0)
