//! A journey from top to bottom: who calls whom, in which order.
//!
//! Participants stand in a box per zone, else region, cluster or provider. Calls in a row are a `loop`, calls that may happen `opt`, calls at the same time `par`;
//! choices, fallbacks and the next of several are `alt`. Answers are not drawn: every call has one.

use std::collections::BTreeMap;

use super::deployment::{face_of, shape_of, words};
use super::places::Places;
use super::policy::{self, counted};
use super::scene::{Edge, End, Face, Fragment, Line, Moment, NodeId, Scene, SceneKind, Shape};
use super::text::Text;
use crate::model::NodeId as StepId;
use crate::model::{Call, CallTree, ComponentId, Fallback, JourneyId, LocationId, NodeKind, System};
use crate::quantity::{Duration, Probability, duration, percent};
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, OrTrue, Value};
use crate::syntax::vocabulary::{ComponentKind, LocationKind};

const BOXES: [&[LocationKind]; 4] = [
    &[LocationKind::Zone, LocationKind::Datacenter],
    &[LocationKind::Region],
    &[LocationKind::Cluster],
    &[LocationKind::Provider, LocationKind::Edge],
];

/// Draws a journey.
pub(super) fn draw(system: &System, places: &Places<'_>, journey: JourneyId, title: &str) -> Scene {
    let calls = &system.journeys[journey.index()].calls;
    let shown = Shown::choose(calls);
    let mut telling = Telling { system, calls, shown: &shown, arrows: Vec::new(), moments: Vec::new(), seen: vec![calls.root] };
    telling.tell();
    let Telling { arrows, moments, seen, .. } = telling;
    let mut scene = Scene::new(title);
    let nodes = participants(system, places, &mut scene, &seen);
    let end = |id: ComponentId| End::Node(nodes[&id]);
    for arrow in arrows {
        let mut edge = Edge::new(end(arrow.from), end(arrow.to));
        edge.line = Line::Solid;
        edge.label = arrow.label;
        edge.is_message = arrow.is_message;
        edge.links = arrow.links;
        scene.edges.push(edge);
    }
    scene.kind = SceneKind::Sequence(moments);
    if shown.n_hidden > 0 {
        scene.note(&format!(
            "{} of {} drawn; the others are deeper or later",
            shown.n_shown,
            counted(shown.n_shown + shown.n_hidden, "call")
        ));
    }
    scene
}

/// Draws the participants, those of one place side by side, and returns their boxes.
fn participants(system: &System, places: &Places<'_>, scene: &mut Scene, seen: &[ComponentId]) -> BTreeMap<ComponentId, NodeId> {
    let place = |id: ComponentId| -> Option<LocationId> {
        let at = places.around(id)?;
        BOXES.iter().find_map(|kinds| system.enclosing(at, kinds))
    };
    // Who stands in no place keeps the order of appearance; who stands in one joins the first who does.
    let mut rows: Vec<(Option<LocationId>, Vec<ComponentId>)> = Vec::new();
    for id in seen {
        let at = place(*id);
        match rows.iter_mut().find(|(row, _)| at.is_some() && *row == at) {
            Some((_, members)) => members.push(*id),
            None => rows.push((at, vec![*id])),
        }
    }
    let mut nodes = BTreeMap::new();
    for (at, members) in rows {
        let group = at.map(|at| {
            let mut face = Face::new(&places.title(at), Shape::Rectangle);
            face.locations.push(system.location(at).id.clone());
            scene.add_group(face, None)
        });
        for id in members {
            let one = system.component(id);
            let mut face = face_of(one);
            face.lines.clear();
            face.shape = if one.kind == ComponentKind::External { Shape::Component } else { shape_of(one) };
            nodes.insert(id, scene.add_node(face, group));
        }
    }
    nodes
}

/// The part of a journey that one picture shows.
struct Shown {
    is_shown: Vec<bool>,
    /// The calls below each shown call that are not shown.
    n_below: Vec<usize>,
    n_shown: usize,
    n_hidden: usize,
}

impl Shown {
    /// Chooses the greatest depth whose calls can all be drawn; where even the first level has too many, its first calls.
    fn choose(calls: &CallTree) -> Self {
        let mut depth = vec![0_usize; calls.nodes.len()];
        let mut by_depth: BTreeMap<usize, Vec<StepId>> = BTreeMap::new();
        for id in calls.ids() {
            let node = calls.node(id);
            let is_call = matches!(node.kind, NodeKind::Call(_));
            depth[id.index()] = node.parent.map_or(0, |parent| depth[parent.index()]) + usize::from(is_call);
            if is_call {
                by_depth.entry(depth[id.index()]).or_default().push(id);
            }
        }
        let mut is_shown = vec![false; calls.nodes.len()];
        let (mut n_shown, mut n_total) = (0, 0);
        let mut seen = std::collections::BTreeSet::from([calls.root]);
        let mut is_full = false;
        for (level, ids) in &by_depth {
            n_total += ids.len();
            let callees = |ids: &[StepId]| ids.iter().filter_map(|id| callee(calls, *id)).collect::<std::collections::BTreeSet<_>>();
            let with_level = seen.union(&callees(ids)).count();
            let fits = n_shown + ids.len() <= policy::MAX_MOMENTS && with_level <= policy::MAX_PARTICIPANTS;
            if is_full || (!fits && *level > 1) {
                is_full = true;
                continue;
            }
            for id in ids {
                let is_new = callee(calls, *id).is_some_and(|callee| !seen.contains(&callee));
                if n_shown >= policy::MAX_MOMENTS || (is_new && seen.len() >= policy::MAX_PARTICIPANTS) {
                    is_full = true;
                    continue;
                }
                seen.extend(callee(calls, *id));
                is_shown[id.index()] = true;
                n_shown += 1;
            }
        }
        let mut n_below = vec![0; calls.nodes.len()];
        for id in calls.ids().rev() {
            let node = calls.node(id);
            let is_call = matches!(node.kind, NodeKind::Call(_));
            let Some(parent) = node.parent else { continue };
            // A group is shown where a call in it is.
            if is_shown[id.index()] && !matches!(calls.node(parent).kind, NodeKind::Call(_)) {
                is_shown[parent.index()] = true;
            }
            if !(is_call && is_shown[id.index()]) {
                n_below[parent.index()] += n_below[id.index()] + usize::from(is_call);
            }
        }
        Self { is_shown, n_below, n_shown, n_hidden: n_total - n_shown }
    }

    fn has(&self, id: StepId) -> bool {
        self.is_shown[id.index()]
    }
}

fn callee(calls: &CallTree, id: StepId) -> Option<ComponentId> {
    if let NodeKind::Call(call) = &calls.node(id).kind { Some(call.callee) } else { None }
}

struct Arrows {
    from: ComponentId,
    to: ComponentId,
    label: Option<Text>,
    is_message: bool,
    links: Vec<String>,
}

struct Telling<'a> {
    system: &'a System,
    calls: &'a CallTree,
    shown: &'a Shown,
    arrows: Vec<Arrows>,
    moments: Vec<Moment>,
    /// The participants in the order of their appearance.
    seen: Vec<ComponentId>,
}

/// What remains to be told, the next last: a journey may be deeper than a thread's stack.
enum Task {
    Step(StepId),
    Moment(Moment),
    /// An answer that takes the place of a call.
    Instead {
        from: ComponentId,
        failed: ComponentId,
        fallback: Fallback,
    },
}

impl Telling<'_> {
    fn tell(&mut self) {
        let mut open = vec![Task::Step(CallTree::root_node())];
        while let Some(task) = open.pop() {
            let next = match task {
                Task::Moment(moment) => {
                    self.moments.push(moment);
                    Vec::new()
                }
                Task::Instead { from, failed, fallback } => {
                    self.instead(from, failed, fallback);
                    Vec::new()
                }
                Task::Step(id) => self.step(id),
            };
            open.extend(next.into_iter().rev());
        }
    }

    fn children(&self, id: StepId) -> Vec<StepId> {
        self.calls.node(id).children.iter().copied().filter(|child| self.shown.has(*child)).collect()
    }

    /// Returns what a step consists of, in order.
    fn step(&mut self, id: StepId) -> Vec<Task> {
        let children = self.children(id);
        let in_frame = |fragment: Fragment, titles: Vec<String>| -> Vec<Task> {
            let mut tasks = Vec::new();
            for (at, (child, title)) in children.iter().zip(titles).enumerate() {
                let title = Text::new(&title);
                tasks.push(Task::Moment(if at == 0 { Moment::Open(fragment, title) } else { Moment::Else(title) }));
                tasks.push(Task::Step(*child));
            }
            if !tasks.is_empty() {
                tasks.push(Task::Moment(Moment::Close));
            }
            tasks
        };
        match &self.calls.node(id).kind {
            NodeKind::Root | NodeKind::Sequence => children.into_iter().map(Task::Step).collect(),
            NodeKind::Call(call) => self.call(id, call.as_ref(), children),
            NodeKind::Parallel { quorum } => {
                let n_all = self.calls.node(id).children.len();
                let first = if (*quorum as usize) < n_all {
                    format!("at once; {quorum} of {n_all} answers are enough")
                } else {
                    "at once".to_owned()
                };
                let titles = (0..children.len()).map(|at| if at == 0 { first.clone() } else { "and".to_owned() }).collect();
                in_frame(Fragment::Parallel, titles)
            }
            NodeKind::Choice { shares } => {
                let all = &self.calls.node(id).children;
                let share = |child: &StepId| all.iter().position(|one| one == child).and_then(|at| shares.get(at)).copied().unwrap_or(0.0);
                in_frame(
                    Fragment::Alternative,
                    children.iter().map(|child| format!("{} of requests", percent(Probability::new(share(child))))).collect(),
                )
            }
            NodeKind::FirstOf { switch } => {
                let after = switch.map_or_else(String::new, |switch| format!(", after {}", duration(Duration::new(switch.likely))));
                let titles = (0..children.len())
                    .map(|at| if at == 0 { "first choice".to_owned() } else { format!("when that fails{after}") })
                    .collect();
                in_frame(Fragment::Alternative, titles)
            }
            NodeKind::Cached { hit } => {
                let mut children = children.into_iter();
                let mut tasks: Vec<Task> = children.next().map(Task::Step).into_iter().collect();
                if let Some(otherwise) = children.next() {
                    let miss = percent(Probability::new((1.0 - hit.likely).max(0.0)));
                    tasks.push(Task::Moment(Moment::Open(Fragment::Alternative, Text::new(&format!("miss ({miss}), or down")))));
                    tasks.push(Task::Step(otherwise));
                    tasks.push(Task::Moment(Moment::Close));
                }
                tasks
            }
        }
    }

    fn call(&mut self, id: StepId, call: &Call, children: Vec<StepId>) -> Vec<Task> {
        let mut before: Vec<Task> = Vec::new();
        let mut after: Vec<Task> = Vec::new();
        let mut frame = |fragment: Fragment, title: &str| {
            before.push(Task::Moment(Moment::Open(fragment, Text::new(title))));
            after.push(Task::Moment(Moment::Close));
        };
        if call.when.likely < 1.0 {
            frame(Fragment::Optional, &format!("{} of requests", percent(Probability::new(call.when.likely))));
        }
        if call.times != 1 {
            frame(Fragment::Loop, &format!("{} times", crate::quantity::count(call.times)));
        }
        let fallback = self.fallback(call);
        if let Some(fallback) = fallback {
            before.push(Task::Moment(Moment::Open(Fragment::Alternative, Text::new("answered"))));
            after.push(Task::Moment(Moment::Close));
            after.push(Task::Instead { from: call.caller, failed: call.callee, fallback });
            after.push(Task::Moment(Moment::Else(Text::new(&format!("{} is down", self.system.component(call.callee).display_name())))));
        }
        // The frames open now, the arrow follows them at once, and what stands below it is told later.
        for task in before {
            if let Task::Moment(moment) = task {
                self.moments.push(moment);
            }
        }
        let label = self.label(id, call);
        let link = self.system.link(call.link);
        self.arrow(call.caller, call.callee, label, call.arrow == Arrow::Message, vec![link.id.clone()]);
        children.into_iter().map(Task::Step).chain(after.into_iter().rev()).collect()
    }

    fn arrow(&mut self, from: ComponentId, to: ComponentId, label: Option<Text>, is_message: bool, links: Vec<String>) {
        for id in [from, to] {
            if !self.seen.contains(&id) {
                self.seen.push(id);
            }
        }
        self.moments.push(Moment::Arrow(self.arrows.len()));
        self.arrows.push(Arrows { from, to, label, is_message, links });
    }

    fn instead(&mut self, from: ComponentId, failed: ComponentId, fallback: Fallback) {
        match fallback {
            Fallback::Component(other) => {
                let links = self.system.link_ids().map(|id| self.system.link(id)).filter(|link| link.from == from && link.to == other);
                let links = links.take(1).map(|link| link.id.clone()).collect();
                self.arrow(from, other, Some(Text::new("instead")), false, links);
            }
            Fallback::Answer | Fallback::None => {
                let label = Text::new(&format!("answers without {}", self.system.component(failed).display_name()));
                self.arrow(from, from, Some(label), false, Vec::new());
            }
        }
    }

    /// Returns what answers in the callee's place: what the step says, else what the link says.
    fn fallback(&self, call: &Call) -> Option<Fallback> {
        let link = self.system.link(call.link);
        let of_link = || match link.facts.get(link::FALLBACK) {
            Fact::Stated(OrTrue::True(_)) => Some(Fallback::Answer),
            Fact::Stated(OrTrue::Value(_)) => link
                .facts
                .value(link::FALLBACK)
                .and_then(Value::text)
                .and_then(|id| self.system.find_component(id))
                .map(Fallback::Component),
            Fact::Absent | Fact::Unknown => None,
        };
        call.fallback.or_else(of_link).filter(|fallback| *fallback != Fallback::None)
    }

    /// Returns the words on a call: what is called, what it reads and writes, and what is not drawn below it.
    fn label(&self, id: StepId, call: &Call) -> Option<Text> {
        let facts = &self.system.link(call.link).facts;
        let what = call.operation.clone().or_else(|| words(self.system, call.link).map(|text| text.to_string()));
        let what =
            what.or_else(|| facts.text(link::OPERATION).map(str::to_owned)).or_else(|| facts.text(link::PROTOCOL).map(str::to_owned));
        let entities = |verb: &str, ids: &[crate::model::EntityId]| {
            let names: Vec<&str> = ids.iter().map(|id| self.system.entities[id.index()].id.as_str()).collect();
            (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")))
        };
        let is_optional = call.required.or_else(|| match facts.get(link::REQUIRED) {
            Fact::Stated(_) => Some(true),
            Fact::Absent => Some(false),
            Fact::Unknown => None,
        }) == Some(false);
        let below = self.shown.n_below[id.index()];
        let parts = [
            what,
            entities("reads", &call.reads),
            entities("writes", &call.writes),
            is_optional.then(|| "optional".to_owned()),
            (below > 0).then(|| format!("{} below", counted(below, "more call"))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| Text::new(&parts.join("; ")))
    }
}
