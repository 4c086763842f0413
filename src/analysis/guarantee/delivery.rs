//! Whether a journey's messages may be lost, and may come twice, hop by hop from the sender to the work at the end.
//!
//! Two bits per path, joined by or: what one hop loses is lost. A consumer that recognizes repeats clears the second bit; nothing clears the first. Source:
//! Kleppmann, *Designing Data-Intensive Applications*, 2017, chapter 11.

use crate::analysis::communication::access;
use crate::model::{Call, Journey, System};
use crate::source::Span;
use crate::syntax::keys::{component, link, outbox};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, State, Value};
use crate::syntax::vocabulary::{Acknowledge, ComponentKind, Delivery, OnError, Relay};

/// What happens to a journey's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Whether one may be lost; none where a fact is missing.
    pub may_lose: Option<bool>,
    /// Whether one may come twice; none where a fact is missing.
    pub may_duplicate: Option<bool>,
    /// Where one may be lost first, and why.
    pub lost_at: Option<(Span, String)>,
    /// The facts that are missing, as `fact of link`.
    pub needs: Vec<String>,
}

/// One bit with three values, joined by or: yes wins, then unknown.
fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// Follows the messages of a journey; none where it sends none.
pub fn delivery(system: &System, journey: &Journey) -> Option<Delivered> {
    let messages: Vec<&Call> = journey.calls.calls().filter(|(_, call)| call.arrow == Arrow::Message).map(|(_, call)| call).collect();
    if messages.is_empty() {
        return None;
    }
    let mut all = Delivered { may_lose: Some(false), may_duplicate: Some(false), lost_at: None, needs: Vec::new() };
    for call in messages {
        let hop =
            if system.component(call.caller).kind == ComponentKind::Queue { consumed(system, call) } else { sent(system, journey, call) };
        all.may_lose = or(all.may_lose, hop.may_lose);
        all.may_duplicate = or(all.may_duplicate, hop.may_duplicate);
        all.lost_at = all.lost_at.or(hop.lost_at);
        all.needs.extend(hop.needs);
    }
    Some(all)
}

/// A hop while its facts are read.
struct Hop<'a> {
    system: &'a System,
    call: &'a Call,
    found: Delivered,
}

impl Hop<'_> {
    fn lose(&mut self, why: &str) {
        self.found.may_lose = Some(true);
        let text = format!("`{}`: {why}", self.system.link(self.call.link).id);
        self.found.lost_at.get_or_insert((self.call.span, text));
    }

    fn need(&mut self, fact: &str, of: &str) {
        self.found.may_lose = or(self.found.may_lose, None);
        self.found.needs.push(format!("`{fact}` of `{of}`"));
    }
}

/// A message from a program, into a queue or straight to another program.
fn sent(system: &System, journey: &Journey, call: &Call) -> Delivered {
    let one = system.link(call.link);
    let mut hop =
        Hop { system, call, found: Delivered { may_lose: Some(false), may_duplicate: Some(false), lost_at: None, needs: Vec::new() } };
    if one.facts.get(link::DELIVERY) == Fact::Stated(Delivery::AtMostOnce) {
        hop.lose("it is delivered at most once");
    }
    if matches!(one.facts.get(link::ON_ERROR), Fact::Stated(OnError::Ignore | OnError::Log)) {
        hop.lose("an error of sending is not raised");
    }
    let writes_first = journey.calls.calls().any(|(_, other)| {
        other.caller == call.caller
            && other.arrow == Arrow::Call
            && system.component(other.callee).is_store()
            && access(system, other).is_write()
    });
    let mut is_relayed = false;
    match one.facts.entry_of(link::OUTBOX).map(|entry| &entry.state) {
        Some(State::Stated(Value::Table(table))) => match table.get(outbox::RELAY) {
            Fact::Stated(Relay::Polling | Relay::Cdc) => is_relayed = true,
            Fact::Stated(Relay::None) | Fact::Absent => hop.lose("nothing sends what its outbox holds"),
            Fact::Unknown => hop.need("outbox.relay", &one.id),
        },
        Some(State::Stated(_)) => is_relayed = true,
        Some(State::Absent) if writes_first => hop.lose("its sender may stop between its write and the message"),
        Some(State::Absent) => {}
        _ if writes_first => hop.need("outbox", &one.id),
        _ => {}
    }
    let queue = system.component(call.callee);
    if queue.kind == ComponentKind::Queue {
        match (one.facts.get(link::CONFIRM), queue.facts.get(component::CONFIRM)) {
            (Fact::Absent, _) | (Fact::Unknown, Fact::Absent) => hop.lose("its sender does not wait for the broker's confirmation"),
            (Fact::Stated(_), _) | (_, Fact::Stated(_)) => {}
            // A relay sends until it is confirmed.
            (Fact::Unknown, Fact::Unknown) if is_relayed => {}
            (Fact::Unknown, Fact::Unknown) => hop.need("confirm", &one.id),
        }
        match queue.facts.get(component::DURABLE) {
            Fact::Absent => hop.lose(&format!("`{}` forgets its messages at a restart", queue.id)),
            Fact::Stated(_) => {}
            Fact::Unknown => hop.need("durable", &queue.id),
        }
    } else if one.facts.get(link::DELIVERY) == Fact::Unknown {
        hop.need("delivery", &one.id);
    }
    // What is sent until it is confirmed is sent twice when the confirmation is lost.
    let repeats = is_relayed || matches!(one.facts.get(link::RETRIES), Fact::Stated(1..));
    hop.found.may_duplicate = Some(repeats && !recognized(system, journey, call));
    hop.found
}

/// Says whether all who take a message out of the queue that it goes into recognize repeats.
fn recognized(system: &System, journey: &Journey, call: &Call) -> bool {
    let mut takers = journey.calls.calls().filter(|(_, other)| other.arrow == Arrow::Message && other.caller == call.callee).peekable();
    let knows = |other: &Call| {
        let facts = &system.link(other.link).facts;
        matches!(facts.get(link::DEDUP), Fact::Stated(_)) || matches!(facts.get(link::IDEMPOTENT), Fact::Stated(_))
    };
    takers.peek().is_some() && takers.all(|(_, other)| knows(other))
}

/// A message out of a queue.
fn consumed(system: &System, call: &Call) -> Delivered {
    let one = system.link(call.link);
    let mut hop =
        Hop { system, call, found: Delivered { may_lose: Some(false), may_duplicate: Some(false), lost_at: None, needs: Vec::new() } };
    match one.facts.get(link::ACK) {
        Fact::Stated(Acknowledge::Before) => hop.lose("it is acknowledged before its work is done"),
        Fact::Stated(Acknowledge::Always) => hop.lose("it is acknowledged even when its work failed"),
        Fact::Stated(Acknowledge::After) => hop.found.may_duplicate = Some(true),
        Fact::Absent | Fact::Unknown => {
            hop.need("ack", &one.id);
            hop.found.may_duplicate = None;
        }
    }
    if matches!(one.facts.get(link::MAX_ATTEMPTS), Fact::Stated(_)) {
        match one.facts.get(link::DEAD_LETTER) {
            Fact::Absent => hop.lose("it is dropped after its last attempt"),
            Fact::Stated(_) => {}
            Fact::Unknown => hop.need("dead-letter", &one.id),
        }
    }
    let (dedup, idempotent) = (one.facts.get(link::DEDUP), one.facts.get(link::IDEMPOTENT));
    if matches!(dedup, Fact::Stated(_)) || matches!(idempotent, Fact::Stated(_)) {
        hop.found.may_duplicate = Some(false);
    } else if hop.found.may_duplicate == Some(true) && !(dedup.is_absent() && idempotent.is_absent()) {
        hop.found.may_duplicate = None;
        hop.found.needs.push(format!("`dedup` of `{}`", one.id));
    }
    hop.found
}
