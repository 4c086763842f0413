//! What `fault-tree` prints: the analysis of a top gate as tables, and as JSON.

use serde_json::{Value, json};

use super::human::{self, Look};
use super::table::Table;
use super::words::{marked, share};
use crate::fault_tree::open_psa::{Model, Top};
use crate::fault_tree::{Analysis, CutSet, CutSets, Importance, Interval};
use crate::quantity::significant;

/// The most events of the importance table in a terminal; JSON has all.
const MAX_EVENTS: usize = 40;

/// The most cut sets that are listed.
pub const MAX_LISTED: usize = 10_000;

/// A top gate with its analysis and the cut sets that were asked for.
#[derive(Debug)]
pub struct Analysed<'a> {
    /// The gate.
    pub top: &'a Top,
    /// Its analysis; where its diagram exceeds the limits, what is certain of it.
    pub analysis: Result<Analysis, Bounded>,
    /// The most probable minimal cut sets.
    pub listed: Vec<CutSet>,
}

/// What is certain of a top gate whose diagram exceeds the limits.
#[derive(Debug)]
pub struct Bounded {
    /// It contains the probability.
    pub interval: Interval,
    /// The minimal cut sets up to an order.
    pub cut_sets: Option<CutSets>,
}

impl Analysed<'_> {
    /// Returns the minimal cut sets, as far as they are known.
    pub fn cut_sets(&self) -> Option<&CutSets> {
        self.analysis.as_ref().map_or_else(|bounded| bounded.cut_sets.as_ref(), |analysis| analysis.cut_sets.as_ref())
    }
}

/// Renders the analysis of every top gate for a terminal.
pub fn human(model: &Model, analysed: &[Analysed<'_>], look: Look) -> String {
    let mut out = String::new();
    for one in analysed {
        human::section(&mut out, &format!("Fault tree {}", marked(&one.top.name)), &summary(model, one), &tables(model, one), look);
    }
    out
}

fn summary(model: &Model, one: &Analysed<'_>) -> Vec<String> {
    let mut sentences = vec![match &one.analysis {
        Ok(Analysis { probability, importances, .. }) => format!(
            "Probability {} over {} basic {} of {}, exact for independent events.",
            significant(*probability, 6),
            importances.len(),
            if importances.len() == 1 { "event" } else { "events" },
            model.events.len(),
        ),
        Err(Bounded { interval, .. }) => format!(
            "{}: the decision diagram exceeds the limits. An interval comes from the most probable states of the events that stand in several places, and from what gates say although they share them. Importances are not known.",
            within(*interval)
        ),
    }];
    let counted = |sets: &CutSets| {
        let count = sets.count().to_string();
        format!("{} minimal cut {}", crate::quantity::grouped(&count), if count == "1" { "set" } else { "sets" })
    };
    sentences.push(match one.cut_sets() {
        None => "The minimal cut sets are too many to be found within the limits.".to_owned(),
        Some(sets) if sets.counted_to == usize::MAX => format!("{}.", counted(sets)),
        Some(sets) => format!("{} up to order {}; larger ones are not counted.", counted(sets), sets.counted_to),
    });
    if !model.left_out.is_empty() {
        sentences.push(format!("Left out of the files: {}.", model.left_out.join(", ")));
    }
    sentences
}

/// Says where a probability lies, with as many digits as tell the two ends apart.
fn within(Interval { low, high }: Interval) -> String {
    let [least, most] = [low, high].map(|end| significant(end, 6));
    if low <= 0.0 && high >= 1.0 {
        "Probability not known, anything from 0 to 1".to_owned()
    } else if low >= high {
        format!("Probability {least}")
    } else if least == most {
        format!("Probability {least}, known to within {}", significant(high - low, 2))
    } else {
        format!("Probability between {least} and {most}")
    }
}

fn tables(model: &Model, one: &Analysed<'_>) -> Vec<Table> {
    let (probability, importances): (f64, &[Importance]) =
        one.analysis.as_ref().map_or((0.0, &[]), |analysis| (analysis.probability, &analysis.importances));
    let name = |event: u32| marked(&model.events[event as usize].name);
    let mut orders = Table::new("Minimal cut sets by order", &[">order", ">minimal cut sets"]);
    for (order, count) in one.cut_sets().iter().flat_map(|sets| sets.by_order.iter().enumerate()) {
        let count = count.to_string();
        if count != "0" {
            orders.row(vec![order.to_string(), crate::quantity::grouped(&count)]);
        }
    }
    let mut listed = Table::new("The most probable minimal cut sets", &[">order", ">probability", ">share", "events"]);
    for set in &one.listed {
        let events: Vec<String> = set.events.iter().map(|event| name(*event)).collect();
        let part = if probability > 0.0 { share((set.probability / probability).min(1.0)) } else { String::new() };
        listed.row(vec![set.events.len().to_string(), significant(set.probability, 4), part, events.join(", ")]);
    }
    if !one.listed.is_empty() && probability > 0.0 {
        listed.note("Share = probability ÷ that of the top gate; sets overlap, so shares may add up to more than 100 %.");
    }
    let mut importance = Table::new(
        "Importance, what to mend first",
        &["event", ">probability", ">Birnbaum", ">Fussell-Vesely", ">diagnostic", ">RAW", ">RRW"],
    );
    // Equal events have equal importances but for the last bits; the digits that are shown decide.
    let shown = |value: f64| format!("{value:.9e}").parse::<f64>().unwrap_or(value);
    let mut order: Vec<_> = importances.iter().collect();
    order.sort_by(|a, b| shown(b.fussell_vesely).total_cmp(&shown(a.fussell_vesely)).then(a.event.cmp(&b.event)));
    for one in order {
        importance.row(vec![
            name(one.event),
            significant(model.events[one.event as usize].event.probability, 4),
            significant(one.birnbaum, 4),
            significant(one.fussell_vesely, 4),
            significant(one.diagnostic, 4),
            significant(one.raw, 4),
            if one.rrw.is_finite() { significant(one.rrw, 4) } else { "unlimited".to_owned() },
        ]);
    }
    importance.limit(MAX_EVENTS, "events");
    if !importances.is_empty() {
        importance.note("P is the top gate's probability, q the event's. Birnbaum = P(top | event) - P(top | no event); Fussell-Vesely = criticality = q · Birnbaum ÷ P; diagnostic = q · P(top | event) ÷ P; RAW = P(top | event) ÷ P; RRW = P ÷ P(top | no event).");
    }
    vec![orders, listed, importance]
}

/// Returns the analysis of every top gate for scripts.
pub fn json(model: &Model, analysed: &[Analysed<'_>]) -> Value {
    let tops: Vec<Value> = analysed.iter().map(|one| top(model, one)).collect();
    json!({ "schema": 1, "tool": super::machine::tool(), "left_out": model.left_out, "tops": tops })
}

fn top(model: &Model, one: &Analysed<'_>) -> Value {
    let (probability, importances) = match &one.analysis {
        Ok(analysis) => (Some(analysis.probability), Some(&analysis.importances)),
        Err(_) => (None, None),
    };
    let interval = match &one.analysis {
        Ok(Analysis { probability, .. }) => [*probability, *probability],
        Err(Bounded { interval: Interval { low, high }, .. }) => [*low, *high],
    };
    let name = |event: u32| model.events[event as usize].name.as_str();
    let finite = |value: f64| if value.is_finite() { json!(value) } else { Value::Null };
    let listed: Vec<Value> = one
        .listed
        .iter()
        .map(|set| {
            json!({
                "events": set.events.iter().map(|event| name(*event)).collect::<Vec<_>>(),
                "probability": set.probability,
                "share": probability.map_or(Value::Null, |whole| finite(set.probability / whole)),
            })
        })
        .collect();
    let cut_sets = one.cut_sets().map(|sets| {
        let by_order: serde_json::Map<String, Value> = sets
            .by_order
            .iter()
            .enumerate()
            .map(|(order, count)| (order.to_string(), count.to_string()))
            .filter(|(_, count)| count != "0")
            .map(|(order, count)| (order, Value::from(count)))
            .collect();
        let counted_to = if sets.counted_to == usize::MAX { Value::Null } else { Value::from(sets.counted_to) };
        json!({ "count": sets.count().to_string(), "by_order": by_order, "counted_to_order": counted_to, "listed": listed })
    });
    let importance = |one: &Importance| {
        json!({
            "event": name(one.event),
            "probability": model.events[one.event as usize].event.probability,
            "birnbaum": one.birnbaum,
            "fussell_vesely": one.fussell_vesely,
            "diagnostic": one.diagnostic,
            "raw": finite(one.raw),
            "rrw": finite(one.rrw),
        })
    };
    json!({
        "gate": one.top.name,
        "probability": probability,
        "interval": interval,
        "exact": probability.is_some(),
        "basic_events": importances.map(Vec::len),
        "cut_sets": cut_sets,
        "importance": importances.map(|all| all.iter().map(importance).collect::<Vec<_>>()),
    })
}

#[cfg(test)]
mod tests {
    use super::within;
    use crate::fault_tree::Interval;

    #[test]
    fn two_ends_are_told_apart_or_not_at_all() {
        let of = |low, high| within(Interval { low, high });
        assert_eq!(of(0.25, 0.5), "Probability between 0.25 and 0.5");
        assert_eq!(of(0.501_335_1, 0.501_335_2), "Probability 0.501335, known to within 1e-7");
        assert_eq!(of(0.0, 1.0), "Probability not known, anything from 0 to 1");
    }
}
