//! Stores that choose otherwise than their data needs.

use super::{Report, Run, Subject};
use crate::analysis::guarantee::Pacelc;
use crate::model::EntityId;
use crate::syntax::keys::{component, entity};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Consistency, EntityValue};

pub(super) fn check(run: &mut Run<'_>) {
    for store in &run.inputs.guarantees.stores {
        let Some(id) = run.system.find_component(&store.id) else { continue };
        let held: Vec<EntityId> =
            (0..run.system.entities.len()).map(EntityId::at).filter(|at| run.system.entities[at.index()].truth == Some(id)).collect();
        if held.is_empty() {
            continue;
        }
        let Some(class) = store.class else {
            run.needs(store.because.trim_start_matches("needs "), Subject::Component(id));
            continue;
        };
        if class != Pacelc::PaEl {
            continue;
        }
        for at in held {
            let one = &run.system.entities[at.index()];
            let of = Subject::Entity(at);
            let linearizable = run.inputs.guarantees.journeys.iter().any(|journey| {
                journey.session.needs.contains(&Consistency::Linearizable) && journey.session.reads.iter().any(|read| read.entity == at)
            });
            let why = if linearizable {
                "a journey needs it linearizable"
            } else if run.ask(of, entity::VALUE) == Fact::Stated(EntityValue::Money) {
                "it is money"
            } else {
                continue;
            };
            let text = format!("`{}` keeps `{}` as PA/EL, and {why}: {}", store.id, one.id, store.because);
            let place = run.place(Subject::Component(id), component::REPLICATION);
            run.report(
                &[Subject::Component(id), of],
                place,
                Report::new(text, "let writes wait for a quorum (`ack = \"quorum\"`) and read from the leader"),
            );
            break;
        }
    }
}
