//! Copies across organizations that believe each other's word.

use super::{Report, Run, Subject};
use crate::syntax::keys::{link, team};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.link_ids() {
        let one = run.system.link(id);
        if one.arrow != Arrow::Replication {
            continue;
        }
        let (Some(from), Some(to)) = (run.owner(one.from), run.owner(one.to)) else { continue };
        if from == to {
            continue;
        }
        let (Fact::Stated(a), Fact::Stated(b)) =
            (run.ask(Subject::Team(from), team::ORGANIZATION), run.ask(Subject::Team(to), team::ORGANIZATION))
        else {
            continue;
        };
        if a != b && run.link(id, link::SIGNED).is_absent() {
            let of = Subject::Link(id);
            let text = format!("`{}` of {b} takes what {a} copies to it on trust", run.name(one.to));
            let place = run.place(of, link::SIGNED);
            run.report(
                &[of],
                place,
                Report::new(text, "sign what is copied and keep an audit trail, or use a protocol that outlives liars"),
            );
        }
    }
}
