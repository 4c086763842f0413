//! What keeps the several writes of one journey together.
//!
//! Source: Richardson, *Microservices Patterns*, 2018, chapters 3 and 4; Garcia-Molina, Salem, "Sagas", SIGMOD 1987.

use crate::analysis::communication::access;
use crate::model::{Call, ComponentId, Journey, LinkId, NodeKind, System};
use crate::source::Span;
use crate::syntax::keys::{component, journey, link, outbox, saga};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, State, Value};
use crate::syntax::vocabulary::{ComponentKind, Effect, Relay, SagaStyle};

/// A way to keep writes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// At most one thing is written.
    SingleWrite,
    /// A store and messages, joined by an outbox that something empties.
    TransactionalOutbox,
    /// An outbox that nothing empties.
    IncompleteOutbox,
    /// One component steers steps and their compensations.
    OrchestratedSaga,
    /// Each step's events start the next, or undo the last.
    ChoreographedSaga,
    /// Whatever got done is acceptable, as stated.
    AcceptedPartial,
    /// Nothing.
    Uncoordinated,
    /// A fact is missing.
    Unknown,
}

impl Pattern {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SingleWrite => "single-write",
            Self::TransactionalOutbox => "transactional-outbox",
            Self::IncompleteOutbox => "incomplete-outbox",
            Self::OrchestratedSaga => "orchestrated-saga",
            Self::ChoreographedSaga => "choreographed-saga",
            Self::AcceptedPartial => "accepted-partial",
            Self::Uncoordinated => "uncoordinated",
            Self::Unknown => "unknown",
        }
    }
}

/// One write of a journey that is not inside another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write {
    /// Who writes.
    pub caller: ComponentId,
    /// What is written: a store, a queue, or a part whose own writes are not modelled.
    pub target: ComponentId,
    /// The link along which.
    pub link: LinkId,
    /// Whether it is a message.
    pub is_message: bool,
    /// The step.
    pub span: Span,
}

/// What keeps the writes of a journey together.
#[derive(Debug, Clone, PartialEq)]
pub struct Atomicity {
    /// How.
    pub pattern: Pattern,
    /// The writes, in order, each target once per writer.
    pub writes: Vec<Write>,
    /// The fact that is missing.
    pub needs: Option<String>,
}

/// Returns how the writes of a journey are kept together.
pub fn atomicity(system: &System, one: &Journey) -> Atomicity {
    let writes = writes(system, one);
    let decided = |pattern| Atomicity { pattern, writes: writes.clone(), needs: None };
    let needs = |fact: String| Atomicity { pattern: Pattern::Unknown, writes: writes.clone(), needs: Some(fact) };
    if writes.len() < 2 {
        return decided(Pattern::SingleWrite);
    }
    match one.facts.entry_of(journey::SAGA).map(|entry| &entry.state) {
        Some(State::Stated(Value::Table(table))) => {
            return decided(if table.get(saga::STYLE) == Fact::Stated(SagaStyle::Choreographed) {
                Pattern::ChoreographedSaga
            } else {
                Pattern::OrchestratedSaga
            });
        }
        Some(State::Absent) => {}
        _ if one.facts.get(journey::PARTIAL_OK).holds() => return decided(Pattern::AcceptedPartial),
        _ => {}
    }
    if one.facts.get(journey::PARTIAL_OK).holds() {
        return decided(Pattern::AcceptedPartial);
    }
    let stores: Vec<&Write> = writes.iter().filter(|write| !write.is_message).collect();
    if stores.len() < 2 {
        // One store, and messages: an outbox joins them.
        let mut pattern = Pattern::TransactionalOutbox;
        for write in writes.iter().filter(|write| write.is_message) {
            let id = &system.link(write.link).id;
            match system.link(write.link).facts.entry_of(link::OUTBOX).map(|entry| &entry.state) {
                Some(State::Stated(Value::Table(table))) => match table.get(outbox::RELAY) {
                    Fact::Stated(Relay::None) | Fact::Absent => pattern = Pattern::IncompleteOutbox,
                    Fact::Stated(_) => {}
                    Fact::Unknown => return needs(format!("`outbox.relay` of `{id}`")),
                },
                Some(State::Stated(_)) => {}
                Some(State::Absent) => return decided(Pattern::Uncoordinated),
                _ => return needs(format!("`outbox` of `{id}`")),
            }
        }
        return decided(pattern);
    }
    if one.facts.get(journey::SAGA).is_absent() {
        decided(Pattern::Uncoordinated)
    } else {
        needs(format!("`saga` of `journeys.{}`", one.id))
    }
}

/// Returns the writes of a journey: into stores and queues, and into parts below which nothing is written in the model. Caches and what can be made again do
/// not count, nor do calls whose failure is accepted.
fn writes(system: &System, one: &Journey) -> Vec<Write> {
    let tree = &one.calls;
    // Children stand behind their parents: a backward pass says below which calls something is written.
    let mut below = vec![false; tree.nodes.len()];
    for id in tree.ids().rev() {
        let node = tree.node(id);
        let writes = matches!(&node.kind, NodeKind::Call(call) if counts(system, call).is_some());
        if (writes || below[id.index()])
            && let Some(parent) = node.parent
        {
            below[parent.index()] = true;
        }
    }
    let mut list: Vec<Write> = Vec::new();
    for (id, call) in tree.calls() {
        let Some(is_message) = counts(system, call) else { continue };
        let is_store = system.component(call.callee).is_store();
        let is_new = !list.iter().any(|write| write.caller == call.caller && write.target == call.callee);
        if (is_store || !below[id.index()]) && is_new {
            list.push(Write { caller: call.caller, target: call.callee, link: call.link, is_message, span: call.span });
        }
    }
    list
}

/// Says whether a call is a write that counts, and whether it is a message.
fn counts(system: &System, call: &Call) -> Option<bool> {
    let callee = system.component(call.callee);
    let facts = &system.link(call.link).facts;
    let is_accepted = call.required == Some(false) || call.required.is_none() && facts.get(link::REQUIRED).is_absent();
    if call.arrow == Arrow::Message {
        // Consumption is the same message again.
        return (callee.kind == ComponentKind::Queue).then_some(true);
    }
    if callee.kind == ComponentKind::Cache || callee.facts.get(component::DERIVED).holds() || is_accepted && callee.is_program() {
        return None;
    }
    let is_local = system.carrier(call.caller) == system.carrier(call.callee);
    let writes = match facts.get(link::EFFECT) {
        _ if is_local => false,
        _ if !call.writes.is_empty() => true,
        _ if !call.reads.is_empty() => false,
        Fact::Stated(Effect::Write | Effect::Irreversible) => true,
        _ => callee.is_store() && access(system, call) == crate::analysis::communication::Access::Writes,
    };
    writes.then_some(false)
}
