//! Hostile input gets a diagnostic in bounded time and memory, never a panic.
//!
//! Each case is a model that a malicious or broken program could write, so large that time or memory that grows with its square would not end. How the time
//! grows is measured in `benches/reading.rs`.

use std::fmt::Write as _;
use std::path::Path;

use crate::in_memory::{InMemory, shown};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use weighbridge::diagnostic::MAX_DIAGNOSTICS;
use weighbridge::model::Model;

/// Reads a model, and checks that what it says is bounded and can be shown.
fn read(files: &InMemory) -> Vec<String> {
    let model = Model::read(files);
    assert!(model.diagnostics.len() <= MAX_DIAGNOSTICS + 1);
    let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    assert!(all.iter().all(|one| one.len() < 4_000), "a diagnostic stays readable");
    all
}

fn base(text: &str) -> InMemory {
    InMemory::new(&[("system.toml", &format!("schema = 1\n{text}"))])
}

/// Checks that a base gives a diagnostic with some words.
#[track_caller]
fn refused(text: &str, words: &str) {
    let all = read(&base(text));
    let first: Vec<&String> = all.iter().take(3).collect();
    assert!(all.iter().any(|one| one.contains(words)), "no {words}: {first:#?}");
}

#[test]
fn a_file_of_100_megabytes() {
    let mut files = base("");
    files.0.insert("system.toml".into(), vec![b'#'; 100 * 1024 * 1024]);
    assert_eq!(read(&files), ["system.toml:1:1: error[unreadable-file]: the file has 104857600 bytes, the limit is 8388608 (8 MiB)"]);
}

#[test]
fn twenty_thousand_levels_of_nesting() {
    let levels = 20_000;
    for text in [
        format!("x = {}{}", "[".repeat(levels), "]".repeat(levels)),
        format!("x = {}", "[".repeat(levels)),
        format!("x = {}1{}", "{a=".repeat(levels), "}".repeat(levels)),
        format!("x = {}", "{a=".repeat(levels)),
        format!("{} = 1", vec!["a"; levels].join(".")),
        format!("[{}]\nx = 1", vec!["a"; levels].join(".")),
        format!("[[{}]]\nx = 1", vec!["a"; levels].join(".")),
        format!("x = {{ {} = 1 }}", vec!["a"; levels].join(".")),
        format!("x = {}", "{a.a.a.a.a.a.a.a.a.a=".repeat(levels)),
    ] {
        refused(&text, "error[limit-exceeded]: arrays, tables or keys are nested more than 80 deep");
    }
}

/// Brackets in strings and comments nest nothing.
#[test]
fn brackets_that_are_text() {
    assert_eq!(
        read(&base(&format!(
            "# {}\n[system]\nname = \"{}\"\n[components]\na = {{ kind = \"service\" }}",
            "[".repeat(20_000),
            "{".repeat(20_000)
        ))),
        Vec::<String>::new()
    );
}

#[test]
fn bytes_that_are_no_text() {
    let mut files = base("");
    for bytes in [&b"\xff\xfe\x00"[..], b"schema = 1\n\x80", b"\x00", b"\xef\xbb\xbf\xef\xbb\xbf", b"\r\r\r", b"schema = 1\r\n\r\r\n[x]"] {
        files.0.insert("system.toml".into(), bytes.to_vec());
        assert!(!read(&files).is_empty(), "{bytes:?}");
    }
}

#[test]
fn numbers_out_of_all_bounds() {
    for number in [
        "3000000000",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999999999999999999999",
        "-1",
        "-9223372036854775808",
        "0x7fffffffffffffff",
    ] {
        for text in [
            format!("[components]\na = {{ kind = \"service\", replicas = {number} }}"),
            format!("[components]\na = {{ kind = \"service\", replicas = {{ min = {number}, usual = {number}, max = {number} }} }}"),
            format!("[components]\na = {{ kind = \"service\", shards = {number} }}"),
            format!("[components]\na = {{ kind = \"service\", needs = {number} }}"),
            format!("[locations]\na = {{ kind = \"node\", count = {number} }}"),
            format!(
                "[components]\na = {{ kind = \"client\" }}\nb = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{}}\n[journeys]\nj = {{ rate = \"1/s\", steps = [{{ call = \"a -> b\", times = {number} }}] }}"
            ),
        ] {
            let all = read(&base(&text));
            assert!(all.iter().any(|one| one.contains("error[")), "{text}: {all:?}");
        }
    }
    refused("[teams]\na = { members = 9223372036854775808 }", "error[malformed-quantity]");
}

/// Every replica of a host has each of its sidecars, so that small files can ask for many instances.
#[test]
fn sidecars_of_a_large_host() {
    let mut text = String::from("[components]\nh = { kind = \"service\", replicas = 10000, shards = 10 }\n");
    for at in 0..1_000 {
        let _ = writeln!(text, "s{at} = {{ kind = \"sidecar\", of = \"h\" }}");
    }
    refused(&text, "error[limit-exceeded]: the system has more than 1000000 instances");
}

#[test]
fn many_replicas_in_many_alternatives() {
    let mut files = base("[components]\nh = { kind = \"service\", replicas = 10000, shards = 10 }\n");
    for at in 0..200 {
        files.0.insert(format!("alternatives/a{at}.toml"), b"schema = 1\nextends = \"../system.toml\"\n".to_vec());
    }
    let all = read(&files);
    assert!(all.iter().any(|one| one.contains("more than 4000000 instances together")), "{:?}", all.first());
}

/// `spread` is replaced by all domains inside a host; each component would walk them all.
#[test]
fn many_components_spread_over_many_nodes() {
    let mut text = String::from("[locations]\nr = { kind = \"region\" }\n");
    for at in 0..5_000 {
        let _ = writeln!(text, "n{at} = {{ kind = \"node\", in = \"r\", count = 10000 }}");
    }
    text.push_str("[components]\n");
    for at in 0..5_000 {
        let _ = writeln!(text, "c{at} = {{ kind = \"service\", replicas = 2, spread = \"node\", on = [\"r\", \"n{at}\"] }}");
    }
    refused(&text, "error[limit-exceeded]: the components of the system go round more than");
}

#[test]
fn a_hundred_thousand_keys() {
    let mut text = String::from("[system]\n");
    (0..100_000).for_each(|at| {
        let _ = writeln!(text, "key{at} = 1");
    });
    refused(&text, "note[unlisted-diagnostics]: only the first 10000 diagnostics are listed");
    let mut text = String::from("[components]\n");
    (0..100_000).for_each(|at| {
        let _ = writeln!(text, "c{at} = {{ kind = \"service\" }}");
    });
    assert_eq!(read(&base(&text)), Vec::<String>::new());
}

#[test]
fn one_string_of_8_megabytes() {
    refused(&format!("[system]\nname = \"{}\"", "x".repeat(8 * 1024 * 1024 - 100)), "the limit is 65536 (64 KiB)");
    refused(&format!("[system]\n{} = 1", "x".repeat(8 * 1024 * 1024 - 100)), "the limit is 65536 (64 KiB)");
    refused(&format!("[system]\nname = '''{}", "x\n".repeat(4 * 1024 * 1024 - 100)), "the limit is 65536 (64 KiB)");
}

#[test]
fn ten_thousand_duplicate_keys() {
    let text = format!("[system]\n{}", "name = \"x\"\n".repeat(10_000));
    refused(&text, "error[duplicate-key]: `name` is set twice");
    let text = "[components.a]\nkind = \"service\"\n".repeat(10_000);
    refused(&text, "error[duplicate-key]: `a` is set twice");
    let deep = vec!["a"; 79].join(".");
    let text = format!("[{deep}]\n{}", "b = 1\n".repeat(10_000));
    refused(&text, "error[duplicate-key]: `b` is set twice");
}

/// Each unknown id looks for a similar one among all that are known.
#[test]
fn ten_thousand_unknown_ids_among_ten_thousand() {
    let mut text = String::from("[components]\n");
    (0..10_000).for_each(|at| {
        let _ = writeln!(text, "component-{at} = {{ kind = \"service\", hosted-on = \"komponent-{at}\" }}");
    });
    refused(&text, "error[unknown-component]");
}

#[test]
fn ten_thousand_unknown_steps_and_removals() {
    let mut text = String::from("[components]\na = { kind = \"client\" }\n");
    let (mut links, mut steps, mut removals) = (String::new(), String::new(), String::new());
    for at in 0..10_000 {
        let _ = writeln!(text, "component-{at} = {{ kind = \"service\" }}");
        let _ = writeln!(links, "\"a -> component-{at}\" = {{}}");
        let _ = write!(steps, "\"a ~> component-{at}\", ");
        let _ = write!(removals, "\"komponent-{at}\", ");
    }
    let text = format!("{text}[links]\n{links}[journeys]\nj = {{ rate = \"1/s\", steps = [{steps}] }}\n");
    let mut files = base(&text);
    files.0.insert(
        "alternatives/a.toml".into(),
        format!("schema = 1\nextends = \"../system.toml\"\n[components]\nremove = [{removals}]\n").into_bytes(),
    );
    let all = read(&files);
    assert!(all.iter().any(|one| one.contains("error[unknown-link-in-step]")));
    let files = InMemory::new(&[
        ("system.toml", "schema = 1\n[components]\ncomponent-1 = { kind = \"service\" }\n"),
        ("alternatives/a.toml", &format!("schema = 1\nextends = \"../system.toml\"\n[components]\nremove = [{removals}]\n")),
    ]);
    assert!(read(&files).iter().any(|one| one.contains("error[nothing-to-remove]")));
}

#[test]
fn a_list_of_a_hundred_thousand_targets() {
    let targets: Vec<String> = (0..100_000).map(|at| format!("c{at}")).collect();
    refused(&format!("[links]\n\"a -> {}\" = {{}}", targets.join(", ")), "the limit is 65536 (64 KiB)");
}

/// What list targets repeat is bounded, however small each list is.
#[test]
fn lists_of_targets_that_repeat_much() {
    let targets: Vec<String> = (0..5_000).map(|at| format!("c{at}")).collect();
    let tags = vec!["\"tag\""; 5_000].join(", ");
    refused(
        &format!("[links]\n\"a -> {}\" = {{ tags = [{tags}] }}", targets.join(", ")),
        "the lists of targets in this file repeat more than 64 MiB",
    );
}

#[test]
fn defaults_that_repeat_much() {
    let tags = vec!["\"tag\""; 10_000].join(", ");
    let mut text = format!("[defaults.service]\ntags = [{tags}]\n[components]\n");
    (0..2_000).for_each(|at| {
        let _ = writeln!(text, "c{at} = {{ kind = \"service\" }}");
    });
    refused(&text, "the layers and defaults of all alternatives together repeat more than 64 MiB");
}

fn chain(length: usize) -> InMemory {
    let mut files = base("[components]\na = { kind = \"service\" }\n");
    for at in 0..length {
        let below = if at == 0 { "../system.toml".to_owned() } else { format!("a{}.toml", at - 1) };
        files.0.insert(
            format!("alternatives/a{at}.toml"),
            format!("schema = 1\nextends = \"{below}\"\n[components.b{at}]\nkind = \"service\"\n").into_bytes(),
        );
    }
    files
}

/// Semantics, "Ids, layers": `extends` is followed, however long the chain.
#[test]
fn a_chain_of_500_alternatives() {
    let files = chain(500);
    let model = Model::read(&files);
    assert!(model.diagnostics.is_empty(), "{:?}", model.diagnostics.first());
    assert_eq!(model.alternatives.iter().map(|system| system.components.len()).max(), Some(501));
    read(&files);
}

#[test]
fn a_thousand_files_and_one() {
    let all = read(&chain(1_100));
    assert!(all.iter().any(|one| one.contains("error[limit-exceeded]: a model has at most 1000 files")), "{:?}", all.first());
}

#[test]
fn a_circle_of_500_alternatives() {
    let mut files = chain(500);
    files.0.insert("alternatives/a0.toml".into(), b"schema = 1\nextends = \"a499.toml\"\n".to_vec());
    assert_eq!(read(&files).iter().filter(|one| one.contains("error[cyclic-extends]")).count(), 1);
}

/// A large base under many alternatives would be layered as often.
#[test]
fn many_alternatives_of_a_large_base() {
    let mut text = String::from("[components]\n");
    (0..30_000).for_each(|at| {
        let _ = writeln!(text, "component-{at} = {{ kind = \"service\", owner = \"unknown\" }}");
    });
    let mut files = base(&text);
    for at in 0..300 {
        files.0.insert(format!("alternatives/a{at}.toml"), b"schema = 1\nextends = \"../system.toml\"\n".to_vec());
    }
    let all = read(&files);
    assert!(all.iter().any(|one| one.contains("error[limit-exceeded]")), "{:?}", all.first());
}

#[test]
fn paths_that_leave_the_directory() {
    for path in [
        "../system.toml/../../x.toml",
        "/etc/passwd",
        "..",
        "a/../../b.toml",
        "C:\\x.toml",
        "\\\\host\\x",
        "x\\u0000.toml",
        "file:///etc/passwd",
    ] {
        let all = read(&base(&format!("include = [\"{}\"]", path.replace('\\', "\\\\").replace("\\\\u0000", "\\u0000"))));
        assert!(all.iter().any(|one| one.contains("error[path-outside-model]")), "{path}: {all:?}");
    }
}

/// Chains of locations and hosts that are asked upwards again and again.
#[test]
fn towers_of_a_hundred_thousand() {
    for (table, key, kind) in [("locations", "in", "zone"), ("components", "hosted-on", "platform"), ("components", "of", "module")] {
        let mut text = format!("[{table}]\n");
        for at in 0..50_000 {
            let _ = writeln!(text, "x{at} = {{ kind = \"{kind}\", {key} = \"x{}\" }}", at + 1);
        }
        let _ = writeln!(text, "x50000 = {{ kind = \"{}\" }}", if kind == "module" { "service" } else { kind });
        refused(&text, "error[limit-exceeded]");
    }
}

/// Journeys may be deep: no code that walks a call tree recurses.
#[test]
fn a_journey_of_thirty_thousand_calls_in_depth() {
    let (mut components, mut links, mut steps) = (String::new(), String::new(), String::new());
    for at in 0..30_000 {
        let _ = writeln!(components, "c{at} = {{ kind = \"service\" }}");
        let _ = writeln!(links, "\"c{at} -> c{}\" = {{}}", at + 1);
        let _ = write!(steps, "\"c{at} -> c{}\",", at + 1);
    }
    let text = format!(
        "[components]\n{components}c30000 = {{ kind = \"service\" }}\n[links]\n{links}[journeys]\nj = {{ rate = \"1/s\", steps = [{steps}] }}\n"
    );
    let files = base(&text);
    assert_eq!(read(&files), Vec::<String>::new());
    // The same as an implied journey.
    let text = format!("[components]\n{}c30000 = {{ kind = \"service\" }}\n[links]\n{links}", components.replacen("service", "client", 1));
    assert_eq!(read(&base(&text)), Vec::<String>::new());
}

/// Every root of an implied journey reaches every link.
#[test]
fn implied_journeys_from_ten_thousand_clients() {
    let mut text = String::from("[components]\ns = { kind = \"service\" }\n");
    let mut links = String::from("[links]\n");
    for at in 0..5_000 {
        let _ = writeln!(text, "u{at} = {{ kind = \"client\" }}\nt{at} = {{ kind = \"service\" }}");
        let _ = writeln!(links, "\"u{at} -> s\" = {{}}\n\"s -> t{at}\" = {{}}");
    }
    refused(&format!("{text}{links}"), "calls together");
}

#[test]
fn a_hundred_thousand_syntax_errors() {
    for line in ["=\n", "x\n", "[\n", "]\n", "x = \"\n", "x = 01\n", "\"\"\"\n", "x = [\n", "x = {\n", "a b\n", "x = y\n"] {
        let all = read(&base(&line.repeat(100_000)));
        assert!(all.iter().any(|one| one.contains("error[")), "{line:?}");
    }
}

/// A line of megabytes: the column of each of thousands of mistakes is counted.
#[test]
fn mistakes_in_one_long_line() {
    let members: Vec<String> = (0..200_000).map(|at| format!("k{at} = 1")).collect();
    refused(&format!("system = {{ {} }}", members.join(", ")), "error[unknown-key]");
}

/// Reads the shipped models as text files to mutate.
fn shipped() -> Vec<InMemory> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["models/shop", "models/simulation", "tests/fixtures/language/everything", "tests/fixtures/mistakes"]
        .iter()
        .map(|path| InMemory::load(&root.join(path)))
        .collect()
}

/// What is done to a text.
#[derive(Debug, Clone)]
enum Mutation {
    Remove(usize, usize),
    Insert(usize, &'static str),
    Repeat(usize, usize),
    Swap(usize, usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let pieces = prop_oneof![
        Just("\""),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just("="),
        Just("."),
        Just(","),
        Just("\n"),
        Just("'''"),
        Just("\"\"\""),
        Just("#"),
        Just("->"),
        Just("\u{0}"),
        Just("\r"),
        Just("\u{feff}"),
        Just("ä"),
        Just("9999999999999"),
        Just("-1"),
        Just("false"),
        Just("\"unknown\""),
        Just("remove = [\"app\"]\n"),
        Just("{ parallel = ["),
        Just("kind = \"sidecar\", of = \"app\""),
        Just(" -> "),
        Just("..")
    ];
    prop_oneof![
        (any::<usize>(), 1..40_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<usize>(), pieces).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (any::<usize>(), any::<usize>(), 1..80_usize).prop_map(|(a, b, length)| Mutation::Swap(a, b, length)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let length = bytes.len().max(1);
    let part = |bytes: &[u8], at: usize, count: usize| bytes.iter().skip(at % length).take(count).copied().collect::<Vec<u8>>();
    match mutation {
        Mutation::Remove(at, count) => {
            let start = (at % length).min(bytes.len());
            bytes.drain(start..(start + count).min(bytes.len()));
        }
        Mutation::Insert(at, piece) => {
            let start = (at % length).min(bytes.len());
            bytes.splice(start..start, piece.bytes());
        }
        Mutation::Repeat(at, count) => {
            let copy = part(bytes, *at, *count);
            let start = (at % length).min(bytes.len());
            bytes.splice(start..start, copy);
        }
        Mutation::Swap(a, b, count) => {
            let copy = part(bytes, *a, *count);
            let start = (b % length).min(bytes.len());
            bytes.splice(start..(start + count).min(bytes.len()), copy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut files = base("");
        files.0.insert("system.toml".into(), bytes.clone());
        files.0.insert("alternatives/a.toml".into(), bytes);
        read(&files);
    }

    #[test]
    fn random_mutations_of_models_never_panic(model in 0..4_usize, file in any::<usize>(), mutations in prop::collection::vec(mutation(), 1..6)) {
        let mut files = shipped().swap_remove(model);
        let count = files.0.len();
        if let Some(bytes) = files.0.values_mut().nth(file % count) {
            mutations.iter().for_each(|mutation| mutate(bytes, mutation));
        }
        read(&files);
    }
}
