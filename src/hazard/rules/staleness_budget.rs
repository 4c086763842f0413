//! Copies that are further behind than a journey may show.

use super::{Report, Run, Subject};
use crate::quantity::duration;
use crate::syntax::keys::journey;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let reads = &run.inputs.guarantees.journeys[id.index()].session.reads;
        if reads.is_empty() {
            continue;
        }
        let Fact::Stated(limit) = run.journey(id, journey::MAX_STALENESS) else { continue };
        for read in reads {
            if run.system.entities[read.entity.index()].truth == Some(read.store) {
                continue;
            }
            let of = Subject::Journey(id);
            let Some(lag) = read.lag else {
                run.needs("copies or lag", Subject::Entity(read.entity));
                continue;
            };
            if lag.seconds() > limit.seconds() {
                let text = format!(
                    "`{}` may show data that is {} old, and `{}` in `{}` is {} behind",
                    run.system.journeys[id.index()].id,
                    duration(limit),
                    run.system.entities[read.entity.index()].id,
                    run.name(read.store),
                    duration(lag)
                );
                run.report_with(
                    &[of, Subject::Entity(read.entity)],
                    vec![(Subject::Link(read.link), read.span)],
                    Report::new(text, "read a nearer copy, feed this one faster, or allow older data"),
                );
            }
        }
    }
}
