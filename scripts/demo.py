"""Show the fence at work, in front of a small demonstration service or a service of your own.

Options that this command does not know are passed to mitmdump, and so is everything after `--`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from demo_orders import copy_config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent

# What mitmdump needs in front of a service, as `--set name=value`. If the user sets one of these, ours is
# left out, because mitmdump does not accept an option twice.
SETTINGS: Final = {
    "geofence_config": "{folder}/configs/geofence.yaml",
    "keep_host_header": "true",  # the service sees the host that the client asked for
    "onboarding": "false",  # otherwise mitmproxy, not the service, answers `Host: mitm.it`
    "connection_strategy": "lazy",  # a refused join never reaches the service
    "body_size_limit": "8m",  # a body that is needed for the decision is held in memory
    "flow_detail": "0",  # one line per request would be a list of who tried to join what
    "confdir": "{folder}/mitmproxy",  # write nothing outside the checkout
}

SECONDS_TO_START: Final = 60
SECONDS_TO_STOP: Final = 5

console: Final = Console(highlight=False, soft_wrap=True)


class CannotRunError(Exception):
    """The demonstration cannot run; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line. `rest` is for mitmdump."""

    upstream: str | None
    host: str
    port: int
    rest: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def folder(self) -> Path:
        """What a run writes goes here. Two at once have two, as they listen on two addresses."""
        return ROOT / "build" / "demo" / f"{self.host}-{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """Our settings, without those that the user has set."""
        made = {part.removeprefix("--set=").partition("=")[0] for part in self.rest}
        if "--flow-detail" in made:
            made.add("flow_detail")
        return {
            name: value.format(folder=self.folder) for name, value in SETTINGS.items() if name not in made
        }


def read_options(arguments: Sequence[str]) -> Options:
    """Return the parsed command line; exits with status 2 if it is invalid."""
    parser = argparse.ArgumentParser(prog="scripts/run", description=__doc__, allow_abbrev=False)
    parser.add_argument("--upstream", metavar="URL", help="your own service, such as http://127.0.0.1:3000")
    parser.add_argument("--port", "--listen-port", "-p", type=int, default=8080, help="the fence's own port")
    parser.add_argument("--listen-host", default="127.0.0.1", help="the fence's own address")
    split = arguments.index("--") if "--" in arguments else len(arguments)
    known, unknown = parser.parse_known_args(arguments[:split])
    if known.upstream is not None and not known.upstream.startswith(("http://", "https://")):
        parser.error("--upstream takes a whole address, such as http://127.0.0.1:3000")
    if not 0 < known.port < 1 << 16:
        parser.error("--port takes a number from 1 to 65535")
    return Options(
        upstream=known.upstream,
        host=known.listen_host,
        port=known.port,
        rest=(*unknown, *arguments[split + 1 :]),
    )


# -- the two processes ----------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def started(*command: str, stdout: int | None = None) -> AsyncIterator[Process]:
    """Start a program, and stop it at the end of the block.

    It gets a process group of its own, so that Ctrl-C reaches only this program, which stops the others in
    order.
    """
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=stdout, process_group=0)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), SECONDS_TO_STOP)
            except TimeoutError:
                process.kill()
                await process.wait()


@contextlib.asynccontextmanager
async def demo_service() -> AsyncIterator[tuple[Process, str]]:
    """Start the demonstration service on a free port; yield its address once it answers."""
    command = (sys.executable, str(ROOT / "scripts" / "demo_service.py"), "--port", "0")
    async with started(*command, stdout=PIPE) as process:
        assert process.stdout  # noqa: S101  a pipe was asked for
        line = await process.stdout.readline()
        if not line:
            message = f"the demonstration service ended with status {await process.wait()}"
            raise CannotRunError(message)
        yield process, line.decode().rpartition(" ")[2].strip()


@contextlib.asynccontextmanager
async def fence(options: Options, upstream: str) -> AsyncIterator[Process]:
    """Start mitmdump with the fence in front of a service; the block begins once its port answers."""
    command = [str(Path(sys.executable).with_name("mitmdump"))]
    command += ["-s", str(ROOT / "addons" / "geofence.py"), "--mode", f"reverse:{upstream}"]
    command += ["--listen-host", options.host, "--listen-port", str(options.port)]
    for name, value in options.settings.items():
        command += ["--set", f"{name}={value}"]
    async with started(*command, *options.rest) as process:
        await answering(options, process)
        # mitmdump opens its port first, and exits a moment later if the fence cannot start.
        await asyncio.sleep(0.5)
        if process.returncode is not None:
            message = f"mitmdump ended with status {process.returncode}; see what it printed"
            raise CannotRunError(message)
        yield process


async def answering(options: Options, process: Process) -> None:
    """Return once the fence's port answers, or its process has ended."""
    for _ in range(SECONDS_TO_START * 10):
        if process.returncode is not None:
            return
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(options.host, options.port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    message = f"mitmdump does not answer on {options.url} after {SECONDS_TO_START} seconds"
    raise CannotRunError(message)


def check_port(options: Options) -> None:
    """Raise CannotRunError if nothing can listen on the chosen port."""
    try:
        first, *_ = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
        family, kind, _, _, address = first
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = f"cannot listen on {options.url}: {error}; choose another port with --port N"
        raise CannotRunError(message) from None


# -- what it prints ---------------------------------------------------------------------------------


def make_config(folder: Path) -> None:
    """Copy the example configuration, its orders in force today, and keep the records beside it."""
    copy_config(ROOT / "configs", folder / "configs")
    with (folder / "configs" / "geofence.yaml").open("a", encoding="utf-8") as main:
        main.write("\nstate: ../state\n")


def explain_config(folder: Path) -> None:
    """Print what was done to the example orders, and why."""
    folder = (folder / "configs").relative_to(ROOT)
    console.print(
        f"Orders end on time, and so do the examples. Copies with new dates, in force today: {folder}"
    )


def invite(options: Options, *, examples: bool) -> None:
    """Print what to open and, with the example orders and the demonstration service, what to try."""
    what = options.upstream or "three meetings"
    console.print(f"\nOpen [bold]{options.url}/[/bold] for {what} behind the fence. Ctrl-C stops it.")
    if options.upstream and examples:
        console.print("For a configuration of your own: --set geofence_config=FILE")
    if options.upstream or not examples:
        return
    console.print("Or try:\n")
    for text, client, meeting in (
        ("From Germany, a meeting that no order names: admitted, 200.", "2003::1", "open-lecture"),
        ("From Germany, a meeting that order DE-2026-0001 names: refused, 451.", "2003::1", "townhall"),
        ("The same meeting from the United States: admitted, 200.", "9.9.9.9", "townhall"),
    ):
        join = f"{options.url}/api/meetings/{meeting}/join"
        console.print(f"[dim]# {text}[/dim]")
        console.print(f"curl -i -X POST -H 'X-Forwarded-For: {client}' {join}\n", markup=False)


# -- together -------------------------------------------------------------------------------------


async def show(options: Options) -> None:
    """Run the fence until asked to stop. Raises CannotRunError, also if one of the processes ends."""
    check_port(options)
    examples = "geofence_config" in options.settings
    if examples:
        make_config(options.folder)
        explain_config(options.folder)
    async with contextlib.AsyncExitStack() as stack:
        processes: dict[str, Process] = {}
        if options.upstream is None:
            processes["the demonstration service"], upstream = await stack.enter_async_context(demo_service())
        else:
            upstream = options.upstream
        processes["mitmdump"] = await stack.enter_async_context(fence(options, upstream))
        invite(options, examples=examples)
        waits = {asyncio.create_task(process.wait()): name for name, process in processes.items()}
        ended, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        task = ended.pop()
        message = f"{waits[task]} ended with status {task.result()}"
        raise CannotRunError(message)


async def until_asked(options: Options) -> int:
    """Return the exit status: 0 when asked to stop."""
    loop, showing = asyncio.get_running_loop(), asyncio.create_task(show(options))
    asked = asyncio.Event()

    def stop() -> None:
        if not asked.is_set():  # a second Ctrl-C must not interrupt the stopping
            asked.set()
            showing.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        await showing
    except asyncio.CancelledError:
        console.print("Stopped.")
    return 0


def main() -> int:
    """Return the exit status: 0 when asked to stop, 2 if it could not run or a process ended early."""
    options = read_options(sys.argv[1:])
    try:
        return asyncio.run(until_asked(options))
    except CannotRunError as error:
        print(f"scripts/run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
