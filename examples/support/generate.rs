//! Systems of any size, for tests and pictures: the same text for the same size on every machine.

use std::fmt::Write as _;

/// Returns the text of a model with about `size` components and one and a half times as many links.
///
/// Namespaces of six to ten components each stand in one cluster; every eighth component is a database, every ninth a queue. Most calls stay within their
/// namespace, some go to the next, and many go to two hubs. A gateway lets two clients in, and one journey goes through the first namespaces.
pub(crate) fn generate(size: usize) -> String {
    let mut random = Random(size as u64);
    let inner = size.saturating_sub(3).max(1);
    let n_namespaces = inner.div_ceil(8);
    let mut out = String::from("schema = 1\n\n[system]\nname = \"Generated\"\n\n[teams]\n");
    for team in 0..n_namespaces.div_ceil(3) {
        let _ = writeln!(out, "team-{team} = {{ members = 5 }}");
    }
    out.push_str(
        "\n[locations]\ncluster = { kind = \"cluster\", name = \"Cluster\" }\nnode-1 = { kind = \"node\", in = \"cluster\", count = 9 }\n",
    );
    for space in 0..n_namespaces {
        let _ = writeln!(out, "space-{space} = {{ kind = \"namespace\", in = \"cluster\", name = \"Namespace {space}\" }}");
    }
    out.push_str("\n[components]\nphone = { kind = \"client\", name = \"Phone\" }\nbrowser = { kind = \"client\", name = \"Browser\" }\n");
    out.push_str("gateway = { kind = \"proxy\", name = \"Gateway\", on = \"cluster\", replicas = 2 }\n");
    let kind = |n: usize| match n {
        _ if n % 8 == 7 => "database",
        _ if n % 9 == 5 => "queue",
        _ => "service",
    };
    for n in 0..inner {
        let space = n / 8;
        let replicas = 1 + random.below(4);
        let _ = writeln!(
            out,
            "part-{n} = {{ kind = \"{}\", name = \"Part {n}\", in = \"space-{space}\", on = \"cluster\", replicas = {replicas}, owner = \"team-{}\" }}",
            kind(n),
            space / 3
        );
    }
    out.push_str("\n[links]\n\"phone -> gateway\" = {}\n\"browser -> gateway\" = {}\n");
    let mut links = std::collections::BTreeSet::new();
    for space in 0..n_namespaces.min(12) {
        links.insert((usize::MAX, space * 8));
    }
    for n in 0..inner {
        let first = n / 8 * 8;
        let last = (first + 7).min(inner - 1);
        if n < last && kind(n) != "database" {
            links.insert((n, n + 1 + random.below(last - n)));
        }
        match random.below(6) {
            0 if last + 1 < inner && kind(n) != "database" => drop(links.insert((n, last + 1 + random.below((inner - last - 1).min(8))))),
            1 if n > 8 && kind(n) != "database" => drop(links.insert((n, 1))),
            2 if n > 16 && kind(n) != "database" => drop(links.insert((n, 9.min(inner - 1)))),
            _ => {}
        }
    }
    links.retain(|(from, to)| from != to);
    for (from, to) in &links {
        let from = if *from == usize::MAX { "gateway".to_owned() } else { format!("part-{from}") };
        let arrow =
            if kind(*to) == "queue" || (from.starts_with("part") && kind(from[5..].parse().unwrap_or(0)) == "queue") { "~>" } else { "->" };
        let _ = writeln!(out, "\"{from} {arrow} part-{to}\" = {{}}");
    }
    out.push_str("\n[journeys.use]\nrate = \"10/s\"\nsteps = [\n  \"phone -> gateway\",\n  \"gateway -> part-0\",\n");
    let mut at = 0;
    while let Some((_, to)) = links.range((at, 0)..(at + 1, 0)).find(|(_, to)| *to > at) {
        let arrow = if kind(at) == "queue" || kind(*to) == "queue" { "~>" } else { "->" };
        let _ = writeln!(out, "  \"part-{at} {arrow} part-{to}\",");
        at = *to;
    }
    out.push_str("]\n");
    out
}

/// Returns the text of a model in which every text that a user may choose freely is `name`.
pub(crate) fn named(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_control() || c == '\u{7f}' => {
                let _ = write!(text, "\\u{:04X}", c as u32);
            }
            c => text.push(c),
        }
    }
    format!(
        r#"schema = 1

[system]
name = "{text}"

[locations]
region = {{ kind = "region", name = "{text}" }}
zone = {{ kind = "zone", in = "region", name = "{text}" }}

[components]
user = {{ kind = "actor", name = "{text}" }}
app = {{ kind = "service", name = "{text}", on = "zone", replicas = 2 }}
db = {{ kind = "database", name = "{text}", on = "region", shards = {{ "{text}" = 0.5, "{text}2" = 0.5 }}, shard-key = "{text}" }}

[links]
"user -> app" = {{ label = "{text}", fallback = true }}
"app -> db" = {{ label = "{text}", operation = "{text}" }}

[journeys.one]
name = "{text}"
steps = ["user -> app", {{ call = "app -> db", operation = "{text}", when = 0.5, times = 3 }}]
"#
    )
}

/// A small generator of numbers (SplitMix64): the same ones everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap_or(0)
    }
}
