//! The steps of a journey as a tree that can be changed, and as the list that a file has.

use crate::model::{Call, CallTree, Fallback, Journey, NodeId, NodeKind, System};
use crate::quantity::Ranged;
use crate::syntax::toml_string;

/// One step, with what runs under it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A call or message.
    Call(CallStep),
    /// Members at the same time.
    Parallel { quorum: Option<u32>, members: Vec<Vec<Step>> },
    /// One of the members, by share.
    Choice(Vec<(f64, Vec<Step>)>),
    /// The members in order until one answers.
    FirstOf { switch: Option<String>, members: Vec<CallStep> },
    /// A cached call, and what runs on a miss.
    Cached { call: CallStep, hit: String, otherwise: Vec<Step> },
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CallStep {
    pub(super) link: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) times: u64,
    /// What it reads and writes, by entity.
    pub(super) reads: Vec<String>,
    pub(super) writes: Vec<String>,
    /// Further keys, as they are written.
    pub(super) keys: Vec<(&'static str, String)>,
    pub(super) children: Vec<Step>,
}

impl CallStep {
    /// A call without further keys.
    pub(super) fn plain(link: &str, from: &str, to: &str, children: Vec<Step>) -> Self {
        Self {
            link: link.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            times: 1,
            reads: Vec::new(),
            writes: Vec::new(),
            keys: Vec::new(),
            children,
        }
    }
}

/// Takes the steps of a journey.
pub(super) fn steps(system: &System, journey: &Journey) -> Vec<Step> {
    children(system, &journey.calls, CallTree::root_node())
}

fn children(system: &System, tree: &CallTree, of: NodeId) -> Vec<Step> {
    tree.node(of).children.iter().flat_map(|id| step(system, tree, *id)).collect()
}

/// A group keeps what is in it; a sequence is only the list of its members.
fn step(system: &System, tree: &CallTree, id: NodeId) -> Vec<Step> {
    let node = tree.node(id);
    let member = |id: &NodeId| step(system, tree, *id);
    vec![match &node.kind {
        NodeKind::Root => return children(system, tree, id),
        NodeKind::Sequence => return children(system, tree, id),
        NodeKind::Call(call) => Step::Call(call_step(system, tree, call, id)),
        NodeKind::Parallel { quorum } => {
            let all = node.children.len();
            let quorum = (*quorum as usize != all).then_some(*quorum);
            Step::Parallel { quorum, members: node.children.iter().map(member).collect() }
        }
        NodeKind::Choice { shares } => Step::Choice(shares.iter().copied().zip(node.children.iter().map(member)).collect()),
        NodeKind::FirstOf { switch } => {
            let calls = node.children.iter().flat_map(member).filter_map(|one| if let Step::Call(call) = one { Some(call) } else { None });
            Step::FirstOf { switch: switch.map(|range| quantity(range, "s")), members: calls.collect() }
        }
        NodeKind::Cached { hit } => {
            let mut members = node.children.iter().map(member);
            let first = members.next().into_iter().flatten().next();
            let Some(Step::Call(call)) = first else { return Vec::new() };
            Step::Cached { call, hit: share(*hit), otherwise: members.next().unwrap_or_default() }
        }
    }]
}

fn call_step(system: &System, tree: &CallTree, call: &Call, id: NodeId) -> CallStep {
    let mut keys: Vec<(&'static str, String)> = Vec::new();
    if call.when != Ranged::exactly(1.0) {
        keys.push(("when", share(call.when)));
    }
    keys.extend(call.operation.as_ref().map(|word| ("operation", toml_string(word))));
    keys.extend(call.payload.map(|size| ("payload", quantity(size, "B"))));
    keys.extend(call.response.map(|size| ("response", quantity(size, "B"))));
    keys.extend(call.required.map(|flag| ("required", flag.to_string())));
    keys.extend(call.fallback.map(|fallback| {
        let text = match fallback {
            Fallback::None => "false".to_owned(),
            Fallback::Answer => "true".to_owned(),
            Fallback::Component(id) => toml_string(&system.component(id).id),
        };
        ("fallback", text)
    }));
    keys.extend(call.pivot.map(|flag| ("pivot", flag.to_string())));
    keys.extend(call.refusable.map(|flag| ("refusable", flag.to_string())));
    let entities = |ids: &[crate::model::EntityId]| ids.iter().map(|id| system.entities[id.index()].id.clone()).collect();
    CallStep {
        link: system.link(call.link).id.clone(),
        from: system.component(call.caller).id.clone(),
        to: system.component(call.callee).id.clone(),
        times: call.times,
        reads: entities(&call.reads),
        writes: entities(&call.writes),
        keys,
        children: children(system, tree, id),
    }
}

/// Writes a number with a unit, or a range of it by its three points.
fn quantity(range: Ranged<f64>, unit: &str) -> String {
    if range.is_range() {
        format!("\"{}..{}..{}{unit}\"", range.low, range.likely, range.high)
    } else {
        format!("\"{}{unit}\"", range.likely)
    }
}

fn share(range: Ranged<f64>) -> String {
    if range.is_range() {
        format!("\"{}..{}..{}%\"", range.low * 100.0, range.likely * 100.0, range.high * 100.0)
    } else {
        range.likely.to_string()
    }
}

/// Visits every call, those in groups included; `change` may replace a call's place in the tree by returning another step.
pub(super) fn rewrite(steps: Vec<Step>, change: &mut dyn FnMut(CallStep) -> CallStep) -> Vec<Step> {
    steps.into_iter().map(|step| rewrite_step(step, change)).collect()
}

fn rewrite_step(step: Step, change: &mut dyn FnMut(CallStep) -> CallStep) -> Step {
    match step {
        Step::Call(call) => Step::Call(rewrite_call(call, change)),
        Step::Parallel { quorum, members } => {
            Step::Parallel { quorum, members: members.into_iter().map(|member| rewrite(member, change)).collect() }
        }
        Step::Choice(members) => Step::Choice(members.into_iter().map(|(share, member)| (share, rewrite(member, change))).collect()),
        Step::FirstOf { switch, members } => {
            Step::FirstOf { switch, members: members.into_iter().map(|call| rewrite_call(call, change)).collect() }
        }
        Step::Cached { call, hit, otherwise } => {
            Step::Cached { call: rewrite_call(call, change), hit, otherwise: rewrite(otherwise, change) }
        }
    }
}

/// The children first, so that what is put around them is not visited.
fn rewrite_call(mut call: CallStep, change: &mut dyn FnMut(CallStep) -> CallStep) -> CallStep {
    call.children = rewrite(std::mem::take(&mut call.children), change);
    change(call)
}

/// Takes every plain call that `wanted` takes out of the tree; what ran under it goes with it. Groups are left alone.
pub(super) fn take(steps: &mut Vec<Step>, wanted: &dyn Fn(&CallStep) -> bool, taken: &mut Vec<CallStep>) {
    let mut kept = Vec::new();
    for step in steps.drain(..) {
        match step {
            Step::Call(call) if wanted(&call) => taken.push(call),
            Step::Call(mut call) => {
                take(&mut call.children, wanted, taken);
                kept.push(Step::Call(call));
            }
            other => kept.push(other),
        }
    }
    *steps = kept;
}

/// Finds the first call to a component, outside groups.
pub(super) fn find_mut<'a>(steps: &'a mut [Step], to: &str) -> Option<&'a mut CallStep> {
    for step in steps {
        if let Step::Call(call) = step {
            if call.to == to {
                return Some(call);
            }
            if let Some(found) = find_mut(&mut call.children, to) {
                return Some(found);
            }
        }
    }
    None
}

/// Returns all links that steps use.
pub(super) fn links(steps: &[Step], found: &mut std::collections::BTreeSet<String>) {
    for step in steps {
        match step {
            Step::Call(call) => links_of(call, found),
            Step::FirstOf { members, .. } => members.iter().for_each(|call| links_of(call, found)),
            Step::Parallel { members, .. } => members.iter().for_each(|member| links(member, found)),
            Step::Choice(members) => members.iter().for_each(|(_, member)| links(member, found)),
            Step::Cached { call, otherwise, .. } => {
                links_of(call, found);
                links(otherwise, found);
            }
        }
    }
}

fn links_of(call: &CallStep, found: &mut std::collections::BTreeSet<String>) {
    found.insert(call.link.clone());
    links(&call.children, found);
}

/// Writes steps as the members of a file's list, a line each.
pub(super) fn lines(steps: &[Step]) -> Vec<String> {
    let mut out = Vec::new();
    steps.iter().for_each(|step| write_step(step, &mut out));
    out
}

fn write_step(step: &Step, out: &mut Vec<String>) {
    match step {
        Step::Call(call) => {
            out.push(call_text(call, &[]));
            call.children.iter().for_each(|child| write_step(child, out));
        }
        Step::Parallel { quorum, members } => {
            let members: Vec<String> = members.iter().map(|member| one_or_list(&lines(member))).collect();
            let quorum = quorum.map(|quorum| format!(", quorum = {quorum}")).unwrap_or_default();
            out.push(format!("{{ parallel = [{}]{quorum} }}", members.join(", ")));
        }
        Step::Choice(members) => {
            let members: Vec<String> =
                members.iter().map(|(share, member)| format!("{{ share = {share}, steps = [{}] }}", lines(member).join(", "))).collect();
            out.push(format!("{{ choice = [{}] }}", members.join(", ")));
        }
        Step::FirstOf { switch, members } => {
            let calls: Vec<String> = members.iter().map(|call| call_text(call, &[])).collect();
            let switch = switch.as_ref().map(|time| format!(", switch = {time}")).unwrap_or_default();
            out.push(format!("{{ first-of = [{}]{switch} }}", calls.join(", ")));
            members.iter().flat_map(|call| &call.children).for_each(|child| write_step(child, out));
        }
        Step::Cached { call, hit, otherwise } => {
            out.push(call_text(call, &[("hit", hit.clone()), ("else", format!("[{}]", lines(otherwise).join(", ")))]));
            call.children.iter().for_each(|child| write_step(child, out));
        }
    }
}

fn one_or_list(lines: &[String]) -> String {
    if let [one] = lines { one.clone() } else { format!("[{}]", lines.join(", ")) }
}

fn call_text(call: &CallStep, more: &[(&str, String)]) -> String {
    let mut keys: Vec<(&str, String)> = Vec::new();
    if call.times != 1 {
        keys.push(("times", call.times.to_string()));
    }
    keys.extend(call.keys.iter().cloned());
    for (name, ids) in [("reads", &call.reads), ("writes", &call.writes)] {
        if !ids.is_empty() {
            let ids: Vec<String> = ids.iter().map(|id| toml_string(id)).collect();
            keys.push((name, one_or_list(&ids)));
        }
    }
    keys.extend(more.iter().cloned());
    let link = toml_string(&call.link);
    if keys.is_empty() {
        return link;
    }
    let keys: Vec<String> = keys.iter().map(|(name, text)| format!("{name} = {text}")).collect();
    format!("{{ call = {link}, {} }}", keys.join(", "))
}
