"""Real proxies in front of the fence: nginx and HAProxy, in the usual configurations."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from tests.e2e.harness import PATIENCE, free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INNER_ADDRESS: Final = "127.0.0.4"
"""The address from which the proxy called `inner_elsewhere` connects."""

_NGINX: Final = {
    "appended": "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "chosen": "",  # nginx passes the header on unchanged, which is its default
    "overwritten": "proxy_set_header X-Forwarded-For $remote_addr;",
    "prepended": 'proxy_set_header X-Forwarded-For "$remote_addr, $http_x_forwarded_for";',
    "two_deep": "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "inner_elsewhere": f"proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_bind {INNER_ADDRESS};",
    "over_ipv6": "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "over_ipv6_two_deep": "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
}


@dataclass
class Proxies:
    """Running proxies: name -> port, on 127.0.0.1 and [::1] alike."""

    fence: int
    folder: Path
    ports: dict[str, int] = field(default_factory=dict)

    def nginx_config(self) -> str:
        next_hop = {
            "two_deep": f"127.0.0.1:{self.ports['nginx appended']}",
            "inner_elsewhere": f"127.0.0.1:{self.ports['nginx appended']}",
            "over_ipv6": f"[::1]:{self.fence}",
            "over_ipv6_two_deep": f"[::1]:{self.ports['nginx over_ipv6']}",
        }
        servers = "".join(
            f"server {{ listen 127.0.0.1:{self.ports[f'nginx {name}']}; listen [::1]:{self.ports[f'nginx {name}']};"
            f" location / {{ proxy_pass http://{next_hop.get(name, f'127.0.0.1:{self.fence}')}; {line} }} }}\n"
            for name, line in _NGINX.items()
        )
        temporary = " ".join(
            f"{kind}_temp_path {self.folder / kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"daemon off; pid {self.folder / 'nginx.pid'}; error_log {self.folder / 'nginx.log'} info;\n"
            f"events {{}} http {{ access_log off; {temporary}\n{servers} }}\n"
        )

    def haproxy_config(self) -> str:
        forwarded = (
            "  option forwarded\n"
            if _haproxy_version() >= (2, 8)
            else "  http-request add-header Forwarded for=%[src] unless { src -m sub : }\n"
            '  http-request add-header Forwarded for=\\"[%[src]]\\" if { src -m sub : }\n'
        )
        lines = "global\n  maxconn 100\ndefaults\n  mode http\n" + "".join(
            f"  timeout {kind} 60s\n" for kind in ("connect", "client", "server")
        )
        for name, option, port in (
            ("haproxy appended", "  option forwardfor\n", self.fence),
            ("haproxy two_deep", "  option forwardfor\n", self.ports["haproxy appended"]),
            ("haproxy forwarded", forwarded, self.fence),
            ("haproxy forwarded_two_deep", forwarded, self.ports["haproxy forwarded"]),
        ):
            lines += (
                f"listen {name.replace(' ', '_')}\n  bind 127.0.0.1:{self.ports[name]}\n"
                f"  bind [::1]:{self.ports[name]}\n{option}  server next 127.0.0.1:{port}\n"
            )
        return lines


def _haproxy_version() -> tuple[int, int]:
    said = subprocess.run([need("haproxy"), "-v"], capture_output=True, text=True, check=True).stdout
    major, minor = re.findall(r"version (\d+)\.(\d+)", said)[0]
    return int(major), int(minor)


def need(program: str) -> str:
    """Return the path of a program; without it, skip the test, or fail if CI is set."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        assert not os.environ.get("CI"), f"{program} is missing"
        pytest.skip(f"{program} is not installed")
    return found


@contextlib.contextmanager
def proxies(folder: Path, fence: int) -> Iterator[Proxies]:
    """Run all proxies in front of a fence until the end of the block."""
    names = [f"nginx {name}" for name in _NGINX]
    names += [f"haproxy {name}" for name in ("appended", "two_deep", "forwarded", "forwarded_two_deep")]
    them = Proxies(fence, folder, {name: free_port() for name in names})
    (folder / "nginx.conf").write_text(them.nginx_config())
    (folder / "haproxy.cfg").write_text(them.haproxy_config())
    commands = [
        [need("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")],
        [need("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")],
    ]
    with contextlib.ExitStack() as stack:
        out = stack.enter_context((folder / "proxies.log").open("wb"))
        for command in commands:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
            stack.callback(process.wait, PATIENCE)
            stack.callback(process.terminate)
        assert until(lambda: all(map(_is_open, them.ports.values()))), (folder / "proxies.log").read_text()
        yield them


def _is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
