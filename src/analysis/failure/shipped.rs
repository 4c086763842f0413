//! The shipped models, by the article's own words about them.

use super::blast_radius;
use super::tests::{points, row};
use crate::model::Model;
use crate::model::testing::model;

fn read(files: &[(&str, &str)]) -> Model {
    let model = model(files);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    model
}

/// The base: application and database in one zone, so every process stops everything; a wrong configuration, too.
#[test]
fn the_shop_stops_with_any_of_its_parts() {
    let model = read(&[("system.toml", include_str!("../../../models/shop/system.toml"))]);
    let radius = blast_radius(&model.base);
    for id in ["app", "db", "eu", "eu-a", "config-push"] {
        assert_eq!(row(&model.base, &radius, id), "down, down", "{id}");
    }
    assert_eq!(row(&model.base, &radius, "eu-b"), "up +, up +");
    assert_eq!(points(&model.base, &radius, 0), ["app/1", "config-push", "db/1", "eu", "eu-a"]);
    assert_eq!(radius.partial_failure(), None);
}

/// Replicated: no zone stops it any more, the region and the configuration still do. Sharded: a failing shard of the database is a part of the traffic.
#[test]
fn the_replicated_and_sharded_shops_outlive_a_zone() {
    let model = read(&[
        ("system.toml", include_str!("../../../models/shop/system.toml")),
        ("alternatives/replicated.toml", include_str!("../../../models/shop/alternatives/replicated.toml")),
        ("alternatives/sharded.toml", include_str!("../../../models/shop/alternatives/sharded.toml")),
    ]);
    for alternative in &model.alternatives {
        let radius = blast_radius(alternative);
        assert_eq!(points(alternative, &radius, 0), ["config-push", "eu"], "{}", alternative.id);
        for id in ["eu-a", "eu-b", "eu-c"] {
            assert_eq!(row(alternative, &radius, id), "up +, up +", "{id}");
        }
    }
}

/// Microservices: orders do not wait for shipping, browsing does not need payments; what all share stops all.
#[test]
fn the_microservices_keep_faults_in_one_part() {
    let model = read(&[
        ("system.toml", include_str!("../../../models/shop/system.toml")),
        ("alternatives/microservices.toml", include_str!("../../../models/shop/alternatives/microservices.toml")),
        ("prices/assumed.toml", include_str!("../../../models/shop/prices/assumed.toml")),
    ]);
    let system = &model.alternatives[0];
    let radius = blast_radius(system);
    // Journeys by id: browse, order.
    let rows = [
        ("catalogue", "down, down"),
        ("payments", "up +, down"),
        ("payments-db", "up +, down"),
        ("shipping", "up +, degraded +"),
        ("events", "up +, degraded +"),
        ("config-push", "down, down"),
        ("eu", "down, down"),
        ("eu-a", "up +, degraded +"),
        ("eu-b", "up +, up +"),
    ];
    for (id, expected) in rows {
        assert_eq!(row(system, &radius, id), expected, "{id}");
    }
}

/// Kubernetes: the databases have one instance each; a mesh daemon takes its service down; the control plane stops nothing that runs.
#[test]
fn the_kubernetes_model_shows_its_single_points() {
    let model = read(&[("system.toml", include_str!("../../../models/kubernetes/system.toml"))]);
    let radius = blast_radius(&model.base);
    // Journeys by id: browse (web, y), place-order (web, a, b; z behind a queue).
    let rows = [
        ("kube", "up +, up +"),
        ("control-plane", "up +, up +"),
        ("mesh-config", "down, down"),
        ("cluster-upgrade", "down, down"),
        ("worker-1", "down, down"),
        ("worker-2", "up +, down"),
        // At the peak 250 requests a second of 40 ms keep ten workers busy: one replica of twelve carries them alone.
        ("gpu", "up +, up +"),
        ("daemon-y", "down, up +"),
        ("microservice-z", "up +, degraded +"),
        ("database-b", "up +, down"),
        ("web", "down, down"),
    ];
    for (id, expected) in rows {
        assert_eq!(row(&model.base, &radius, id), expected, "{id}");
    }
    let browse = ["cluster", "cluster-upgrade", "database-y/1", "mesh-config", "worker-1", "zone-1"];
    assert_eq!(points(&model.base, &radius, 0), browse);
}

/// The mobile application: the server stops both apps' online work, which goes on offline; a crashed app stops one user.
#[test]
fn a_crashed_mobile_app_leaves_the_other_user_alone() {
    let model = read(&[("system.toml", include_str!("../../../models/mobile/system.toml"))]);
    let radius = blast_radius(&model.base);
    assert_eq!(row(&model.base, &radius, "app-b"), "up +, down");
    assert_eq!(row(&model.base, &radius, "backend"), "degraded, degraded");
    assert_eq!(points(&model.base, &radius, 0), ["backend", "server/1"]);
}
