//! The models of the repository read as they should, and a model of mistakes lists them all.

use std::path::{Path, PathBuf};

use crate::in_memory::{InMemory, diagnostics, shown};
use weighbridge::diagnostic::has_errors;
use weighbridge::model::Model;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the directories below one that hold a `system.toml`.
fn models(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("the directory is part of the repository") {
        let path = entry.expect("the directory can be listed").path();
        if path.join("system.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{} holds models", directory.display());
    found
}

#[test]
fn the_shipped_models_are_clean() {
    for path in models(&root().join("models")) {
        assert_eq!(diagnostics(&InMemory::load(&path)), "", "{}", path.display());
    }
}

#[test]
fn the_models_of_the_language_have_no_errors() {
    for path in models(&root().join("tests/fixtures/language")) {
        let model = Model::read(&InMemory::load(&path));
        let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
        assert!(!has_errors(&model.diagnostics), "{}: {all:#?}", path.display());
    }
}

/// Semantics, "Ids, layers": a parent `weighbridge.toml` makes a workspace.
#[test]
fn a_workspace_shares_places_teams_defaults_network_assumptions_and_policy() {
    let workspace = root().join("tests/fixtures/language/workspace");
    for name in ["north", "south"] {
        let mut files = InMemory::load(&workspace.join(name));
        files.0.insert("../weighbridge.toml".into(), std::fs::read(workspace.join("weighbridge.toml")).expect("the workspace is there"));
        files.0.insert("../prices/ours.toml".into(), std::fs::read(workspace.join("prices/ours.toml")).expect("the workspace's prices"));
        let model = Model::read(&files);
        let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
        assert!(!has_errors(&model.diagnostics), "{name}: {all:#?}");
        assert!(model.base.find_location("eu-a").is_some(), "{name} stands in the workspace's zone");
        assert!(model.base.teams.iter().any(|team| team.id == "platform"), "{name} knows the workspace's team");
        assert_eq!(model.base.assumptions.value("same-zone"), 0.4e-3, "{name}");
        assert_eq!(model.base.network_pairs.len(), 1, "{name}");
        let policy = model.policies.first().expect("the workspace's policy comes first");
        assert_eq!(policy.forbid.len(), 1, "{name}: `forbid` of the workspace's policy");
        assert!(policy.single(weighbridge::syntax::keys::Table::Gates).is_some(), "{name}: `gates` of the workspace's policy");
    }
}

/// Twenty-five different mistakes over a base, a part and an alternative: no more, no less, and none follows from another.
#[test]
fn a_model_of_mistakes_lists_them_all_and_nothing_else() {
    let directory = root().join("tests/fixtures/mistakes");
    let expected = std::fs::read_to_string(directory.join("expected.txt")).expect("the expected list is there");
    let model = Model::read(&InMemory::load(&directory));
    assert_eq!(model.diagnostics.len(), 25);
    let codes: std::collections::BTreeSet<_> = model.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes.len(), 25, "the mistakes are different ones");
    let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    assert_eq!(all.join("\n"), expected.trim_end());
}

/// Nothing depends on the order in which a hash table happens to lie.
#[test]
fn reading_twice_gives_the_same() {
    let files = InMemory::load(&root().join("tests/fixtures/mistakes"));
    assert_eq!(diagnostics(&files), diagnostics(&files));
}
