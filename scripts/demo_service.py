"""A small meeting service to try the fence with: three meetings, joined by path, query, body or WebSocket.

It knows nothing about the fence. Meetings are created on first use and forgotten when it stops.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import itertools
import json
import signal
from collections import defaultdict
from typing import Final

from aiohttp import WSMsgType, web

MEETINGS: Final = {"townhall": "Town hall", "open-lecture": "Open lecture", "invest-live": "Webinar"}
LARGEST_BODY: Final = 64 << 20

PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif }}
  body {{ max-width: 38rem; margin: 3rem auto; padding: 0 1rem }}
  button {{ font: inherit; padding: .4rem 1.2rem }}
  output {{ display: block; white-space: pre-wrap; overflow-wrap: anywhere; margin-top: 1.5rem }}
</style>
<body>
<h1>{title}</h1>
{content}
</body>
</html>
"""

JOIN_FORM: Final = """<p>Meeting <code>{meeting}</code></p>
<button type="button">Join</button>
<output aria-live="polite"></output>
<p><a href="/">All meetings</a></p>
<script>
  document.querySelector("button").addEventListener("click", async () => {{
    const output = document.querySelector("output");
    try {{
      const meeting = location.pathname.split("/").pop();
      const answer = await fetch(`/api/meetings/${{meeting}}/join`,
        {{ method: "POST", headers: {{ Accept: "text/plain, application/json;q=0.5" }} }});
      output.textContent = `${{answer.status}} ${{answer.statusText}}\\n\\n${{await answer.text()}}`;
    }} catch (error) {{
      output.textContent = String(error);
    }}
  }});
</script>"""


class Rooms:
    """Who is in which meeting."""

    def __init__(self) -> None:
        """Start with empty rooms."""
        self._rooms: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self._numbers = itertools.count(1)

    def enter(self, meeting: str, name: str | None) -> int:
        """Return the number of a new participant."""
        number = next(self._numbers)
        self._rooms[meeting][number] = name or f"guest-{number}"
        return number

    def leave(self, meeting: str, number: int) -> bool:
        """Return whether there was such a participant to leave."""
        return self._rooms[meeting].pop(number, None) is not None

    def names(self, meeting: str) -> list[str]:
        """Return the names in a meeting, in order of entry."""
        return list(self._rooms[meeting].values())


ROOMS: Final = web.AppKey("rooms", Rooms)
SOCKETS: Final = web.AppKey("sockets", set[web.WebSocketResponse])
routes = web.RouteTableDef()


def _page(title: str, content: str) -> web.Response:
    return web.Response(text=PAGE.format(title=html.escape(title), content=content), content_type="text/html")


def _joined(request: web.Request, meeting: str, name: str | None) -> web.Response:
    number = request.app[ROOMS].enter(meeting, name)
    return web.json_response({"meeting": meeting, "participant": number, "joined": True})


async def _fields(request: web.Request) -> dict[str, object]:
    """Return the members of a JSON body, whatever its Content-Type says; none if there is no body."""
    body = await request.read()
    try:
        data = json.loads(body) if body else {}
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest(text="the body is not JSON\n") from None
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="the body is not a JSON object\n")
    return data


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None


@routes.get("/")
async def index(_request: web.Request) -> web.Response:
    """List the meetings."""
    links = "\n".join(f'<li><a href="/meet/{key}">{title}</a></li>' for key, title in MEETINGS.items())
    return _page("Meetings", f"<ul>\n{links}\n</ul>")


@routes.get("/meet/{meeting}")
async def meeting_page(request: web.Request) -> web.Response:
    """Show a meeting, with a button that joins it."""
    meeting = request.match_info["meeting"]
    return _page(MEETINGS.get(meeting, meeting), JOIN_FORM.format(meeting=html.escape(meeting)))


@routes.post("/api/meetings/{meeting}/join")
async def join_by_path(request: web.Request) -> web.Response:
    """Join the meeting the path names."""
    fields = await _fields(request)
    return _joined(request, request.match_info["meeting"], _text(fields.get("name")))


@routes.post("/api/join")
async def join_by_body(request: web.Request) -> web.Response:
    """Join the meeting the JSON body names."""
    fields = await _fields(request)
    meeting = _text(fields.get("meeting"))
    if meeting is None:
        raise web.HTTPBadRequest(text="the body names no meeting\n")
    return _joined(request, meeting, _text(fields.get("name")))


@routes.get("/join")
async def join_by_query(request: web.Request) -> web.Response:
    """Join the meeting the query names."""
    meeting = request.query.get("meeting")
    if not meeting:
        raise web.HTTPBadRequest(text="the query names no meeting\n")
    return _joined(request, meeting, request.query.get("name"))


@routes.get("/ws/{meeting}")
async def join_by_socket(request: web.Request) -> web.WebSocketResponse:
    """Join on connecting, echo messages, leave on closing."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    meeting, rooms, sockets = request.match_info["meeting"], request.app[ROOMS], request.app[SOCKETS]
    number = rooms.enter(meeting, request.query.get("name"))
    sockets.add(socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)
    finally:
        sockets.discard(socket)
        rooms.leave(meeting, number)
    return socket


@routes.get("/api/meetings/{meeting}/participants")
async def participants(request: web.Request) -> web.Response:
    """List who is in a meeting."""
    meeting = request.match_info["meeting"]
    return web.json_response({"meeting": meeting, "participants": request.app[ROOMS].names(meeting)})


@routes.delete(r"/api/meetings/{meeting}/participants/{number:\d+}")
async def leave(request: web.Request) -> web.Response:
    """Leave a meeting."""
    if not request.app[ROOMS].leave(request.match_info["meeting"], int(request.match_info["number"])):
        raise web.HTTPNotFound(text="no such participant\n")
    return web.Response(status=204)


@routes.post("/api/echo")
async def echo(request: web.Request) -> web.Response:
    """Return the request as it arrived."""
    headers = [
        [name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")]
        for name, value in request.raw_headers
    ]
    body = await request.read()
    return web.json_response(
        {"method": request.method, "path": request.raw_path, "headers": headers, "body_length": len(body)}
    )


async def _close_sockets(app: web.Application) -> None:
    """Close everybody's socket, so that stopping does not wait for them."""
    for socket in app[SOCKETS].copy():
        await socket.close(code=1001)


def make_app() -> web.Application:
    """Return the service, with empty rooms."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app[ROOMS] = Rooms()
    app[SOCKETS] = set()
    app.add_routes(routes)
    app.on_shutdown.append(_close_sockets)
    return app


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; print the address, in one line, once connections are accepted."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(make_app(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        print(f"listening on http://{host}:{runner.addresses[0][1]}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 chooses a free one")
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port))


if __name__ == "__main__":
    main()
