"""Builds the example plugin out of tree against the installed SDK, loads it, and sees it work.

Usage: out_of_tree.py CMAKE BUILD_FOLDER SOURCE_FOLDER BROKER PLUGIN_FOLDER
"""

import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

CREATE_TOPICS = 19
DELETE_TOPICS = 20
TOPIC_AUTHORIZATION_FAILED = 29


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def build_example(cmake, build, source, folder):
    run(cmake, "--install", build, "--prefix", folder / "sdk", "--component", "sdk")
    example = source / "sdk" / "examples" / "authorizer_read_only"
    run(cmake, "-G", "Ninja", "-S", example, "-B", folder / "example",
        f"-DCMAKE_PREFIX_PATH={folder / 'sdk'}", "-DCMAKE_BUILD_TYPE=Release")
    run(cmake, "--build", folder / "example")
    plugins = folder / "plugins"
    plugins.mkdir()
    shutil.copy(folder / "example" / "authorizer_read_only.so", plugins)
    (plugins / "authorizer_read_only.so").chmod(0o644)
    return plugins


def write_config(source, folder, plugin_folders):
    config = folder / "config"
    shutil.copytree(source / "config", config)
    with open(config / "fluxmq.conf", "a") as conf:
        conf.write(f"\nplugin.path={','.join(map(str, plugin_folders))}\n")
    (config / "plugins.d" / "authorizer_read_only.conf").write_text(
        "enabled=true\nread.only.topic.prefix=old.\n")
    return config / "fluxmq.conf"


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def ask(port, api_key, version, body):
    """One request; its answer from behind the correlation id."""
    frame = struct.pack(">hhi", api_key, version, 7) + string("out_of_tree") + body
    with socket.create_connection(("127.0.0.1", port), timeout=30) as broker:
        broker.sendall(struct.pack(">i", len(frame)) + frame)
        stream = broker.makefile("rb")
        return stream.read(struct.unpack(">i", stream.read(4))[0])[4:]


def error_of_topic(answer):
    """The error code of the one topic: behind throttle time, array length and name."""
    (length,) = struct.unpack_from(">h", answer, 8)
    return struct.unpack_from(">h", answer, 10 + length)[0]


def create_topic(port, name):
    topic = string(name) + struct.pack(">ihii", 1, 1, 0, 0)
    body = struct.pack(">i", 1) + topic + struct.pack(">ib", 10000, 0)
    return error_of_topic(ask(port, CREATE_TOPICS, 2, body))


def delete_topic(port, name):
    body = struct.pack(">i", 1) + string(name) + struct.pack(">i", 10000)
    return error_of_topic(ask(port, DELETE_TOPICS, 1, body))


def main():
    cmake = sys.argv[1]
    build, source, broker, plugin_folder = map(pathlib.Path, sys.argv[2:6])
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        plugins = build_example(cmake, build, source, folder)
        config = write_config(source, folder, [plugin_folder, plugins])
        process = subprocess.Popen(
            [broker, "--config", config, "--host", "127.0.0.1", "--port", "0", "--data-dir",
             folder / "data"], stdout=subprocess.PIPE, text=True)
        try:
            ready = process.stdout.readline()
            port = int(re.search(r"PLAINTEXT://127\.0\.0\.1:(\d+)", ready).group(1))
            for name, error in ("new.topic", 0), ("old.topic", TOPIC_AUTHORIZATION_FAILED):
                assert create_topic(port, name) == 0
                assert delete_topic(port, name) == error
        finally:
            process.terminate()
            assert process.wait(timeout=60) == 0
    print("the example was built out of tree, loaded, and asked")


if __name__ == "__main__":
    main()
