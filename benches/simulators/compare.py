#!/usr/bin/env python3
"""Holds weighbridge's algebra and its event simulation against SimPy and Ciw on one model: the same figures, and how long each takes.

    python3 -m venv /tmp/simulators && /tmp/simulators/bin/pip install simpy==4.1.2 ciw==3.2.7
    /tmp/simulators/bin/python benches/simulators/compare.py              the whole comparison; figures.md beside this file holds its last output
    /tmp/simulators/bin/python benches/simulators/compare.py --requests 20000   a short one

The model is a chain of stations with exponential work and Poisson arrivals, for which the truth is known in closed form: the response time of M/M/c stations in a row
is the sum of independent times (Burke 1956, Reich 1957), so its mean is exact; its 99th percentile is read off the algebra, whose error is below .1 %.

Every program simulates the same requests after the same warm-up (a fifth). Times are those of the run alone, without starting the interpreter; of weighbridge they are
those of the whole process, started with the model on disk.
"""

import argparse
import json
import pathlib
import platform
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

MODELS = {
    # name: stations, workers, mean work in ms, requests per second
    "twelve stations, 4 workers, 75 % busy": (12, 4, 5.0, 600.0),
    "one station, 1 worker, 80 % busy": (1, 1, 10.0, 80.0),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--requests", type=int, default=200_000)
    arguments.add_argument("--program", default=ROOT / "target/release/weighbridge", type=pathlib.Path)
    given = arguments.parse_args()
    if not given.program.exists():
        sys.exit(f"{given.program} is missing: cargo build --release, or --program PATH")
    import ciw
    import simpy

    goals = []
    print(f"{given.requests:,} requests; Python {platform.python_version()}, SimPy {version(simpy)}, Ciw {version(ciw)}; {weighbridge_version(given.program)}")
    for name, model in MODELS.items():
        print(f"\n{name}")
        print("| | mean ms | p99 ms | seconds | times as long as the simulation here |")
        print("| --- | ---: | ---: | ---: | ---: |")
        with tempfile.TemporaryDirectory() as directory:
            write_model(pathlib.Path(directory), *model)
            figures, algebra_seconds, simulation_seconds, simulated = by_weighbridge(given.program, directory, given.requests)
        rows = [
            ("weighbridge, algebra", figures["mean_ms"], figures["p99_ms"], algebra_seconds),
            ("weighbridge, simulation", simulated["mean"], simulated["p99"], simulation_seconds),
        ]
        for label, run in (("SimPy", by_simpy), ("Ciw", by_ciw)):
            begin = time.perf_counter()
            times = run(*model, given.requests)
            seconds = time.perf_counter() - begin
            rows.append((label, 1e3 * sum(times) / len(times), 1e3 * percentile(times, 0.99), seconds))
        for label, mean, p99, seconds in rows:
            print(f"| {label} | {mean:.3f} | {p99:.2f} | {seconds:.3f} | {seconds / simulation_seconds:.3g} |")
        print(f"Exact mean: {exact_mean(*model):.3f} ms.")
        (_, _, _, simpy_seconds), (_, _, _, ciw_seconds) = rows[2:]
        for what, seconds, least_simpy, least_ciw in (("algebra", algebra_seconds, 1_000, 5_000), ("simulation", simulation_seconds, 50, 200)):
            # The algebra takes as long for any number of requests: its goals are for a million, and a simulation's time grows with their number.
            scale = 1e6 / given.requests if what == "algebra" else 1.0
            goals.append((name, what, scale * simpy_seconds / seconds, least_simpy, scale * ciw_seconds / seconds, least_ciw))
    print("\n| model | here | times SimPy | goal | times Ciw | goal |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for name, what, by_simpy_times, least_simpy, by_ciw_times, least_ciw in goals:
        print(f"| {name} | {what} | {by_simpy_times:,.0f} | {least_simpy:,} | {by_ciw_times:,.0f} | {least_ciw:,} |")


def version(module):
    import importlib.metadata

    return importlib.metadata.version(module.__name__)


def weighbridge_version(program):
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()


def write_model(directory, stations, workers, work_ms, rate):
    lines = ["schema = 1", "[components]", 'user = { kind = "client" }']
    links, steps, before = [], [], "user"
    for at in range(stations):
        lines.append(f's{at} = {{ kind = "service", concurrency = {workers}, service-time = "{work_ms}ms" }}')
        # Inside a machine nothing travels: only stations take time.
        links.append(f'"{before} -> s{at}" = {{ protocol = "unix", retries = 0 }}')
        steps.append(f'"{before} -> s{at}"')
        before = f"s{at}"
    lines += ["[network]", 'same-host = { round-trip = "0us" }', "[links]", *links, "[journeys.j]", f'rate = "{rate}/s"', f"steps = [{', '.join(steps)}]"]
    (directory / "system.toml").write_text("\n".join(lines) + "\n")


def by_weighbridge(program, directory, requests):
    def run(*more):
        begin = time.perf_counter()
        output = subprocess.run([program, "assess", "--format", "json", *more, directory], check=True, capture_output=True).stdout
        return time.perf_counter() - begin, json.loads(output)["alternatives"][0]

    without = min(run()[0] for _ in range(5))
    seconds, base = run("--simulate", "--requests", str(requests))
    journey = base["journeys"][0]["latency"]
    simulated = base["simulation"]["journeys"]["j"]["latency"]
    return journey, without, seconds - without, {name: simulated[name]["ms"] for name in ("mean", "p99")}


def by_simpy(stations, workers, work_ms, rate, requests):
    import simpy

    environment = simpy.Environment()
    pools = [simpy.Resource(environment, capacity=workers) for _ in range(stations)]
    draw = random.Random(1)
    times = []
    warm_up = requests // 5

    def request(number):
        begin = environment.now
        for pool in pools:
            with pool.request() as turn:
                yield turn
                yield environment.timeout(draw.expovariate(1e3 / work_ms))
        if number >= warm_up:
            times.append(environment.now - begin)

    def arrivals():
        for number in range(requests + warm_up):
            yield environment.timeout(draw.expovariate(rate))
            environment.process(request(number))

    environment.process(arrivals())
    environment.run()
    return times


def by_ciw(stations, workers, work_ms, rate, requests):
    import ciw

    routing = [[1.0 if to == at + 1 else 0.0 for to in range(stations)] for at in range(stations)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate)] + [None] * (stations - 1),
        service_distributions=[ciw.dists.Exponential(rate=1e3 / work_ms)] * stations,
        number_of_servers=[workers] * stations,
        routing=routing,
    )
    ciw.seed(1)
    warm_up = requests // 5
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(requests + warm_up, method="Finish")
    begins, ends = {}, {}
    for record in simulation.get_all_records():
        number = record.id_number
        begins[number] = min(record.arrival_date, begins.get(number, record.arrival_date))
        ends[number] = max(record.exit_date, ends.get(number, record.exit_date))
    return [ends[number] - begins[number] for number in ends if number > warm_up]


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def exact_mean(stations, workers, work_ms, rate):
    load = rate * work_ms / 1e3
    loss = 1.0
    for at in range(1, workers + 1):
        loss = load * loss / (at + load * loss)
    waits = loss / (1.0 - load / workers * (1.0 - loss))
    return stations * (work_ms + waits * work_ms / (workers - load))


if __name__ == "__main__":
    main()
