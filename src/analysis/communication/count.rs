//! The totals of one journey: what each call sends, times how often it runs.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{Figures, LinkFigures, Scale, Travel};
use super::{Attempted, CopyUse, JourneyCommunication, LinkUse, Part, TeamCrossings, Visits, finite, growth, replication, walk};
use crate::model::{Call, ComponentId, DistanceClass, Journey, LinkId};
use crate::quantity::Bytes;

const CLASSES: usize = DistanceClass::ALL.len();

/// Counts one journey.
pub(super) fn journey(figures: &Figures<'_>, journey: &Journey) -> JourneyCommunication {
    let tree = &journey.calls;
    let width = |call: &Call| figures.link(call.link).width(figures.system, Scale::STATED);
    let (mut widths, mut loads) = (vec![1.0; tree.nodes.len()], vec![1.0; tree.nodes.len()]);
    for (node, call) in tree.calls() {
        #[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
        let wide = width(call) as f64;
        (widths[node.index()], loads[node.index()]) = (wide, wide * figures.link(call.link).attempts);
    }
    let flow = walk::Flow::new(tree);
    let (runs, loads) = (flow.executions(|at| widths[at]), flow.executions(|at| loads[at]));
    let mut tally = Tally::default();
    tally.visits.entry(tree.root).or_default().visits.add(Attempted { first: 1.0, with_retries: 1.0 });
    for (node, call) in tree.calls() {
        tally.call(figures, call, Attempted { first: runs[node.index()], with_retries: loads[node.index()] });
    }
    JourneyCommunication {
        messages: tally.messages,
        bytes: tally.bytes.bytes(),
        crossings: by_class(&tally.crossings, |messages| messages),
        bytes_by_class: by_class(&tally.bytes_by_class, Bytes::new),
        serial_round_trips: walk::serial_round_trips(tree, |call| figures.own_round_trips(call)),
        network_round_trips: walk::serial_round_trips(tree, |call| figures.own_network_round_trips(call)),
        depth: walk::depth(tree, |call| !figures.link(call.link).is_use()),
        fan_out: walk::fan_out(tree, width),
        team_crossings: TeamCrossings { per_request: tally.between_teams, links: tally.team_links.len() },
        replication: tally.replication.part(),
        sidecars: tally.sidecars.part(),
        visits: tally
            .visits
            .iter()
            .map(|(component, sum)| Visits { component: *component, visits: sum.visits, writes: sum.writes })
            .collect(),
        links: tally.links.iter().map(|(link, sum)| sum.link_use(*link)).collect(),
        copies: tally
            .copies
            .iter()
            .map(|(component, sum)| CopyUse { component: *component, messages: sum.messages, bytes: sum.bytes.bytes() })
            .collect(),
        growth: growth::growth(figures, tree, &flow),
    }
}

fn by_class<T>(sums: &[f64; CLASSES], figure: impl Fn(f64) -> T) -> BTreeMap<DistanceClass, T> {
    DistanceClass::ALL.iter().zip(sums).filter(|(_, sum)| **sum > 0.0).map(|(class, sum)| (*class, figure(*sum))).collect()
}

/// Running totals.
#[derive(Default)]
struct Tally {
    messages: Attempted<f64>,
    bytes: Attempted<f64>,
    crossings: [f64; CLASSES],
    bytes_by_class: [f64; CLASSES],
    between_teams: f64,
    team_links: BTreeSet<LinkId>,
    replication: Sums,
    sidecars: Sums,
    visits: BTreeMap<ComponentId, VisitSums>,
    links: BTreeMap<LinkId, LinkSums>,
    copies: BTreeMap<ComponentId, Sums>,
}

#[derive(Default)]
struct VisitSums {
    visits: Attempted<f64>,
    writes: Attempted<f64>,
}

#[derive(Default)]
struct Sums {
    messages: Attempted<f64>,
    bytes: Attempted<f64>,
}

impl Sums {
    fn add(&mut self, messages: Attempted<f64>, bytes: Attempted<f64>) {
        self.messages.add(messages);
        self.bytes.add(bytes);
    }

    fn part(&self) -> Part {
        Part { messages: self.messages, bytes: self.bytes.bytes() }
    }
}

#[derive(Default)]
struct LinkSums {
    calls: Attempted<f64>,
    requests: Attempted<f64>,
    responses: Attempted<f64>,
}

impl LinkSums {
    fn link_use(&self, link: LinkId) -> LinkUse {
        LinkUse { link, calls: self.calls, requests: self.requests.bytes(), responses: self.responses.bytes() }
    }
}

impl Tally {
    /// Adds one call that runs a number of times.
    fn call(&mut self, figures: &Figures<'_>, call: &Call, runs: Attempted<f64>) {
        let link = figures.link(call.link);
        self.visits.entry(call.callee).or_default().visits.add(runs);
        self.along(call.link, link, Some(call), runs);
        if link.is_use() {
            return;
        }
        self.past_sidecars(figures, call, link, runs);
        if link.between_teams {
            self.between_teams = finite(self.between_teams + runs.first);
            self.team_links.insert(call.link);
        }
        if replication::access(figures.system, call).is_write() {
            self.write(figures, call, link, runs);
        }
    }

    /// Adds what runs along a link; returns the messages and bytes.
    fn along(&mut self, id: LinkId, link: &LinkFigures, call: Option<&Call>, runs: Attempted<f64>) -> (Attempted<f64>, Attempted<f64>) {
        let (request, response) = link.bytes(call);
        let (messages, bytes) = (runs.times(link.messages), runs.times(finite(request + response)));
        let sums = self.links.entry(id).or_default();
        sums.calls.add(runs);
        sums.requests.add(runs.times(request).times(link.travel.sent));
        sums.responses.add(runs.times(response).times(link.travel.sent));
        self.travel(&link.travel, messages, bytes);
        (messages, bytes.times(link.travel.sent))
    }

    /// Adds messages and the bytes that are meant to arrive, by class.
    fn travel(&mut self, travel: &Travel, messages: Attempted<f64>, bytes: Attempted<f64>) {
        self.messages.add(messages);
        self.bytes.add(bytes.times(travel.sent));
        for (class, share, sent) in &travel.classes {
            let at = *class as usize;
            self.crossings[at] = finite(self.crossings[at] + messages.first * share);
            self.bytes_by_class[at] = finite(self.bytes_by_class[at] + finite(bytes.first * sent));
        }
    }

    /// Adds the hops to sidecars: every message of the link once more per sidecar, on the same host.
    ///
    /// Semantics, "Links": a call adds 2 same-host messages per sidecar of the link's bytes; a message, which is one, adds 1.
    fn past_sidecars(&mut self, figures: &Figures<'_>, call: &Call, link: &LinkFigures, runs: Attempted<f64>) {
        let (request, response) = link.bytes(Some(call));
        let at = DistanceClass::SameHost as usize;
        for sidecar in &link.sidecars {
            let (messages, bytes) = (runs.times(link.messages), runs.times(finite(request + response)).times(figures.sent_to_sidecar));
            self.visits.entry(*sidecar).or_default().visits.add(runs);
            self.messages.add(messages);
            self.bytes.add(bytes);
            self.crossings[at] = finite(self.crossings[at] + messages.first);
            self.bytes_by_class[at] = finite(self.bytes_by_class[at] + bytes.first);
            self.sidecars.add(messages, bytes);
        }
    }

    /// Adds what a write sends: to the component's own copies messages of the write's payload, along each `=>` one message of the link's payload.
    ///
    /// What such a message writes at its target is no visit, so it sends nothing further.
    fn write(&mut self, figures: &Figures<'_>, call: &Call, link: &LinkFigures, runs: Attempted<f64>) {
        self.visits.entry(call.callee).or_default().writes.add(runs);
        let write = figures.write(call.callee);
        if let Some(copies) = &write.copies {
            let travel = copies.equally.as_ref().filter(|_| link.all.is_some()).unwrap_or(&copies.by_share);
            let messages = runs.times(figures.copy_messages(call.callee, Scale::STATED));
            let bytes = messages.times(link.payload_of(Some(call)));
            self.travel(travel, messages, bytes);
            let bytes = bytes.times(travel.sent);
            self.replication.add(messages, bytes);
            self.copies.entry(call.callee).or_default().add(messages, bytes);
        }
        for id in &write.links {
            let copy = figures.link(*id);
            let (messages, bytes) = self.along(*id, copy, None, runs.retried(copy.attempts));
            self.replication.add(messages, bytes);
        }
    }
}
