"""TCP ports on loopback and the processes that listen on them."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

LISTEN = "0A"  # proc_net_tcp: the state of a listening socket


def free_port(preferred: int = 0) -> int:
    """`preferred` if it is free on loopback, otherwise a port chosen by the system."""
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
    """Whether a process listens on `port` on loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def holds(pid: int, port: int) -> bool:
    """Whether process `pid` itself listens at `port`; where the system does not tell, whether anyone does."""
    if not Path("/proc/net/tcp").exists():
        return taken(port)
    inodes = socket_inodes(pid)
    return any(inode in inodes for inode, _, local_port in listening() if local_port == port)


def holder(port: int) -> str:
    """Who listens at `port`, in words; as much as this user may know."""
    sockets = {inode for inode, _, local_port in listening() if local_port == port}
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()) if sockets else ():
        if sockets & socket_inodes(pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"process {pid} ({command[:80]})"
    return "another program"


def listening() -> set[tuple[str, str, int]]:
    """Every listening TCP socket of this machine: its inode, its address in the kernel's hexadecimal, its port."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in (line.split() for line in lines):
            address, _, port = fields[1].partition(":")
            if fields[3] == LISTEN:
                found.add((fields[9], address, int(port, 16)))
    return found


def socket_inodes(pid: int) -> set[str]:
    """The inodes of the sockets that process `pid` has open; empty where it is gone or not ours to see."""
    links = []
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed while we looked
                links.append(str(entry.readlink()))
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
