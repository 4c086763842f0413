//! Callers that nobody asks who they are.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::{component, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Exposure;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.system.link_ids().filter(|id| run.is_remote(*id)).collect::<Vec<_>>() {
        let one = run.system.link(id);
        // From outside, and from what the outside reaches, into what it does not reach.
        let trust = one.facts.get(link::TRUST);
        let from = run.system.component(one.from);
        let to = run.system.component(one.to);
        let open = |fact| matches!(fact, Fact::Stated(Exposure::Public | Exposure::Partner));
        let enters = open(from.facts.get(component::EXPOSED)) && !open(to.facts.get(component::EXPOSED));
        let crosses = trust == Fact::Stated(Exposure::Partner)
            || enters
            || (one.from != one.to && from.owner.is_some() && to.owner.is_some() && from.owner != to.owner);
        if crosses && run.link(id, link::AUTHENTICATED).is_absent() {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::AUTHENTICATED, Subject::Component(one.from)), of, run.place(of, link::AUTHENTICATED));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("links", links, "crosses a boundary, and nobody proves who calls", "cross a boundary, and nobody proves who calls");
        Report::new(text, "let callers prove who they are: `authenticated = \"mtls\"`")
    });
}
