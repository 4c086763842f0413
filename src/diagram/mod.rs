//! Pictures of a system. The question: *can a reader see it, in the place where the team already reads?*
//!
//! A view makes a [`Scene`] of a system; a writer makes text of a scene. No view knows a language, and no writer knows a system.

mod context;
mod costs;
mod deployment;
mod difference;
mod dot;
mod escape;
mod failure;
mod inside;
mod layout;
mod matrix;
mod mermaid;
mod overview;
mod places;
mod plantuml;
pub mod policy;
pub mod scene;
mod sequence;
mod svg;
mod text;
mod url;

#[cfg(test)]
mod article_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer_tests;

use std::collections::{BTreeMap, BTreeSet};

pub use costs::label_costs;
pub use dot::{DotText, dot};
pub use escape::PlantUmlText;
pub use layout::text_width;
pub use matrix::{Matrix, matrix};
pub use mermaid::{MermaidText, mermaid};
pub use plantuml::{Theme, plantuml, plantuml_with};
pub use scene::Scene;
pub use svg::{SVG_STYLE, Styled, SvgText, svg};
pub use text::{MAX_TEXT_CHARS, Text};
pub use url::{MAX_URL_CHARS, UrlError, url};

use crate::model::{ComponentId, JourneyId, LinkId, System};
use deployment::Part;
use overview::Overview;
use places::Places;

/// What a picture is about.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// What runs where, and what talks to what.
    Deployment,
    /// The system as one box, and who is around it.
    Context,
    /// The deployment, filled by the share of traffic that is lost while a component, shard (`db/A-K`) or location is down, by its id.
    Failure(&'a BTreeMap<String, f64>),
    /// A journey from top to bottom.
    Sequence(JourneyId),
    /// The deployment, with what became of each box and arrow since the system that is given.
    Difference(&'a System),
}

/// A picture and its name, which is made of ids and can be the name of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedScene {
    /// Such as `deployment`, `deployment-overview`, `deployment-group-namespace-a`, `sequence-order`.
    pub name: String,
    /// The picture.
    pub scene: Scene,
}

/// Draws a view of a system: one picture, or an overview and a picture per group where one would be too large (see [`policy`]).
pub fn diagrams(system: &System, view: View<'_>) -> Vec<NamedScene> {
    let places = Places::new(system);
    match view {
        View::Deployment => deployments(system, &places, "deployment", "what runs where"),
        View::Context => {
            let title = title(system, "who is around it");
            vec![NamedScene { name: "context".to_owned(), scene: context::draw(system, &title) }]
        }
        View::Failure(lost) => {
            let mut scenes = deployments(system, &places, "failure", "what a failure costs");
            for one in &mut scenes {
                let is_part = one.name.starts_with("failure-group-");
                failure::paint(system, &mut one.scene, lost, !is_part);
            }
            scenes
        }
        View::Difference(before) => {
            let title = format!("{}: what {} changes", system.system_name, if system.is_base() { "today" } else { &system.name });
            vec![NamedScene { name: "difference".to_owned(), scene: difference::draw(before, system, &title) }]
        }
        View::Sequence(id) => {
            let Some(journey) = system.journeys.get(id.index()) else { return Vec::new() };
            let title = title(system, journey.display_name());
            vec![NamedScene { name: format!("sequence-{}", journey.id), scene: sequence::draw(system, &places, id, &title) }]
        }
    }
}

fn deployments(system: &System, places: &Places<'_>, view: &str, question: &str) -> Vec<NamedScene> {
    let links: Vec<LinkId> = system.link_ids().collect();
    if policy::fits(system.components.len(), links.len()) {
        let members: BTreeSet<ComponentId> = system.component_ids().collect();
        let draw = |with_shards: bool| {
            deployment::draw(
                system,
                places,
                &title(system, question),
                &Part { members: &members, links: &links, neighbours: &[], with_machines: true, with_shards },
            )
        };
        let mut scene = draw(true);
        if !policy::fits(scene.nodes.len(), scene.edges.iter().filter(|edge| !edge.is_hidden).count()) {
            scene = draw(false);
        }
        return vec![NamedScene { name: view.to_owned(), scene }];
    }
    let overview = Overview::new(system, places);
    let mut scenes =
        vec![NamedScene { name: format!("{view}-overview"), scene: overview.scene(&title(system, &format!("{question}, overview"))) }];
    scenes.extend(overview.divisions.iter().enumerate().map(|(at, division)| NamedScene {
        name: format!("{view}-group-{}", division.key),
        scene: overview.detail(at, &title(system, &division.label)),
    }));
    scenes
}

/// Returns the line above a picture: the system, the alternative, and what is shown.
fn title(system: &System, what: &str) -> String {
    if system.is_base() { format!("{}: {what}", system.system_name) } else { format!("{}, {}: {what}", system.system_name, system.name) }
}
