//! Laws of all pictures: nothing of the model is lost, names cannot break out, and the same model gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::scene::{Moment, Scene, SceneKind};
use super::{NamedScene, Theme, View, diagrams, matrix, plantuml, plantuml_with, policy};
use crate::diagnostic::{has_errors, one_line};
use crate::model::testing::{MemoryFiles, system};
use crate::model::{MAX_DEPTH, Model, System};

#[path = "../../examples/support/generate.rs"]
pub(super) mod generate;

/// Reads a model directory of the package.
pub(super) fn model_of(directory: &str) -> Model {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut files = MemoryFiles::default();
    let mut open = vec![root.clone()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).expect("the directory is there") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("it lies inside").to_string_lossy().into_owned();
                files.0.insert(name, std::fs::read(&path).expect("the file can be read"));
            }
        }
    }
    let model = Model::read(&files);
    let shown: Vec<String> = model.diagnostics.iter().map(|one| one_line(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{shown:#?}");
    model
}

fn generated(size: usize) -> System {
    let text = generate::generate(size);
    system(text.strip_prefix("schema = 1\n").expect("the first key is `schema`"))
}

pub(super) fn all_systems() -> Vec<System> {
    let directories = ["mobile", "kubernetes", "shop", "simulation", "online-boutique"].map(|name| format!("models/{name}"));
    let fixtures = ["smallest", "everything", "forms"].map(|name| format!("tests/fixtures/language/{name}"));
    let mut systems: Vec<System> =
        directories.iter().chain(&fixtures).flat_map(|directory| model_of(directory).systems().cloned().collect::<Vec<_>>()).collect();
    systems.extend([5, 20, 80, 300].map(generated));
    systems
}

/// Checks that a scene can be drawn: its references hold, and frames come after those around them.
fn check_shape(scene: &Scene) {
    for (at, group) in scene.groups.iter().enumerate() {
        assert!(group.parent.is_none_or(|parent| parent.index() < at));
    }
    assert!(scene.nodes.iter().all(|node| node.group.is_none_or(|group| group.index() < scene.groups.len())));
    for edge in &scene.edges {
        let _ = (scene.face(edge.from), scene.face(edge.to));
    }
    if let SceneKind::Sequence(moments) = &scene.kind {
        let mut depth = 0_usize;
        for moment in moments {
            match moment {
                Moment::Open(..) => depth += 1,
                Moment::Close => depth = depth.checked_sub(1).expect("only an open frame closes"),
                Moment::Else(_) => assert!(depth > 0),
                Moment::Arrow(at) => assert!(*at < scene.edges.len()),
            }
        }
        assert_eq!(depth, 0, "every frame closes");
    }
}

fn components_in<'a>(scenes: impl IntoIterator<Item = &'a Scene>) -> BTreeSet<String> {
    scenes.into_iter().flat_map(Scene::faces).flat_map(|face| face.components.iter().cloned()).collect()
}

fn links_in<'a>(scenes: impl IntoIterator<Item = &'a Scene>) -> BTreeSet<String> {
    let links = |scene: &'a Scene| {
        scene.edges.iter().flat_map(|edge| &edge.links).chain(scene.faces().flat_map(|face| &face.links)).cloned().collect::<Vec<_>>()
    };
    scenes.into_iter().flat_map(links).collect()
}

/// Every component and link is drawn, or inside a box that says how many.
#[test]
fn nothing_is_lost() {
    for system in all_systems() {
        let components: BTreeSet<String> = system.components.iter().map(|one| one.id.clone()).collect();
        let links: BTreeSet<String> = system.links.iter().map(|one| one.id.clone()).collect();
        for view in [View::Deployment, View::Context, View::Failure(&BTreeMap::new())] {
            let scenes = diagrams(&system, view);
            scenes.iter().for_each(|one| check_shape(&one.scene));
            // The first picture shows all by itself; so do the drill-downs together.
            let first = [&scenes[0].scene];
            assert_eq!(components_in(first), components, "{} {view:?}", system.name);
            assert_eq!(links_in(first), links, "{} {view:?}", system.name);
            if scenes.len() > 1 {
                let rest = || scenes[1..].iter().map(|one| &one.scene);
                assert_eq!(components_in(rest()), components);
                assert_eq!(links_in(rest()), links);
            }
        }
    }
}

/// A box that stands for several components or holds links says how many in words.
#[test]
fn aggregates_say_how_many() {
    for system in all_systems() {
        for one in diagrams(&system, View::Deployment).iter().chain(&diagrams(&system, View::Context)) {
            for face in one.scene.nodes.iter().map(|node| &node.face).filter(|face| face.components.len() > 1) {
                let number = face.components.len().to_string();
                let without_its_host = (face.components.len() - 1).to_string();
                let words = face.words();
                assert!(words.contains(&format!("{number} component")) || words.contains(&format!("{without_its_host} module")), "{words}");
            }
        }
    }
}

/// One picture up to 30 components and 45 links, an overview and drill-downs above.
#[test]
fn large_systems_are_divided() {
    let names = |size: usize| -> Vec<String> { diagrams(&generated(size), View::Deployment).into_iter().map(|one| one.name).collect() };
    assert_eq!(names(5), ["deployment"]);
    assert_eq!(names(20), ["deployment"]);
    let of_80 = names(80);
    assert_eq!(of_80[0], "deployment-overview");
    assert!(of_80.contains(&"deployment-group-space-0".to_owned()) && of_80.contains(&"deployment-group-callers".to_owned()));
    assert_eq!(of_80.iter().collect::<BTreeSet<_>>().len(), of_80.len(), "names tell pictures apart");
    for size in [80, 300] {
        let scenes = diagrams(&generated(size), View::Deployment);
        assert!(scenes[0].scene.edges.len() <= policy::MAX_GROUP_ARROWS);
        assert!(scenes[0].scene.legend.iter().any(|line| line.as_str().starts_with("①: linked to")), "hubs are badges");
        assert!(scenes[1..].iter().all(|one| one.scene.nodes.len() <= 2 * policy::MAX_COMPONENTS));
    }
}

/// A system whose components all stand in one place has nothing to divide by; its pictures stay small all the same.
#[test]
fn one_crowded_place_is_divided() {
    let components: String = (0..200).map(|n| format!("c{n} = {{ kind = \"service\" }}\n")).collect();
    let links: String = (1..200).map(|n| format!("\"c0 -> c{n}\" = {{}}\n")).collect();
    let scenes = diagrams(&system(&format!("[components]\n{components}[links]\n{links}")), View::Deployment);
    assert!(scenes.len() > 7);
    for one in &scenes {
        assert!(one.scene.nodes.len() <= policy::MAX_COMPONENTS + policy::MAX_GROUPS, "{}", one.name);
    }
}

/// Fifty places with one service each: a chain of 49 links, and 48 from the last one. It has 49 links, those from the second to the one before the last but one have
/// three each, the others two: forty have a row of their own, and the first and the nine before the last stand together.
#[test]
fn of_more_groups_than_rows_the_busiest_are_told_apart() {
    let zones: String = (0..50).map(|n| format!("z{n:02} = {{ kind = \"zone\" }}\n")).collect();
    let components: String = (0..50).map(|n| format!("c{n:02} = {{ kind = \"service\", on = \"z{n:02}\" }}\n")).collect();
    let chain: String = (0..49).map(|n| format!("\"c{n:02} -> c{:02}\" = {{}}\n", n + 1)).collect();
    let hub: String = (0..48).map(|n| format!("\"c49 -> c{n:02}\" = {{}}\n")).collect();
    let found = matrix(&system(&format!("[locations]\n{zones}[components]\n{components}[links]\n{chain}{hub}")));
    assert_eq!(found.names.len(), 41);
    assert!(found.names[0].as_str().contains("z01") && found.names[39].as_str().contains("z49"), "{:?}", found.names);
    assert_eq!(found.names[40].as_str(), "the other 10 groups (10 components)");
    assert_eq!(found.links.values().sum::<usize>(), 97, "every link is counted");
    // From 40 on to 48, eight links stay among the others; the hub calls 0 and 40 to 47, and 48 calls the hub.
    assert_eq!((found.links[&(40, 40)], found.links[&(39, 40)], found.links[&(40, 39)]), (8, 9, 1));
    assert_eq!(found.rows().len(), 41);
    assert_eq!(found.legend[0].as_str(), "50 components in 50 groups");
    assert_eq!(found.legend[1].as_str(), "the 40 with the most links have a row each, the others the last one");
}

#[test]
fn too_many_groups_point_to_the_matrix() {
    let scene = diagrams(&generated(2_000), View::Deployment).remove(0).scene;
    assert!(scene.edges.len() <= policy::MAX_GROUP_ARROWS);
    let legend: Vec<&str> = scene.legend.iter().map(super::Text::as_str).collect();
    assert!(legend.iter().any(|line| line.contains("dependency matrix")), "{legend:?}");
    assert!(scene.faces().any(|face| face.words().contains("not drawn")), "the boxes say how many arrows are left out");
}

pub(super) fn sequence(system: &System) -> Scene {
    let id = system.journey_ids().next().expect("there is a journey");
    diagrams(system, View::Sequence(id)).remove(0).scene
}

/// Semantics, "Journeys": every form of a step is drawn as the frame that the words of PlantUML have for it.
#[test]
fn a_sequence_has_a_frame_for_every_form() {
    let text = r#"
[components]
u = { kind = "client" }
a = { kind = "service" }
b = { kind = "service" }
c = { kind = "cache" }
d = { kind = "database" }
[links]
"u -> a" = {}
"a -> b" = { operation = "ask" }
"a -> c" = {}
"a -> d" = {}
[journeys.j]
steps = [
  "u -> a",
  { call = "a -> b", times = 3 },
  { call = "a -> c", hit = 0.9, else = ["a -> d"] },
  { parallel = ["a -> b", "a -> d"], quorum = 1 },
  { choice = [{ share = 0.8, steps = ["a -> b"] }, { share = 0.2, steps = ["a -> d"] }] },
  { first-of = ["a -> b", "a -> d"], switch = "2s" },
  { call = "a -> b", when = 0.25, fallback = true },
]
"#;
    let system = system(text);
    let source = plantuml(&sequence(&system));
    let story: Vec<&str> =
        source.lines().map(str::trim).skip_while(|line| *line != "n1 -> n2").take_while(|line| *line != "@enduml").collect();
    let expected = [
        "n1 -> n2",
        "loop 3 times",
        "n2 -> n3 : ask",
        "end",
        "n2 -> n4",
        "alt miss (10 <U+0025>), or down",
        "n2 -> n5",
        "end",
        "par at once; 1 of 2 answers are enough",
        "n2 -> n3 : ask",
        "else and",
        "n2 -> n5",
        "end",
        "alt 80 <U+0025> of requests",
        "n2 -> n3 : ask",
        "else 20 <U+0025> of requests",
        "n2 -> n5",
        "end",
        "alt first choice",
        "n2 -> n3 : ask",
        "else when that fails, after 2 s",
        "n2 -> n5",
        "end",
        "opt 25 <U+0025> of requests",
        "alt answered",
        "n2 -> n3 : ask",
        "else b is down",
        "n2 -> n2 : answers without b",
        "end",
        "end",
    ];
    assert_eq!(story, expected);
}

#[test]
fn a_sequence_shows_every_call_or_says_how_many_it_leaves_out() {
    for system in all_systems() {
        for id in system.journey_ids() {
            let scene = diagrams(&system, View::Sequence(id)).remove(0).scene;
            check_shape(&scene);
            let calls: BTreeSet<String> =
                system.journeys[id.index()].calls.calls().map(|(_, call)| system.link(call.link).id.clone()).collect();
            if scene.legend.is_empty() {
                assert!(links_in([&scene]).is_superset(&calls));
            } else {
                assert!(scene.legend[0].as_str().contains(" drawn"));
            }
        }
    }
}

/// Journeys may be 30,000 calls deep.
#[test]
fn a_deep_journey_neither_overflows_nor_fills_a_wall() {
    let steps: String = (0..15_000).map(|_| "\"a -> b\", \"b -> a\", ").collect();
    let text = format!(
        "[components]\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\n[links]\n\"a <-> b\" = {{}}\n[journeys.j]\nsteps = [{steps}]\n"
    );
    let scene = sequence(&system(&text));
    check_shape(&scene);
    assert_eq!(scene.edges.len(), policy::MAX_MOMENTS);
    assert_eq!(scene.legend[0].as_str(), "60 of 30,000 calls drawn; the others are deeper or later");
    assert!(scene.edges[59].label.as_ref().is_some_and(|label| label.as_str() == "29,940 more calls below"));
}

/// Locations may nest as deep as the model allows; every frame that opens closes.
#[test]
fn deep_nesting_is_written() {
    let locations: String = (1..=MAX_DEPTH).map(|n| format!("l{n} = {{ kind = \"namespace\", in = \"l{}\" }}\n", n - 1)).collect();
    let text = format!(
        "[locations]\nl0 = {{ kind = \"region\" }}\n{locations}[components]\na = {{ kind = \"service\", on = \"l{MAX_DEPTH}\" }}\n"
    );
    let scene = diagrams(&system(&text), View::Deployment).remove(0).scene;
    let source = plantuml(&scene);
    assert_eq!(source.matches('{').count(), MAX_DEPTH + 1);
    assert_eq!(source.matches('}').count(), MAX_DEPTH + 1);
}

#[test]
fn failure_is_told_in_words_and_colours() {
    let model = model_of("models/shop");
    let sharded = model.systems().find(|system| system.id == "sharded").expect("it is there");
    let lost = BTreeMap::from([("lb".to_owned(), 1.0), ("app".to_owned(), 0.45), ("db".to_owned(), 0.0), ("eu-a".to_owned(), 0.333)]);
    let scene = diagrams(sharded, View::Failure(&lost)).remove(0).scene;
    let of = |id: &str| scene.nodes.iter().map(|node| &node.face).find(|face| face.components[0] == id).expect("it is drawn");
    assert!(of("lb").words().ends_with("100 % of traffic lost"));
    assert_eq!(of("lb").fill, super::scene::Fill::Total);
    assert!(of("app").words().ends_with("45 % of traffic lost"));
    assert_eq!(of("app").fill, super::scene::Fill::Medium);
    assert!(of("db").words().ends_with("no traffic lost"));
    assert_eq!(of("external").fill, super::scene::Fill::Plain, "nothing is said where nothing is known");
    // Where each shard has a box, the box tells what the loss of that shard costs.
    let lost = BTreeMap::from([("app".to_owned(), 1.0), ("app/A-K".to_owned(), 0.45), ("app/L-R".to_owned(), 0.3)]);
    let scene_of_shards = diagrams(sharded, View::Failure(&lost)).remove(0).scene;
    let shards = scene_of_shards.nodes.iter().map(|node| &node.face).filter(|face| face.components[0] == "app");
    let words: Vec<String> = shards.map(|face| face.words()).collect();
    assert!(words[0].ends_with("45 % of traffic lost") && words[1].ends_with("30 % of traffic lost"), "{words:?}");
    assert!(words[2].ends_with("100 % of traffic lost"), "of a shard that nothing is said of, its component's: {words:?}");
    assert!(!scene_of_shards.legend.iter().any(|line| line.as_str().starts_with("app")), "{:?}", scene_of_shards.legend);
    // A zone without a box is named below.
    assert!(scene.legend.iter().any(|line| line.as_str() == "place eu-a: 33.3 % of traffic lost"));
}

#[test]
fn the_context_is_one_box_and_its_callers() {
    let model = model_of("models/shop");
    let scene = diagrams(&model.base, View::Context).remove(0).scene;
    let words: Vec<String> = scene.nodes.iter().map(|node| node.face.words()).collect();
    assert_eq!(words, ["External applications", "Shop 6 components, 6 links inside"]);
    assert_eq!(scene.edges.len(), 1);
}

/// A portable subset, self-contained, the same bytes every time.
#[test]
fn the_source_is_portable() {
    for system in all_systems() {
        let journeys = system.journey_ids().map(View::Sequence);
        for NamedScene { scene, .. } in
            [View::Deployment, View::Context].into_iter().chain(journeys).flat_map(|view| diagrams(&system, view))
        {
            for theme in [Theme::Standard, Theme::Mono, Theme::Plain] {
                let source = plantuml_with(&scene, theme);
                assert_eq!(source, plantuml_with(&scene, theme));
                assert!(source.starts_with("@startuml\n") && source.ends_with("@enduml\n"));
                for refused in ["!", "ortho", "<-[", "%", "[["] {
                    assert!(!source.contains(refused), "{refused} in {source}");
                }
                assert_eq!(
                    source.lines().filter(|line| line.ends_with('{')).count(),
                    source.lines().filter(|line| line.trim() == "}").count()
                );
            }
        }
    }
}

/// No name adds a line to the source.
#[test]
fn hostile_names_add_no_line() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plantuml/hostile-names.json");
    let names: Vec<String> = serde_json::from_slice(&std::fs::read(path).expect("the list is there")).expect("a list of strings");
    let statements = |name: &str| {
        let text = generate::named(name);
        let system = system(text.strip_prefix("schema = 1\n").expect("the first key is `schema`"));
        let scenes = diagrams(&system, View::Deployment).into_iter().chain([NamedScene { name: String::new(), scene: sequence(&system) }]);
        let first_words = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
        scenes.map(|one| plantuml(&one.scene).lines().map(first_words).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    // The line of the title begins with the name itself.
    let without_titles = |name: &str| -> Vec<Vec<String>> {
        statements(name)
            .into_iter()
            .map(|lines| {
                let title = lines.iter().position(|line| line == "title").expect("there is a title");
                lines.into_iter().enumerate().filter(|(at, _)| *at != title + 1).map(|(_, line)| line).collect()
            })
            .collect()
    };
    let harmless = without_titles("harmless");
    for name in &names {
        assert_eq!(without_titles(name), harmless, "{name:?}");
    }
}
