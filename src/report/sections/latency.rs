//! How long requests take, where a slow one spends its time, how busy the workers are, and what is left without a place.

use super::{MAX_ROWS, Section};
use crate::analysis::latency::{Flag, GivenUp, JourneyLatency, Scaling, State, Times};
use crate::assessment::Assessed;
use crate::distribution::MAX_ATTEMPTS;
use crate::model::{NodeKind, System};
use crate::quantity::{self, Duration, significant};
use crate::report::table::Table;
use crate::report::words::{milliseconds, number, percentage, ranged};

pub(super) fn times(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, ranges, .. } = assessed;
    let mut table = Table::new(
        "How long a request takes",
        &["journey", ">mean", ">p50", ">p95", ">p99", ">p99 at peak", ">completed, p99", "keeps up"],
    );
    for (journey, found) in system.journeys.iter().zip(&assessment.latency.journeys) {
        let path = format!("journeys.{}.latency", journey.id);
        let cell = |name: &str, figure: fn(&Times) -> Duration| {
            found
                .mean_load
                .as_ref()
                .map_or_else(String::new, |times| ranged(ranges, &format!("{path}.{name}"), in_ms(figure(times)), milliseconds))
        };
        if found.mean_load.is_none() && !matches!(found.state, State::Overloaded { .. }) {
            continue;
        }
        table.row(vec![
            format!("`{}`", journey.id),
            cell("mean_ms", |times| times.mean),
            cell("p50_ms", |times| times.p50),
            cell("p95_ms", |times| times.p95),
            cell("p99_ms", |times| times.p99),
            found.peak_load.as_ref().map_or_else(String::new, |times| quantity::duration(times.p99)),
            found.completion.as_ref().map_or_else(String::new, |times| quantity::duration(times.p99)),
            state(system, found),
        ]);
    }
    if table.rows.is_empty() {
        return Section::new("latency", table);
    }
    for (journey, found) in system.journeys.iter().zip(&assessment.latency.journeys).take(MAX_ROWS) {
        for note in notes(system, found) {
            table.note(format!("`{}`: {note}.", journey.id));
        }
    }
    if let Some((journey, summed, p99)) = wrong_sum(assessed) {
        table.note(format!(
            "Percentiles do not add up: the 99th percentiles of the calls of `{journey}` sum to {}, but its own is {}.",
            quantity::duration(summed),
            quantity::duration(p99)
        ));
    }
    if assessed.simulation.is_none() && system.journeys.iter().zip(&assessment.latency.journeys).any(|(_, found)| wants_simulation(found)) {
        table.note("`assess --simulate` checks what is approximate or vulnerable here by simulating the requests one by one.");
    }
    table.note("At the mean rates, seen by the first caller, the network included; retries and queues of all journeys together. Whole distributions, no simulation: `docs/latency.md` says how, and how exactly.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    Section::new("latency", table)
}

/// Says whether the formulas end somewhere on a journey's way.
fn wants_simulation(found: &JourneyLatency) -> bool {
    let is_approximate = |flag: &Flag| !matches!(flag, Flag::NoQueueing(_) | Flag::LoadIncomplete | Flag::Interpolated(_) | Flag::FanOut);
    matches!(found.state, State::Vulnerable { .. } | State::WaitsForItself { .. }) || found.flags.iter().any(is_approximate)
}

fn in_ms(time: Duration) -> f64 {
    time.seconds() * 1e3
}

fn state(system: &System, found: &JourneyLatency) -> String {
    let busy = |utilization: f64| percentage(utilization);
    match (found.state, found.peak_state) {
        (State::Overloaded { component, utilization }, _) => {
            format!("no: `{}` {} busy", system.component(component).id, busy(utilization))
        }
        (_, State::Overloaded { component, utilization }) => {
            format!("not at peak: `{}` {} busy", system.component(component).id, busy(utilization))
        }
        (State::Vulnerable { component, utilization }, _) => {
            format!("vulnerable: `{}` {} busy while retried", system.component(component).id, busy(utilization))
        }
        (State::WaitsForItself { component }, _) => format!("vulnerable: `{}` may wait for itself", system.component(component).id),
        _ => "yes".to_owned(),
    }
}

/// A flag and what it says: `{names}` are the components that it names, `{band}` that of the p99, where there is one, `{attempts}` the most that are followed.
type FlagWords = (fn(&Flag) -> bool, &'static str);

const FLAGS: &[FlagWords] = &[
    (|flag| matches!(flag, Flag::NoQueueing(_)), "without a wait at {names}, whose `concurrency` is not stated"),
    (|flag| *flag == Flag::LoadIncomplete, "without the load of journeys that have no `rate`"),
    (
        |flag| matches!(flag, Flag::BusyChain(_)),
        "the work of {names} is far from exponential: what it passes on is no Poisson stream, and what follows is up to two fifths too long where the work is regular, and a fifth too short where it varies much{band}",
    ),
    (
        |flag| matches!(flag, Flag::RepeatedVisits(_)),
        "it visits {names} several times, and who waits there once waits again: the p99 is too low, of two visits by up to a sixth, of many by a third and more; where the work is heavy-tailed all of it is too high",
    ),
    (
        |flag| matches!(flag, Flag::RetriedWaits(_)),
        "calls that time out in the queue of {names} are tried again and find it as long as before, which is not counted: the p99 shown may be half of the real one, and far more calls may end without an answer",
    ),
    (
        |flag| matches!(flag, Flag::QuorumOfBusy(_)),
        "a step waits for some of its members only, which queue at {names} at the same time and are taken to wait apart: the p99 may be a third too low",
    ),
    (
        |flag| matches!(flag, Flag::Breaker(_)),
        "so many calls of {names} fail that the circuit breaker before it opens now and then, which is not counted: far more calls may end without an answer",
    ),
    (
        |flag| matches!(flag, Flag::ConnectionsLeftOut(_)),
        "the `connections` of {names}, sharded or with a single leader, are not counted: times may be a fifth too low",
    ),
    (|flag| matches!(flag, Flag::HeldConnections(_)), "{names} lets in no more than it has `connections`: the wait for one is counted"),
    (
        |flag| matches!(flag, Flag::SharedQueue(_)),
        "calls at the same time wait for each other at {names}, but not as one batch that the step waits for, and are taken to wait apart: the p99 may be a third too low, and two thirds where more come together than can work",
    ),
    (
        |flag| matches!(flag, Flag::HedgedQueue(_)),
        "a second copy waits behind the first at {names}, which is not counted: the p99 shown may be half of the real one, with one worker a quarter",
    ),
    (|flag| *flag == Flag::ManyAttempts, "calls need more than {attempts} attempts, and those beyond are left out"),
    (
        |flag| matches!(flag, Flag::WaitsForItself(_)),
        "{names} may be asked for a connection by requests that hold one: with all of its `connections` held so, none is given back before a timeout, and no time here holds",
    ),
    (|flag| *flag == Flag::HedgedTail, "hedged calls of heavy-tailed work may be 9 % slower at p99"),
];

fn notes(system: &System, found: &JourneyLatency) -> Vec<String> {
    if found.mean_load.is_none() {
        return Vec::new();
    }
    let mut notes = Vec::new();
    let band = found.band_p99.map_or_else(String::new, |(low, high)| {
        format!(
            "; for Poisson streams, and for such as busy workers make, the p99 is {} or {}",
            quantity::duration(low),
            quantity::duration(high)
        )
    });
    for (wanted, words) in FLAGS {
        let flags: Vec<&Flag> = found.flags.iter().filter(|flag| wanted(flag)).collect();
        let ids: Vec<&str> = flags.iter().filter_map(|flag| Some(system.component(flag.component()?).id.as_str())).collect();
        if !flags.is_empty() {
            let names = crate::analysis::classification::listed(&ids, 4);
            notes.push(words.replace("{names}", &names).replace("{band}", &band).replace("{attempts}", &MAX_ATTEMPTS.to_string()));
        }
    }
    if let (Some((p50, p99)), Some(times)) = (found.first_request, &found.mean_load)
        && p50.seconds() > times.p50.seconds() * 1.01
    {
        notes.push(format!(
            "a request that opens its connection takes {} (p50) and {} (p99)",
            quantity::duration(p50),
            quantity::duration(p99)
        ));
    }
    if let Some((link, GivenUp { share, if_alike })) = found.given_up
        && if_alike >= 1e-6
    {
        let percent = |share: f64| quantity::percent(quantity::Probability::new(share));
        let cases = if if_alike > share * 1.005 {
            format!(" if each attempt meets another queue, {} if all of a call meet the same", percent(if_alike))
        } else {
            String::new()
        };
        notes.push(format!("{} of the calls `{}` end without an answer in time{cases}", percent(share), system.link(link).id));
    }
    notes
}

/// Finds the journey in which adding up percentiles errs most.
fn wrong_sum<'a>(assessed: &'a Assessed<'_>) -> Option<(&'a str, Duration, Duration)> {
    let journeys = assessed.system.journeys.iter().zip(&assessed.assessment.latency.journeys);
    let wrong = journeys.filter_map(|(journey, found)| {
        let (summed, p99) = (found.summed_p99?, found.mean_load.as_ref()?.p99);
        (summed.seconds() > p99.seconds() * 1.02).then_some((journey.id.as_str(), summed, p99))
    });
    wrong.max_by(|a, b| (a.1.seconds() / a.2.seconds()).total_cmp(&(b.1.seconds() / b.2.seconds())).then(b.0.cmp(a.0)))
}

pub(super) fn tail(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table =
        Table::new("Where a slow request spends its time", &["journey", ">work", ">queue", ">network", ">serialization", ">retries"]);
    for (journey, found) in system.journeys.iter().zip(&assessment.latency.journeys) {
        if let Some(tail) = found.tail {
            let cell = |share: f64| if share < 0.0005 { String::new() } else { format!("{} %", significant(share * 100.0, 2)) };
            table.row(vec![
                format!("`{}`", journey.id),
                cell(tail.service),
                cell(tail.queue),
                cell(tail.network),
                cell(tail.serialization),
                cell(tail.retry),
            ]);
        }
    }
    if !table.rows.is_empty() {
        table.note("Shares of the 99th percentile: the mean of each part over requests that take exactly that long.");
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    Section::new("tail", table)
}

/// The calls that make up a slow request, those of each journey with most of it first.
pub(super) fn steps(assessed: &Assessed<'_>) -> Section {
    /// A step with less is no answer to where the time goes.
    const LEAST: f64 = 0.02;
    const MOST: usize = 6;
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new("Which steps a slow request waits for", &["journey", "step", ">share of its p99"]);
    for (journey, found) in system.journeys.iter().zip(&assessment.latency.journeys) {
        let mut steps = found.steps.clone();
        steps.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let shown = steps.iter().filter(|(_, share)| *share >= LEAST).take(MOST);
        for (at, (node, share)) in shown.enumerate() {
            let NodeKind::Call(call) = &journey.calls.node(*node).kind else { continue };
            let times = if call.times > 1 { format!(", {} times", call.times) } else { String::new() };
            table.row(vec![
                if at == 0 { format!("`{}`", journey.id) } else { String::new() },
                format!("`{}`{times}", system.link(call.link).id),
                format!("{} %", significant(share * 100.0, 2)),
            ]);
        }
    }
    if !table.rows.is_empty() {
        table.note("A step's own time, without what its callee calls in turn: by how much the 99th percentile moves when only this step is stretched. What runs beside something slower has no share.");
    }
    table.limit(MAX_ROWS, "steps");
    Section::new("steps", table)
}

pub(super) fn stations(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, ranges, .. } = assessed;
    let mut table = Table::new(
        "How busy the workers are",
        &["component", ">workers", ">visits/s", ">work", ">busy", ">busy at peak", ">connections used", ">while all is retried"],
    );
    let mut stations: Vec<_> = assessment
        .latency
        .stations
        .iter()
        .filter_map(|station| Some((station, station.utilization()?)))
        .filter(|(_, used)| *used > 0.0)
        .collect();
    stations.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.component.cmp(&b.0.component)));
    let stations_that_scale: Vec<(String, Scaling)> =
        stations.iter().filter_map(|(station, _)| Some((station.id(system), station.scaling.filter(|law| law.replicas > 1)?))).collect();
    for (station, used) in stations {
        let id = station.id(system);
        let busiest = &station.shards[0];
        let retried = assessment.latency.stability.amplified.iter().find(|one| one.component == station.component);
        let sharded = system.component(station.component).is_sharded();
        table.row(vec![
            format!("`{id}`{}", if sharded { ", busiest shard" } else { "" }),
            station.servers.map_or_else(String::new, quantity::count),
            number(busiest.arrivals.per_second()),
            station.service.map_or_else(String::new, quantity::duration),
            ranged(ranges, &format!("capacity.stations.{id}.utilization"), used, percentage),
            station.peak_utilization().filter(|peak| *peak > used).map_or_else(String::new, percentage),
            station.connections.map_or_else(String::new, percentage),
            retried.map_or_else(String::new, |one| percentage(one.utilization_while_retried)),
        ]);
    }
    if table.rows.is_empty() {
        return Section::new("stations", table);
    }
    let capacity = &assessment.capacity;
    let name = |id| format!("`{}`", system.component(id).id);
    if let (Some(growth), Some(first)) = (capacity.growth, capacity.bottleneck) {
        let next = capacity.next_bottleneck.map(|next| format!(", then {}", name(next))).unwrap_or_default();
        let most = capacity.max_rate.map(|rate| format!(", to {} of all journeys", quantity::rate(rate))).unwrap_or_default();
        let bound = if capacity.is_complete { "" } else { "at most " };
        table.note(format!("The load can grow {bound}{} times{most}; {} is full first{next}.", significant(growth, 3), name(first)));
    }
    if let Some(worst) = assessment
        .latency
        .stability
        .amplified
        .iter()
        .filter(|one| one.is_vulnerable())
        .max_by(|a, b| a.utilization_while_retried.total_cmp(&b.utilization_while_retried).then(b.component.cmp(&a.component)))
    {
        let remedy = assessment.latency.stability.remedy.map_or_else(
            || "no single retry budget makes it safe".to_owned(),
            |remedy| format!("`retry-budget = {}` on `{}` makes it safe", remedy.retry_budget, system.link(remedy.link).id),
        );
        table.note(format!(
            "Vulnerable: when calls fail, retries make {} visits of each one to {}, which then stays full after the cause is gone; {remedy}.",
            significant(worst.amplification, 3),
            name(worst.component)
        ));
    }
    for (id, law) in stations_that_scale {
        let best = law.best().map_or_else(String::new, |best| {
            let relation = if law.replicas > best { "there are too many: " } else { "" };
            format!("; {relation}most is carried by {best}, √((1 − σ) ÷ κ), and more carry less")
        });
        table.note(format!(
            "`{id}`: {} replicas carry what {} would that cost each other nothing, by N ÷ (1 + σ(N − 1) + κN(N − 1)) with `contention` σ = {} and `coherence` κ = {}{best}. Its work is longer by that.",
            law.replicas,
            significant(law.speedup(law.replicas), 3),
            significant(law.contention, 3),
            significant(law.coherence, 3)
        ));
    }
    table.note("Busy = visits · work ÷ workers; workers = replicas · `concurrency`, of a single-leader store its leader's.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "components");
    Section::new("stations", table)
}

pub(super) fn after_losing(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new("What is carried without a place", &["without", ">of today's load", ">requests", "limited by"]);
    // A place whose loss stops the system is in the failure analysis; here is what still works, but carries less.
    for lost in assessment.capacity.after_losing.iter().filter(|lost| lost.growth > 0.0) {
        table.row(vec![
            format!("`{}`", system.location(lost.location).id),
            percentage(lost.growth),
            lost.max_rate.map_or_else(String::new, quantity::rate),
            format!("`{}`", system.component(lost.bottleneck).id),
        ]);
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "places");
    Section::new("after-losing", table)
}
