"""Caches in front of the fence that store as much as they may: none stores a refusal."""

from __future__ import annotations

import http.client
import itertools
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

import pytest

from tests.e2e.harness import AMERICA, GERMANY, PATIENCE, Fence, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN: Final = "/j/98765432101"  # covered for DE
FORMS: Final = ("text/html", "application/problem+json", "text/plain")

# Both store every 200 and 451 for ten minutes, whatever Vary says, unless the response itself forbids it.
NGINX: Final = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log info;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/kept keys_zone=kept:1m;
  server {{
    listen 127.0.0.1:{port};
    proxy_cache kept; proxy_cache_valid 200 451 10m; proxy_ignore_headers Vary;
    add_header X-Kept $upstream_cache_status always;
    location / {{ proxy_pass http://127.0.0.1:{fence}; }}
    location /careless {{ proxy_pass http://127.0.0.1:{careless}; }}
  }}
}}
"""
VARNISH: Final = """
vcl 4.0;
backend fence {{ .host = "127.0.0.1"; .port = "{fence}"; }}
backend careless {{ .host = "127.0.0.1"; .port = "{careless}"; }}
sub vcl_recv {{
  set req.backend_hint = fence;
  if (req.url ~ "^/careless") {{ set req.backend_hint = careless; }}
}}
sub vcl_backend_response {{ set beresp.ttl = 10m; unset beresp.http.Vary; }}
sub vcl_deliver {{
  if (obj.hits > 0) {{ set resp.http.X-Kept = "HIT"; }} else {{ set resp.http.X-Kept = "MISS"; }}
}}
"""


class _Careless(BaseHTTPRequestHandler):
    """Answers 451 without Cache-Control: RFC 7725 allows such responses to be cached by default."""

    _count = itertools.count(1)

    def do_GET(self) -> None:
        body = str(next(self._count)).encode()
        self.send_response(451)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def careless() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Careless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module", params=["nginx", "varnishd"])
def cache(
    request: pytest.FixtureRequest, fence: Fence, careless: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    if shutil.which(request.param) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{request.param} is not installed; .ci/run installs it")
        pytest.skip(f"{request.param} is not installed")
    folder: Path = tmp_path_factory.mktemp(request.param)
    port = free_port()
    template = NGINX if request.param == "nginx" else VARNISH
    config = folder / "config"
    config.write_text(template.format(folder=folder, port=port, fence=fence.port, careless=careless))
    folder.chmod(0o755)  # nginx's workers may run as another user
    if request.param == "nginx":
        command = ["nginx", "-e", f"{folder}/start.log", "-c", str(config), "-g", f"user {_me()};"]
        ready, log = "start worker process", folder / "nginx.log"
    else:
        command = ["varnishd", "-F", "-j", "none", "-a", f"127.0.0.1:{port}", "-f", str(config)]
        command += ["-n", str(folder / "work"), "-s", "malloc,10m", "-T", "none"]
        ready, log = "Child starts", folder / "varnish.log"
    with running(command, ready, log):
        yield port


def _me() -> str:
    import pwd  # noqa: PLC0415 - only POSIX has it

    return pwd.getpwuid(os.getuid()).pw_name


def _get(port: int, path: str, client: str, accept: str = "text/html") -> tuple[int, str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers={"X-Forwarded-For": client, "Accept": accept})
    response = connection.getresponse()
    found = response.status, response.getheader("X-Kept"), response.read()
    connection.close()
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_refusal_is_not_cached(cache: int, form: str) -> None:
    path = f"{JOIN}?form={form}"
    first, again = (_get(cache, path, GERMANY, form) for _ in range(2))
    assert (first[0], again[0]) == (451, 451)
    assert (first[1], again[1]) == ("MISS", "MISS")
    status, _kept, body = _get(cache, path, AMERICA, form)
    assert (status, body) == (200, b"upstream"), "and nobody else is shown it"


def test_a_451_without_cache_control_would_be_cached(cache: int) -> None:
    first, again = (_get(cache, "/careless", GERMANY) for _ in range(2))
    assert (first[0], first[1]) == (451, "MISS")
    assert (again[1], again[2]) == ("HIT", first[2])


def test_other_responses_are_cached_as_usual(cache: int) -> None:
    first, again = (_get(cache, "/static/logo", GERMANY) for _ in range(2))
    assert (first[0], first[1], again[1]) == (200, "MISS", "HIT")
