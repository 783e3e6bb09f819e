#!/usr/bin/env python3
"""A test of the benchmark itself: the load client against the floors, in a folder of its own."""

import pathlib
import tempfile

import rows
import servers


def check_sink():
    sink = servers.Sink()
    try:
        sink.prepare()
        sink.launch()
        sink.wait_until_listening()
        result = rows.load("produce", sink, floor=1, batch_bytes=170, records=1, in_flight=64, requests=2000)
        assert result["requests"] == 2000, result
        frames = 2000 * 170
        written = (sink.folder / "sink.data").stat().st_size
        assert frames < written < 2 * frames, f"the sink wrote {written} bytes"
    finally:
        sink.remove()


def check_commit():
    commit = servers.Commit()
    try:
        commit.prepare()
        commit.launch()
        commit.wait_until_listening()
        result = rows.load("produce", commit, floor=1, batch_bytes=170, records=1, in_flight=16, requests=500)
        assert result["requests"] == 500, result
        written = (commit.folder / "commit.data").stat().st_size
        assert written > 500 * 170, f"only {written} bytes were committed"
    finally:
        commit.remove()


def check_source():
    source_class = servers.source(65536)
    source_class.file_bytes = 1 << 20
    source = source_class()
    try:
        source.prepare()
        source.launch()
        source.wait_until_listening()
        result = rows.load("fetch", source, floor=1, warmup_bytes=0, bytes=4 << 20)
        assert result["bytes"] >= 4 << 20, result
    finally:
        source.remove()


with tempfile.TemporaryDirectory() as folder:
    servers.WORK = pathlib.Path(folder)
    check_sink()
    check_commit()
    check_source()
