//! *Which known ways of going wrong does this topology carry?* A linter for architectures.
//!
//! Three decisions carry it. **Yes, no, unknown**: a rule fires on a stated fact; an unknown one never fires, it lowers coverage and joins the list of what
//! was not evaluated. **Grouping by cause**: one missing default is one finding with its places, never a line per link. **Steps have operations**: a circle of
//! calls in one request is another thing than two services that call each other in different requests.
//!
//! ```text
//! rules/     one hazard = <rule>.rs and <rule>.md side by side; the page is explanation, reference entry, SARIF metadata and test
//! run        what a rule works with: the system, what it asks, where its findings go
//! answers    what people answered, as far as rules hold it against a design
//! asked      what rules asked for and did not get: coverage, and "not evaluated: needs …"
//! finding    what was found, where, how bad, how sure
//! graphs     circles, chains, reach: linear algorithms over calls
//! policy     what a team accepts, forbids, turns off or makes worse
//! baseline   what was found before, and may only shrink
//! ```
//!
//! Semantics, "Facts", "Gates", "Further keys".

mod answers;
mod asked;
mod baseline;
mod finding;
mod graphs;
mod page;
mod policy;
mod reference;
mod rules;
mod run;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use answers::{Answers, Fit};
pub use asked::NotEvaluated;
pub use baseline::{Baseline, Difference, difference};
pub use finding::{Acceptance, Confidence, Evidence, Finding, Subject};
pub use page::{HEADINGS, examples, section, summary};
pub use policy::{Policy, read_policy};
pub use reference::{explain, markdown_rules, suggest};
pub use rules::{Group, Parameter, RULES, Rule, find};

use crate::analysis::classification::Classification;
use crate::analysis::failure::BlastRadius;
use crate::analysis::guarantee::Guarantees;
use crate::model::System;
use asked::Asked;
use run::{Derived, Run};

/// What rules read: the model, and the results of analyses where they were computed. A rule whose result is not there says that it was not evaluated.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The alternative.
    pub system: &'a System,
    /// The base, where the system is an alternative of it.
    pub base: Option<&'a System>,
    /// What a failing place stops.
    pub blast_radius: Option<&'a BlastRadius>,
    /// What its stores, messages and writes guarantee.
    pub guarantees: &'a Guarantees,
    /// What it is.
    pub classification: Option<&'a Classification>,
    /// Figures of analyses.
    pub figures: &'a Figures,
}

/// Computed figures that rules compare with stated needs; none where its analysis did not run.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Per journey, in the system's order: the share of time in which it does not work.
    pub unavailability: Option<Vec<Option<f64>>>,
    /// Per component, in the system's order: its load at the peak.
    pub stations: Option<Vec<Option<Station>>>,
    /// What people answered of the system; none where nobody did.
    pub answers: Option<Answers>,
    /// What was measured of the base beside what is computed; none where that was not compared.
    pub observed: Option<Vec<Observed>>,
}

/// A measured figure beside the computed one.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Where it stands below `observed`, such as `journeys.order.p99`.
    pub path: String,
    /// What was measured.
    pub measured: f64,
    /// What is computed.
    pub computed: f64,
    /// Both in words.
    pub shown: (String, String),
    /// Whether it is a share of time, of which only what is missing to one can be compared.
    pub is_availability: bool,
    /// Whether the work that follows from measured utilizations explains the difference.
    pub is_explained: bool,
}

/// The load of a component at the peak of all journeys.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// How busy it is: demand ÷ capacity.
    pub utilization: f64,
    /// The same after the loss of the worst single place; none where that was not computed.
    pub after_loss: Option<f64>,
}

/// How a team judges: which rules are off, and their parameters.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    off: BTreeSet<String>,
    parameters: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Settings {
    fn parameter(&self, rule: &str, name: &str) -> Option<f64> {
        self.parameters.get(rule)?.get(name).copied()
    }
}

/// What the rules found in one alternative.
#[derive(Debug, Clone, Default)]
pub struct Hazards {
    /// The findings: the worst first, then by rule and subjects.
    pub findings: Vec<Finding>,
    /// What could not be evaluated, by rule and fact.
    pub not_evaluated: Vec<NotEvaluated>,
    asked: Coverage,
}

/// Known and asked facts of rules.
#[derive(Debug, Clone, Copy, Default)]
struct Coverage {
    known: usize,
    asked: usize,
}

impl Hazards {
    /// Returns the findings that nobody accepted.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.allowed.is_none())
    }

    /// Returns the accepted findings.
    pub fn accepted(&self) -> impl Iterator<Item = (&Finding, &Acceptance)> {
        self.findings.iter().filter_map(|finding| Some((finding, finding.allowed.as_ref()?)))
    }

    /// Returns how many facts rules asked for that no other analysis asked for, and how many of these are known.
    pub const fn coverage(&self) -> (usize, usize) {
        (self.asked.known, self.asked.asked)
    }
}

/// Runs every rule that is not off. `others` are the paths of facts that other analyses asked for: coverage counts a fact once.
pub fn lint(inputs: &Inputs<'_>, settings: &Settings, others: &BTreeSet<&str>) -> Hazards {
    let derived = Derived::default();
    let mut asked = Asked::default();
    let mut findings = Vec::new();
    for (number, rule) in (0_u16..).zip(RULES) {
        if !settings.off.contains(rule.name()) {
            (rule.check)(&mut Run {
                system: inputs.system,
                inputs,
                settings,
                derived: &derived,
                asked: &mut asked,
                findings: &mut findings,
                rule,
                number,
            });
        }
    }
    sort(&mut findings);
    let (known, count) = asked.coverage(inputs.system, others);
    let not_evaluated = asked.not_evaluated(|number| RULES[usize::from(number)].name());
    Hazards { findings, not_evaluated, asked: Coverage { known, asked: count } }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.severity, a.rule.name(), &a.subjects).cmp(&(b.severity, b.rule.name(), &b.subjects)));
}
