//! The first screen of a report: what a director needs before anything else. One table of the designs against what is asked of them, why, what would flip it, what
//! contradicts it, how far to trust it, what to do next. Everything behind it stands below.

use std::collections::{BTreeMap, BTreeSet};

use super::brief::{because, contradictions, flips};
use super::human::Look;
use super::table::Table;
use super::text::{plain, wrap};
use super::words::{self, at_least, milliseconds, minutes, per_second, share, shell};
use crate::analysis::failure::{Causes, DomainKind};
use crate::analysis::latency::State;
use crate::assessment::{Assessed, GateState};
use crate::comparison::Comparison;
use crate::decision::{Judgement, Outcome};
use crate::diagnostic::Severity;
use crate::model::System;
use crate::quantity::{Probability, percent, significant};
use crate::syntax::value::Facts;

/// The most lines of the first screen in a terminal of 80 columns, its title and headline included.
pub const MAX_LINES: usize = 24;

/// The most designs that have a column: more do not fit 80 columns.
const MAX_DESIGNS: usize = 5;

/// The most lines of a point in a terminal.
const MAX_POINT_LINES: usize = 2;

/// An objective that is reached.
const MET: &str = "✓";
/// An objective that is missed.
const MISSED: &str = "✗";
/// A figure behind which nothing stands that anybody stated.
const ASSUMED: &str = "~";
/// A difference from today whose sign no input changes.
const SURE: &str = "!";
/// A difference from today whose sign depends on an input.
const UNSURE: &str = "?";

/// The first screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// The designs against what is asked of them.
    pub table: Table,
    /// The rows of the table that give way first where lines are few, and the one that then stands for them.
    causes: Vec<usize>,
    in_short: Vec<String>,
    /// What follows from it.
    pub points: Vec<Point>,
}

/// One thing to know, in a sentence or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What it is about.
    pub label: &'static str,
    /// The sentence.
    pub text: String,
}

/// Makes the first screen; `path` is what the user typed.
pub fn screen(assessed: &[Assessed<'_>], comparisons: &[Comparison], judgement: Option<&Judgement>, path: &str) -> Option<Screen> {
    let shown = shown(assessed, judgement);
    if shown.is_empty() || assessed[0].system.components.is_empty() {
        return None;
    }
    let column = |one: &&'_ Assessed<'_>| comparisons.iter().find(|comparison| comparison.id == one.system.id);
    let columns: Vec<Column<'_>> =
        shown.iter().map(|one| Column { one, against: column(one), is_assumed: !states_failures(one.system) }).collect();
    let (table, causes) = table(&columns, assessed.len() - columns.len());
    let in_short = std::iter::once("· most by".to_owned()).chain(columns.iter().map(largest_cause)).collect();
    let mut points = Vec::new();
    let mut point = |label: &'static str, text: Option<String>| points.extend(text.map(|text| Point { label, text }));
    if let Some(judgement) = judgement {
        point("Why", first(because(judgement), 3));
        point("Flips", first(flips(judgement), 2));
        point("Contradictions", Some(first(contradictions(judgement), 2).unwrap_or_else(|| "The model contradicts no answer.".to_owned())));
    }
    point("Misses", misses(&columns));
    point("Observed", super::sections::largest_residual(&assessed[0]));
    point("Trust", Some(trust(assessed, judgement)));
    point("Next", Some(next(assessed, judgement, path)));
    Some(Screen { table, causes, in_short, points })
}

/// A design in the table.
struct Column<'a> {
    one: &'a Assessed<'a>,
    against: Option<&'a Comparison>,
    /// Whether nothing is stated of what fails, so that all downtime is assumed.
    is_assumed: bool,
}

/// Says whether anybody stated how often something of a system fails.
fn states_failures(system: &System) -> bool {
    use crate::syntax::keys::{component, deploy, location, shared_fate};
    let deploys = |facts: &Facts| facts.table(component::DEPLOY).is_some_and(|facts| facts.get(deploy::FAILURE).is_known());
    let is_overridden = system.assumptions.overrides().any(|(name, _)| name.ends_with(".availability") || name.ends_with(".mtbf"));
    is_overridden
        || system.components.iter().any(|one| {
            one.facts.get(component::AVAILABILITY).is_known() || one.facts.get(component::MTBF).is_known() || deploys(&one.facts)
        })
        || system.locations.iter().any(|one| one.facts.get(location::AVAILABILITY).is_known() || one.facts.get(location::MTBF).is_known())
        || system
            .shared_fates
            .iter()
            .any(|one| one.facts.get(shared_fate::AVAILABILITY).is_known() || one.facts.get(shared_fate::MTBF).is_known())
}

/// Chooses the designs that are shown: the base, what is recommended or accepted, then the others by id.
fn shown<'a>(assessed: &'a [Assessed<'a>], judgement: Option<&Judgement>) -> Vec<&'a Assessed<'a>> {
    if assessed.len() <= MAX_DESIGNS {
        return assessed.iter().collect();
    }
    let recommended =
        judgement.and_then(|judgement| Some(judgement.designs[judgement.advice.recommended.or(judgement.advice.nearest)?].id.as_str()));
    let rank = |one: &Assessed<'_>| match one.system {
        system if system.is_base() => 0,
        system if recommended == Some(&system.id) => 1,
        system if system.is_gated() => 2,
        _ => 3,
    };
    let mut order: Vec<usize> = (0..assessed.len()).collect();
    order.sort_by_key(|at| (rank(&assessed[*at]), *at));
    order.truncate(MAX_DESIGNS);
    order.sort_unstable();
    order.into_iter().map(|at| &assessed[at]).collect()
}

fn table(columns: &[Column<'_>], hidden: usize) -> (Table, Vec<usize>) {
    let mut heads = vec![String::new()];
    heads.extend(
        columns.iter().map(|column| if column.one.system.is_base() { ">today".to_owned() } else { format!(">{}", column.one.system.id) }),
    );
    let mut table = Table::new("", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut causes = Vec::new();
    let mut row = |name: String, cell: &dyn Fn(&Column<'_>) -> Option<String>| {
        let cells: Vec<Option<String>> = columns.iter().map(cell).collect();
        let is_known = cells.iter().any(Option::is_some);
        if is_known {
            table.rows.push(std::iter::once(name).chain(cells.into_iter().map(|cell| cell.unwrap_or_else(|| "—".to_owned()))).collect());
        }
        is_known.then(|| table.rows.len() - 1)
    };
    row("down a year".into(), &|column| {
        let (path, value) = column.worst("failure.downtime_minutes_per_year")?;
        // A difference between two assumptions is no difference of the designs.
        let path = (!column.is_assumed).then_some(path.as_str());
        Some(format!("{}{}{}", column.mark(), minutes(value), column.signs(&["availability"], path)))
    });
    for (name, part) in CAUSES {
        causes.extend(row(format!("· by {name}"), &|column| {
            let (value, causes) = column.causes()?;
            let share = part(causes);
            Some(if share == 0.0 { "none".to_owned() } else { format!("{}{}", column.mark(), minutes(value * share)) })
        }));
    }
    row("zone or node lost".into(), &|column| {
        let (path, lost) = column.worst_place()?;
        Some(format!("{}{}", share(lost), column.signs(&["survive"], path.as_deref())))
    });
    // The percentile that an objective speaks of, so that the sign belongs to the figure.
    let is_asked = |objective: &str| columns.iter().any(|column| column.one.assessment.gates.iter().any(|gate| gate.id == objective));
    let (percentile, objective, figure) = PERCENTILES.iter().find(|(_, objective, _)| is_asked(objective)).unwrap_or(&PERCENTILES[0]);
    row((*percentile).to_owned(), &|column| {
        let overloaded = column.one.assessment.latency.journeys.iter().any(|found| matches!(found.state, State::Overloaded { .. }));
        if overloaded {
            return Some(format!("overloaded{}", column.signs(&[objective], None)));
        }
        let (path, value) = column.worst(figure)?;
        Some(format!("{}{}", milliseconds(value), column.signs(&[objective], Some(&path))))
    });
    row("highest rate".into(), &|column| {
        let rate = column.one.assessment.capacity.max_rate?;
        Some(format!("{}{}", per_second(rate.per_second()), column.signs(&["throughput"], Some("capacity.max_rate_per_s"))))
    });
    row("calls between teams".into(), &|column| {
        // Where nobody owns anything, no call crosses teams, and none is known not to.
        column.system().components.iter().find(|one| one.owner.is_some())?;
        let (path, value) = column.worst("communication.team_crossings")?;
        Some(format!("{}{}", significant(value, 3), column.signs(&[], Some(&path))))
    });
    let currency = columns.iter().find_map(|column| Some(column.one.assessment.cost.as_ref()?.bill.currency));
    row(format!("{} a month", currency.map_or_else(|| "cost of".to_owned(), |currency| currency.code().to_owned())), &|column| {
        let bill = &column.one.assessment.cost.as_ref()?.bill;
        let bound = at_least(bill);
        let unit = if Some(bill.currency) == currency { String::new() } else { format!(" {}", bill.currency.code()) };
        Some(format!("{bound}{}{unit}{}", bill.monthly.likely.grouped(0), column.signs(&["budget"], Some("cost.monthly"))))
    });
    let mut legend = format!("Of the worst journey. {MET} objective met, {MISSED} missed");
    if columns.len() > 1 {
        legend.push_str(&format!("; {SURE} differs from today at every input, {UNSURE} that depends on one"));
    }
    if columns.iter().any(|column| column.is_assumed && column.worst("failure.downtime_minutes_per_year").is_some()) {
        legend.push_str(&format!("; {ASSUMED} assumed: nobody stated how often anything fails"));
    }
    table.note(format!("{legend}."));
    if hidden > 0 {
        table.note(format!("{hidden} more design{} below.", if hidden == 1 { " is" } else { "s are" }));
    }
    (table, causes)
}

/// The cause that most of a design's downtime comes from.
fn largest_cause(column: &Column<'_>) -> String {
    let Some((_, causes)) = column.causes() else { return "—".to_owned() };
    let largest =
        CAUSES.iter().fold(("none", 0.0), |largest, (name, part)| if part(causes) > largest.1 { (*name, part(causes)) } else { largest });
    if largest.1 == 0.0 { "none".to_owned() } else { format!("{} {} %", largest.0, significant(largest.1 * 100.0, 2)) }
}

/// The percentiles of a journey's time: how they are called, the objective, the figure.
const PERCENTILES: [(&str, &str, &str); 3] =
    [("p99", "latency-p99", "latency.p99_ms"), ("p95", "latency-p95", "latency.p95_ms"), ("p50", "latency-p50", "latency.p50_ms")];

/// A share of the causes of downtime.
type Part = fn(&Causes) -> f64;

const CAUSES: &[(&str, Part)] = &[
    ("changes", |causes| causes.changes),
    ("instances", |causes| causes.instances),
    ("places", |causes| causes.places),
    ("network", |causes| causes.network),
];

impl Column<'_> {
    fn mark(&self) -> &'static str {
        if self.is_assumed { ASSUMED } else { "" }
    }

    fn system(&self) -> &System {
        self.one.system
    }

    /// Returns the largest of a figure over the journeys that are declared, all where none is, with its path.
    fn worst(&self, name: &str) -> Option<(String, f64)> {
        let journeys = self.system().journeys.iter();
        let found = journeys.filter_map(|journey| {
            let path = format!("journeys.{}.{name}", journey.id);
            self.one.figures.0.get(&path).map(|(_, value)| (path, *value))
        });
        found.fold(None, |worst: Option<(String, f64)>, one| match worst {
            Some(worst) if worst.1 >= one.1 => Some(worst),
            _ => Some(one),
        })
    }

    /// Returns the downtime of the worst journey in minutes a year, and the shares of its causes.
    fn causes(&self) -> Option<(f64, &Causes)> {
        let (path, value) = self.worst("failure.downtime_minutes_per_year")?;
        let of = |id: &str| format!("journeys.{id}.failure.downtime_minutes_per_year");
        let at = self.system().journeys.iter().position(|journey| path == of(&journey.id))?;
        Some((value, &self.one.assessment.availability.journeys[at].as_ref()?.causes))
    }

    /// Returns the traffic that the worst single location or host, no larger than a zone, costs.
    fn worst_place(&self) -> Option<(Option<String>, f64)> {
        let system = self.system();
        let places = self.one.assessment.blast_radius.domains.iter().filter(|domain| is_single_place(system, domain.kind));
        places.fold(None, |worst: Option<(Option<String>, f64)>, domain| match worst {
            Some(worst) if worst.1 >= domain.traffic_lost => Some(worst),
            _ => Some((Some(format!("domains.{}.traffic_lost", domain.id)), domain.traffic_lost)),
        })
    }

    /// Says whether objectives are met, and whether a difference from today is sure.
    fn signs(&self, objectives: &[&str], path: Option<&str>) -> String {
        let states: Vec<GateState> =
            self.one.assessment.gates.iter().filter(|gate| objectives.contains(&gate.id)).map(|gate| gate.state).collect();
        let gate = if states.contains(&GateState::Fail) {
            MISSED
        } else if states.contains(&GateState::Pass) {
            MET
        } else {
            ""
        };
        let delta = path.and_then(|path| self.against?.deltas.iter().find(|delta| delta.path == path));
        let sure = match delta {
            Some(delta) if !delta.sign_certain => UNSURE,
            Some(delta) if delta.from.total_cmp(&delta.to).is_ne() => SURE,
            _ => "",
        };
        if gate.is_empty() && sure.is_empty() { String::new() } else { format!(" {gate}{sure}") }
    }
}

/// Says whether a domain is one place, no larger than a zone.
pub(super) fn is_single_place(system: &System, kind: DomainKind) -> bool {
    use crate::syntax::vocabulary::LocationKind::{Cluster, Provider, Region};
    match kind {
        DomainKind::Location(location) => {
            let location = system.location(location);
            // All hosts of a pool at once are no single failure.
            location.count == 1 && !matches!(location.kind, Provider | Region | Cluster)
        }
        DomainKind::Host(_) => true,
        DomainKind::Component(_) | DomainKind::SharedFate(_) => false,
    }
}

/// Returns a part of the brief as one text: its title, its first items.
fn first(part: Option<super::brief::Part>, most: usize) -> Option<String> {
    let part = part.filter(|part| !part.items.is_empty())?;
    let items: Vec<&str> = part.items.iter().take(most).map(String::as_str).collect();
    let more = part.of.saturating_sub(items.len());
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    // The label of the point has said "because".
    let title = part.title.strip_prefix("Because, ").unwrap_or(&part.title);
    Some(format!("{title}: {}{more}.", items.join("; ")))
}

/// What gated designs miss, the first of each.
fn misses(columns: &[Column<'_>]) -> Option<String> {
    let mut missed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for column in columns {
        for gate in column.one.assessment.gates.iter().filter(|gate| gate.state == GateState::Fail) {
            if !missed.contains_key(gate.id) {
                order.push(gate.id);
            }
            let name = if column.system().is_base() { "today" } else { column.system().id.as_str() };
            let of = missed.entry(gate.id).or_default();
            if !of.iter().any(|known| known == name) {
                of.push(name.to_owned());
            }
        }
    }
    (!order.is_empty()).then(|| {
        let parts: Vec<String> = order.iter().map(|id| format!("{id}: {}", missed[id].join(", "))).collect();
        format!("{}.", parts.join("; "))
    })
}

fn trust(assessed: &[Assessed<'_>], judgement: Option<&Judgement>) -> String {
    let coverages: Vec<f64> = assessed.iter().filter_map(|one| one.assessment.coverage).collect();
    let low = coverages.iter().copied().fold(f64::INFINITY, f64::min);
    let high = coverages.iter().copied().fold(0.0, f64::max);
    let print = |share: f64| percent(Probability::new(share));
    // First, because lines end early where there are few: a figure that is not there is read as one that does not matter.
    let mut parts: Vec<String> = beyond_limits(assessed).into_iter().collect();
    if coverages.is_empty() {
        parts.push("no fact was asked for".to_owned());
    } else if print(low) == print(high) {
        parts.push(format!("{} of the facts asked for are stated", print(low)));
    } else {
        parts.push(format!("{} to {} of the facts asked for are stated", print(low), print(high)));
    }
    let missing: usize = assessed.iter().map(|one| one.assessment.missing.iter().filter(|one| !one.is_limit).count()).max().unwrap_or(0);
    let not_evaluated = assessed
        .iter()
        .map(|one| one.assessment.gates.iter().filter(|gate| gate.state == GateState::NotEvaluated).count())
        .max()
        .unwrap_or(0);
    if missing > 0 {
        parts.push(format!("{missing} figure{} lack a fact", if missing == 1 { "" } else { "s" }));
    }
    if let Some(judgement) = judgement.filter(|judgement| judgement.verdict.decision.winner.is_some()) {
        let share = judgement.verdict.decision.weight_share;
        parts.push(format!("{} of {} weightings keep the verdict", share.kept, share.of));
    }
    if not_evaluated > 0 {
        let mut needs: Vec<String> = Vec::new();
        for gate in assessed.iter().flat_map(|one| &one.assessment.gates).filter(|gate| gate.state == GateState::NotEvaluated) {
            let is_named = needs.iter().any(|words| words.starts_with(&format!("{} needs", gate.id)));
            needs.extend(gate.needs_sentence().filter(|_| !is_named).map(|what| format!("{} needs {what}", gate.id)));
        }
        needs.truncate(2);
        let first = if needs.is_empty() { String::new() } else { format!(": {}", needs.join(", ")) };
        parts.push(format!("{not_evaluated} objective{} not evaluated{first}", if not_evaluated == 1 { " is" } else { "s are" }));
    }
    format!("{}.", parts.join("; "))
}

/// The most limits that are told one by one.
const MAX_LIMITS: usize = 2;

/// Says which figures are not computed because a model is beyond a limit, and of which designs.
fn beyond_limits(assessed: &[Assessed<'_>]) -> Option<String> {
    let mut limits: Vec<(&str, BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for one in assessed {
        let design = words::design(&one.system.id);
        for missing in one.assessment.missing.iter().filter(|missing| missing.is_limit) {
            let at = limits.iter().position(|(needs, ..)| *needs == missing.needs).unwrap_or(limits.len());
            if at == limits.len() {
                limits.push((&missing.needs, BTreeSet::new(), BTreeSet::new()));
            }
            limits[at].1.insert(figure_words(&missing.field));
            limits[at].2.insert(design.clone());
        }
    }
    let shown = limits.iter().take(MAX_LIMITS).map(|(needs, figures, designs)| {
        let of = if designs.len() < assessed.len() { format!(" of {}", some(designs)) } else { String::new() };
        format!("{}{of} (needs {needs})", some(figures))
    });
    let shown: Vec<String> = shown.collect();
    let more = match limits.len() - shown.len() {
        0 => String::new(),
        1 => ", and beyond 1 more limit".to_owned(),
        more => format!(", and beyond {more} more limits"),
    };
    (!shown.is_empty()).then(|| format!("not computed: {}{more}", shown.join(", ")))
}

/// Lists the first two, and how many more there are.
fn some(words: &BTreeSet<String>) -> String {
    let first: Vec<&str> = words.iter().take(2).map(String::as_str).collect();
    if words.len() > 2 { format!("{} and {} more", first.join(", "), words.len() - 2) } else { first.join(" and ") }
}

/// Names a figure, or many of a kind, by its path.
fn figure_words(path: &str) -> String {
    let journey = path.strip_prefix("journeys.").and_then(|rest| rest.split('.').next()).filter(|id| *id != "*");
    let what = match path.rsplit('.').next() {
        Some("latency") => "times",
        Some("unavailability") => "availability",
        Some("slowness") => "what slow components stop",
        _ => path,
    };
    journey.map_or_else(|| what.to_owned(), |journey| format!("{what} of `{journey}`"))
}

fn next(assessed: &[Assessed<'_>], judgement: Option<&Judgement>, path: &str) -> String {
    let path = shell(path);
    let Some(judgement) = judgement else {
        return format!("`weighbridge ask {path}` asks whether it should be distributed; this report then opens with the verdict.");
    };
    if judgement.contradictions.iter().any(|one| one.severity() == Severity::Error) {
        return format!("settle what model and answers disagree on: `weighbridge ask {path}`, or mend the model.");
    }
    match judgement.advice.outcome {
        Outcome::Undecided => format!("`weighbridge ask {path}` asks what is still open."),
        Outcome::ModelFirst => format!("model the winner as a file in {path}/alternatives, then read this again."),
        Outcome::NoneHolds if assessed.len() > 1 => format!("mend what the nearest design misses, then `weighbridge report {path}` again."),
        _ => format!("`weighbridge adr {path}` writes it down as a decision record."),
    }
}

/// Renders the table and the points for a terminal, on at most `most` lines where that is possible: the causes of downtime become one row, then points end early.
pub fn render(screen: &Screen, look: Look, most: usize) -> String {
    let mut table = screen.table.clone();
    let draw = |table: &Table, lines: usize| {
        let mut out = coloured(&super::human::render_table(table, look), look);
        for point in &screen.points {
            let text = wrap(&plain(&format!("{}: {}", point.label, point.text)), look.width);
            let all = text.lines().count();
            for (at, line) in text.lines().take(lines).enumerate() {
                let cut = if at + 1 == lines && all > lines { "…" } else { "" };
                let room = look.width.saturating_sub(cut.chars().count());
                let line: String = line.chars().take(room).collect();
                let line =
                    if look.color && at == 0 { line.replacen(point.label, &format!("\u{1b}[1m{}\u{1b}[0m", point.label), 1) } else { line };
                out.push_str(&format!("{line}{cut}\n"));
            }
        }
        out
    };
    let fits = |text: &str| text.lines().count() <= most;
    for lines in [MAX_POINT_LINES, 1] {
        let text = draw(&table, lines);
        if fits(&text) {
            return text;
        }
        if lines == MAX_POINT_LINES {
            if let Some((first, others)) = screen.causes.split_first() {
                table.rows[*first].clone_from(&screen.in_short);
                others.iter().rev().for_each(|at| drop(table.rows.remove(*at)));
            }
            let text = draw(&table, lines);
            if fits(&text) {
                return text;
            }
        }
    }
    draw(&table, 1)
}

/// Colours the signs by their meaning; the signs themselves say it without.
fn coloured(text: &str, look: Look) -> String {
    if !look.color {
        return text.to_owned();
    }
    let text = text.replace(MET, &format!("\u{1b}[32m{MET}\u{1b}[0m"));
    text.replace(MISSED, &format!("\u{1b}[31m{MISSED}\u{1b}[0m"))
}

#[cfg(test)]
mod tests {
    use super::{beyond_limits, figure_words, screen};
    use crate::assessment::Assessed;
    use crate::model::testing::system;

    /// 201 journeys of 100 steps are 201 · 101 calls with their starts: more than have times, or a walk through slow components.
    #[test]
    fn a_limit_that_takes_figures_away_is_told_first() {
        let step = ["\"u -> a\""; 100].join(", ");
        let journeys: String = (0..201).map(|at| format!("j{at} = {{ rate = \"1/s\", steps = [{step}] }}\n")).collect();
        let large = system(&format!(
            "[components]\nu = {{ kind = \"client\" }}\na = {{ kind = \"service\", service-time = \"1ms\" }}\n[links]\n\"u -> a\" = {{}}\n[journeys]\n{journeys}"
        ));
        let assessed = [Assessed::of(&large)];
        let screen = screen(&assessed, &[], None, "m").expect("there is something to show");
        let trust = &screen.points.iter().find(|point| point.label == "Trust").expect("it is always there").text;
        let calls = "at most 20,000 calls in all journeys together; there are 20,301";
        assert!(trust.starts_with(&format!("not computed: times (needs {calls})")), "{trust}");
        assert!(trust.contains("what slow components stop (needs at most 4,000 calls"), "{trust}");
        assert!(!screen.table.rows.iter().any(|row| row[0] == "p99"), "{:?}", screen.table.rows);
    }

    #[test]
    fn within_the_limits_nothing_is_said_of_them() {
        let small = system(
            "[components]\nu = { kind = \"client\" }\na = { kind = \"service\" }\n[links]\n\"u -> a\" = {}\n[journeys]\nj = { steps = [\"u -> a\"] }\n",
        );
        assert_eq!(beyond_limits(&[Assessed::of(&small)]), None);
        assert_eq!(figure_words("journeys.buy.failure.unavailability"), "availability of `buy`");
        assert_eq!(figure_words("journeys.*.latency"), "times");
    }
}
