//! Shards that carry more than their part.

use super::{Confidence, Report, Run, Subject};
use crate::quantity::{Probability, percent};
use crate::syntax::keys::component;

/// Words of keys that grow with time: the newest shard takes all writes.
const GROWING: &[&str] = &["date", "day", "month", "year", "time", "timestamp", "created", "sequence"];

pub(super) fn check(run: &mut Run<'_>) {
    let times = run.parameter("times");
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if !one.is_sharded() || one.shards.len() < 2 {
            continue;
        }
        let of = Subject::Component(id);
        #[expect(clippy::cast_precision_loss, reason = "shards are few")]
        let even = 1.0 / one.shards.len() as f64;
        let hot = one
            .shards
            .iter()
            .filter(|shard| shard.share > times * even)
            .max_by(|a, b| a.share.total_cmp(&b.share).then(b.name.cmp(&a.name)));
        if let Some(hot) = hot {
            let text = format!(
                "the shard `{}` of `{}` carries {} of the load, {} would be even",
                hot.name,
                one.id,
                percent(Probability::new(hot.share)),
                percent(Probability::new(even))
            );
            let place = run.place(of, component::SHARDS);
            run.report(&[of], place, Report::new(text, "choose a key that spreads evenly, or split the hot shard"));
            continue;
        }
        let _ = run.component(id, component::SHARD_KEY);
        let key = one.facts.text(component::SHARD_KEY).unwrap_or_default();
        if key.split(['-', '_', ' ', '.']).any(|word| GROWING.contains(&word)) {
            let text = format!("the shards of `{}` are cut by `{key}`: the newest takes all writes", one.id);
            let place = run.place(of, component::SHARD_KEY);
            run.report(
                &[of],
                place,
                Report::new(text, "cut by something that does not grow with time, such as a customer's id").confidence(Confidence::Low),
            );
        }
    }
}
