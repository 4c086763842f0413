//! What a bill costs to make: 10,000 components with 50,000 edges, and a price list of 3.6 MB.

use std::fmt::Write;

use divan::Bencher;
use weighbridge::analysis::communication::communication;
use weighbridge::analysis::cost::{Rates, bill};
use weighbridge::model::Model;
use weighbridge::pricing::{About, ListFormat, import};
use weighbridge::quantity::Currency;
use weighbridge::source::Sources;

mod support;

fn main() {
    divan::main();
}

/// Services over three zones, five calls each, all of them in one journey per fifty services.
fn system(components: usize) -> String {
    let mut text = String::from("schema = 1\n[locations]\nr = { kind = \"region\", provider = \"aws\", code = \"us-east-1\" }\n");
    for zone in ["a", "b", "c"] {
        let _ = writeln!(text, "{zone} = {{ kind = \"zone\", in = \"r\" }}");
    }
    text.push_str("[components]\n");
    for at in 0..components {
        let _ = writeln!(text, "c{at} = {{ kind = \"service\", replicas = 3, on = [\"a\", \"b\", \"c\"], machine = \"m7g.large\" }}");
    }
    text.push_str("[links]\n");
    for at in 0..components {
        for step in 1..=5 {
            let _ = writeln!(text, "\"c{at} -> c{}\" = {{ payload = \"2KB\", response = \"6KB\" }}", (at + step) % components);
        }
    }
    for start in (0..components).step_by(50) {
        let _ = write!(text, "[journeys.j{start}]\nrate = \"20/s\"\nsteps = [");
        for at in start..(start + 50).min(components) {
            if at > start {
                let _ = write!(text, "\"c{} -> c{at}\", ", at - 1);
            }
            for step in 2..=5 {
                let _ = write!(text, "\"c{at} -> c{}\", ", (at + step) % components);
            }
        }
        text.push_str("]\n");
    }
    text
}

#[divan::bench(args = [1_000, 10_000])]
fn bill_of(bencher: Bencher<'_, '_>, components: usize) {
    let model = Model::read(&support::Memory(system(components)));
    assert!(!model.has_errors());
    let counted = communication(&model.base);
    let rates = Rates::of(&model.base);
    bencher.bench(|| bill(&model.base, &counted, &rates).expect("a provider is named"));
}

#[divan::bench]
fn import_of_3_6_megabytes(bencher: Bencher<'_, '_>) {
    let mut text =
        String::from("InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone\n");
    let mut at = 0;
    while text.len() < 3_600_000 {
        let _ = writeln!(text, "m{}.large,,,2.0,8.0,,0.{:04},0.0301,region-{},region-{}a", at % 900, at % 9_000 + 1, at % 30, at % 30);
        at += 1;
    }
    let mut sources = Sources::default();
    let file = sources.add("vms.csv", text);
    let currency = Currency::from_code("USD").expect("a currency");
    bencher
        .bench(|| import(&sources, file, ListFormat::SkyPilot, About { provider: "acme", currency, source: "list", as_of: "2026-11-01" }));
}
