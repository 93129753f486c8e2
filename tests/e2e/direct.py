"""Clients that connect directly from public addresses, in a network namespace that only this process is in.

Run in a network namespace of its own (`unshare -rn`): public addresses are given to its loopback interface,
and nothing sent here can leave the machine. Prints {option: {client: status}} as JSON.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.config_files import edit
from tests.e2e.harness import PATIENCE, Fence, Upstream, make_config, read_answer

CLIENTS: Final = {"Germany": "217.0.0.1", "America": "9.9.9.9", "loopback": "127.0.0.1"}
JOIN: Final = b"POST /api/meetings/townhall/join HTTP/1.1\r\nHost: meet.example\r\nContent-Length: 0\r\n\r\n"


def main(folder: Path) -> None:
    """Send the same join from each client, with the default of `block_global` and with it switched off."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in CLIENTS.values():
        if address != "127.0.0.1":
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    found: dict[str, dict[str, int]] = {}
    for option in ("block_global=true", "block_global=false"):
        own = folder / option
        config = make_config(own)
        edit(config, "source: X-Forwarded-For", "source: peer")
        edit(config, '  trusted_proxies: [127.0.0.1/32, "::1/128"]\n', "")
        with Fence(own, Upstream().port, config, ("--set", option)) as fence:
            found[option] = {name: _status(fence, address) for name, address in CLIENTS.items()}
            written = fence.log
        assert CLIENTS["Germany"] not in written, written
    json.dump(found, sys.stdout)


def _status(fence: Fence, address: str) -> int:
    with socket.create_connection(
        ("127.0.0.1", fence.port), PATIENCE, source_address=(address, 0)
    ) as connection:
        try:
            connection.sendall(JOIN)
            return read_answer(connection).status
        except ConnectionError:
            return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
