//! Brokers that forget what must not be lost.

use super::{Report, Run, Subject};
use crate::syntax::keys::{component, journey};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Delivery};
use std::collections::BTreeMap;

pub(super) fn check(run: &mut Run<'_>) {
    // Per queue: the first journey that needs its messages.
    let mut needed = BTreeMap::new();
    for id in run.declared_journeys() {
        let tree = &run.system.journeys[id.index()].calls;
        let queues: Vec<_> = tree
            .calls()
            .filter(|(_, call)| call.arrow == Arrow::Message && run.system.component(call.callee).kind == ComponentKind::Queue)
            .map(|(_, call)| call.callee)
            .collect();
        if !queues.is_empty() && run.journey(id, journey::DELIVERY) == Fact::Stated(Delivery::AtLeastOnce) {
            for queue in queues {
                needed.entry(queue).or_insert(id);
            }
        }
    }
    for (queue, id) in needed {
        let of = Subject::Component(queue);
        if run.component(queue, component::DURABLE).is_absent() {
            let text =
                format!("`{}` forgets its messages at a restart, and `{}` needs them", run.name(queue), run.system.journeys[id.index()].id);
            let place = run.place(of, component::DURABLE);
            run.report(
                &[of],
                place,
                Report::new(text, "make the queue durable, or state that the journey may lose messages (`delivery = \"at-most-once\"`)"),
            );
        }
    }
}
