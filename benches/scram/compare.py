#!/usr/bin/env python3
"""Runs SCRAM (Debian package `scram`) and this engine on the same fault trees, in turn, and compares results and times.

    cargo build --release --bench scram
    benches/scram/compare.py target/release/deps/scram-HASH [--pairs 9] [--random 24]

SCRAM's time is the calculation time of its own report: cut sets, probability, importance. Ours is simplification, diagrams, probability, importance, cut-set
counts: no reading of files on either side. Checked are P against SCRAM's six printed
digits, and the number of minimal cut sets by order. The ratio of a tree is the median over paired runs; above 1 this engine is the faster one.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

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


def scram(files):
    command = ["scram", "--bdd", "--probability", "true", "--importance", "true", "--limit-order", "1000", *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            report = process.stdout.read(HEAD).decode()
        finally:
            process.kill()
    found = re.search(r'<sum-of-products name="[^"]*"([^>]*)>', report)
    time = re.search(r"<calculation-time.*?</calculation-time>", report, re.S)
    if not found or not time:
        return None
    attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', found.group(1)))
    seconds = sum(float(value) for value in re.findall(r"<(?:products|probability|importance)>([^<]*)<", time.group(0)))
    counts = [int(count) for count in attributes.get("distribution", "").split()]
    return {"probability": float(attributes.get("probability", "nan")), "counts": counts, "seconds": seconds}


def ours(binary, files):
    output = subprocess.run([binary, *files], capture_output=True, text=True)
    if output.returncode:
        return None
    tops = [json.loads(line) for line in output.stdout.splitlines()]
    top = tops[0]
    # SCRAM counts from order 1 on.
    return {
        "probability": top["probability"],
        "counts": top["by_order"][1:],
        "is_constant": top["by_order"][:1] == [1],
        "seconds": top["diagram_s"] + top["importance_s"] + top["cut_sets_s"],
    }


def is_same(theirs, own):
    # Six digits are printed; SCRAM computes 1 - P of large diagrams, so below 1e-14 its digits are rounding.
    p = abs(theirs["probability"] - own["probability"]) <= max(6e-6 * abs(own["probability"]), 1e-14)
    counts = theirs["counts"] == own["counts"] or (own["is_constant"] and not any(theirs["counts"]) or theirs["counts"] == [1] and own["is_constant"])
    return p, counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--random", type=int, default=24)
    parser.add_argument("--skip-large", action="store_true", help="leave out CEA9601, on which SCRAM takes a minute a run")
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
    wrong, ratios = 0, []
    print(f"{'tree':24}{'P':>14}{'sets':>14}{'SCRAM':>12}{'ours':>12}{'ratio':>8}")
    for name, files in trees.items():
        pairs = []
        for _ in range(1 if name == "CEA9601" else arguments.pairs):
            theirs, own = scram(files), ours(arguments.binary, files)
            if theirs is None or own is None:
                break
            pairs.append((theirs, own))
        if not pairs:
            print(f"{name:24}  not run: SCRAM {'failed' if theirs is None else 'ran'}, this engine {'failed' if own is None else 'ran'}")
            continue
        theirs, own = pairs[0]
        p, counts = is_same(theirs, own)
        wrong += not (p and counts)
        ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in pairs)
        ratios.append(ratio)
        seconds = [statistics.median(run["seconds"] for run in side) for side in zip(*pairs)]
        note = "" if p and counts else f"  DIFFERS: P {theirs['probability']} {own['probability']}, sets {theirs['counts']} {own['counts']}"
        slow = "  SLOWER" if ratio < 1 else ""
        print(f"{name:24}{own['probability']:14.6g}{sum(own['counts']):14}{seconds[0] * 1e3:10.3f}ms{seconds[1] * 1e3:10.3f}ms{ratio:8.2f}{slow}{note}")
    print(f"{len(ratios)} trees, geometric mean {statistics.geometric_mean(ratios):.2f}, slowest {min(ratios):.2f}, {wrong} differences")
    return 1 if wrong else 0


sys.exit(main())
