//! Writes every picture of every model in every language beside the scene that it should show, for the checks against real engines in `tests/plantuml` and
//! `tests/pictures`.
//!
//! `cargo run --example scenes -- DIRECTORY`

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use weighbridge::diagnostic::one_line;
use weighbridge::diagram::scene::{End, GroupId, Heads, Line, NodeId, Scene, SceneKind, Shape, Toward};
use weighbridge::diagram::{NamedScene, Styled, View, diagrams, dot, mermaid, plantuml, svg};
use weighbridge::model::{FileError, Files, Model, System};

#[path = "support/generate.rs"]
mod generate;

/// The sizes of generated systems.
const SIZES: [usize; 4] = [5, 20, 80, 300];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(target), None) = (arguments.next(), arguments.next()) else { return Err("usage: scenes DIRECTORY".into()) };
    let target = PathBuf::from(target);
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));

    for path in directories(&package.join("models"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let model = read(&Directory(path))?;
        for system in model.systems() {
            write_all(&target.join(&name).join(&system.id), system)?;
        }
    }
    for size in SIZES {
        let model = read(&OneFile(generate::generate(size)))?;
        write_all(&target.join("generated").join(size.to_string()), &model.base)?;
    }
    let names: Vec<String> = serde_json::from_slice(&fs::read(package.join("tests/plantuml/hostile-names.json"))?)?;
    for (number, name) in names.iter().enumerate() {
        let system = read(&OneFile(generate::named(name)))?.base;
        let pictures = diagrams(&system, View::Deployment).into_iter().chain(diagrams(&system, View::Sequence(journey(&system)?)));
        for picture in pictures {
            write(&target.join("hostile").join(number.to_string()), &picture)?;
        }
    }
    Ok(())
}

fn journey(system: &System) -> Result<weighbridge::model::JourneyId, String> {
    system.journey_ids().next().ok_or_else(|| format!("{} has no journey", system.name))
}

/// Writes every view of a system.
fn write_all(target: &Path, system: &System) -> Result<(), Box<dyn Error>> {
    // Which failure costs what is the business of an analysis; any shares will do to colour a picture.
    let components = system
        .components
        .iter()
        .filter(|component| !component.instances.is_empty() && !component.is_caller())
        .map(|component| &component.id);
    let ids = components.chain(system.locations.iter().filter(|location| location.is_failure_domain()).map(|location| &location.id));
    let lost: BTreeMap<String, f64> = ids.enumerate().map(|(at, id)| (id.clone(), [0.0, 0.04, 0.3, 0.75, 1.0][at % 5])).collect();
    let views = [View::Deployment, View::Context, View::Failure(&lost)];
    for view in views.into_iter().chain(system.journey_ids().map(View::Sequence)) {
        for picture in diagrams(system, view) {
            write(target, &picture)?;
        }
    }
    Ok(())
}

fn write(target: &Path, picture: &NamedScene) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(target)?;
    fs::write(target.join(format!("{}.puml", picture.name)), plantuml(&picture.scene))?;
    fs::write(target.join(format!("{}.mmd", picture.name)), mermaid(&picture.scene))?;
    fs::write(target.join(format!("{}.dot", picture.name)), dot(&picture.scene))?;
    fs::write(target.join(format!("{}.svg", picture.name)), svg(&picture.scene, Styled::Itself))?;
    fs::write(target.join(format!("{}.scene.json", picture.name)), format!("{:#}\n", json_of(&picture.scene)))?;
    Ok(())
}

/// Returns what the check compares: identifiers as the source has them, words as a reader sees them.
fn json_of(scene: &Scene) -> Value {
    let is_sequence = matches!(scene.kind, SceneKind::Sequence(_));
    let groups: Vec<Value> = (scene.groups.iter().zip(GroupId::first(scene.groups.len())))
        .map(|(group, id)| json!({ "id": id.to_string(), "label": group.face.words(), "parent": group.parent.map(|id| id.to_string()), "shape": group.face.shape.word() }))
        .collect();
    let nodes: Vec<Value> = (scene.nodes.iter().zip(NodeId::first(scene.nodes.len())))
        .map(|(node, id)| {
            let is_participant =
                is_sequence && !matches!(node.face.shape, Shape::Actor | Shape::Collections | Shape::Database | Shape::Queue);
            let shape = if is_participant { "participant" } else { node.face.shape.word() };
            json!({ "id": id.to_string(), "label": node.face.words(), "group": node.group.map(|id| id.to_string()), "shape": shape })
        })
        .collect();
    let edges: Vec<Value> = (scene.edges.iter())
        .map(|edge| {
            let end = |end: End| end.to_string();
            json!({
                "from": end(edge.from), "to": end(edge.to), "label": edge.label.as_ref().map(ToString::to_string),
                "directed": edge.heads == Heads::End, "both": edge.heads == Heads::Both, "hidden": edge.is_hidden, "right": edge.is_hidden && edge.toward == Toward::Right, "dashed": edge.line != Line::Solid,
            })
        })
        .collect();
    json!({ "title": scene.title.as_str(), "kind": if is_sequence { "sequence" } else { "graph" }, "groups": groups, "nodes": nodes, "edges": edges })
}

fn read(files: &dyn Files) -> Result<Model, String> {
    let model = Model::read(files);
    if model.has_errors() {
        return Err(model.diagnostics.iter().map(|one| one_line(&model.sources, one)).collect::<Vec<_>>().join("\n"));
    }
    Ok(model)
}

fn directories(parent: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(parent)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    Ok(found)
}

/// A model directory on disk.
struct Directory(PathBuf);

impl Files for Directory {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.0.join(path)).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound { FileError::NotFound } else { FileError::Other(error.to_string()) }
        })
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let Ok(entries) = fs::read_dir(self.0.join(directory)) else { return Ok(Vec::new()) };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        self.0.join(path).display().to_string()
    }

    fn workspace(&self) -> Option<String> {
        None
    }
}

/// A model of one file in memory.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == "system.toml" { Ok(self.0.clone().into_bytes()) } else { Err(FileError::NotFound) }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileError> {
        Ok(Vec::new())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn workspace(&self) -> Option<String> {
        None
    }
}
