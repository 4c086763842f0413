//! How long reading takes, from text to a validated system, by the size of the model.
//!
//! The generated model is a grid of services, each with a call to three others, in zones of two regions, with a journey over some of them: every kind of
//! reference, defaults, placement and call trees. Growth from 1,000 to 10,000 components should be near-linear.

use std::fmt::Write as _;

use weighbridge::diagnostic::one_line;
use weighbridge::model::{FileError, Files, Model};

fn main() {
    divan::main();
}

/// A model that is one file.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == "system.toml" { Ok(self.0.clone().into_bytes()) } else { Err(FileError::NotFound) }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(Vec::new())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn workspace(&self) -> Option<String> {
        None
    }
}

/// Writes a model of some components and three times as many links.
fn model(components: usize) -> OneFile {
    let mut text = String::from(
        "schema = 1\n[teams]\ncore = { members = 5 }\n[locations]\neu = { kind = \"region\" }\nus = { kind = \"region\" }\n[defaults.service]\nreplicas = 3\nspread = \"zone\"\n\
         [defaults.\"->\"]\ntimeout = \"1s\"\nretries = 2\n",
    );
    for zone in 0..6 {
        let _ = writeln!(text, "[locations.zone-{zone}]\nkind = \"zone\"\nin = \"{}\"", if zone < 3 { "eu" } else { "us" });
    }
    text.push_str("[components]\nuser = { kind = \"client\" }\n");
    for at in 1..components {
        let region = if at % 2 == 0 { "eu" } else { "us" };
        let _ = writeln!(
            text,
            "service-{at} = {{ kind = \"service\", owner = \"core\", on = \"{region}\", service-time = \"2..5ms\", concurrency = 8, tags = [\"tier-{}\"] }}",
            at % 5
        );
    }
    text.push_str("[links]\n\"user -> service-1\" = { protocol = \"https\" }\n");
    let mut steps = vec!["\"user -> service-1\"".to_owned()];
    for at in 1..components {
        for step in [1, 7, 31] {
            let to = at + step;
            if to < components {
                let _ =
                    writeln!(text, "\"service-{at} -> service-{to}\" = {{ protocol = \"grpc\", payload = \"1..4KB\", effect = \"read\" }}");
                if step == 1 {
                    steps.push(format!("\"service-{at} -> service-{to}\""));
                }
            }
        }
    }
    let _ = writeln!(text, "[journeys.all]\nrate = \"10..50/s\"\nsteps = [\n  {},\n]", steps.join(",\n  "));
    OneFile(text)
}

#[divan::bench(args = [500, 1_000, 2_000, 5_000, 10_000])]
fn read(bencher: divan::Bencher<'_, '_>, components: usize) {
    let files = model(components);
    let found = Model::read(&files);
    let first = found.diagnostics.first().map(|one| one_line(&found.sources, one));
    assert_eq!(first, None, "the generated model is clean");
    bencher.counter(divan::counter::ItemsCount::new(components)).bench_local(|| Model::read(&files));
}

/// The file alone, without layers and lowering: what the syntax costs.
#[divan::bench(args = [500, 10_000])]
fn parse(bencher: divan::Bencher<'_, '_>, components: usize) {
    let OneFile(text) = model(components);
    let mut sources = weighbridge::source::Sources::default();
    let file = sources.add("system.toml", text);
    bencher.bench_local(|| {
        weighbridge::syntax::read(&sources, file, weighbridge::syntax::DocumentKind::Base, weighbridge::syntax::value::LayerId::default())
    });
}

/// What a broken or malicious program could write; ten times the text should take about ten times as long.
mod hostile {
    use std::fmt::Write as _;

    use super::{Model, OneFile};

    const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

    fn refused(bencher: divan::Bencher<'_, '_>, text: String) {
        let files = OneFile(format!("schema = 1\n{text}"));
        assert!(Model::read(&files).has_errors(), "a mistake is found");
        bencher.bench_local(|| Model::read(&files));
    }

    #[divan::bench(args = SIZES)]
    fn towers(bencher: divan::Bencher<'_, '_>, height: usize) {
        let mut text = String::from("[locations]\n");
        for at in 0..height {
            let _ = writeln!(text, "x{at} = {{ kind = \"zone\", in = \"x{}\" }}", at + 1);
        }
        refused(bencher, text);
    }

    #[divan::bench(args = SIZES)]
    fn syntax_errors(bencher: divan::Bencher<'_, '_>, lines: usize) {
        refused(bencher, "x = {\n".repeat(lines));
    }

    #[divan::bench(args = SIZES)]
    fn mistakes_in_one_line(bencher: divan::Bencher<'_, '_>, members: usize) {
        let members: Vec<String> = (0..members).map(|at| format!("k{at} = 1")).collect();
        refused(bencher, format!("system = {{ {} }}\n", members.join(", ")));
    }
}
