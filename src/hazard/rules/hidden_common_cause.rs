//! Replicas that fail together.

use super::{Report, Run, Subject, ids};
use crate::model::{ComponentId, Host};
use crate::syntax::keys::{Table, component, objectives};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{LocationKind, Survive};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    let survive = run.system.single(Table::Objectives).map_or(Fact::Unknown, |facts| facts.get(objectives::SURVIVE));
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if one.replicas < 2 || one.is_caller() || !matches!(run.replicas(id), Some(2..)) || !run.component(id, component::ON).is_known() {
            continue;
        }
        let shards = 0..one.shards.len();
        let shared = shards.filter_map(|shard| common_place(run, one.shard_instances(shard).iter().map(|instance| instance.host))).next();
        let Some((place, what)) = shared else { continue };
        let matters = match what {
            LocationKind::Node | LocationKind::Device | LocationKind::Rack => true,
            LocationKind::Zone | LocationKind::Datacenter => matches!(survive, Fact::Stated(Survive::Zone | Survive::Region)),
            _ => false,
        };
        if matters {
            let of = Subject::Component(id);
            let text = format!("all {} replicas of `{}` stand on `{place}`", one.replicas, one.id);
            let at = run.place(of, component::ON);
            run.report(&[of], at, Report::new(text, "spread them: `spread = \"node\"` or `\"zone\"` over several places in `on`"));
        }
    }
    shared_hosts(run);
}

/// Returns the innermost place that all instances share, where it is a failure domain.
fn common_place(run: &Run<'_>, hosts: impl Iterator<Item = Option<Host>>) -> Option<(String, LocationKind)> {
    let hosts: Option<BTreeSet<Host>> = hosts.collect();
    let hosts = hosts?;
    let first = hosts.first()?;
    if hosts.len() == 1 && run.system.machine(*first).is_some() {
        return Some((run.system.host_event(*first), run.system.location(first.location).kind));
    }
    // Hosts without a machine of their own stand on machines of their own in the place.
    let around: Vec<_> = run.system.around(first.location).collect();
    let shared = around.into_iter().find(|at| hosts.iter().all(|host| run.system.around(host.location).any(|other| other == *at)))?;
    let location = run.system.location(shared);
    let several = location.is_machine() && location.count > 1;
    (location.is_failure_domain() && !several).then(|| (location.id.clone(), location.kind))
}

/// Stores that look apart and stand on one component.
fn shared_hosts(run: &mut Run<'_>) {
    let mut stores: BTreeMap<ComponentId, Vec<ComponentId>> = BTreeMap::new();
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if let Some(host) = one.hosted_on.filter(|_| one.is_store()) {
            stores.entry(host).or_default().push(id);
        }
    }
    for (host, list) in stores.into_iter().filter(|(_, list)| list.len() > 1) {
        if run.replicas(host) != Some(1) {
            continue;
        }
        let names: Vec<String> = list.iter().map(|id| run.name(*id).to_owned()).collect();
        let text = format!("{} stores stop with the one instance of `{}`: {}", list.len(), run.name(host), ids(&names));
        let evidence = list.iter().map(|id| (Subject::Component(*id), run.place(Subject::Component(*id), component::HOSTED_ON))).collect();
        run.report_with(
            &[Subject::Component(host)],
            evidence,
            Report::new(text, "give them hosts of their own, or make the host redundant"),
        );
    }
}
