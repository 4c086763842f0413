//! Proven components, built again.

use super::{Report, Run, Subject, ids};
use crate::syntax::keys::component;
use crate::syntax::value::{Fact, Texts};
use crate::syntax::vocabulary::Build;

/// What others have built, and proven, many times.
const COMMODITIES: &[&str] = &[
    "auth",
    "authentication",
    "cache",
    "consensus",
    "crypto",
    "cryptography",
    "database",
    "discovery",
    "identity",
    "lock",
    "logging",
    "metrics",
    "orchestration",
    "queue",
    "scheduler",
    "search",
    "secrets",
    "service-discovery",
    "tracing",
    "workflow",
];

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        let Fact::Stated(Texts(list)) = one.facts.get(component::CAPABILITY) else { continue };
        let common: Vec<String> = list.into_iter().filter(|word| COMMODITIES.contains(&word.as_str())).collect();
        if !common.is_empty() && run.component(id, component::BUILD) == Fact::Stated(Build::Build) {
            let of = Subject::Component(id);
            let text = format!("`{}` is built in house, and does what proven products do: {}", one.id, ids(&common));
            let place = run.place(of, component::BUILD);
            run.report(&[of], place, Report::new(text, "use a proven product or service, or accept this with the reason why none fits"));
        }
    }
}
