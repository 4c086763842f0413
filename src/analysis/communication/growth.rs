//! How a journey's messages grow with the system.
//!
//! The question: *which replicas or shards drive the messages of this journey, and does doubling them double the messages, or worse?* The counts are made again
//! with that one number at n, 2n, 4n and 8n; the class is the slope in log-log of what grew.

use std::collections::BTreeMap;

use super::figures::{Dimension, Driver, Figures, Scale};
use super::walk::Flow;
use super::{finite, replication};
use crate::model::{Call, CallTree, System};
use crate::quantity::significant;
use crate::syntax::vocabulary::ReplicationStyle;

/// The most counts that are tried; those that move the messages most are.
const MAX_DRIVERS: usize = 8;

/// The multiples at which the messages are counted again.
const FACTORS: [u64; 4] = [1, 2, 4, 8];

/// The powers of `n` in a formula.
const POWERS: [&str; 4] = ["", "n", "n²", "n³"];

/// How fast messages grow with a count `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrowthClass {
    /// The power of `n`; 0 where no count moves the messages.
    pub exponent: u32,
}

impl GrowthClass {
    /// Returns the class as it is written, such as `O(n²)`.
    pub fn word(self) -> String {
        match self.exponent {
            0 => "O(1)".to_owned(),
            1 => "O(n)".to_owned(),
            2 => "O(n²)".to_owned(),
            3 => "O(n³)".to_owned(),
            more => format!("O(n^{more})"),
        }
    }
}

/// The growth of one journey's messages, first attempts.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// The class.
    pub class: GrowthClass,
    /// The count that drives the messages most, by class, then by what it adds; none where no count does.
    pub driver: Option<Driver>,
    /// The count at n, 2n, 4n, 8n, and the messages there; empty without a driver.
    pub samples: Vec<(u64, f64)>,
    /// The formula, such as ``messages = 14 + 2(n−1) per write to `db`, n = its replicas``.
    pub formula: String,
}

/// Finds what drives the messages of a journey, and how fast.
pub(super) fn growth(figures: &Figures<'_>, tree: &CallTree, flow: &Flow) -> Growth {
    let counter = Counter::new(figures, tree, flow);
    let mut found: Option<(GrowthClass, f64, Driver, [f64; 4])> = None;
    for driver in counter.candidates(tree) {
        let samples = FACTORS.map(|factor| counter.messages(Scale::of(driver, factor)));
        let (class, added) = (class_of(&samples), samples[3] - samples[0]);
        let is_faster = |best: &(GrowthClass, f64, Driver, [f64; 4])| {
            (class, added).partial_cmp(&(best.0, best.1)) == Some(std::cmp::Ordering::Greater)
        };
        if class.exponent > 0 && found.as_ref().is_none_or(is_faster) {
            found = Some((class, added, driver, samples));
        }
    }
    let Some((class, _, driver, samples)) = found else {
        let all = counter.messages(Scale::STATED);
        return Growth {
            class: GrowthClass { exponent: 0 },
            driver: None,
            samples: Vec::new(),
            formula: format!("messages = {}", number(all)),
        };
    };
    let count = driver.count(figures.system);
    let samples: Vec<(u64, f64)> = FACTORS.iter().map(|factor| count.saturating_mul(*factor)).zip(samples).collect();
    let formula = formula(&counter, driver, class, &samples);
    Growth { class, driver: Some(driver), samples, formula }
}

/// Counts the messages of one call tree again and again.
struct Counter<'c> {
    figures: &'c Figures<'c>,
    flow: &'c Flow,
    /// By node of the tree; what is no call sends nothing.
    steps: Vec<Step>,
}

/// What a node adds to the messages, as the model states it.
#[derive(Clone, Copy)]
struct Step {
    /// What a call to all goes to.
    all: Option<Driver>,
    /// How many calls are made at once.
    width: f64,
    /// The replicas that copy what the call writes.
    copies: Option<Driver>,
    /// What one run sends: its own messages, once more per sidecar, and those of its write.
    sent: f64,
}

impl<'c> Counter<'c> {
    fn new(figures: &'c Figures<'c>, tree: &CallTree, flow: &'c Flow) -> Self {
        let mut steps = vec![Step { all: None, width: 1.0, copies: None, sent: 0.0 }; tree.nodes.len()];
        for (node, call) in tree.calls() {
            steps[node.index()] = Step::new(figures, call);
        }
        Self { figures, flow, steps }
    }

    /// Returns how often each node runs with one count scaled.
    fn runs(&self, scale: Scale) -> Vec<f64> {
        self.flow.executions(|at| match self.steps[at].all {
            Some(driver) if scale.moves(driver) => count(scale, driver, self.figures.system),
            _ => self.steps[at].width,
        })
    }

    /// Counts the messages of first attempts with one count scaled.
    fn messages(&self, scale: Scale) -> f64 {
        let runs = self.runs(scale);
        self.steps.iter().zip(runs).fold(0.0, |sum, (step, runs)| {
            let more = match step.copies {
                Some(driver) if scale.moves(driver) => {
                    self.figures.copy_messages(driver.component, scale) - self.figures.copy_messages(driver.component, Scale::STATED)
                }
                _ => 0.0,
            };
            finite(sum + finite(runs * (step.sent + more)))
        })
    }

    /// Returns the counts that move the messages, those that move them most first.
    ///
    /// The weight is the derivative of the messages by the count's logarithm: for a call to all what it and everything below sends, for a write what its
    /// copies exchange. One pass forward and one backward give it for all counts at once.
    fn candidates(&self, tree: &CallTree) -> Vec<Driver> {
        let runs = self.runs(Scale::STATED);
        let mut below = vec![0.0; tree.nodes.len()];
        let mut weights: BTreeMap<Driver, f64> = BTreeMap::new();
        let mut add = |driver: Driver, weight: f64| {
            let sum = weights.entry(driver).or_insert(0.0);
            *sum = finite(*sum + weight);
        };
        for id in tree.ids().rev() {
            let (step, runs) = (self.steps[id.index()], runs[id.index()]);
            let children = tree.node(id).children.iter().map(|child| below[child.index()]);
            below[id.index()] = finite(children.sum::<f64>() + finite(runs * step.sent));
            if let Some(driver) = step.all {
                add(driver, below[id.index()]);
            }
            if let Some(driver) = step.copies {
                // One replica sends nothing yet, and is still the one to multiply.
                add(driver, finite(runs * 2.0 * count(Scale::STATED, driver, self.figures.system)));
            }
        }
        let mut ranked: Vec<(Driver, f64)> = weights.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter().take(MAX_DRIVERS).map(|(driver, _)| driver).collect()
    }

    /// Returns the writes per request and the style, where the driver's replicas are copies and nothing else multiplies with them.
    fn only_writes(&self, driver: Driver) -> Option<(f64, ReplicationStyle)> {
        let copies = self.figures.write(driver.component).copies.as_ref().filter(|_| driver.dimension == Dimension::Replicas)?;
        if self.steps.iter().any(|step| step.all == Some(driver)) {
            return None;
        }
        let written = self.steps.iter().zip(self.runs(Scale::STATED)).filter(|(step, _)| step.copies == Some(driver));
        Some((written.fold(0.0, |sum, (_, runs)| finite(sum + runs)), copies.copying.style))
    }
}

impl Step {
    fn new(figures: &Figures<'_>, call: &Call) -> Self {
        let link = figures.link(call.link);
        let writes = !link.is_use() && replication::access(figures.system, call).is_write();
        let write = figures.write(call.callee);
        #[expect(clippy::cast_precision_loss, reason = "a component has few sidecars and copying links")]
        let (hops, copies) = (1.0 + link.sidecars.len() as f64, write.links.len() as f64);
        let written = if writes { figures.copy_messages(call.callee, Scale::STATED) + copies } else { 0.0 };
        Self {
            all: link.all,
            width: link.all.map_or(1.0, |driver| count(Scale::STATED, driver, figures.system)),
            copies: (writes && write.copies.is_some()).then_some(Driver { component: call.callee, dimension: Dimension::Replicas }),
            sent: link.messages * hops + written,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
fn count(scale: Scale, driver: Driver, system: &System) -> f64 {
    scale.count(driver, system) as f64
}

/// Returns the slope in log-log of what grew: `log₂` of the last growth over the one before, each over a doubling.
///
/// The messages that do not grow would hide the slope at small `n`; differences leave them out.
fn class_of(samples: &[f64; 4]) -> GrowthClass {
    let (before, last) = (samples[2] - samples[1], samples[3] - samples[2]);
    if !(before > 0.0 && last.is_finite() && last > 0.0) {
        return GrowthClass { exponent: 0 };
    }
    let slope = libm::round(libm::log2(last / before)).clamp(0.0, 64.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=64 one line above")]
    let exponent = slope as u32;
    GrowthClass { exponent }
}

/// Prints the messages as a formula of the driver's count.
fn formula(counter: &Counter<'_>, driver: Driver, class: GrowthClass, samples: &[(u64, f64)]) -> String {
    let name = &counter.figures.system.component(driver.component).id;
    let counted = match driver.dimension {
        Dimension::Replicas => "replicas",
        Dimension::Shards => "shards",
    };
    if let Some((writes, style)) = counter.only_writes(driver) {
        let each = if style == ReplicationStyle::Leaderless { "2n" } else { "2(n−1)" };
        let at_stated = counter.figures.copy_messages(driver.component, Scale::STATED);
        let rest = (samples[0].1 - finite(writes * at_stated)).max(0.0);
        let often = if writes == 1.0 { String::new() } else { format!("; {} writes per request", number(writes)) };
        return format!("messages = {} + {each} per write to `{name}`, n = its {counted}{often}", number(rest));
    }
    if class.exponent > 3 {
        let at: Vec<String> = samples.iter().map(|(n, messages)| format!("{} at n = {n}", number(*messages))).collect();
        return format!("messages = {}, n = {counted} of `{name}`", at.join(", "));
    }
    let mut terms = Vec::new();
    for (power, coefficient) in coefficients(samples).into_iter().enumerate() {
        // What the arithmetic of the fit leaves of a term that is not there.
        let leading = samples[3].1.abs() * 1e-9;
        #[expect(clippy::cast_precision_loss, reason = "n is at most 8 × 10,000")]
        let size = coefficient.abs() * (0..power).fold(1.0, |product: f64, _| product * samples[3].0 as f64);
        if size > leading {
            let shown = number(coefficient);
            terms.push(if power > 0 && shown == "1" { POWERS[power].to_owned() } else { format!("{shown}{}", POWERS[power]) });
        }
    }
    format!("messages = {}, n = {counted} of `{name}`", terms.join(" + ").replace("+ -", "− "))
}

/// Returns the coefficients of the polynomial of degree 3 through four samples, constant first (Newton's divided differences).
#[expect(clippy::cast_precision_loss, reason = "n is at most 8 × 10,000")]
fn coefficients(samples: &[(u64, f64)]) -> [f64; 4] {
    let n: Vec<f64> = samples.iter().map(|(n, _)| *n as f64).collect();
    let mut divided: Vec<f64> = samples.iter().map(|(_, messages)| *messages).collect();
    for order in 1..divided.len() {
        for at in (order..divided.len()).rev() {
            divided[at] = (divided[at] - divided[at - 1]) / (n[at] - n[at - order]);
        }
    }
    // Horner's scheme turns Newton's form into powers of n.
    let mut powers = [0.0; 4];
    for at in (0..divided.len()).rev() {
        let mut shifted = [0.0; 4];
        for power in 0..4 {
            shifted[power] = (if power > 0 { powers[power - 1] } else { 0.0 }) - n[at] * powers[power];
        }
        shifted[0] += divided[at];
        powers = shifted;
    }
    powers
}

fn number(value: f64) -> String {
    significant(value, 9)
}
