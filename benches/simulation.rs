//! What the algebra of times and the event simulation cost: a chain of twelve stations, the same requests by events, and systems of many journeys.

mod support;

use divan::Bencher;
use divan::counter::ItemsCount;
use weighbridge::analysis::latency::{Depth, latency};
use weighbridge::analysis::simulation::{Settings, simulate};
use weighbridge::model::Model;

fn main() {
    divan::main();
}

/// Twelve stations in a row, each with four workers that are 75 % busy.
fn chain() -> Model {
    use std::fmt::Write;
    let mut text = String::from("schema = 1\n[system]\nname = \"chain\"\n[components]\nuser = { kind = \"client\" }\n");
    let mut links = String::from("[links]\n");
    let mut steps = Vec::new();
    let mut before = "user".to_owned();
    for at in 0..12 {
        let _ = writeln!(text, "s{at} = {{ kind = \"service\", concurrency = 4, service-time = \"5ms\" }}");
        let _ = writeln!(links, "\"{before} -> s{at}\" = {{ protocol = \"tcp\", round-trip = \"0.5ms\", retries = 0 }}");
        steps.push(format!("\"{before} -> s{at}\""));
        before = format!("s{at}");
    }
    let _ = write!(text, "{links}[journeys.j]\nrate = \"600/s\"\nsteps = [{}]\n", steps.join(", "));
    let model = Model::read(&support::Memory(text));
    assert!(!model.has_errors());
    model
}

/// All percentiles of the chain by the algebra.
#[divan::bench]
fn algebra(bencher: Bencher<'_, '_>) {
    let model = chain();
    bencher.bench(|| latency(&model.base, Depth::Figures));
}

/// The same chain by events; items are requests.
#[divan::bench(args = [20_000, 200_000], sample_count = 5)]
fn events(bencher: Bencher<'_, '_>, requests: u64) {
    let model = chain();
    let computed = latency(&model.base, Depth::Figures);
    bencher.counter(ItemsCount::new(requests)).bench(|| simulate(&model.base, &computed, Settings { requests, seed: 1 }, &mut |_| true));
}

/// All percentiles of one of five alternatives with 500 services and 50 journeys.
#[divan::bench(sample_count = 5)]
fn five_hundred_services(bencher: Bencher<'_, '_>) {
    let model = Model::read(&support::Memory(support::system(500, 50)));
    assert!(!model.has_errors());
    bencher.bench(|| latency(&model.base, Depth::Figures));
}
