//! Components that each need the other to start.

use super::{Report, Run, Subject, ids};
use crate::hazard::graphs::circles;
use crate::model::ComponentId;
use crate::syntax::keys::component;
use petgraph::graph::{DiGraph, NodeIndex};

pub(super) fn check(run: &mut Run<'_>) {
    let system = run.system;
    let mut graph: DiGraph<ComponentId, ComponentId> = DiGraph::new();
    for id in system.component_ids() {
        graph.add_node(id);
    }
    for id in system.component_ids() {
        for word in system.component(id).facts.words(component::STARTUP_NEEDS) {
            if let Some(needed) = system.find_component(&word.text) {
                graph.add_edge(NodeIndex::new(id.index()), NodeIndex::new(needed.index()), id);
            }
        }
        let itself = system.component(id).facts.words(component::STARTUP_NEEDS).iter().any(|word| word.text == system.component(id).id);
        if itself {
            let of = Subject::Component(id);
            let text = format!("`{}` needs itself to start", run.name(id));
            let place = run.place(of, component::STARTUP_NEEDS);
            run.report(&[of], place, Report::new(text, "remove it from its own `startup-needs`"));
        }
    }
    for circle in circles(&graph) {
        let names: Vec<String> = circle.iter().map(|id| run.name(*id).to_owned()).collect();
        let subjects: Vec<Subject> = circle.iter().map(|id| Subject::Component(*id)).collect();
        let evidence = subjects.iter().map(|of| (*of, run.place(*of, component::STARTUP_NEEDS))).collect();
        let text = format!("none of these starts before the others: {}", ids(&names));
        run.report_with(&subjects, evidence, Report::new(text, "let one of them start without the next and connect when it is there"));
    }
}
