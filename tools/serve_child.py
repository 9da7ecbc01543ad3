"""Streamlit under `tools/serve.py`: it tells what it was asked for, and ends when its parent does.

    python tools/serve_child.py FD run app.py [any option of `streamlit run`]

What is in force comes from flags, environment variables and two config.toml; Streamlit alone knows
how they add up. So it is asked, once it has read them, and the answer goes as one line of JSON into
the pipe FD. Two things that it would do otherwise are settled on the way: with no address named it
listens on this computer alone, and a port that is taken is a sentence, not the next port.

Its stdin is a pipe that the parent holds and never writes to. When the pipe ends the parent is
gone, by whatever death, and this process ends itself with all that it started.
"""

import errno
import json
import os
import signal
import socket
import sys
import threading

from streamlit import config, net_util
from streamlit.web import cli

THIS_COMPUTER = "127.0.0.1"


def end_with(parent: int) -> None:
    """Nobody is left to serve for: no farewell, this process leads the group of what it started."""
    os.read(parent, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


class Refusal(Exception):
    """Why the app cannot be started as asked, in one sentence."""


def settle() -> dict[str, object]:
    """What is in force, with the address and the port that it will really have."""
    if not config.is_manually_set("server.address"):
        config.set_option("server.address", THIS_COMPUTER)
    address = config.get_option("server.address")
    port = free_port(address, config.get_option("server.port"))
    config.set_option("server.port", port)
    return {
        "secure": bool(config.get_option("server.sslCertFile")),
        "address": address,
        "port": port,
        "base": config.get_option("server.baseUrlPath").strip("/"),
        "can_warm": config.get_option("server.scriptHealthCheckEnabled"),
        "network": net_util.get_internal_ip(),  # asks the routing table; sends nothing
    }


def free_port(address: str, port: int) -> int:
    """The same port if nobody has it, any free one for 0.

    Nobody on any address: else `localhost` might lead to another program than ours.
    """
    try:
        port = bind("0.0.0.0", port)
        try:
            bind("::", port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise  # any other: this computer has no IPv6
        return bind(address, port)
    except (OSError, OverflowError) as error:
        raise Refusal(complaint(error, address, port)) from error


def bind(address: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as free:
        return int(free.getsockname()[1])


def complaint(error: Exception, address: str, port: int) -> str:
    number = getattr(error, "errno", None)
    if isinstance(error, socket.gaierror) or number == errno.EADDRNOTAVAIL:
        return (
            f"This computer has no address {address}; "
            "HOST=0.0.0.0 stands for all that it has, HOST=127.0.0.1 for itself alone"
        )
    fault = "is taken" if number == errno.EADDRINUSE else "cannot be used"
    return f"Port {port} {fault}; choose another, as in: make run PORT=8600"


def main() -> None:
    parent = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the pipe is not for Streamlit and its children
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    pipe = os.fdopen(int(sys.argv[1]), "w")

    def told() -> None:
        disconnect()  # config.toml may be read again later
        with pipe:
            try:
                json.dump(settle(), pipe)
            except Refusal as refusal:
                json.dump({"refusal": str(refusal)}, pipe)
                raise SystemExit(1) from refusal

    disconnect = config.on_config_parsed(told, force_connect=True)
    sys.path.pop(0)  # this file's folder; Streamlit puts the app's own there
    cli.main(sys.argv[2:], prog_name="streamlit")


if __name__ == "__main__":
    main()
