//! The calls of a journey as a tree, built from its flat list of steps.
//!
//! Semantics, "Journeys": the caller of the first step is the root; each later step becomes the last child of the latest earlier step whose callee is its
//! caller.

use std::collections::HashMap;

use super::system::{ComponentId, EntityId, Link, LinkId};
use crate::diagnostic::{Code, Diagnostic};
use crate::quantity::Ranged;
use crate::source::Span;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{CallForm, FallbackForm, StepForm, Word};

/// A place in a [`CallTree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// Returns the index in [`CallTree::nodes`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The calls of a journey. The root is the first node, and every node stands behind its parent.
#[derive(Debug, Clone)]
pub struct CallTree {
    /// The component that starts the journey.
    pub root: ComponentId,
    /// All nodes, parents before children.
    pub nodes: Vec<Node>,
}

/// One node.
#[derive(Debug, Clone)]
pub struct Node {
    /// The node that it stands under; none for the root.
    pub parent: Option<NodeId>,
    /// What runs under it, in order.
    pub children: Vec<NodeId>,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// The start.
    Root,
    /// A call or a message; its children run while the callee works, one after another.
    Call(Box<Call>),
    /// Steps one after another: a member of a group.
    Sequence,
    /// Members at the same time; the `quorum`-th answer ends the wait.
    Parallel {
        /// How many answers are waited for.
        quorum: u32,
    },
    /// One of the members, by share.
    Choice {
        /// The shares, in the order of the members.
        shares: Vec<f64>,
    },
    /// The members in order until one answers.
    FirstOf {
        /// How long the switch takes, in seconds.
        switch: Option<Ranged<f64>>,
    },
    /// A cached call, then (on a miss, or when the callee is down) the second member.
    Cached {
        /// The share of hits.
        hit: Ranged<f64>,
    },
}

/// A call or message.
#[derive(Debug, Clone)]
pub struct Call {
    /// The link.
    pub link: LinkId,
    /// The left end.
    pub caller: ComponentId,
    /// The right end.
    pub callee: ComponentId,
    /// Call or message.
    pub arrow: Arrow,
    /// How many in a row.
    pub times: u64,
    /// The probability that it happens.
    pub when: Ranged<f64>,
    /// Overrides the link's payload, in bytes.
    pub payload: Option<Ranged<f64>>,
    /// Overrides the link's response, in bytes.
    pub response: Option<Ranged<f64>>,
    /// Overrides the link's `required`.
    pub required: Option<bool>,
    /// Overrides the link's `fallback`.
    pub fallback: Option<Fallback>,
    /// Entities that it reads.
    pub reads: Vec<EntityId>,
    /// Entities that it writes.
    pub writes: Vec<EntityId>,
    /// The operation.
    pub operation: Option<String>,
    /// The saga's point of no return.
    pub pivot: Option<bool>,
    /// Whether the callee may refuse.
    pub refusable: Option<bool>,
    /// The place of the step; of the link in an implied journey.
    pub span: Span,
}

/// What answers in a callee's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: stated absent.
    None,
    /// An answer without a call.
    Answer,
    /// Another component.
    Component(ComponentId),
}

impl CallTree {
    /// Makes the tree of a journey that has only a root.
    pub(super) fn new(root: ComponentId) -> Self {
        Self { root, nodes: vec![Node { parent: None, children: Vec::new(), kind: NodeKind::Root }] }
    }

    /// Returns the root node.
    pub const fn root_node() -> NodeId {
        NodeId(0)
    }

    /// Returns a node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Returns all node ids, parents before children.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).expect("a journey's steps are limited")).map(NodeId)
    }

    /// Returns all calls with their nodes, parents before children.
    pub fn calls(&self) -> impl Iterator<Item = (NodeId, &Call)> {
        self.ids().filter_map(|id| match &self.node(id).kind {
            NodeKind::Call(call) => Some((id, call.as_ref())),
            _ => None,
        })
    }

    /// Returns the call with which a cached step begins; none of another node. Its `when`, `times`, `required` and `fallback` are the whole step's: what runs on a miss is a
    /// part of it.
    pub fn cached_call(&self, node: &Node) -> Option<&Call> {
        match (&node.kind, node.children.first().map(|child| &self.node(*child).kind)) {
            (NodeKind::Cached { .. }, Some(NodeKind::Call(call))) => Some(call),
            _ => None,
        }
    }

    /// Says whether a node is the call with which a cached step begins, or what runs on a miss.
    pub fn is_in_cached(&self, node: &Node) -> bool {
        node.parent.is_some_and(|parent| matches!(self.node(parent).kind, NodeKind::Cached { .. }))
    }

    pub(super) fn add(&mut self, parent: NodeId, kind: NodeKind) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("a journey's steps are limited"));
        self.nodes.push(Node { parent: Some(parent), children: Vec::new(), kind });
        self.nodes[parent.index()].children.push(id);
        id
    }

    /// Returns a call that runs more often than a limit for one request, if all branches are taken and every cache misses.
    #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
    pub(super) fn runs_more_often_than(&self, limit: f64) -> Option<&Call> {
        let mut runs = vec![1.0; self.nodes.len()];
        for id in self.ids().skip(1) {
            let node = self.node(id);
            let above = node.parent.map_or(1.0, |parent| runs[parent.index()]);
            runs[id.index()] = above;
            if let NodeKind::Call(call) = &node.kind {
                runs[id.index()] *= call.times as f64;
                if runs[id.index()] > limit {
                    return Some(call);
                }
            }
        }
        None
    }

    /// Returns for every node which of its parent's children it is, from 0 on.
    pub fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.nodes.len()];
        for node in &self.nodes {
            for (at, child) in node.children.iter().enumerate() {
                positions[child.index()] = at;
            }
        }
        positions
    }

    /// Says for every node whether it is off the response path: a message, or below one.
    pub fn asynchronous(&self) -> Vec<bool> {
        let mut off = vec![false; self.nodes.len()];
        for id in self.ids().skip(1) {
            let node = self.node(id);
            let above = node.parent.is_some_and(|parent| off[parent.index()]);
            off[id.index()] = above || matches!(&node.kind, NodeKind::Call(call) if call.arrow == Arrow::Message);
        }
        off
    }

    /// Returns the place of a group's first call: the group has none of its own.
    fn first_span(&self, index: usize) -> Option<Span> {
        let mut at = self.nodes[index].children.first();
        while let Some(node) = at.map(|id| self.node(*id)) {
            if let NodeKind::Call(call) = &node.kind {
                return Some(call.span);
            }
            at = node.children.first();
        }
        None
    }

    /// Visits the ranged values: the step's number, the key, its place and the range.
    #[expect(clippy::type_complexity, reason = "one visitor, used once")]
    pub(super) fn visit_ranges(&mut self, visit: &mut dyn FnMut(usize, &str, Span, &mut Ranged<f64>)) {
        for index in 0..self.nodes.len() {
            let group = self.first_span(index);
            match &mut self.nodes[index].kind {
                NodeKind::Call(call) => {
                    visit(index, "when", call.span, &mut call.when);
                    if let Some(range) = &mut call.payload {
                        visit(index, "payload", call.span, range);
                    }
                    if let Some(range) = &mut call.response {
                        visit(index, "response", call.span, range);
                    }
                }
                NodeKind::Cached { hit } => {
                    if let Some(span) = group {
                        visit(index, "hit", span, hit);
                    }
                }
                NodeKind::FirstOf { switch: Some(switch) } => {
                    if let Some(span) = group {
                        visit(index, "switch", span, switch);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What the builder asks of the model.
pub(super) struct Lookup<'a> {
    /// Returns the link of a step's key.
    pub(super) link: &'a dyn Fn(&str) -> Option<LinkId>,
    /// The links.
    pub(super) links: &'a [Link],
    /// Returns a component's id.
    pub(super) component: &'a dyn Fn(&str) -> Option<ComponentId>,
    /// Returns an entity's id.
    pub(super) entity: &'a dyn Fn(&str) -> Option<EntityId>,
    /// Says whether an id may be declared in what could not be read.
    pub(super) is_unread: &'a dyn Fn(&str) -> bool,
    /// Says whether a link joins a sidecar and its host.
    pub(super) beside: &'a dyn Fn(LinkId) -> bool,
    /// Reports a step whose link does not exist.
    pub(super) unknown_link: &'a dyn Fn(&CallForm) -> Option<Diagnostic>,
    /// Says whether a component calls another, or sends it messages.
    pub(super) calls: &'a dyn Fn(ComponentId, ComponentId) -> bool,
    /// Returns a component's text id.
    pub(super) name: &'a dyn Fn(ComponentId) -> &'a str,
}

/// Builds the call tree of a journey's steps.
pub(super) fn build(steps: &[StepForm], lookup: &Lookup<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<CallTree> {
    let Some(root) = steps.iter().find_map(|step| first_caller(step, lookup)) else {
        steps.iter().for_each(|step| report_links(step, lookup, diagnostics));
        return None;
    };
    let outermost = Scope { reached: HashMap::from([(root, CallTree::root_node())]), is_conditional: false };
    let mut builder = Builder { tree: CallTree::new(root), scopes: vec![outermost], lookup, diagnostics, broken: false };
    for step in steps {
        builder.step(step);
    }
    let Builder { tree, broken, .. } = builder;
    (!broken).then_some(tree)
}

/// Returns the caller of the first call of a step whose link exists.
fn first_caller(step: &StepForm, lookup: &Lookup<'_>) -> Option<ComponentId> {
    match step {
        StepForm::Call(form) => (lookup.link)(&form.link.text).map(|link| lookup.links[link.index()].from),
        StepForm::Parallel { members, .. } | StepForm::FirstOf { members, .. } => {
            members.iter().flatten().find_map(|step| first_caller(step, lookup))
        }
        StepForm::Choice { branches, .. } => branches.iter().flat_map(|(_, steps)| steps).find_map(|step| first_caller(step, lookup)),
        StepForm::Refused => None,
    }
}

/// An open list of steps.
struct Scope {
    /// Where a step of a caller is hung.
    reached: HashMap<ComponentId, NodeId>,
    /// Whether its steps run for some of the requests only.
    is_conditional: bool,
}

struct Builder<'a, 'b, 'l> {
    tree: CallTree,
    /// The open lists of steps; the last is searched first.
    scopes: Vec<Scope>,
    lookup: &'a Lookup<'l>,
    diagnostics: &'b mut Vec<Diagnostic>,
    /// Whether a step could not be read: later steps may then be unreached for that reason only.
    broken: bool,
}

impl Builder<'_, '_, '_> {
    /// Finds the latest earlier step whose callee is `caller`; `span` is the step that is hung there.
    fn hang(&mut self, caller: ComponentId, span: Span) -> Option<NodeId> {
        let (depth, node) = self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| Some((depth, *scope.reached.get(&caller)?)))?;
        if self.scopes[depth + 1..].iter().any(|scope| scope.is_conditional) {
            let name = (self.lookup.name)(caller);
            self.diagnostics.push(
                Diagnostic::new(
                    Code::UnconditionalStep,
                    span,
                    format!("this step runs in any case: `{name}` was reached before the branch"),
                )
                .label("part of what its caller does, not of the branch")
                .help(format!("let the branch call `{name}` before it, or write the step after the group")),
            );
        }
        Some(node)
    }

    fn reached(&mut self, callee: ComponentId, node: NodeId) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.reached.insert(callee, node);
        }
    }

    fn step(&mut self, step: &StepForm) {
        match step {
            StepForm::Call(form) => self.call_form(form),
            StepForm::Refused => self.broken = true,
            StepForm::Parallel { members, quorum, span } => {
                let all = u32::try_from(members.len()).unwrap_or(u32::MAX);
                let quorum = quorum.map_or(all, |(count, _)| u32::try_from(count).unwrap_or(all));
                let lists: Vec<&[StepForm]> = members.iter().map(Vec::as_slice).collect();
                self.group(NodeKind::Parallel { quorum }, &lists, *span);
            }
            StepForm::Choice { branches, span } => {
                let shares = branches.iter().map(|(share, _)| share.likely).collect();
                let lists: Vec<&[StepForm]> = branches.iter().map(|(_, steps)| steps.as_slice()).collect();
                self.group(NodeKind::Choice { shares }, &lists, *span);
            }
            StepForm::FirstOf { members, switch, span } => {
                let lists: Vec<&[StepForm]> = members.iter().map(Vec::as_slice).collect();
                self.group(NodeKind::FirstOf { switch: *switch }, &lists, *span);
            }
        }
    }

    /// Adds a group whose members all start where its first member starts.
    fn group(&mut self, kind: NodeKind, members: &[&[StepForm]], span: Span) {
        let callers: Vec<Option<ComponentId>> =
            members.iter().map(|steps| steps.iter().find_map(|step| first_caller(step, self.lookup))).collect();
        let Some(caller) = callers.iter().copied().flatten().next() else {
            // Each member's own mistake is reported where it stands.
            for step in members.iter().flat_map(|steps| steps.iter()) {
                report_links(step, self.lookup, self.diagnostics);
            }
            self.broken = true;
            return;
        };
        if let Some(other) = callers.iter().copied().flatten().find(|other| *other != caller) {
            let (a, b) = ((self.lookup.name)(caller), (self.lookup.name)(other));
            self.diagnostics.push(
                Diagnostic::new(Code::MalformedStep, span, format!("the members of this group start at `{a}` and at `{b}`"))
                    .help("the members of a group run in place of one call: start them all at one component"),
            );
            self.broken = true;
            return;
        }
        let Some(parent) = self.hang(caller, span) else {
            self.unreached(caller, span);
            return;
        };
        let is_conditional = !matches!(kind, NodeKind::Parallel { .. });
        let group = self.tree.add(parent, kind);
        let mut reached = Vec::new();
        for steps in members {
            let sequence = self.tree.add(group, NodeKind::Sequence);
            reached.push(self.branch(caller, sequence, steps, is_conditional));
        }
        // When two members reach a component, a later step is hung below the later one.
        for scope in reached {
            if let Some(outer) = self.scopes.last_mut() {
                outer.reached.extend(scope);
            }
        }
    }

    /// Adds the steps of one member, and returns what it reached.
    fn branch(&mut self, caller: ComponentId, sequence: NodeId, steps: &[StepForm], is_conditional: bool) -> HashMap<ComponentId, NodeId> {
        self.scopes.push(Scope { reached: HashMap::from([(caller, sequence)]), is_conditional });
        for step in steps {
            self.step(step);
        }
        let mut reached = self.scopes.pop().map(|scope| scope.reached).unwrap_or_default();
        reached.retain(|_, node| *node != sequence);
        reached
    }

    fn call_form(&mut self, form: &CallForm) {
        let Some(link) = (self.lookup.link)(&form.link.text) else {
            self.broken = true;
            self.diagnostics.extend((self.lookup.unknown_link)(form));
            for step in &form.otherwise {
                report_links(step, self.lookup, self.diagnostics);
            }
            return;
        };
        let ends = &self.lookup.links[link.index()];
        let (caller, callee, arrow) = (ends.from, ends.to, ends.arrow);
        if arrow == Arrow::Replication || (self.lookup.beside)(link) {
            let why = if arrow == Arrow::Replication {
                "replication is no step: every writing visit to its source sends along it"
            } else {
                "a link between a sidecar and its host is no step: every call of the host passes the sidecar"
            };
            self.diagnostics.push(
                Diagnostic::new(Code::MalformedStep, form.link.span, format!("`{}` is no step", form.link.text))
                    .help(format!("leave it out; {why}")),
            );
            return;
        }
        let Some(parent) = self.hang(caller, form.link.span) else {
            self.unreached(caller, form.link.span);
            return;
        };
        let call = Call {
            link,
            caller,
            callee,
            arrow,
            times: form.times,
            when: form.when,
            payload: form.payload,
            response: form.response,
            required: form.required,
            fallback: self.fallback(form, caller, callee),
            reads: self.entities(&form.reads),
            writes: self.entities(&form.writes),
            operation: form.operation.clone(),
            pivot: form.pivot,
            refusable: form.refusable,
            span: form.link.span,
        };
        let Some(hit) = form.hit else {
            let node = self.tree.add(parent, NodeKind::Call(Box::new(call)));
            self.reached(callee, node);
            return;
        };
        let cached = self.tree.add(parent, NodeKind::Cached { hit });
        let node = self.tree.add(cached, NodeKind::Call(Box::new(call)));
        let otherwise = self.tree.add(cached, NodeKind::Sequence);
        let reached = self.branch(caller, otherwise, &form.otherwise, true);
        self.reached(callee, node);
        if let Some(scope) = self.scopes.last_mut() {
            scope.reached.extend(reached);
        }
    }

    fn fallback(&mut self, form: &CallForm, caller: ComponentId, callee: ComponentId) -> Option<Fallback> {
        match form.fallback.as_ref()? {
            FallbackForm::Answer => Some(Fallback::Answer),
            FallbackForm::Absent => Some(Fallback::None),
            FallbackForm::Component(word) => match (self.lookup.component)(&word.text) {
                Some(component) => {
                    let (name, calls) = (self.lookup.name, self.lookup.calls);
                    self.diagnostics.extend(unlinked_fallback(word, [caller, callee, component].map(name), calls(caller, component)));
                    Some(Fallback::Component(component))
                }
                None if (self.lookup.is_unread)(&word.text) => None,
                None => {
                    self.diagnostics.push(Diagnostic::new(
                        Code::UnknownComponent,
                        word.span,
                        format!("no component has the id `{}`", word.text),
                    ));
                    None
                }
            },
        }
    }

    fn entities(&mut self, words: &[Word]) -> Vec<EntityId> {
        let mut found = Vec::new();
        for word in words {
            match (self.lookup.entity)(&word.text) {
                Some(entity) => found.push(entity),
                None if (self.lookup.is_unread)(&word.text) => {}
                None => self.diagnostics.push(
                    Diagnostic::new(Code::UnknownEntity, word.span, format!("no entity has the id `{}`", word.text))
                        .help("declare it in `[entities]`"),
                ),
            }
        }
        found
    }

    fn unreached(&mut self, caller: ComponentId, span: Span) {
        // A step that hangs nowhere reaches nothing either: what follows from that is no mistake of its own.
        if std::mem::replace(&mut self.broken, true) {
            return;
        }
        let name = (self.lookup.name)(caller);
        self.diagnostics.push(
            Diagnostic::new(Code::UnreachedStep, span, format!("no earlier step reaches `{name}`"))
                .label("its caller was not called yet")
                .help(format!("put a step that calls `{name}` before this one")),
        );
    }
}

/// Says why a component cannot stand in for a callee: it is an end of the call, or the caller does not call it.
pub(super) fn unlinked_fallback(word: &Word, [caller, callee, fallback]: [&str; 3], is_called: bool) -> Option<Diagnostic> {
    if [caller, callee].contains(&fallback) {
        let message = format!("the fallback of a call from `{caller}` to `{callee}` is `{fallback}` itself");
        return Some(
            Diagnostic::new(Code::UnlinkedFallback, word.span, message)
                .help("name another component, or write `fallback = true` for an answer without a call"),
        );
    }
    (!is_called).then(|| {
        Diagnostic::new(Code::UnlinkedFallback, word.span, format!("`{caller}` has no link to its fallback `{fallback}`"))
            .help(format!("add `\"{caller} -> {fallback}\" = {{}}` to `[links]`"))
    })
}

/// Reports the unknown links of a step that could not be hung.
fn report_links(step: &StepForm, lookup: &Lookup<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let inner: Vec<&StepForm> = match step {
        StepForm::Call(form) => {
            if (lookup.link)(&form.link.text).is_none() {
                diagnostics.extend((lookup.unknown_link)(form));
            }
            form.otherwise.iter().collect()
        }
        StepForm::Parallel { members, .. } | StepForm::FirstOf { members, .. } => members.iter().flatten().collect(),
        StepForm::Choice { branches, .. } => branches.iter().flat_map(|(_, steps)| steps).collect(),
        StepForm::Refused => Vec::new(),
    };
    for step in inner {
        report_links(step, lookup, diagnostics);
    }
}
