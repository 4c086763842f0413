//! Copies behind a proxy, stores that fail over; or the same program and its data in shards.

use super::Titles;
use super::draft::{Draft, Key, Origin};
use super::merge::Program;
use super::places::{beginning_with, hosts, listed};
use crate::syntax::keys::{component, deploy};
use crate::syntax::vocabulary::ComponentKind;

/// How many copies of the program and of each database: the fewest that survive one of them.
const COPIES: usize = 2;

/// How many shards: the fewest of which losing one leaves most.
const SHARDS: usize = 3;

/// The field that decides the shard, until somebody names the right one.
const SHARD_KEY: &str = "customer";

/// Puts copies of the program behind a proxy, and gives each database a follower.
pub(super) fn replicate(draft: &mut Draft<'_>, program: &Program) -> Result<Titles, String> {
    let today = draft.base.component(draft.base.find_component(&program.like).ok_or("the program is not in the base")?);
    if !program.is_merged && today.shards.len() > 1 {
        return Err(format!("`{}` is sharded in the base: its copies are a matter of `replicas`, per shard", program.id));
    }
    if !program.is_merged && today.replicas >= 2 {
        return Err(format!("the base is that already: `{}` runs {} times; nothing would differ", program.id, today.replicas));
    }
    if today.replicas < 2 {
        draft.set(&program.id, Key::new("replicas", COPIES.to_string()).because("the fewest that survive one of them"));
    }
    let places = hosts(draft, &program.like, COPIES);
    several(draft, program, places.as_deref(), "the copies");
    for store in databases(draft, program) {
        let base = draft.base;
        if base.find_component(&store).is_some_and(|id| base.component(id).replicas > 1) {
            continue;
        }
        draft.set(&store, Key::new("replicas", COPIES.to_string()).because("a leader and one follower"));
        place_store(draft, &store, places.as_deref(), COPIES);
        let replication = "{ style = \"single-leader\", ack = \"one\", failover = \"automatic\" }";
        draft.set(&store, Key::new("replication", replication).because("`ack = \"one\"` can lose what the follower has not seen"));
    }
    Ok(Titles {
        name: "Replicated monolith",
        summary: format!("{COPIES} copies of one program behind a proxy, and databases that fail over"),
    })
}

/// Splits the program and its databases by a key.
pub(super) fn shard(draft: &mut Draft<'_>, program: &Program) -> Result<Titles, String> {
    let today = draft.base.component(draft.base.find_component(&program.like).ok_or("the program is not in the base")?);
    if !program.is_merged && today.shards.len() > 1 {
        return Err(format!("the base is that already: `{}` has {} shards; nothing would differ", program.id, today.shards.len()));
    }
    let key = || Key::word("shard-key", SHARD_KEY).because("name the field by which data and load split");
    draft.set(&program.id, Key::new("shards", SHARDS.to_string()).because("equal parts; `replicas` are per shard"));
    draft.set(&program.id, key());
    let places = hosts(draft, &program.like, SHARDS);
    several(draft, program, places.as_deref(), "the shards");
    for store in databases(draft, program) {
        draft.set(&store, Key::new("shards", SHARDS.to_string()));
        draft.set(&store, key());
        place_store(draft, &store, places.as_deref(), SHARDS);
        for (name, unit) in [("data", "GB"), ("growth", "GB/month")] {
            if let Some(part) = part_of(draft, &store, name, SHARDS) {
                draft.set(&store, Key::new(name, format!("\"{part}{unit}\"")).because("an equal part, per shard"));
            }
        }
    }
    Ok(Titles { name: "Sharded monolith", summary: format!("One program and its databases in {SHARDS} shards behind a proxy") })
}

/// What copies and shards have in common: places, a proxy before them, and what a single copy may say and several may not.
fn several(draft: &mut Draft<'_>, program: &Program, places: Option<&[String]>, what: &str) {
    let facts = &draft.base.component(draft.base.find_component(&program.like).expect("the program is in the base")).facts;
    let (kind, is_singleton) =
        (draft.base.component(draft.base.find_component(&program.like).expect("it is")).kind, facts.get(component::SINGLETON).stated());
    let stops = facts
        .table(component::DEPLOY)
        .is_some_and(|table| table.get(deploy::STRATEGY).stated().is_some() || table.get(deploy::STOP).stated().is_some());
    if let Some(places) = places {
        draft.set(&program.id, Key::new("on", listed(places)).because("one place each"));
    }
    if is_singleton == Some(true) {
        draft.set(&program.id, Key::new("singleton", "false").because("several work at a time now"));
    }
    if matches!(kind, ComponentKind::Job | ComponentKind::Function) && !program.is_merged {
        draft.set(&program.id, Key::word("kind", "service").because("it takes work as it comes"));
    }
    // Where the program stands there are several places now: what reached it inside one machine no longer does.
    local_links(draft, &program.id);
    if stops && draft.components.get(&program.id).is_some_and(|part| part.origin == Origin::Base) {
        draft.set(
            &program.id,
            Key::new("deploy", "{ strategy = \"rolling\", stop = \"0s\" }").because("one after the other; the rest is the base's"),
        );
    }
    put_proxy_before(draft, program, places, what);
}

/// The proxy before the program, where users call it themselves.
fn put_proxy_before(draft: &mut Draft<'_>, program: &Program, places: Option<&[String]>, what: &str) {
    let outside = [ComponentKind::Actor, ComponentKind::Client, ComponentKind::External];
    let from_outside: Vec<String> = draft
        .links_to(&program.id)
        .into_iter()
        .filter(|link| draft.components.get(&draft.links[link].from).is_some_and(|part| outside.contains(&part.kind)))
        .filter(|link| link.contains(" -> "))
        .collect();
    let Some(first) = from_outside.first() else { return };
    let proxy = draft.free_id("proxy");
    let keys = draft.links.get(first).map(|link| if link.origin == Origin::Base { draft.link_keys(first) } else { link.keys.clone() });
    let mut inner: Vec<Key> =
        keys.into_iter().flatten().filter(|key| ["timeout", "payload", "response"].contains(&key.name.as_str())).collect();
    inner.insert(0, Key::word("protocol", "http").because("inside, without encryption"));
    draft.declare(&proxy, ComponentKind::Proxy, Vec::new());
    draft.set(&proxy, Key::word("name", "Reverse proxy").because(format!("something spreads the load over {what}")));
    draft.set(&proxy, Key::new("replicas", COPIES.to_string()).because(format!("or what stands before {what} is the single point")));
    if let Some(places) = places {
        draft.set(&proxy, Key::new("on", listed(&places[..COPIES.min(places.len())])));
    }
    let owner = draft.own_keys(&program.like, &["owner"]);
    owner.into_iter().for_each(|key| draft.set(&proxy, key));
    for link in from_outside {
        draft.put_between(&link, &proxy, inner.clone());
    }
}

/// Says of links within one machine that they leave it now.
fn local_links(draft: &mut Draft<'_>, program: &str) {
    let local = ["unix", "loopback"];
    let ids: Vec<String> =
        draft.links.iter().filter(|(_, link)| link.from == program || link.to == program).map(|(id, _)| id.clone()).collect();
    for id in ids {
        let protocol = draft.link_keys(&id).into_iter().find(|key| key.name == "protocol").map(|key| key.text);
        if protocol.is_some_and(|text| local.contains(&text.trim_matches('"'))) {
            draft.set_link(&id, Key::word("protocol", "https").because("its ends are on different machines"));
        }
    }
}

/// Places a store where the program's copies are, beginning at its own place; else beside its own place.
fn place_store(draft: &mut Draft<'_>, store: &str, places: Option<&[String]>, copies: usize) {
    let base = draft.base;
    let Some(id) = base.find_component(store) else { return };
    let own = base.component(id).facts.words(component::ON).first().map(|word| word.text.clone());
    let Some(own) = own else { return };
    let shared = places.and_then(|places| beginning_with(places, &own));
    let found = shared.or_else(|| hosts(draft, store, copies));
    if let Some(found) = found {
        draft.set(store, Key::new("on", listed(&found)));
    }
}

/// Returns the databases that the program or one of its modules uses.
fn databases(draft: &Draft<'_>, program: &Program) -> Vec<String> {
    let is_inside = |id: &str| {
        let module_of = |id: &str| {
            draft.base.find_component(id).and_then(|id| draft.base.component(id).of).map(|of| draft.base.component(of).id.as_str())
        };
        id == program.id
            || draft.components.get(id).is_some_and(|part| part.kind == ComponentKind::Module)
                && (program.is_merged || module_of(id) == Some(program.id.as_str()))
    };
    let used = |store: &String| draft.links.values().any(|link| link.to == *store && is_inside(&link.from));
    draft.of_kind(&[ComponentKind::Database]).into_iter().filter(used).collect()
}

/// Returns an equal part of an amount of data, in GB.
pub(super) fn part_of(draft: &Draft<'_>, store: &str, key: &str, parts: usize) -> Option<String> {
    /// The seconds of a month of 730 hours.
    const MONTH: f64 = 730.0 * 3_600.0;
    let facts = &draft.base.component(draft.base.find_component(store)?).facts;
    #[expect(clippy::cast_precision_loss, reason = "a count of parts")]
    let parts = parts as f64;
    let bytes = match key {
        "data" => facts.get(component::DATA).stated()?.bytes(),
        _ => facts.get(component::GROWTH).stated()?.bytes_per_second() * MONTH,
    };
    Some(super::plain(bytes / parts / 1e9))
}
