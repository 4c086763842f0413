//! What the model says about the system as it is, and about what a proposal is called.
//!
//! Bands between two answers overlap on purpose: only an answer that is clearly outside contradicts. Where the model does not state what a result needs, there
//! is no result.

use std::collections::BTreeSet;

use petgraph::visit::NodeFiltered;

use super::{Computed, Design, Fits, plural};
use crate::analysis::classification::{Distributed, listed};
use crate::decision::joined;
use crate::model::{Component, ComponentId, Journey, System, TeamId};
use crate::quantity::significant;
use crate::source::Span;
use crate::syntax::keys::{Table, location};
use crate::syntax::keys::{component, entity, journey, link, objectives, team};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, OrTrue};
use crate::syntax::vocabulary::{ComponentKind, Effect, EntityValue, LocationKind, Vocabulary};

/// The answers to how it runs today.
pub(super) const SHAPES: &[&str] = &[
    "one-process",
    "app-and-database-apart",
    "app-on-user-devices-plus-server",
    "several-copies",
    "several-services",
    "dozens-of-services",
    "nothing-yet",
];

/// From this number of programs on "several" becomes "dozens".
const DOZENS: usize = 12;

/// From this number of programs on "several" no longer fits.
const SURELY_DOZENS: usize = 24;

/// How it runs, from the classification; a base can stand for what is only planned, so `nothing-yet` always fits.
pub(super) fn shape(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let programs = parts(system, Component::is_program);
    let has_clients = system.components.iter().any(|one| one.kind == ComponentKind::Client);
    let classification = &design.assessment.classification;
    let mut fitting: Vec<&'static str> = match classification.distributed {
        Distributed::Unknown => return None,
        Distributed::None => vec!["one-process"],
        Distributed::Edge if has_clients => vec!["app-on-user-devices-plus-server", "one-process"],
        Distributed::Edge => vec!["one-process"],
        Distributed::DataStore => vec!["app-and-database-apart"],
        Distributed::Replicated => vec!["several-copies"],
        Distributed::Full if programs.len() < DOZENS => vec!["several-services"],
        Distributed::Full if programs.len() < SURELY_DOZENS => vec!["several-services", "dozens-of-services"],
        Distributed::Full => vec!["dozens-of-services"],
    };
    if classification.distributed == Distributed::DataStore && has_clients {
        fitting.push("app-on-user-devices-plus-server");
    }
    fitting.push("nothing-yet");
    let instances: usize = programs.iter().map(|id| system.component(*id).instances.len()).sum();
    let words = format!(
        "{}, {} in {}",
        classification.distributed.sentence().trim_end_matches('.').to_lowercase(),
        plural(programs.len(), "program"),
        if instances == 1 { "one copy".to_owned() } else { format!("{instances} copies") },
    );
    Some(Computed { words, fits: Fits::Options(fitting), places: spans(system, &programs) })
}

/// The answers to what is on the table.
pub(super) const CANDIDATES: &[&str] =
    &["single-process", "replicated-monolith", "sharded-monolith", "coarse-services", "microservices", "serverless", "batch"];

/// What an alternative is, whatever it is called: the candidate of the style that its structure has.
///
/// Styles of services shade into each other, so only a shape of another family contradicts: microservices and coarse services fit each other.
pub(super) fn candidate(design: &Design<'_>) -> Option<Computed> {
    let found = design.assessment.classification.style.as_ref()?;
    let fitting = match found.style.candidate().map(Vocabulary::word) {
        Some("coarse-services") => vec!["coarse-services", "microservices"],
        Some("microservices") => vec!["microservices", "coarse-services"],
        Some(word) => CANDIDATES.iter().copied().filter(|known| *known == word).collect(),
        None => Vec::new(),
    };
    let words = format!("its structure is {}: {}", found.style.word(), joined(&found.holding, 3));
    Some(Computed { words, fits: Fits::Options(fitting), places: spans(design.system, &parts(design.system, Component::is_program)) })
}

/// The answers to what sort of work it is.
pub(super) const WORK_KINDS: &[&str] =
    &["people-waiting-for-pages", "devices-syncing", "jobs-overnight", "simulation-or-training", "event-streams"];

/// Whether anybody waits: calls against messages in declared journeys.
pub(super) fn work_kind(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let (mut calls, mut messages) = (0, 0);
    for (_, call) in declared(system).flat_map(|journey| journey.calls.calls()) {
        let from_a_person = system.component(call.caller).kind == ComponentKind::Actor;
        match call.arrow {
            Arrow::Message => messages += 1,
            _ if from_a_person => {}
            _ => calls += 1,
        }
    }
    let fitting = match (calls, messages) {
        (0, 0) => return None,
        (_, 0) => WORK_KINDS.iter().copied().filter(|id| *id != "event-streams").collect(),
        (0, _) => WORK_KINDS.iter().copied().filter(|id| *id != "people-waiting-for-pages").collect(),
        _ => return None,
    };
    let words = format!("the journeys' steps are {} and {}", plural(calls, "call"), plural(messages, "message"));
    Some(Computed { words, fits: Fits::Options(fitting), places: declared(system).map(|one| one.span).collect() })
}

/// The answers to whether targets are written down.
pub(super) const TARGETS: &[&str] = &["none", "a-few", "most", "all-with-numbers"];

/// Which of the four targets the model states: load, availability, latency, cost.
pub(super) fn targets(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let objectives = system.single(Table::Objectives);
    let stated = |of_system: u16, of_journey: Option<u16>| {
        objectives.is_some_and(|facts| facts.entry(of_system).is_some())
            || of_journey.is_some_and(|index| declared(system).any(|one| one.facts.entry(index).is_some()))
    };
    let load = declared(system).any(|one| one.facts.entry_of(journey::RATE).is_some() || one.facts.entry_of(journey::PEAK).is_some())
        || stated(objectives::THROUGHPUT.index, Some(journey::THROUGHPUT.index));
    let latency = [
        (objectives::LATENCY_P50.index, journey::LATENCY_P50.index),
        (objectives::LATENCY_P95.index, journey::LATENCY_P95.index),
        (objectives::LATENCY_P99.index, journey::LATENCY_P99.index),
    ];
    let kinds = [
        ("load", load),
        ("availability", stated(objectives::AVAILABILITY.index, Some(journey::AVAILABILITY.index))),
        ("latency", latency.iter().any(|(of_system, of_journey)| stated(*of_system, Some(*of_journey)))),
        ("cost", stated(objectives::BUDGET.index, None)),
    ];
    let has: Vec<&str> = kinds.iter().filter(|(_, is_stated)| *is_stated).map(|(name, _)| *name).collect();
    let lacks: Vec<&str> = kinds.iter().filter(|(_, is_stated)| !*is_stated).map(|(name, _)| *name).collect();
    let fitting = match has.len() {
        // What is not in the model may be written down elsewhere, but not with all its numbers.
        0 => vec!["none", "a-few", "most"],
        1 => vec!["a-few", "most"],
        2 | 3 => vec!["most", "a-few"],
        _ => vec!["all-with-numbers", "most"],
    };
    let words = match (has.as_slice(), lacks.as_slice()) {
        ([], _) => "the model states no target".to_owned(),
        (has, []) => format!("the model states targets for {}", joined(has, 4)),
        (has, lacks) => format!("the model states targets for {}, none for {}", joined(has, 4), joined(lacks, 4)),
    };
    let places = objectives.into_iter().flat_map(|facts| facts.entries().map(|(_, entry)| entry.key)).take(1).collect();
    Some(Computed { words, fits: Fits::Options(fitting), places })
}

/// The answers to where users are.
pub(super) const USER_PLACES: &[&str] =
    &["one-place", "one-country", "far-but-cdn-is-enough", "several-continents-must-be-fast", "legal-residency"];

/// On how many continents users are: the code of a region up to its first `-`, where the share of users is stated.
pub(super) fn user_places(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut continents = BTreeSet::new();
    let mut places = Vec::new();
    for place in &system.locations {
        let share = place.facts.get(location::SHARE_OF_USERS).stated().map_or(0.0, |share| share.value());
        if share > 0.0
            && let Some(code) = place.code.as_deref()
        {
            continents.insert(code.split('-').next().unwrap_or(code).to_owned());
            places.push(place.span);
        }
    }
    let words: Vec<&str> = continents.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | [_] => None,
        several => Some(Computed {
            words: format!("users are stated on {} continents: {}", several.len(), joined(several, 4)),
            fits: Fits::Options(vec!["several-continents-must-be-fast", "far-but-cdn-is-enough", "legal-residency"]),
            places,
        }),
    }
}

/// The answers to how load moves.
pub(super) const LOAD_SHAPES: &[&str] = &["flat", "daily-wave", "spikes-10x", "unpredictable-100x"];

/// How load moves: the largest peak ÷ mean over the journeys that state both.
pub(super) fn load_shape(design: &Design<'_>) -> Option<Computed> {
    let mut largest: Option<(f64, &Journey)> = None;
    for one in declared(design.system) {
        let (Some(mean), Some(peak)) = (one.rate(), one.facts.get(journey::PEAK).stated()) else { continue };
        let ratio = peak.per_second() / mean.per_second();
        if ratio.is_finite() && largest.is_none_or(|(found, _)| ratio > found) {
            largest = Some((ratio, one));
        }
    }
    let (ratio, journey) = largest?;
    let bands = [("flat", 0.0, 2.0), ("daily-wave", 1.3, 5.0), ("spikes-10x", 4.0, 40.0), ("unpredictable-100x", 25.0, f64::MAX)];
    let fitting = bands.iter().filter(|(_, low, high)| (*low..=*high).contains(&ratio)).map(|(id, ..)| *id).collect();
    let words = format!("journey `{}` peaks at {} times its mean", journey.id, significant(ratio, 2));
    Some(Computed { words, fits: Fits::Options(fitting), places: vec![journey.span] })
}

/// How many people the owning teams have.
pub(super) fn engineers(design: &Design<'_>) -> Option<Computed> {
    let owners = owners(design.system);
    let members: Vec<(TeamId, u64)> =
        owners.iter().filter_map(|id| Some((*id, design.system.team(*id).facts.get(team::MEMBERS).stated()?))).collect();
    if members.is_empty() || members.len() < owners.len() {
        return None;
    }
    let sum: u64 = members.iter().map(|(_, count)| *count).fold(0, u64::saturating_add);
    let words = format!("{} people in {}", crate::quantity::count(sum), plural(members.len(), "owning team"));
    let places = members.iter().map(|(id, _)| design.system.team(*id).span).collect();
    Some(Computed { words, fits: Fits::About { value: sum as f64, factor: 2.0 }, places })
}

/// The answers to how many teams must ship without waiting.
pub(super) const TEAMS: &[&str] =
    &["one-team", "2-3-teams-ok", "4-10-teams-queueing", "over-10-teams-blocked", "dozens-of-teams-must-ship-alone"];

/// How many teams own a part: fewer teams than the answer counts cannot wait for each other.
pub(super) fn teams(design: &Design<'_>) -> Option<Computed> {
    let owners = owners(design.system);
    let most = match owners.len() {
        0 => return None,
        1 => 1,
        2..=3 => 2,
        4..=10 => 3,
        11..=23 => 4,
        _ => 5,
    };
    let mut fitting: Vec<&'static str> = TEAMS[..most].to_vec();
    // Teams that own parts need not wait for each other, so a smaller answer fits, too; the nearest is the largest.
    fitting.reverse();
    let names: Vec<&str> = owners.iter().map(|id| design.system.team(*id).id.as_str()).collect();
    let words =
        format!("{} own{} parts of it: {}", plural(owners.len(), "team"), if owners.len() == 1 { "s" } else { "" }, listed(&names, 4));
    Some(Computed { words, fits: Fits::Options(fitting), places: owners.iter().map(|id| design.system.team(*id).span).collect() })
}

/// The answers to what keeps interfaces honest.
pub(super) const CONTRACTS: &[&str] = &["word-of-mouth", "documents", "schemas", "tested-in-ci"];

/// The weakest link between parts of different owners: whether it states a contract, and whether that is tested.
pub(super) fn contracts(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let (mut count, mut without, mut untested) = (0, Vec::new(), Vec::new());
    for one in &system.links {
        let (from, to) = (system.component(one.from), system.component(one.to));
        if from.owner.is_none() || to.owner.is_none() || from.owner == to.owner {
            continue;
        }
        count += 1;
        match (one.facts.get(link::CONTRACT), one.facts.get(link::CONTRACT_TESTED)) {
            (Fact::Absent, _) => without.push(one),
            (_, Fact::Absent | Fact::Stated(false)) => untested.push(one),
            (Fact::Stated(_) | Fact::Unknown, _) => {}
        }
    }
    let (weak, words, fitting) = match (without.as_slice(), untested.as_slice()) {
        _ if count == 0 => return None,
        ([_, ..], _) => (&without, "have no contract", vec!["documents", "word-of-mouth"]),
        ([], [_, ..]) => (&untested, "have a contract that no pipeline tests", vec!["schemas", "documents", "word-of-mouth"]),
        ([], []) => return None,
    };
    let ids: Vec<&str> = weak.iter().map(|one| one.id.as_str()).collect();
    let words = format!("{} of {} between owners {words}: {}", weak.len(), plural(count, "link"), listed(&ids, 3));
    Some(Computed { words, fits: Fits::Options(fitting), places: weak.iter().map(|one| one.span).collect() })
}

/// The answers to who gets up at night.
pub(super) const ON_CALL: &[&str] = &["nobody", "business-hours", "one-team", "each-owner"];

/// Who gets up, from what the owning teams state; none where one of them says nothing.
pub(super) fn on_call(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let owners = owners(system);
    let (mut always, mut by_day, mut never) = (0, 0, 0);
    for id in &owners {
        match system.team(*id).facts.get(team::ONCALL) {
            Fact::Stated(OrTrue::True(_)) => always += 1,
            Fact::Stated(OrTrue::Value(_)) => by_day += 1,
            Fact::Absent => never += 1,
            Fact::Unknown => return None,
        }
    }
    let fitting = match (always, by_day, never) {
        (0, 0, 0) => return None,
        (1, 0, 0) => vec!["one-team", "each-owner"],
        (_, 0, 0) => vec!["each-owner"],
        (0, 0, _) => vec!["nobody"],
        (0, _, _) => vec!["business-hours"],
        (1, _, _) => vec!["one-team"],
        _ => return None,
    };
    let words = format!(
        "of {}, {always} can be woken at any hour, {by_day} in business hours, {never} not at all",
        plural(owners.len(), "owning team")
    );
    Some(Computed { words, fits: Fits::Options(fitting), places: owners.iter().map(|id| system.team(*id).span).collect() })
}

/// The answers to how settled the lines between parts are.
pub(super) const BOUNDARIES: &[&str] = &["still-discovering", "rough", "stable-mostly", "proven-years"];

/// Whether modules of one program call each other in a circle: then the lines between them are not settled.
pub(super) fn boundaries(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let is_module = |id: ComponentId| system.component(id).kind == ComponentKind::Module;
    let modules = NodeFiltered::from_fn(&system.graph, |node| is_module(system.graph[node]));
    let circles = petgraph::algo::tarjan_scc(&modules);
    let circle = circles.into_iter().filter(|members| members.len() > 1).map(|members| {
        let mut ids: Vec<ComponentId> = members.into_iter().map(|node| system.graph[node]).collect();
        ids.sort_unstable();
        ids
    });
    let circle = circle.min()?;
    let names: Vec<&str> = circle.iter().map(|id| system.component(*id).id.as_str()).collect();
    Some(Computed {
        words: format!("modules call each other in a circle: {}", listed(&names, 5)),
        fits: Fits::Options(vec!["rough", "still-discovering"]),
        places: spans(system, &circle),
    })
}

/// The answers to whether parts ship together or share a database.
pub(super) const TOGETHER: &[&str] = &["always", "sometimes", "no"];

/// Which stores several programs reach: whoever shares data cannot move alone.
pub(super) fn shared_data(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    if parts(system, Component::is_program).len() < 2 {
        return None;
    }
    let unit = |one: &Component| one.facts.text(component::UNIT).unwrap_or(&one.id).to_owned();
    let mut shared = Vec::new();
    let mut stores = 0;
    for id in parts(system, |one| matches!(one.kind, ComponentKind::Database | ComponentKind::Storage)) {
        let users: BTreeSet<String> = system
            .links
            .iter()
            .filter(|one| one.to == id && one.arrow == Arrow::Call && system.component(one.from).is_program())
            .map(|one| unit(system.component(one.from)))
            .collect();
        stores += usize::from(!users.is_empty());
        if users.len() > 1 {
            shared.push(id);
        }
    }
    let names: Vec<&str> = shared.iter().map(|id| system.component(*id).id.as_str()).collect();
    match names.as_slice() {
        _ if stores == 0 => None,
        // Parts with data of their own may still ship together, so nothing is contradicted.
        [] => None,
        names => Some(Computed {
            words: format!(
                "{} of {} {} used by several programs: {}",
                names.len(),
                plural(stores, "store"),
                if names.len() == 1 { "is" } else { "are" },
                listed(names, 4)
            ),
            fits: Fits::Options(vec!["sometimes", "always"]),
            places: spans(system, &shared),
        }),
    }
}

/// How many remote calls the journey with the highest rate makes: its network messages ÷ 2.
pub(super) fn remote_calls(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let counted = system.journeys.iter().zip(&design.assessment.communication.journeys).filter(|(one, _)| !one.implied);
    let rate = |one: &Journey| one.rate().map_or(0.0, |rate| rate.per_second());
    let mut typical: Option<(f64, &Journey, f64)> = None;
    for (one, counted) in counted {
        if typical.is_none_or(|(found, ..)| rate(one) > found) {
            typical = Some((rate(one), one, counted.network_messages() / 2.0));
        }
    }
    let (_, journey, calls) = typical?;
    Some(Computed {
        words: format!("journey `{}` makes {} remote calls", journey.id, significant(calls, 3)),
        fits: Fits::About { value: calls, factor: 2.0 },
        places: vec![journey.span],
    })
}

/// The answers to what happens if a message comes twice.
pub(super) const TWICE: &[&str] = &["money-is-wrong", "customers-see-it", "we-would-notice-nothing", "steps-are-safe-to-repeat"];

/// Which writing links are retried although repeating them is stated not to be safe.
pub(super) fn repeated(design: &Design<'_>) -> Option<Computed> {
    let unsafe_links: Vec<_> = design
        .system
        .links
        .iter()
        .filter(|one| one.facts.get(link::RETRIES).stated().is_some_and(|retries| retries > 0))
        .filter(|one| matches!(one.facts.get(link::EFFECT), Fact::Stated(Effect::Write | Effect::Irreversible)))
        .filter(|one| one.facts.get(link::IDEMPOTENT).is_absent())
        .collect();
    let ids: Vec<&str> = unsafe_links.iter().map(|one| one.id.as_str()).collect();
    (!ids.is_empty()).then(|| Computed {
        words: format!(
            "{} retried, and repeating is stated not to be safe: {}",
            if ids.len() == 1 { "a writing link is" } else { "writing links are" },
            listed(&ids, 3)
        ),
        fits: Fits::Options(vec!["customers-see-it", "money-is-wrong", "we-would-notice-nothing"]),
        places: unsafe_links.iter().map(|one| one.span).collect(),
    })
}

/// The answers to whether operations change data of several parts.
pub(super) const ACROSS: &[&str] = &["money-or-safety", "many", "a-few-retry-is-fine", "no"];

/// Which journeys write data of several writers at once; today one transaction may hold it together, a cut would need a protocol.
pub(super) fn across_parts(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut found = Vec::new();
    let mut with_money = false;
    let mut knows_writes = false;
    for one in declared(system) {
        let mut writers: BTreeSet<ComponentId> = BTreeSet::new();
        let mut has_money = one.facts.get(journey::MONEY).holds();
        for id in one.calls.calls().flat_map(|(_, call)| &call.writes) {
            knows_writes = true;
            let written = &system.entities[id.index()];
            writers.extend(written.writers.iter().copied().chain(written.truth.filter(|_| written.writers.is_empty())));
            has_money |= written.facts.get(entity::VALUE) == Fact::Stated(EntityValue::Money);
        }
        if writers.len() > 1 {
            found.push((one, writers.len()));
            with_money |= has_money;
        }
    }
    if !knows_writes {
        return None;
    }
    let words: Vec<String> = found.iter().map(|(one, parts)| format!("`{}` of {parts} parts", one.id)).collect();
    let fitting = match (words.is_empty(), with_money) {
        (true, _) => vec!["no", "a-few-retry-is-fine"],
        (false, true) => vec!["money-or-safety", "many", "a-few-retry-is-fine"],
        (false, false) => vec!["a-few-retry-is-fine", "many", "money-or-safety"],
    };
    let words = if words.is_empty() {
        "no journey writes data of several parts".to_owned()
    } else {
        format!("journeys write data of several parts at once: {}", joined(&words, 4))
    };
    Some(Computed { words, fits: Fits::Options(fitting), places: found.iter().map(|(one, _)| one.span).collect() })
}

/// The journeys that somebody declared.
pub(in crate::decision) fn declared(system: &System) -> impl Iterator<Item = &Journey> {
    system.journeys.iter().filter(|journey| !journey.implied)
}

/// The components of some sort, by id.
pub(super) fn parts(system: &System, is: impl Fn(&Component) -> bool) -> Vec<ComponentId> {
    system.component_ids().filter(|id| is(system.component(*id))).collect()
}

/// The places where components are declared.
pub(super) fn spans(system: &System, components: &[ComponentId]) -> Vec<Span> {
    components.iter().map(|id| system.component(*id).span).collect()
}

/// The teams that own a program, a store or a module.
pub(in crate::decision) fn owners(system: &System) -> Vec<TeamId> {
    let owning = system.components.iter().filter(|one| one.is_program() || one.is_store() || one.kind == ComponentKind::Module);
    let mut owners: Vec<TeamId> = owning.filter_map(|one| one.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The regions that carry a program or a store.
pub(in crate::decision) fn regions(system: &System) -> Vec<&str> {
    let mut regions = BTreeSet::new();
    for one in system.components.iter().filter(|one| one.is_program() || one.is_store()) {
        for host in one.instances.iter().filter_map(|instance| instance.host) {
            regions.extend(system.enclosing(host.location, &[LocationKind::Region]).map(|region| system.location(region).id.as_str()));
        }
    }
    regions.into_iter().collect()
}
