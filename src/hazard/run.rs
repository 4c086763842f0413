//! What a rule works with: the system, what is derived from it once, and where its findings go.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::asked::Asked;
use super::finding::{Confidence, Evidence, Finding, Subject};
use super::graphs;
use super::rules::Rule;
use super::{Fit, Inputs, Settings};
use crate::analysis::classification::listed;
use crate::diagnostic::Severity;
use crate::model::{Call, Component, ComponentId, JourneyId, Link, LinkId, System, TeamId};
use crate::source::Span;
use crate::syntax::keys::{Key, KeyType, Table, component, file, journey, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, State, Value};
use crate::syntax::vocabulary::{Candidate, ComponentKind, Effect, Lifecycle, Vocabulary};

/// One rule at work.
pub(crate) struct Run<'a> {
    pub(crate) system: &'a System,
    pub(crate) inputs: &'a Inputs<'a>,
    pub(super) settings: &'a Settings,
    pub(super) derived: &'a Derived,
    pub(super) asked: &'a mut Asked,
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) rule: &'static Rule,
    pub(super) number: u16,
}

/// What is derived from a system once, for all rules.
#[derive(Default)]
pub(super) struct Derived {
    remote: OnceCell<Vec<bool>>,
    cycles: OnceCell<Vec<Vec<LinkId>>>,
}

/// What a rule says of the places that have one cause.
pub(crate) struct Report {
    severity: Option<Severity>,
    confidence: Confidence,
    message: String,
    help: String,
}

impl Report {
    /// Says what is wrong and what to do.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: None, confidence: Confidence::High, message: message.into(), help: help.into() }
    }

    /// Makes it as bad as this, whatever the rule's own severity.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Says which facts were assumed for the figure that it rests on: it is less sure then.
    pub(crate) fn assuming(mut self, facts: &[String]) -> Self {
        if !facts.is_empty() {
            self.confidence = Confidence::Medium;
            self.message.push_str(&format!("; assumed: {}", ids(facts)));
        }
        self
    }

    /// Says how sure it is.
    pub(crate) fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }
}

/// Places by their cause.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<Vec<Subject>, Vec<(Subject, Span)>>);

impl Groups {
    /// Takes a place in.
    pub(crate) fn add(&mut self, cause: Subject, of: Subject, span: Span) {
        self.0.entry(vec![cause]).or_default().push((of, span));
    }
}

impl<'a> Run<'a> {
    /// Returns a fact of an element, and takes in that it was asked for.
    pub(crate) fn ask<T: KeyType>(&mut self, subject: Subject, key: Key<T>) -> Fact<T> {
        let Some((facts, _)) = subject.facts(self.system) else { return Fact::Unknown };
        let fact = facts.get(key);
        let name = || key.row().name.to_owned();
        self.asked.fact(self.system, self.number, subject, (key.table, key.index), fact.is_known(), &name);
        fact
    }

    /// Returns a fact of a link.
    pub(crate) fn link<T: KeyType>(&mut self, id: LinkId, key: Key<T>) -> Fact<T> {
        self.ask(Subject::Link(id), key)
    }

    /// Returns a fact of a component.
    pub(crate) fn component<T: KeyType>(&mut self, id: ComponentId, key: Key<T>) -> Fact<T> {
        self.ask(Subject::Component(id), key)
    }

    /// Returns a fact of a journey.
    pub(crate) fn journey<T: KeyType>(&mut self, id: JourneyId, key: Key<T>) -> Fact<T> {
        self.ask(Subject::Journey(id), key)
    }

    /// Returns a fact inside a table of an element; absent where the table is.
    pub(crate) fn nested<O, T: KeyType>(&mut self, subject: Subject, outer: Key<O>, inner: Key<T>) -> Fact<T> {
        let Some((facts, _)) = subject.facts(self.system) else { return Fact::Unknown };
        let fact = match facts.entry_of(outer).map(|entry| &entry.state) {
            Some(State::Absent) => Fact::Absent,
            Some(State::Stated(Value::Table(table))) => table.get(inner),
            _ => Fact::Unknown,
        };
        let name = || format!("{}.{}", outer.row().name, inner.row().name);
        self.asked.fact(self.system, self.number, subject, (inner.table, inner.index), fact.is_known(), &name);
        fact
    }

    /// Takes in that the rule needs a figure or fact that is no key of one element.
    pub(crate) fn needs(&mut self, what: &str, of: Subject) {
        let system = self.system;
        self.asked.missing(self.number, what.to_owned(), 1, &|| of.id(system));
    }

    /// Returns the candidate that the design stands for, with what the answers hold against it. Without answers a rule is silent about them; while they leave
    /// more than one winner open it is not evaluated.
    pub(crate) fn answered_against(&mut self) -> Option<(Candidate, &'a Fit)> {
        let inputs = self.inputs;
        let (answers, candidate) = (inputs.figures.answers.as_ref()?, inputs.classification?.candidate?);
        let fit = answers.fit(candidate);
        if fit.is_none() {
            self.needs("answers that decide: a winner, whatever the open questions would be answered", Subject::System);
        }
        fit.map(|fit| (candidate, fit))
    }

    /// Returns a parameter of the rule: the policy's, or the rule's own.
    pub(crate) fn parameter(&self, name: &str) -> f64 {
        let own = self.rule.parameters.iter().find(|one| one.0 == name).map_or(f64::NAN, |one| one.1);
        self.settings.parameter(self.rule.name(), name).unwrap_or(own)
    }

    /// Reports one place.
    pub(crate) fn report(&mut self, subjects: &[Subject], span: Span, report: Report) {
        let evidence = subjects.iter().map(|subject| (*subject, span)).collect();
        self.finding(subjects, evidence, report);
    }

    /// Reports places that have one cause together.
    pub(crate) fn report_with(&mut self, subjects: &[Subject], evidence: Vec<(Subject, Span)>, report: Report) {
        self.finding(subjects, evidence, report);
    }

    /// Reports each cause once; `words` gets the cause and the ids of its places.
    pub(crate) fn report_groups(&mut self, groups: Groups, words: impl Fn(Subject, &[String]) -> Report) {
        for (cause, mut evidence) in groups.0 {
            evidence.sort_unstable();
            evidence.dedup_by_key(|one| one.0);
            let ids: Vec<String> = evidence.iter().map(|(subject, _)| subject.id(self.system)).collect();
            let report = words(cause[0], &ids);
            self.finding(&cause, evidence, report);
        }
    }

    fn finding(&mut self, subjects: &[Subject], evidence: Vec<(Subject, Span)>, report: Report) {
        let Some((_, span)) = evidence.first().copied() else { return };
        let mut severity = report.severity.unwrap_or(self.rule.severity);
        if subjects.iter().all(|subject| self.is_passing(*subject)) {
            severity = lower(severity);
        }
        let mut ids: Vec<String> = subjects.iter().map(|subject| subject.id(self.system)).collect();
        ids.sort();
        ids.dedup();
        let evidence = evidence.into_iter().map(|(subject, span)| Evidence { subject, id: subject.id(self.system), span }).collect();
        self.findings.push(Finding {
            rule: self.rule,
            subjects: ids,
            severity,
            confidence: report.confidence,
            message: report.message,
            help: report.help,
            span,
            evidence,
            allowed: None,
        });
    }

    /// Says whether an element is not there yet, or is to go.
    fn is_passing(&self, subject: Subject) -> bool {
        let lifecycle = match subject {
            Subject::Component(id) => self.system.component(id).facts.get(component::LIFECYCLE),
            Subject::Link(id) => self.system.link(id).facts.get(link::LIFECYCLE),
            Subject::Journey(id) => self.system.journeys[id.index()].facts.get(journey::LIFECYCLE),
            _ => Fact::Unknown,
        };
        matches!(lifecycle, Fact::Stated(Lifecycle::Planned | Lifecycle::Deprecated))
    }

    // --- What the model says, as rules ask for it -----------------------------------------------------------------------------------------

    /// Returns the calls that leave a process and a machine, without a person's use of a client and without sidecars' own links.
    pub(crate) fn remote_calls(&self) -> Vec<LinkId> {
        self.system.link_ids().filter(|id| self.system.link(*id).arrow == Arrow::Call && self.is_remote(*id)).collect()
    }

    /// Says whether a link crosses a network.
    pub(crate) fn is_remote(&self, id: LinkId) -> bool {
        let system = self.system;
        self.derived.remote.get_or_init(|| {
            let remote = |id: LinkId| {
                let link = system.link(id);
                !is_use(system, link) && !system.is_beside(link.from, link.to) && system.distance_mix(id).crosses_network()
            };
            system.link_ids().map(remote).collect()
        })[id.index()]
    }

    /// Returns the circles of calls between components: of each strongly connected part a shortest circle.
    pub(crate) fn call_cycles(&self) -> &'a [Vec<LinkId>] {
        let derived = self.derived;
        derived.cycles.get_or_init(|| graphs::call_cycles(self.system))
    }

    /// Returns whose clocks stamp what runs along a link: its sender's, or those of whoever feeds the queue that it is taken from.
    pub(crate) fn stamped_by(&self, id: LinkId) -> Vec<ComponentId> {
        let from = self.system.link(id).from;
        let feeds = |at: &LinkId| self.system.link(*at).to == from && self.system.link(*at).from != from;
        let mut senders: Vec<ComponentId> = match self.system.component(from).kind {
            ComponentKind::Queue => self.publications().into_iter().filter(feeds).map(|at| self.system.link(at).from).collect(),
            _ => Vec::new(),
        };
        senders.sort_unstable();
        senders.dedup();
        if senders.is_empty() { vec![from] } else { senders }
    }

    /// Returns the messages out of queues: what consumers take.
    pub(crate) fn consumptions(&self) -> Vec<LinkId> {
        self.messages(|system, link| system.component(link.from).kind == ComponentKind::Queue)
    }

    /// Returns the messages into queues and, without a queue, to others.
    pub(crate) fn publications(&self) -> Vec<LinkId> {
        self.messages(|system, link| system.component(link.from).kind != ComponentKind::Queue)
    }

    fn messages(&self, keep: impl Fn(&System, &Link) -> bool) -> Vec<LinkId> {
        let system = self.system;
        system.link_ids().filter(|id| system.link(*id).arrow == Arrow::Message && keep(system, system.link(*id))).collect()
    }

    /// Returns the declared journeys; an implied one has no intent to judge.
    pub(crate) fn declared_journeys(&self) -> Vec<JourneyId> {
        self.system.journey_ids().filter(|id| !self.system.journeys[id.index()].implied).collect()
    }

    /// Returns what a step does: what the step says, else its link.
    pub(crate) fn effect(&mut self, call: &Call) -> Fact<Effect> {
        if !call.writes.is_empty() {
            return match self.system.link(call.link).facts.get(link::EFFECT) {
                Fact::Stated(Effect::Irreversible) => Fact::Stated(Effect::Irreversible),
                _ => Fact::Stated(Effect::Write),
            };
        }
        if !call.reads.is_empty() {
            return Fact::Stated(Effect::Read);
        }
        self.link(call.link, link::EFFECT)
    }

    /// Says what a link changes at its callee, as far as it is stated: an effect, or entities that steps write along it.
    pub(crate) fn link_effect(&mut self, id: LinkId) -> Fact<Effect> {
        self.link(id, link::EFFECT)
    }

    /// Returns the deploy unit of a component: that of the component that carries it.
    pub(crate) fn unit(&self, id: ComponentId) -> String {
        let id = self.system.carrier(id);
        let one = self.system.component(id);
        one.facts.text(component::UNIT).unwrap_or(&one.id).to_owned()
    }

    /// Returns the owners of both ends of a link, where they are stated and differ.
    pub(crate) fn crossed_teams(&mut self, id: LinkId) -> Option<(TeamId, TeamId)> {
        let link = self.system.link(id);
        let (from, to) = (self.owner(link.from)?, self.owner(link.to)?);
        (from != to).then_some((from, to))
    }

    /// Returns the owner of a component, a module's also from its host, and takes in that it was asked for.
    pub(crate) fn owner(&mut self, id: ComponentId) -> Option<TeamId> {
        let one = self.system.component(id);
        if one.is_caller() {
            return one.owner;
        }
        let _ = self.component(id, component::OWNER);
        one.owner
    }

    /// Returns the stated number of replicas; asks for it.
    pub(crate) fn replicas(&mut self, id: ComponentId) -> Option<u32> {
        let stated = self.component(id, component::REPLICAS).is_known();
        stated.then(|| self.system.component(id).replicas)
    }

    /// Returns what made a fact: the default of a kind or an arrow, or else the given subject.
    pub(crate) fn cause<T>(&self, of: Subject, key: Key<T>, otherwise: Subject) -> Subject {
        let is_default = of.facts(self.system).and_then(|(facts, _)| facts.entry_of(key)).is_some_and(|entry| entry.is_default);
        if !is_default {
            return otherwise;
        }
        match of {
            Subject::Link(id) => Subject::Default(match self.system.link(id).arrow {
                Arrow::Call => "->",
                Arrow::Message => "~>",
                Arrow::Replication => "=>",
            }),
            Subject::Component(id) => Subject::Default(self.system.component(id).kind.word()),
            _ => otherwise,
        }
    }

    /// Returns the place of a fact, that of the default where one states it, or else of the element.
    pub(crate) fn place<T>(&self, of: Subject, key: Key<T>) -> Span {
        of.facts(self.system).map_or_else(|| self.blame(), |(facts, span)| facts.entry_of(key).map_or(span, |entry| entry.key))
    }

    /// Returns the place of the element.
    pub(crate) fn span(&self, of: Subject) -> Span {
        of.facts(self.system).map_or_else(|| self.blame(), |(_, span)| span)
    }

    /// Returns a place to blame for what concerns the system as a whole.
    pub(crate) fn blame(&self) -> Span {
        let schema = self.system.single(Table::File).and_then(|facts| facts.entry_of(file::SCHEMA)).map(|entry| entry.key);
        // A model that is read without a mistake states its schema.
        schema.or_else(|| self.system.components.first().map(|one| one.span)).unwrap_or_default()
    }

    /// Returns the id of a component.
    pub(crate) fn name(&self, id: ComponentId) -> &'a str {
        &self.system.component(id).id
    }

    /// Returns components that are programs, proxies, functions: what is deployed.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (ComponentId, &'a Component)> + use<'a> {
        let system = self.system;
        system.component_ids().map(move |id| (id, system.component(id))).filter(|(_, one)| one.is_program())
    }
}

/// Says whether a link is a person's use of a client.
pub(super) fn is_use(system: &System, link: &Link) -> bool {
    system.component(link.from).kind == ComponentKind::Actor && system.component(link.to).kind == ComponentKind::Client
}

/// Returns one level less.
pub(super) const fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Error => Severity::Warning,
        Severity::Warning | Severity::Note => Severity::Note,
    }
}

/// Lists ids in words.
pub(crate) fn ids(list: &[String]) -> String {
    let words: Vec<&str> = list.iter().map(String::as_str).collect();
    listed(&words, 4)
}
