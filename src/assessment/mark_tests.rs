//! A law of the key table: a key moves only figures that it is marked for, and moves them the way that the mark says. Ranges, comparisons and the search for what to
//! measure next evaluate no other figures of a ranged key, so a missing mark is a range that is too narrow.

use std::collections::BTreeSet;

use super::figures_of;
use crate::model::testing::MemoryFiles;
use crate::model::{End, Model, System};
use crate::syntax::keys::{Figure, Mark};

/// Every replica is needed at the peak where the work is at its likely value, and none is spare a little above it.
const BUSY: &str = r#"
schema = 1
[assumptions]
"failed-call.same-zone"  = "0.05..0.1..40%"
"failed-call.cross-zone" = "0.05..0.1..40%"
[locations]
r  = { kind = "region" }
za = { kind = "zone", in = "r" }
zb = { kind = "zone", in = "r" }
[components]
user  = { kind = "client" }
app   = { kind = "service", on = ["za", "zb"], replicas = 2, concurrency = 10, service-time = "20..40..70ms" }
cache = { kind = "cache", on = ["za", "zb"], replicas = 2, concurrency = 4, service-time = "1ms" }
db    = { kind = "database", on = ["za", "zb"], replicas = 2, concurrency = 8, service-time = "10..25..40ms", replication = { style = "single-leader", ack = "async", failover = "automatic" } }
[links]
"user -> app"  = {}
"app -> cache" = { retries = 2, timeout = "1s" }
"app -> db"    = { retries = 2, timeout = "30..1000..2000ms", payload = "1..4KB" }
[journeys.browse]
rate  = "50..100..200/s"
peak  = "150..240..500/s"
steps = ["user -> app", { call = "app -> cache", hit = "50..80..95%", else = ["app -> db"] }, { call = "app -> db", when = "10..20..60%" }]
[journeys.order]
rate  = "5..10..30/s"
steps = ["user -> app", "app -> db"]
"#;

fn models() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    vec![
        ("busy", vec![("system.toml", BUSY)]),
        (
            "shop",
            vec![
                ("system.toml", include_str!("../../models/shop/system.toml")),
                ("alternatives/replicated.toml", include_str!("../../models/shop/alternatives/replicated.toml")),
                ("alternatives/sharded.toml", include_str!("../../models/shop/alternatives/sharded.toml")),
                ("alternatives/microservices.toml", include_str!("../../models/shop/alternatives/microservices.toml")),
                ("prices/assumed.toml", include_str!("../../models/shop/prices/assumed.toml")),
            ],
        ),
        ("kubernetes", vec![("system.toml", include_str!("../../models/kubernetes/system.toml"))]),
        ("online-boutique", vec![("system.toml", include_str!("../../models/online-boutique/system.toml"))]),
    ]
}

/// Returns what is wrong with the marks of a system's ranged keys, and counts them.
fn wrong_marks(name: &str, system: &System, tried: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut wrong = BTreeSet::new();
    let identities: BTreeSet<_> = system.ranged_keys().iter().map(|key| key.path.clone()).collect();
    for path in identities {
        let at = |end: End| system.at(|key| if key.path == path { end } else { End::Likely });
        let systems = [at(End::Low), at(End::Likely), at(End::High)];
        let keys = system.ranged_keys();
        let key = keys.iter().find(|key| key.path == path).expect("it was listed");
        for figure in Figure::ALL.iter().copied() {
            let [low, likely, high] = systems.each_ref().map(|system| figures_of(figure, system));
            for (of, (_, likely)) in &likely.0 {
                let (Some((_, low)), Some((_, high))) = (low.0.get(of), high.0.get(of)) else { continue };
                // Sums in another order differ in the last digits.
                let scale = 1e-9 * low.abs().max(high.abs()).max(likely.abs());
                let (rises, falls) =
                    (low.max(*likely) < high - scale || *low < likely - scale, low.min(*likely) > high + scale || *low > likely + scale);
                let is_right = match key.mark(figure) {
                    Mark::None => !rises && !falls,
                    Mark::Raises => !falls,
                    Mark::Lowers => !rises,
                    Mark::Either => true,
                };
                if !is_right {
                    wrong.insert(format!(
                        "{name}/{}: {path} is marked {:?} for {figure:?}: {of} is {low}, {likely}, {high}",
                        system.id,
                        key.mark(figure)
                    ));
                }
            }
        }
        tried.insert(path.rsplit('.').next().unwrap_or_default().to_owned());
    }
    wrong
}

#[test]
fn a_key_moves_what_it_is_marked_for_and_nothing_else() {
    let (mut wrong, mut tried) = (BTreeSet::new(), BTreeSet::new());
    for (name, files) in models() {
        let model = Model::read(&MemoryFiles::new(&files));
        assert!(!model.has_errors(), "{name}: {:?}", model.diagnostics);
        for system in model.systems() {
            wrong.extend(wrong_marks(name, system, &mut tried));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    for key in ["service-time", "rate", "peak", "hit", "when", "payload", "same-zone"] {
        assert!(tried.contains(key), "no {key} among {tried:?}");
    }
}
