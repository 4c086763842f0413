//! What a team accepts, forbids, turns off or makes worse: `policy.toml` and `allow` on elements.
//!
//! Semantics, "Gates". The date of `until` comes only from the caller: nothing here knows what day it is.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Acceptance, Evidence, Finding, Subject};
use super::rules::{RULES, find};
use super::{Hazards, Settings, sort};
use crate::diagnostic::{Code, Diagnostic, Severity, nearest};
use crate::model::{Model, System};
use crate::quantity::{Date, Probability};
use crate::source::Span;
use crate::syntax::DocumentKind;
use crate::syntax::keys::{Table, allowance, component, gates, rule};
use crate::syntax::value::{Fact, Facts, Value};
use crate::syntax::vocabulary::{PolicySeverity, Vocabulary};

/// What the policies of a workspace and of a model say together; the model's wins, but what the workspace forbids stays forbidden.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which rules are off, and their parameters.
    pub settings: Settings,
    /// The least severity that fails `check`.
    pub fail_on: Severity,
    /// Whether a gate that could not be evaluated fails.
    pub requires_evaluated: bool,
    /// By how much of today's bill an alternative may cost more: the least that a policy allows.
    pub max_increase: Option<Probability>,
    severities: BTreeMap<String, Severity>,
    forbidden: BTreeSet<String>,
    allowances: Vec<Allowance>,
    today: Option<Date>,
}

#[derive(Debug, Clone)]
struct Allowance {
    rule: String,
    /// Ids, globs, `kind:…`, `tag:…`, `owner:…`; empty: everything.
    applies_to: Vec<String>,
    reason: String,
    owner: Option<String>,
    until: Option<Date>,
    is_expected: bool,
    by: String,
    span: Span,
}

/// Reads the policies of a model, and reports what they and the elements' `allow` say wrong: rules that do not exist, blanket or forbidden acceptances, and
/// those that ended before `today`.
pub fn read_policy(model: &Model, today: Option<Date>) -> (Policy, Vec<Diagnostic>) {
    let mut reader = Reader {
        policy: Policy {
            settings: Settings::default(),
            fail_on: Severity::Error,
            requires_evaluated: false,
            max_increase: None,
            severities: BTreeMap::new(),
            forbidden: BTreeSet::new(),
            allowances: Vec::new(),
            today,
        },
        diagnostics: Vec::new(),
    };
    for document in &model.policies {
        // What a policy above this one forbids, this one may not get around.
        let above = reader.policy.forbidden.clone();
        for word in &document.forbid {
            if reader.is_rule(&word.text, word.span) {
                reader.policy.forbidden.insert(word.text.clone());
            }
        }
        if let Some(facts) = document.singles.get(&Table::Gates) {
            if let Fact::Stated(severity) = facts.get(gates::FAIL_ON) {
                reader.policy.fail_on = severity_of(severity);
            }
            reader.policy.requires_evaluated |= facts.get(gates::REQUIRE_EVALUATED).holds();
            let stated = [reader.policy.max_increase, facts.get(gates::MAX_INCREASE).stated()];
            reader.policy.max_increase = stated.into_iter().flatten().min_by(|a, b| a.value().total_cmp(&b.value()));
        }
        for item in document.items.get(&Table::Rule).into_iter().flat_map(BTreeMap::values) {
            if !reader.weakens_forbidden(&above, &item.id.text, item.id.span, &item.facts) {
                reader.rule(&item.id.text, item.id.span, &item.facts);
            }
        }
        for item in document.items.get(&Table::Allowance).into_iter().flat_map(BTreeMap::values) {
            let Some(rule) = item.facts.text(allowance::RULE) else { continue };
            let span = item.facts.entry_of(allowance::RULE).map_or(item.id.span, |entry| entry.value);
            if reader.is_rule(rule, span) {
                // A workspace and a model may both accept something under one id.
                let place = if document.kind == DocumentKind::Workspace { "weighbridge.toml: policy.allow" } else { "policy.toml: allow" };
                reader.allowance(rule, &format!("{place}.{}", item.id.text), item.id.span, &item.facts);
            }
        }
    }
    for system in model.systems() {
        for subject in elements(system) {
            for (rule, span, _) in of_element(system, subject) {
                let _ = reader.is_rule(rule, span);
            }
        }
    }
    crate::diagnostic::sort(&mut reader.diagnostics);
    (reader.policy, reader.diagnostics)
}

const fn severity_of(severity: PolicySeverity) -> Severity {
    match severity {
        PolicySeverity::Error => Severity::Error,
        PolicySeverity::Warning => Severity::Warning,
        PolicySeverity::Note => Severity::Note,
    }
}

struct Reader {
    policy: Policy,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn is_rule(&mut self, name: &str, span: Span) -> bool {
        if find(name).is_some_and(|rule| rule.name() == name) {
            return true;
        }
        let help = match find(name) {
            Some(rule) => Some(format!("write its name: `{}`", rule.name())),
            None => nearest(name, RULES.iter().map(|rule| rule.name())).map(|near| format!("a rule with a similar name exists: `{near}`")),
        };
        let help = help.unwrap_or_else(|| "name one rule; `weighbridge explain rules` lists them".to_owned());
        self.diagnostics.push(Diagnostic::new(Code::UnknownRule, span, format!("no rule is called `{name}`")).help(help));
        false
    }

    /// Reports a policy that gets around what is forbidden: a rule that nobody may accept is not turned off, and below the policy that forbids it neither made
    /// less severe nor given other parameters.
    fn weakens_forbidden(&mut self, above: &BTreeSet<String>, name: &str, span: Span, facts: &Facts) -> bool {
        if !self.policy.forbidden.contains(name) {
            return false;
        }
        let is_off = facts.get(rule::OFF).holds();
        let is_judged_above = above.contains(name);
        let severity = self.policy.severities.get(name).copied().or_else(|| find(name).map(|rule| rule.severity));
        let is_milder =
            matches!(facts.get(rule::SEVERITY), Fact::Stated(own) if severity.is_some_and(|severity| severity_of(own) > severity));
        let is_changed = facts.value(rule::PARAMETERS).is_some();
        let how = match (is_off, is_judged_above && is_milder, is_judged_above && is_changed) {
            (true, ..) => "turned off",
            (_, true, _) => "made less severe",
            (.., true) => "given other parameters",
            _ => return false,
        };
        let message = format!("`{name}` is {how} here, but a policy forbids to accept it");
        self.diagnostics.push(Diagnostic::new(Code::ForbiddenAllow, span, message).help("mend the findings, or ask whoever forbids it"));
        true
    }

    fn rule(&mut self, name: &str, span: Span, facts: &Facts) {
        if !self.is_rule(name, span) {
            return;
        }
        let settings = &mut self.policy.settings;
        match facts.get(rule::OFF) {
            Fact::Stated(true) => {
                settings.off.insert(name.to_owned());
            }
            Fact::Stated(false) | Fact::Absent => {
                settings.off.remove(name);
            }
            Fact::Unknown => {}
        }
        if let Fact::Stated(severity) = facts.get(rule::SEVERITY) {
            self.policy.severities.insert(name.to_owned(), severity_of(severity));
        }
        let Some(Value::Any(table)) = facts.value(rule::PARAMETERS) else { return };
        let known = find(name).map_or(&[] as &[_], |rule| rule.parameters);
        for (parameter, value) in table.0.as_object().into_iter().flatten() {
            let place = facts.entry_of(rule::PARAMETERS).map_or(span, |entry| entry.value);
            match (known.iter().any(|one| one.0 == parameter), value.as_f64()) {
                (true, Some(number)) => {
                    settings.parameters.entry(name.to_owned()).or_default().insert(parameter.clone(), number);
                }
                (true, None) => self.diagnostics.push(Diagnostic::new(
                    Code::WrongType,
                    place,
                    format!("the parameter `{parameter}` of `{name}` takes a number"),
                )),
                (false, _) => {
                    let list: Vec<&str> = known.iter().map(|one| one.0).collect();
                    let help = if list.is_empty() { "it has none".to_owned() } else { format!("it has: {}", list.join(", ")) };
                    self.diagnostics.push(
                        Diagnostic::new(Code::UnknownKey, place, format!("the rule `{name}` has no parameter `{parameter}`")).help(help),
                    );
                }
            }
        }
    }

    fn allowance(&mut self, rule: &str, by: &str, span: Span, facts: &Facts) {
        self.policy.allowances.push(Allowance {
            rule: rule.to_owned(),
            applies_to: facts.words(allowance::WHERE).iter().map(|word| word.text.clone()).collect(),
            reason: facts.text(allowance::REASON).unwrap_or_default().to_owned(),
            owner: facts.text(allowance::OWNER).map(str::to_owned),
            until: facts.get(allowance::UNTIL).stated(),
            is_expected: facts.get(allowance::EXPECT).holds(),
            by: by.to_owned(),
            span,
        });
    }
}

/// Returns everything that may have an `allow`.
fn elements(system: &System) -> impl Iterator<Item = Subject> + '_ {
    let components = system.component_ids().map(Subject::Component);
    let links = system.link_ids().map(Subject::Link);
    let journeys = system.journey_ids().map(Subject::Journey);
    let entities = (0..system.entities.len()).map(|at| Subject::Entity(crate::model::EntityId::at(at)));
    let teams = (0..system.teams.len()).map(|at| Subject::Team(crate::model::TeamId::at(at)));
    components
        .chain(links)
        .chain(journeys)
        .chain(entities)
        .chain(teams)
        .chain(system.location_ids().map(Subject::Location))
        .chain(system.shared_fate_ids().map(Subject::SharedFate))
}

/// Returns what an element allows: the rule, its place and its facts. `allow` is a key of the same name in every table.
fn of_element(system: &System, subject: Subject) -> impl Iterator<Item = (&str, Span, &Facts)> {
    let value = subject.facts(system).and_then(|(facts, _)| {
        let index = facts.table.find(component::ALLOW.row().name)?;
        match facts.entry(index).map(|entry| &entry.state) {
            Some(crate::syntax::value::State::Stated(Value::Allowances(list))) => Some(list),
            _ => None,
        }
    });
    value.into_iter().flat_map(|list| list.0.iter()).map(|(word, facts)| (word.text.as_str(), word.span, facts))
}

impl Policy {
    /// Judges the findings of one alternative: severities, what is accepted, what must not be; reports acceptances that are forbidden or have ended.
    ///
    /// Places of one finding that are accepted apart leave it; what is left stays open.
    pub fn judge(&self, system: &System, hazards: Hazards) -> (Hazards, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut findings = Vec::new();
        for mut finding in hazards.findings {
            let name = finding.rule.name();
            if let Some(severity) = self.severities.get(name) {
                finding.severity = *severity;
            }
            self.split(system, finding, &mut findings, &mut diagnostics);
        }
        sort(&mut findings);
        crate::diagnostic::sort(&mut diagnostics);
        (Hazards { findings, ..hazards }, diagnostics)
    }

    /// Reports the acceptances that expect a finding which no alternative has any more. What one alternative mends, another may still need.
    pub fn unmet_expectations<'a>(&self, judged: impl IntoIterator<Item = (&'a System, &'a Hazards)>) -> Vec<Diagnostic> {
        let mut met: BTreeSet<&str> = BTreeSet::new();
        // Of elements, by the place of the acceptance, which alternatives inherit: whom it is on, and whether its finding occurs.
        let mut of_elements: BTreeMap<(Span, &str), (String, bool)> = BTreeMap::new();
        for (system, hazards) in judged {
            met.extend(hazards.accepted().map(|(_, acceptance)| acceptance.by.as_str()));
            let mut found: BTreeSet<(&str, &str)> = BTreeSet::new();
            for finding in &hazards.findings {
                let ids = finding.subjects.iter().chain(finding.evidence.iter().map(|one| &one.id));
                found.extend(ids.map(|id| (finding.rule.name(), id.as_str())));
            }
            for subject in elements(system) {
                for (rule, span, facts) in of_element(system, subject) {
                    if facts.get(allowance::EXPECT).holds() && find(rule).is_some() {
                        let id = subject.id(system);
                        let occurs = found.contains(&(rule, id.as_str()));
                        of_elements.entry((span, rule)).or_insert((id, false)).1 |= occurs;
                    }
                }
            }
        }
        // What is forbidden or has ended is told as that.
        let counts = |one: &Allowance| !self.forbidden.contains(&one.rule) && !self.has_ended(one.until);
        let policies = self.allowances.iter().filter(|one| one.is_expected && counts(one) && !met.contains(one.by.as_str()));
        let policies = policies.map(|one| (one.span, one.by.clone(), one.rule.as_str()));
        let elements = of_elements.into_iter().filter(|(_, (_, occurs))| !occurs).map(|((span, rule), (id, _))| (span, id, rule));
        let unmet = policies.chain(elements).map(|(span, by, rule)| {
            Diagnostic::new(Code::UnusedAllow, span, format!("`{by}` expects `{rule}`, which was not found"))
                .help("remove it: what was accepted is mended")
        });
        let mut diagnostics: Vec<Diagnostic> = unmet.collect();
        crate::diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// Takes the accepted places out of a finding.
    fn split(&self, system: &System, finding: Finding, findings: &mut Vec<Finding>, diagnostics: &mut Vec<Diagnostic>) {
        let mut accepted: BTreeMap<String, (Acceptance, Vec<Evidence>)> = BTreeMap::new();
        let mut open = Vec::new();
        for evidence in &finding.evidence {
            match self.acceptance(system, &finding, evidence, diagnostics) {
                Some(acceptance) => {
                    accepted.entry(acceptance.by.clone()).or_insert_with(|| (acceptance, Vec::new())).1.push(evidence.clone())
                }
                None => open.push(evidence.clone()),
            }
        }
        for (_, (acceptance, evidence)) in accepted {
            let span = evidence.first().map_or(finding.span, |one| one.span);
            findings.push(Finding { evidence, span, allowed: Some(acceptance), ..finding.clone() });
        }
        if !open.is_empty() {
            let is_part = open.len() < finding.evidence.len();
            let mut left = Finding { span: open[0].span, evidence: open, ..finding };
            if is_part {
                // The rule's words speak of all places; say which are left.
                let list: Vec<String> = left.evidence.iter().map(|one| one.id.clone()).collect();
                left.message = format!("{}; not accepted: {}", left.message, super::run::ids(&list));
            }
            findings.push(left);
        }
    }

    fn acceptance(&self, system: &System, finding: &Finding, evidence: &Evidence, diagnostics: &mut Vec<Diagnostic>) -> Option<Acceptance> {
        let name = finding.rule.name();
        let mut subjects = vec![evidence.subject];
        subjects.extend(elements_of(system, &finding.subjects));
        for subject in &subjects {
            for (rule, span, facts) in of_element(system, *subject).filter(|(rule, ..)| *rule == name) {
                if self.refuses(rule, span, facts.get(allowance::UNTIL).stated(), diagnostics) {
                    continue;
                }
                return Some(Acceptance {
                    reason: facts.text(allowance::REASON).unwrap_or_default().to_owned(),
                    owner: facts.text(allowance::OWNER).map(str::to_owned),
                    until: facts.get(allowance::UNTIL).stated().map(|date| date.to_string()),
                    by: subject.id(system),
                });
            }
        }
        let named: Vec<(Subject, String)> = subjects.into_iter().map(|subject| (subject, subject.id(system))).collect();
        for one in self.allowances.iter().filter(|one| one.rule == name) {
            let applies = one.applies_to.is_empty()
                || one.applies_to.iter().any(|pattern| named.iter().any(|(subject, id)| matches(system, *subject, id, pattern)));
            if applies && !self.refuses(&one.rule, one.span, one.until, diagnostics) {
                return Some(Acceptance {
                    reason: one.reason.clone(),
                    owner: one.owner.clone(),
                    until: one.until.map(|date| date.to_string()),
                    by: one.by.clone(),
                });
            }
        }
        None
    }

    fn has_ended(&self, until: Option<Date>) -> bool {
        matches!((self.today, until), (Some(today), Some(until)) if until < today)
    }

    /// Says whether an acceptance does not count: it is forbidden, or it ended.
    fn refuses(&self, rule: &str, span: Span, until: Option<Date>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if self.forbidden.contains(rule) {
            let message = format!("`{rule}` is accepted here, but a policy forbids that");
            diagnostics.push(Diagnostic::new(Code::ForbiddenAllow, span, message).help("mend the finding, or ask whoever forbids it"));
            return true;
        }
        if let Some(until) = until
            && self.has_ended(Some(until))
        {
            let message = format!("the acceptance of `{rule}` ended on {until}");
            diagnostics
                .push(Diagnostic::new(Code::ExpiredAllow, span, message).help("mend the finding, or accept it again with a new date"));
            return true;
        }
        false
    }
}

/// Finds the elements of the subjects' ids.
fn elements_of<'a>(system: &'a System, ids: &'a [String]) -> impl Iterator<Item = Subject> + 'a {
    ids.iter().filter_map(|id| {
        let component = system.find_component(id).map(Subject::Component);
        let link = || system.find_link(id).map(Subject::Link);
        let other = || {
            let (table, name) = id.split_once('.')?;
            match table {
                "journeys" => system.find_journey(name).map(Subject::Journey),
                "locations" => system.find_location(name).map(Subject::Location),
                "entities" => {
                    system.entities.iter().position(|one| one.id == name).map(|at| Subject::Entity(crate::model::EntityId::at(at)))
                }
                "teams" => system.teams.iter().position(|one| one.id == name).map(|at| Subject::Team(crate::model::TeamId::at(at))),
                _ => None,
            }
        };
        component.or_else(link).or_else(other)
    })
}

/// Says whether a pattern of `where` means an element of some id: that id, a glob, `kind:…`, `tag:…` or `owner:…`.
fn matches(system: &System, subject: Subject, id: &str, pattern: &str) -> bool {
    if let Some(kind) = pattern.strip_prefix("kind:") {
        return ends(system, subject).iter().any(|id| system.component(*id).kind.word() == kind);
    }
    if let Some(owner) = pattern.strip_prefix("owner:") {
        return ends(system, subject).iter().any(|id| system.component(*id).owner.is_some_and(|team| system.team(team).id == owner));
    }
    if let Some(tag) = pattern.strip_prefix("tag:") {
        let has = |subject: Subject| {
            subject.facts(system).is_some_and(|(facts, _)| {
                facts.table.find(component::TAGS.row().name).and_then(|index| facts.entry(index)).is_some_and(|entry| match &entry.state {
                    crate::syntax::value::State::Stated(value) => value.words().iter().any(|word| word.text == tag),
                    _ => false,
                })
            })
        };
        return has(subject) || ends(system, subject).into_iter().any(|id| has(Subject::Component(id)));
    }
    let bare = id
        .split_once('.')
        .filter(|(table, _)| matches!(*table, "journeys" | "entities" | "teams" | "locations" | "shared-fate"))
        .map(|(_, name)| name);
    crate::model::matches(pattern, id) || bare.is_some_and(|bare| crate::model::matches(pattern, bare))
}

/// Returns the components that an element is, or joins.
fn ends(system: &System, subject: Subject) -> Vec<crate::model::ComponentId> {
    match subject {
        Subject::Component(id) => vec![id],
        Subject::Link(id) => vec![system.link(id).from, system.link(id).to],
        _ => Vec::new(),
    }
}
