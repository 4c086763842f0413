#!/usr/bin/env python3
"""Runs SCRAM (Debian package `scram`) and this engine on the same fault trees, in turn, and compares results and times.

    cargo build --release --bench scram
    benches/scram/compare.py target/release/deps/scram-HASH [--pairs 9] [--random 24]

SCRAM's time is the calculation time of its own report: cut sets, probability, importance. Ours is simplification, diagrams, probability, importance, cut-set
counts: no reading of files on either side. Checked are P against SCRAM's six printed
digits, and the number of minimal cut sets by order. The ratio of a tree is the median over paired runs; above 1 this engine is the faster one. MB is the peak
memory of each process, reading of files included. A run of SCRAM that takes longer than --timeout, or more than --memory, is ended; the ratio is then a bound.
"""

import argparse
import json
import pathlib
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
EXAMPLES = pathlib.Path("/usr/share/scram/input")
TREES = {
    "Chinese": ["Chinese/chinese.xml", "Chinese/chinese-basic-events.xml"],
    "Baobab1": ["Baobab/baobab1.xml", "Baobab/baobab1-basic-events.xml"],
    "Baobab2": ["Baobab/baobab2.xml", "Baobab/baobab2-basic-events.xml"],
    "CEA9601": ["CEA9601/CEA9601.xml", "CEA9601/CEA9601-basic-events.xml"],
    "Lift": ["Lift/lift.xml"],
    "SmallTree": ["SmallTree/SmallTree.xml"],
    "Theatre": ["Theatre/theatre.xml"],
    "TwoTrain": ["TwoTrain/two_train.xml"],
    "BSCU": ["BSCU/BSCU.xml"],
    "ne574": ["ne574/ne574.xml"],
}
KINDS = ["coherent", "modular", "voting", "noncoherent"]
# SCRAM writes its report front to back: times and counts come before cut sets that may take gigabytes.
HEAD = 20_000


def head(command, limits):
    """Returns the first bytes that a process writes, its peak memory, and how long it ran; the process is ended then, or at the limits."""
    memory = lambda: resource.setrlimit(resource.RLIMIT_AS, (limits.memory << 20, limits.memory << 20))
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=memory)
    # Not `process.kill`, which would also fetch the process's end, and its memory with it.
    end = lambda: os.kill(process.pid, signal.SIGKILL)
    ender = threading.Timer(limits.timeout, end)
    ender.start()
    text = process.stdout.read(HEAD).decode(errors="replace")
    ran = time.monotonic() - start
    ender.cancel()
    end()
    process.stdout.close()
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return text, used.ru_maxrss / 1024, ran


def scram(files, limits):
    command = ["scram", "--bdd", "--probability", "true", "--importance", "true", "--limit-order", "1000", *files]
    report, memory, ran = head(command, limits)
    found = re.search(r'<sum-of-products name="[^"]*"([^>]*)>', report)
    times = re.search(r"<calculation-time.*?</calculation-time>", report, re.S)
    if not found or not times:
        return {"ended": ran, "memory": memory}
    attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', found.group(1)))
    seconds = sum(float(value) for value in re.findall(r"<(?:products|probability|importance)>([^<]*)<", times.group(0)))
    counts = [int(count) for count in attributes.get("distribution", "").split()]
    return {"probability": float(attributes.get("probability", "nan")), "counts": counts, "seconds": seconds, "memory": memory}


def ours(binary, files, limits):
    output, memory, _ = head([binary, *files], limits)
    if not output.endswith("\n"):
        return None
    top = json.loads(output.splitlines()[0])
    if "interval" in top:
        return top
    # SCRAM counts from order 1 on.
    return {
        "probability": top["probability"],
        "counts": top["by_order"][1:],
        "counted_to": top["counted_to"],
        "is_constant": top["by_order"][:1] == [1],
        "memory": memory,
        "seconds": top["diagram_s"] + top["importance_s"] + top["cut_sets_s"],
    }


def is_same(theirs, own):
    # Six digits are printed; SCRAM computes 1 - P of large diagrams, so below 1e-14 its digits are rounding.
    p = abs(theirs["probability"] - own["probability"]) <= max(6e-6 * abs(own["probability"]), 1e-14)
    if own["counted_to"] is not None:
        # Too many to find all: those up to an order.
        ours = own["counts"] + [0] * (own["counted_to"] - len(own["counts"]))
        return p, (theirs["counts"] + [0] * own["counted_to"])[: own["counted_to"]] == ours
    counts = theirs["counts"] == own["counts"] or (own["is_constant"] and not any(theirs["counts"]) or theirs["counts"] == [1] and own["is_constant"])
    return p, counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--random", type=int, default=24)
    parser.add_argument("--tree", type=pathlib.Path, action="append", default=[], metavar="FILE", help="compare these trees, too")
    parser.add_argument("--skip-large", action="store_true", help="leave out CEA9601, on which SCRAM takes a minute a run")
    parser.add_argument("--timeout", type=float, default=120.0, metavar="SECONDS")
    parser.add_argument("--memory", type=int, default=4096, metavar="MB")
    arguments = parser.parse_args()
    trees = {name: [str(EXAMPLES / file) for file in files] for name, files in TREES.items()}
    if arguments.skip_large:
        trees.pop("CEA9601")
    scratch = tempfile.TemporaryDirectory()
    for at in range(arguments.random):
        kind, size = KINDS[at % 4], 40 + 20 * (at // 4)
        path = pathlib.Path(scratch.name) / f"{kind}-{size}-{at}.xml"
        path.write_text(subprocess.run([sys.executable, str(HERE / "generate.py"), str(at), str(size), str(size), kind], capture_output=True, text=True, check=True).stdout)
        trees[path.stem] = [str(path)]
    trees |= {path.stem: [str(path)] for path in arguments.tree}
    wrong, ratios, bounds = 0, [], 0
    print(f"{'tree':24}{'P':>14}{'sets':>14}{'SCRAM':>14}{'ours':>12}{'ratio':>10}{'SCRAM':>9}{'ours':>9}", flush=True)
    for name, files in trees.items():
        pairs = []
        for _ in range(1 if name == "CEA9601" else arguments.pairs):
            theirs, own = scram(files, arguments), ours(arguments.binary, files, arguments)
            if own is None or "interval" in own or "ended" in theirs:
                break
            pairs.append((theirs, own))
        if own is None:
            print(f"{name:24}  this engine failed")
            wrong += 1
            continue
        if "interval" in own:
            print(f"{name:24}  the diagram exceeds the limits: {own['interval'][0]:.6g} to {own['interval'][1]:.6g} after {own['seconds']:.1f} s", flush=True)
            wrong += 1
            continue
        memory = f"{theirs['memory']:6.0f} MB{own['memory']:6.0f} MB"
        if not pairs:
            bounds += 1
            ratio = theirs["ended"] / own["seconds"]
            print(f"{name:24}{own['probability']:14.6g}{sum(own['counts']):14.5g}{'>' + format(theirs['ended'] * 1e3, '.0f'):>12}ms{own['seconds'] * 1e3:10.3f}ms{'>' + format(ratio, '.0f'):>10}{memory}", flush=True)
            continue
        theirs, own = pairs[0]
        p, counts = is_same(theirs, own)
        wrong += not (p and counts)
        ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in pairs)
        ratios.append(ratio)
        seconds = [statistics.median(run["seconds"] for run in side) for side in zip(*pairs)]
        note = f"  sets to order {own['counted_to']}" if own["counted_to"] is not None else ""
        note += "" if p and counts else f"  DIFFERS: P {theirs['probability']} {own['probability']}, sets {theirs['counts']} {own['counts']}"
        slow = "  SLOWER" if ratio < 1 else ""
        print(f"{name:24}{own['probability']:14.6g}{sum(own['counts']):14.5g}{seconds[0] * 1e3:12.3f}ms{seconds[1] * 1e3:10.3f}ms{ratio:10.2f}{memory}{slow}{note}", flush=True)
    slower = sum(ratio < 1 for ratio in ratios)
    print(f"{len(ratios)} trees, geometric mean {statistics.geometric_mean(ratios):.2f}, slowest {min(ratios):.2f}, {slower} slower; {bounds} on which SCRAM reached a limit; {wrong} differences")
    return 1 if wrong else 0


sys.exit(main())
