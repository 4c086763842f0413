//! Components that are too busy at the peak, or after a loss.

use super::{Report, Run, Subject};
use crate::model::ComponentId;
use crate::quantity::{Probability, percent};
use crate::syntax::keys::component;

pub(super) fn check(run: &mut Run<'_>) {
    let limit = run.parameter("utilization");
    let Some(stations) = &run.inputs.figures.stations else {
        run.needs("utilization at the peak", Subject::System);
        return;
    };
    let words = |busy: f64| if busy <= 1.0 { percent(Probability::new(busy)) } else { format!("{:.0} %", busy * 100.0) };
    for (at, station) in stations.iter().enumerate() {
        let of = Subject::Component(ComponentId::at(at));
        let Some(station) = station else {
            let one = run.system.component(ComponentId::at(at));
            if one.is_program() || one.is_store() {
                let _ = run.ask(of, component::CONCURRENCY);
                let _ = run.ask(of, component::SERVICE_TIME);
            }
            continue;
        };
        let name = run.name(ComponentId::at(at));
        let text = if station.utilization > limit {
            format!("`{name}` is {} busy at the peak; more than {} is too much", words(station.utilization), words(limit))
        } else if let Some(after) = station.after_loss.filter(|after| *after > 1.0) {
            format!("`{name}` would have to be {} busy at the peak after the loss of one place", words(after))
        } else {
            continue;
        };
        let one = run.system.component(ComponentId::at(at));
        // That there is one replica is assumed where nobody says how many there are.
        let is_assumed = one.facts.get(component::REPLICAS).stated().is_none();
        let assumed: Vec<String> = is_assumed.then(|| format!("components.{}.replicas = 1", one.id)).into_iter().collect();
        run.report(&[of], run.span(of), Report::new(text, "add replicas, or make a visit cheaper").assuming(&assumed));
    }
}
