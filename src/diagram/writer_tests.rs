//! Laws of the writers besides PlantUML's: everything of a scene is written, nothing of a name is syntax, and the same scene gives the same bytes.

use std::path::Path;

use super::layout::{Area, Layout, layout};
use super::scene::{Scene, SceneKind};
use super::tests::{all_systems, generate, sequence};
use super::{DotText, MermaidText, NamedScene, Styled, SvgText, View, diagrams, dot, matrix, mermaid, svg};
use crate::model::testing::system;

fn scenes() -> Vec<NamedScene> {
    let mut all = Vec::new();
    for system in all_systems() {
        let views = [View::Deployment, View::Context].into_iter().chain(system.journey_ids().map(View::Sequence));
        all.extend(views.flat_map(|view| diagrams(&system, view)));
    }
    all
}

#[test]
fn every_box_and_arrow_is_written() {
    for NamedScene { scene, name } in scenes() {
        let arrows = scene.edges.iter().filter(|edge| !edge.is_hidden).count();
        let graph = matches!(scene.kind, SceneKind::Graph);

        let picture = svg(&scene, Styled::Itself);
        assert_eq!(picture, svg(&scene, Styled::Itself), "{name}");
        assert!(picture.matches("class=\"wb-way").count() >= arrows, "{name}");

        let text = mermaid(&scene);
        assert_eq!(text, mermaid(&scene), "{name}");
        for (at, node) in scene.nodes.iter().enumerate() {
            let id = format!("n{}", at + 1);
            let is_declared = |line: &str| {
                line.trim_start().starts_with(&format!("{id}{}", if graph { "" } else { " as" })) || line.contains(&format!(" {id} as "))
            };
            assert!(text.lines().any(is_declared), "{name}: {id}");
            assert!(text.contains(&MermaidText::new(&node.face.label).to_string()), "{name}");
            assert!(dot(&scene).contains(&DotText::new(&node.face.label).to_string()), "{name}");
        }
        let drawn = dot(&scene);
        assert_eq!(drawn, dot(&scene));
        assert_eq!(drawn.lines().filter(|line| line.contains(" -> ")).count(), scene.edges.len(), "{name}");
        assert_eq!(drawn.lines().filter(|line| line.ends_with('{')).count(), drawn.lines().filter(|line| line.trim() == "}").count());
    }
}

/// Boxes stand in the picture, in their frames, and not on each other.
#[test]
fn no_box_stands_on_another() {
    for NamedScene { scene, name } in scenes() {
        let Layout { width, height, groups, nodes, edges, .. } = layout(&scene);
        let is_in = |inner: &Area, outer: &Area| {
            inner.x >= outer.x - 0.5
                && inner.y >= outer.y - 0.5
                && inner.right() <= outer.right() + 0.5
                && inner.bottom() <= outer.bottom() + 0.5
        };
        let page = Area { x: 0.0, y: 0.0, width, height };
        for (at, area) in nodes.iter().enumerate() {
            assert!(is_in(area, &page), "{name}: {area:?} in {page:?}");
            if let Some(group) = scene.nodes[at].group {
                assert!(is_in(area, &groups[group.index()]), "{name}: box {at}");
            }
            for other in &nodes[at + 1..] {
                let apart = area.right() <= other.x + 0.5
                    || other.right() <= area.x + 0.5
                    || area.bottom() <= other.y + 0.5
                    || other.bottom() <= area.y + 0.5;
                assert!(apart, "{name}: {area:?} {other:?}");
            }
        }
        for (edge, way) in scene.edges.iter().zip(&edges) {
            assert_eq!(way.is_none(), edge.is_hidden, "{name}");
            assert!(way.iter().flat_map(|way| &way.points).all(|point| point.x.is_finite() && point.y.is_finite()));
        }
    }
}

/// Tags of a picture with what is between them; panics where they do not match.
fn tags(picture: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut names = Vec::new();
    let mut rest = picture;
    while let Some(at) = rest.find('<') {
        let (tag, after) = rest[at + 1..].split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "tags nest");
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes end: {tag}");
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        names.push(name.to_owned());
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    names
}

fn hostile_names() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plantuml/hostile-names.json");
    serde_json::from_slice(&std::fs::read(path).expect("the list is there")).expect("a list of strings")
}

fn named(name: &str) -> Vec<Scene> {
    let text = generate::named(name);
    let system = system(text.strip_prefix("schema = 1\n").expect("the first key is `schema`"));
    let first = diagrams(&system, View::Deployment).remove(0).scene;
    vec![first, diagrams(&system, View::Context).remove(0).scene, sequence(&system)]
}

/// No name adds a tag, a statement or an attribute.
#[test]
fn hostile_names_are_text_in_every_language() {
    let first_words = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.split(['[', '(', '{', '"', '|', ':', '=']).next().unwrap_or_default().split_whitespace().take(1).collect())
            .collect()
    };
    let harmless = named("harmless");
    for name in hostile_names() {
        for (scene, other) in named(&name).iter().zip(&harmless) {
            let picture = svg(scene, Styled::Itself);
            // A longer name has more rows, so texts may differ in number; nothing else may.
            let others = |picture: &str| -> Vec<String> { tags(picture).into_iter().filter(|tag| tag != "text").collect() };
            assert_eq!(others(&picture), others(&svg(other, Styled::Itself)), "{name:?}");
            // Which tags there are is compared above; of attributes none is a link, and the words between tags hold no `<`.
            for tag in picture.split('<').filter_map(|part| part.split_once('>')).map(|(tag, _)| tag) {
                assert!(!tag.contains("href=") && !tag.contains(" on") && !tag.starts_with(['!', '?']), "{tag}: {name:?}");
            }
            assert_eq!(first_words(&mermaid(scene)), first_words(&mermaid(other)), "{name:?}");
            assert!(
                !mermaid(scene).contains("%%") && !mermaid(scene).lines().any(|line| line.trim_start().starts_with("click")),
                "{name:?}"
            );
            assert_eq!(first_words(&dot(scene)).len(), first_words(&dot(other)).len(), "{name:?}");
            let unescaped = |text: &str| text.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            assert_eq!(unescaped(&dot(scene)), unescaped(&dot(other)), "{name:?}");
        }
        let system = system(generate::named(&name).strip_prefix("schema = 1\n").expect("the first key is `schema`"));
        tags(&matrix(&system).svg(Styled::Itself));
    }
}

#[test]
fn a_text_is_no_tag_and_no_attribute() {
    assert_eq!(SvgText::new(&super::Text::new("<a b=\"c\">&'")).to_string(), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
}

#[test]
fn a_matrix_counts_every_link() {
    for system in all_systems() {
        let matrix = matrix(&system);
        assert_eq!(matrix.links.values().sum::<usize>(), system.links.len(), "{}", system.name);
        assert_eq!(matrix.rows().len(), matrix.names.len());
        tags(&matrix.svg(Styled::Itself));
    }
}

/// The base of the shop against its microservices, as read in the two files.
#[test]
fn a_difference_names_what_came_and_went() {
    let model = super::tests::model_of("models/shop");
    let after = model.alternatives.iter().find(|system| system.id == "microservices").expect("it is there");
    let scene = diagrams(after, View::Difference(&model.base)).remove(0).scene;
    let words: Vec<String> = scene.nodes.iter().map(|node| node.face.words()).collect();
    assert!(words.iter().any(|words| words.starts_with("Gateway") && words.ends_with("added")), "{words:#?}");
    assert!(words.iter().any(|words| words == "Application removed"), "{words:#?}");
    assert!(words.iter().any(|words| words.starts_with("Orders") && words.contains("kind was module")), "{words:#?}");
    // The same system has nothing in colour.
    let same = diagrams(after, View::Difference(after)).remove(0).scene;
    assert!(same.faces().all(|face| face.fill == super::scene::Fill::Plain) && same.edges.iter().all(|edge| edge.mark.is_none()));
}

/// Too large or too nested for layers: rows, in time that grows with the size alone.
#[test]
fn what_layers_cannot_hold_stands_in_rows() {
    let components: String = (0..29).map(|n| format!("c{n} = {{ kind = \"service\", on = \"l30\" }}\n")).collect();
    let locations: String = (1..=30).map(|n| format!("l{n} = {{ kind = \"namespace\", in = \"l{}\" }}\n", n - 1)).collect();
    let system =
        system(&format!("[locations]\nl0 = {{ kind = \"region\" }}\n{locations}[components]\n{components}[links]\n\"c0 -> c1\" = {{}}\n"));
    let scene = diagrams(&system, View::Deployment).remove(0).scene;
    let picture = svg(&scene, Styled::Itself);
    assert_eq!(picture.matches("class=\"wb-frame").count(), 31);
    tags(&picture);
}
