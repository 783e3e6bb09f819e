"""Runs the native load client, bench_load, against a server, and reads the line that it prints."""

import contextlib
import json
import subprocess

from servers import Failed, proc_status_kib, program

GIB = 1 << 30
MIB = 1 << 20


def load_command(mode, server, options):
    command = [program("bench_load"), mode, "--port", str(server.port), "--pid", str(server.pid)]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return command


def load(mode, server, *, timeout_s=120, **options):
    """Runs the native client and returns its line of JSON."""
    return run_load(mode, load_command(mode, server, options), timeout_s)


@contextlib.contextmanager
def background_load(mode, server, **options):
    """The native client at work as long as this lasts; it must not end before."""
    client = subprocess.Popen(load_command(mode, server, options), stderr=subprocess.PIPE, text=True)
    try:
        yield
        if client.poll() is not None:
            raise Failed(f"{mode} ended too soon: {client.stderr.read().strip()}")
    finally:
        client.kill()
        client.communicate()


def run_load(mode, command, timeout_s):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise Failed(f"{mode} took more than {timeout_s} s") from None
    if done.returncode != 0:
        raise Failed(f"{mode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def peak_mib(server):
    return proc_status_kib(server.pid, "VmHWM") / 1024


def throughput(server, result):
    """What every row with a load reports, from the client's line."""
    return result | {
        "cpu_s_per_gib": result["cpu_s"] * GIB / result["bytes"],
        "cpu_us_per_request": result["cpu_s"] * 1e6 / result["requests"],
        "records_per_s": result["records"] / result["wall_s"],
        "mib_per_s": result["bytes"] / MIB / result["wall_s"],
        "peak_mib": peak_mib(server),
    }


def start(server, **options):
    """The native client starts the server itself, to see its first answer to a tenth of a millisecond."""
    command = [program("bench_load"), "start", "--port", str(server.port)]
    command += ["--log", str(server.folder / "bench.log")]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return run_load("start", command + ["--"] + server.command(), timeout_s=120)


def fill(server, topic, size, records):
    """`size` bytes in 4 partitions, in batches of which 16 make a MiB exactly."""
    options = dict(batch_bytes=65536, records=records, in_flight=8, requests=size // 65536)
    load("produce", server, topic=topic, **options)
