//! Groups that vote with a number that does not help.

use super::{Report, Run, Subject};
use crate::diagnostic::Severity;
use crate::syntax::keys::{Table, component, journey, objectives, replication};
use crate::syntax::value::{Fact, Symbols};
use crate::syntax::vocabulary::{Consistency, ReplicationAck, ReplicationStyle};

pub(super) fn check(run: &mut Run<'_>) {
    let wants = wants_linearizable(run);
    for id in run.system.component_ids() {
        let of = Subject::Component(id);
        let one = run.system.component(id);
        let Some(facts) = one.facts.table(component::REPLICATION) else { continue };
        let leaderless = facts.get(replication::STYLE) == Fact::Stated(ReplicationStyle::Leaderless);
        let (reads, writes) = (facts.get(replication::READ_QUORUM), facts.get(replication::WRITE_QUORUM));
        let Some(n) = run.replicas(id) else { continue };
        if leaderless && let (Fact::Stated(r), Fact::Stated(w)) = (reads, writes) {
            if wants && r + w <= u64::from(n) {
                let text = format!(
                    "`{}` reads {r} and writes {w} of {n} copies: a read can miss the latest write, and a journey needs it",
                    one.id
                );
                let report = Report::new(text, "read and write more than half together: read-quorum + write-quorum > replicas")
                    .severity(Severity::Warning);
                run.report(&[of], run.place(of, component::REPLICATION), report);
            }
            continue;
        }
        let votes = facts.get(replication::ACK) == Fact::Stated(ReplicationAck::Quorum) || leaderless;
        let states_needs = one.facts.entry_of(component::NEEDS).is_some();
        if votes && n % 2 == 0 && !states_needs {
            let text = format!("a majority of {n} of `{}` tolerates no more failures than one of {}", one.id, n - 1);
            let place = run.place(of, component::REPLICAS);
            run.report(&[of], place, Report::new(text, "use an odd number of replicas"));
        }
    }
}

/// Says whether any journey, or the system, needs linearizable reads.
fn wants_linearizable(run: &Run<'_>) -> bool {
    let has = |wanted: Fact<Symbols<Consistency>>| matches!(wanted, Fact::Stated(list) if list.0.contains(&Consistency::Linearizable));
    run.system.single(Table::Objectives).is_some_and(|facts| has(facts.get(objectives::CONSISTENCY)))
        || run.system.journeys.iter().any(|one| has(one.facts.get(journey::CONSISTENCY)))
}
