//! What a failure of each place costs: the deployment picture, filled by the share of traffic lost, which is also written in words.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{Fill, Scene};
use crate::model::System;
use crate::quantity::{Probability, percent};

/// The most places that the legend names because the picture has no box for them.
const MAX_NAMED: usize = 10;

/// Fills the boxes of a deployment picture. `lost` has the share of traffic lost by the id of the component, shard or location that is down.
pub(super) fn paint(system: &System, scene: &mut Scene, lost: &BTreeMap<String, f64>, names_others: bool) {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for face in scene.faces_mut() {
        // A box with one program stands for its machine: what is down is what the box is called after.
        let of_shard = face.shard.iter().filter(|id| lost.contains_key(*id)).collect::<Vec<_>>();
        let components = if of_shard.is_empty() { face.components.iter().collect() } else { of_shard };
        let ids: Vec<&String> = components.into_iter().chain(&face.locations).filter(|id| lost.contains_key(*id)).collect();
        let Some(most) = ids.iter().filter_map(|id| lost.get(*id)).copied().max_by(f64::total_cmp) else { continue };
        let words =
            if ids.len() > 1 && ids.iter().any(|id| lost.get(*id) != Some(&most)) { format!("up to {}", words(most)) } else { words(most) };
        shown.extend(ids.into_iter().chain(&face.components).cloned());
        face.line(&words);
        if face.fill == Fill::Plain {
            face.fill = fill(most);
        }
    }
    scene.note("colour and words: the share of traffic that is lost while this is down");
    if names_others {
        name_others(system, scene, lost, &shown);
    }
}

/// Names the places that have no box of their own, the worst first.
fn name_others(system: &System, scene: &mut Scene, lost: &BTreeMap<String, f64>, shown: &BTreeSet<String>) {
    // Shards without boxes of their own stand in their component's.
    let is_left_out = |id: &str| !shown.contains(id) && !id.contains('/');
    let mut others: Vec<(f64, &String)> =
        lost.iter().filter(|(id, share)| is_left_out(id) && **share > 0.0).map(|(id, share)| (*share, id)).collect();
    others.sort_by(|(a, a_id), (b, b_id)| b.total_cmp(a).then(a_id.cmp(b_id)));
    for (share, id) in others.iter().take(MAX_NAMED) {
        let kind = system.find_location(id).map_or("", |_| "place ");
        scene.note(&format!("{kind}{id}: {}", words(*share)));
    }
    if let Some((most, _)) = others.get(MAX_NAMED) {
        scene.note(&format!("{} more: at most {}", others.len() - MAX_NAMED, words(*most)));
    }
}

fn words(share: f64) -> String {
    if share <= 0.0 { "no traffic lost".to_owned() } else { format!("{} of traffic lost", percent(Probability::new(share))) }
}

fn fill(share: f64) -> Fill {
    if share <= 0.0 {
        Fill::Harmless
    } else if share < 0.1 {
        Fill::Light
    } else if share < 0.5 {
        Fill::Medium
    } else if share < 1.0 {
        Fill::Heavy
    } else {
        Fill::Total
    }
}
