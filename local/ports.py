"""TCP ports on loopback and the processes that listen on them."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

LISTEN = "0A"  # state of a listening socket (proc_net_tcp)


def free_port(preferred: int = 0) -> int:
    """Return `preferred` if it is free on loopback, otherwise a port chosen by the system."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no TCP port is free on 127.0.0.1")


def taken(port: int) -> bool:
    """Return whether a process listens on `port` on loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def holds(pid: int, port: int) -> bool:
    """Return whether process `pid` itself listens on `port`. Without procfs, return whether any process does."""
    if not Path("/proc/net/tcp").exists():
        return taken(port)
    inodes = socket_inodes(pid)
    return any(inode in inodes for inode, _, local_port in listening() if local_port == port)


def holder(port: int) -> str:
    """Describe the process that listens on `port`, as far as this user may see it."""
    sockets = {inode for inode, _, local_port in listening() if local_port == port}
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()) if sockets else ():
        if sockets & socket_inodes(pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"process {pid} ({command[:80]})"
    return "another program"


def listening() -> set[tuple[str, str, int]]:
    """Return the inode, address (hexadecimal, as in the kernel's table) and port of every listening TCP socket."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in (line.split() for line in lines):
            address, _, port = fields[1].partition(":")
            if fields[3] == LISTEN:
                found.add((fields[9], address, int(port, 16)))
    return found


def socket_inodes(pid: int) -> set[str]:
    """Return the inodes of the open sockets of process `pid`; empty when it exited or belongs to another user."""
    links = []
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed in the meantime
                links.append(str(entry.readlink()))
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
