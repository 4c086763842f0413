//! Consumers that need an order which partitions break.

use super::{Report, Run, Subject};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Ordering;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.consumptions() {
        let Fact::Stated(ordering @ (Ordering::Key | Ordering::Total)) = run.link(id, link::ORDERING) else { continue };
        let (queue, consumer) = (run.system.link(id).from, run.system.link(id).to);
        let of = Subject::Link(id);
        let place = run.place(of, link::ORDERING);
        let name = &run.system.link(id).id;
        if ordering == Ordering::Total {
            let shards = run.system.component(queue).shards.len();
            let replicas = run.replicas(consumer).unwrap_or(1);
            if shards > 1 || replicas > 1 {
                let why = if shards > 1 {
                    format!("`{}` has {shards} partitions", run.name(queue))
                } else {
                    format!("{replicas} replicas of `{}` take from it at once", run.name(consumer))
                };
                let text = format!("`{name}` needs all messages in order, but {why}");
                run.report(
                    &[of],
                    place,
                    Report::new(text, "need order per key only (`ordering = \"key\"`), or use one partition and one consumer"),
                );
            }
            continue;
        }
        let own = run.link(id, link::KEY);
        let senders: Vec<_> = run.publications().into_iter().filter(|sender| run.system.link(*sender).to == queue).collect();
        for sender in senders {
            let wrong = match (&own, run.link(sender, link::KEY)) {
                (Fact::Stated(own), Fact::Stated(key)) if *own != key => Some(format!("by `{key}`, not by `{own}`")),
                (_, Fact::Absent) => Some("by no key".to_owned()),
                _ => None,
            };
            if let Some(wrong) = wrong {
                let text = format!("`{name}` needs an order per key, but `{}` partitions {wrong}", run.system.link(sender).id);
                run.report(&[of, Subject::Link(sender)], place, Report::new(text, "send with the key whose order the consumer needs"));
            }
        }
    }
}
