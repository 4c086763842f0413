//! Systems of any size, for benchmarks: services in layers over three zones, each with its database, three links a component, journeys from the front.
//!
//! The random numbers are a fixed linear congruential sequence, so that every run measures the same system.

use std::fmt::Write;

/// A fixed sequence of numbers.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        // Knuth, The Art of Computer Programming, volume 2, 3.3.4, line 26 (the constants of MMIX).
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

/// Writes the base of a system with `components` components and about three links each, and `journeys` journeys.
#[allow(dead_code, reason = "each benchmark uses its part")]
pub(crate) fn system(components: usize, journeys: usize) -> String {
    let mut numbers = Sequence(42);
    let mut text = String::from(
        "schema = 1\n[system]\nname = \"generated\"\n[locations]\nregion = { kind = \"region\", provider = \"aws\", code = \"eu-central-1\" }\n",
    );
    for zone in ["a", "b", "c"] {
        let _ = writeln!(text, "zone-{zone} = {{ kind = \"zone\", in = \"region\" }}");
    }
    text.push_str(
        "[teams]\none = { members = 5, oncall = true }\ntwo = { members = 6, oncall = true }\n[components]\nuser = { kind = \"client\" }\n",
    );
    let services = components.saturating_sub(1);
    for at in 0..services {
        let kind = if at % 5 == 4 { "database" } else { "service" };
        let owner = if at % 2 == 0 { "one" } else { "two" };
        let _ = writeln!(
            text,
            "c{at} = {{ kind = \"{kind}\", owner = \"{owner}\", replicas = {}, on = [\"zone-a\", \"zone-b\", \"zone-c\"], service-time = \"5ms\", concurrency = 8 }}",
            1 + at % 3
        );
    }
    text.push_str("[links]\n");
    let mut calls: Vec<Vec<usize>> = vec![Vec::new(); services];
    for (at, targets) in calls.iter_mut().enumerate().take(services.saturating_sub(1)) {
        if at % 5 == 4 {
            continue;
        }
        // Calls go forward only, near by: layers, as systems have.
        for _ in 0..4 {
            let to = at + 1 + numbers.below(60.min(services - at - 1));
            if !targets.contains(&to) {
                targets.push(to);
                let _ = writeln!(
                    text,
                    "\"c{at} -> c{to}\" = {{ protocol = \"grpc\", payload = \"{}KB\", timeout = \"1s\", retries = 1 }}",
                    1 + to % 7
                );
            }
        }
    }
    let entries = journeys.min(services / 5);
    for at in 0..entries {
        let _ = writeln!(text, "\"user -> c{}\" = {{ protocol = \"https\", timeout = \"5s\" }}", at * 5);
    }
    for at in 0..entries {
        let _ = write!(text, "[journeys.j{at}]\nrate = \"{}/s\"\nsteps = [\"user -> c{}\"", 1 + at % 50, at * 5);
        // A walk of at most 300 calls, depth first, each link once.
        let mut open = vec![(at * 5, 0)];
        let mut steps = 0;
        while let Some((from, next)) = open.pop() {
            if let Some(to) = calls.get(from).and_then(|targets| targets.get(next))
                && steps < 300
            {
                steps += 1;
                let _ = write!(text, ", \"c{from} -> c{to}\"");
                open.push((from, next + 1));
                open.push((*to, 0));
            }
        }
        text.push_str("]\n");
    }
    text
}

/// The files of a model in memory.
#[allow(dead_code, reason = "each benchmark uses its part")]
pub(crate) struct Memory(pub(crate) String);

impl weighbridge::model::Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, weighbridge::model::FileError> {
        if path == "system.toml" { Ok(self.0.clone().into_bytes()) } else { Err(weighbridge::model::FileError::NotFound) }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, weighbridge::model::FileError> {
        Ok(Vec::new())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn workspace(&self) -> Option<String> {
        None
    }
}
