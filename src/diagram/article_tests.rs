//! The deployment pictures of the article's three systems show what the article's own pictures show, as read there by hand.

use super::scene::{Edge, Heads, Line, Scene, Toward};
use super::tests::model_of;
use super::{View, diagrams};

fn deployment(directory: &str, alternative: &str) -> Scene {
    let model = model_of(&format!("models/{directory}"));
    let system = model.systems().find(|system| system.id == alternative).expect("the alternative exists");
    let mut scenes = diagrams(system, View::Deployment);
    assert_eq!(scenes.len(), 1, "one picture is enough");
    scenes.remove(0).scene
}

/// Returns every box as `shape name in frame`, sorted.
fn boxes(scene: &Scene) -> Vec<String> {
    let inside = |parent: Option<super::scene::GroupId>| {
        parent.map_or_else(String::new, |id| format!(" in {}", scene.groups[id.index()].face.label))
    };
    let groups = scene.groups.iter().map(|group| format!("{} {}{}", group.face.shape.word(), group.face.label, inside(group.parent)));
    let nodes = scene.nodes.iter().map(|node| format!("{} {}{}", node.face.shape.word(), node.face.label, inside(node.group)));
    let mut all: Vec<String> = groups.chain(nodes).collect();
    all.sort();
    all
}

/// Returns every visible arrow as PlantUML draws it: `.` dashed, `-` solid; its first line of text tells shards apart.
fn arrows(scene: &Scene) -> Vec<String> {
    let name = |end| {
        let face = scene.face(end);
        let shard = face.lines.first().map(|line| line.to_string()).filter(|line| line.starts_with("country"));
        shard.map_or_else(|| face.label.to_string(), |shard| format!("{} {shard}", face.label))
    };
    let arrow = |edge: &Edge| match (edge.line, edge.heads) {
        (Line::Solid, Heads::None) => "--",
        (Line::Solid, _) => "-->",
        (_, Heads::Both) => "<..>",
        (_, _) => "..>",
    };
    let red = |edge: &Edge| if edge.is_failed { " (red)" } else { "" };
    let text = |edge: &Edge| edge.label.as_ref().map_or_else(String::new, |label| format!(": {label}"));
    let visible = scene.edges.iter().filter(|edge| !edge.is_hidden);
    let mut all: Vec<String> =
        visible.map(|edge| format!("{} {} {}{}{}", name(edge.from), arrow(edge), name(edge.to), text(edge), red(edge))).collect();
    all.sort();
    all
}

#[test]
fn mobile() {
    let scene = deployment("mobile", "system");
    let expected = ["actor User A", "actor User B", "agent Mobile Application", "agent Mobile Application", "node Backend Server"];
    assert_eq!(boxes(&scene), expected);
    let expected = [
        "Backend Server ..> Mobile Application: response",
        "Mobile Application ..> Backend Server: failed gRPC request (red)",
        "Mobile Application ..> Backend Server: gRPC request",
        "User A -- Mobile Application: uses",
        "User B -- Mobile Application: uses",
    ];
    assert_eq!(arrows(&scene), expected);
    // Only User A's application gets a response.
    let response =
        scene.edges.iter().find(|edge| edge.label.as_ref().is_some_and(|label| label.as_str() == "response")).expect("there is one");
    assert_eq!(scene.face(response.to).components, ["app-a"]);
}

#[test]
fn kubernetes() {
    let scene = deployment("kubernetes", "system");
    let boxes = boxes(&scene);
    let expected = [
        "cloud Kubernetes",
        "frame Resources in Kubernetes",
        "frame Namespace A in Resources",
        "collections Microservice A x2 in Namespace A",
        "agent Service Mesh Daemon in Namespace A",
        "database Database A in Namespace A",
        "frame Namespace Z in Resources",
        "collections Microservice Z x2 in Namespace Z",
        "agent Service Mesh Daemon in Namespace Z",
        "database Database Z in Namespace Z",
        "queue Queue Z in Namespace Z",
        "frame Nodes in Kubernetes",
        "node GPU Accelerated Worker Node in Nodes",
        "node Control Plane in Nodes",
    ];
    for one in expected {
        assert!(boxes.iter().any(|other| other == one), "{one}: {boxes:#?}");
    }
    assert_eq!(boxes.iter().filter(|one| *one == "node Worker Node in Nodes").count(), 2);
    // The article's own, and the namespaces B and Y with a web client, which stand for the hundreds between.
    assert_eq!(boxes.len(), expected.len() + 2 + 2 * 4 + 1);
    let arrows = arrows(&scene);
    let expected = [
        "Microservice A x2 <..> Service Mesh Daemon",
        "Microservice A x2 ..> Database A",
        "Microservice Z x2 <..> Service Mesh Daemon",
        "Queue Z ..> Microservice Z x2",
        "Microservice Z x2 ..> Database Z",
    ];
    for one in expected {
        assert!(arrows.iter().any(|other| other == one), "{one}: {arrows:#?}");
    }
    // Four machines in a row, below the resources.
    let hidden: Vec<&Edge> = scene.edges.iter().filter(|edge| edge.is_hidden).collect();
    assert_eq!(hidden.iter().filter(|edge| edge.toward == Toward::Right).count(), 3);
    let above: Vec<String> =
        hidden.iter().filter(|edge| edge.toward == Toward::Below).map(|edge| scene.face(edge.from).label.to_string()).collect();
    assert!(above.iter().any(|name| name == "Database A") && above.iter().any(|name| name == "Database Z"), "{above:?}");
}

#[test]
fn sharded_shop() {
    let scene = deployment("shop", "sharded");
    let expected = [
        "collections Application x2 in Monolithic application",
        "collections Application x2 in Monolithic application",
        "collections Application x2 in Monolithic application",
        "collections External applications",
        "database Database x3 in Monolithic application",
        "database Database x3 in Monolithic application",
        "database Database x3 in Monolithic application",
        "node Reverse Proxy x2 in Monolithic application",
        "rectangle Monolithic application",
    ];
    assert_eq!(boxes(&scene), expected);
    let expected = [
        "Application x2 country A-K ..> Database x3 country A-K",
        "Application x2 country L-R ..> Database x3 country L-R",
        "Application x2 country S-Z ..> Database x3 country S-Z",
        "External applications <..> Reverse Proxy x2",
        "Reverse Proxy x2 <..> Application x2 country A-K",
        "Reverse Proxy x2 <..> Application x2 country L-R",
        "Reverse Proxy x2 <..> Application x2 country S-Z",
    ];
    assert_eq!(arrows(&scene), expected);
    let together: Vec<usize> = scene.together.iter().map(Vec::len).collect();
    assert_eq!(together, [3, 3], "the shards of each stand together");
    // The article shows no modules; the boxes say how many there are.
    let shard = scene.nodes.iter().find(|node| node.face.components.contains(&"orders".to_owned())).expect("the modules are inside");
    assert!(shard.face.words().contains("4 modules, 5 links inside"));
}

/// The base of the shop: the seams along which it could be cut are solid, because nothing crosses a process there.
#[test]
fn shop() {
    let scene = deployment("shop", "system");
    let expected = [
        "collections External applications",
        "component Catalogue in Application",
        "component Orders in Application",
        "component Payments in Application",
        "component Shipping in Application",
        "database Database in Monolithic application",
        "rectangle Application in Monolithic application",
        "rectangle Monolithic application",
    ];
    assert_eq!(boxes(&scene), expected);
    let expected = [
        "Application --> Catalogue",
        "Application --> Orders",
        "Application ..> Database",
        "External applications <..> Application",
        "Orders --> Catalogue",
        "Orders --> Payments",
        "Orders --> Shipping",
    ];
    assert_eq!(arrows(&scene), expected);
}
