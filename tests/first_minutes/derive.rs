//! Every model can be derived as every design that it is not, and the result is what it was derived to be.

use super::{Place, err};

const MODELS: [&str; 5] = ["shop", "mobile", "kubernetes", "simulation", "online-boutique"];

/// The designs with the arguments that they need where a base states no modules.
const DESIGNS: [(&str, &[&str]); 4] =
    [("single", &[]), ("replicated", &[]), ("sharded", &[]), ("services", &["--parts", "accounts,reports"])];

/// The bases that are the design already: a program alone on its machine.
const ALREADY: [(&str, &str); 2] = [("mobile", "single"), ("simulation", "single")];

fn classified(place: &Place, id: &str) -> (String, String) {
    let result = place.json(&["assess", "m", "--format", "json"]);
    let found = result["alternatives"].as_array().expect("alternatives").iter().find(|one| one["id"] == id).expect("it is there").clone();
    let word = |key: &str| found["classification"][key].as_str().unwrap_or("none").to_owned();
    (word("distributed"), word("style"))
}

#[test]
fn every_model_becomes_every_design_and_is_classified_as_it() {
    for model in MODELS {
        for (design, parts) in DESIGNS {
            let place = Place::with_base_of(model);
            let has_modules = model == "shop";
            let mut arguments = vec!["derive", "m", "--as", design];
            arguments.extend(parts.iter().filter(|_| !has_modules));
            let output = place.run(&arguments);
            if ALREADY.contains(&(model, design)) {
                assert_eq!(output.status.code(), Some(2), "{model} {design}");
                assert!(err(&output).contains("the base is that already"), "{model} {design}: {}", err(&output));
                continue;
            }
            assert_eq!(output.status.code(), Some(0), "{model} {design}: {}", err(&output));
            assert!(!err(&output).contains("classified otherwise"), "{model} {design}: {}", err(&output));
            let (distributed, style) = classified(&place, design);
            let fits = match design {
                "single" => {
                    ["none", "edge"].contains(&distributed.as_str())
                        && ["single-process", "client-server", "batch"].contains(&style.as_str())
                }
                "replicated" => distributed == "replicated" && style == "replicated-monolith",
                "sharded" => distributed == "replicated" && style == "sharded-monolith",
                _ => distributed == "full" && !style.ends_with("monolith") && style != "none",
            };
            assert!(fits, "{model} as {design} is {distributed}, {style}:\n{}", place.read(&format!("m/alternatives/{design}.toml")));
            place.passes(&["check", "m"]);
            place.passes(&["fmt", "--check", "m"]);
        }
    }
}

#[test]
fn a_derived_file_says_only_what_differs() {
    let place = Place::with_base_of("shop");
    place.passes(&["derive", "m", "--as", "replicated"]);
    let text = place.read("m/alternatives/replicated.toml");
    // The base's facts stay in the base.
    for word in ["service-time", "m7g.2xlarge", "postgres", "rate-limit", "fx"] {
        assert!(!text.contains(word), "{word}:\n{text}");
    }
    assert!(text.contains("assumed"), "{text}");
    assert!(text.lines().count() < 80, "{text}");
}

#[test]
fn what_a_hand_wrote_stays() {
    let place = Place::with_base_of("shop");
    place.write("m/alternatives/replicated.toml", "schema  = 1\nextends = \"../system.toml\"\n");
    let output = place.run(&["derive", "m", "--as", "replicated"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("was written by hand") && err(&output).contains("--name replicated-2"), "{}", err(&output));
    assert_eq!(place.read("m/alternatives/replicated.toml"), "schema  = 1\nextends = \"../system.toml\"\n");
}

#[test]
fn deriving_again_follows_the_base_until_somebody_edits() {
    let place = Place::with_base_of("shop");
    let path = "m/alternatives/replicated.toml";
    place.passes(&["derive", "m", "--as", "replicated"]);
    let first = place.read(path);
    place.passes(&["derive", "m", "--as", "replicated"]);
    assert_eq!(place.read(path), first, "the same base gives the same bytes");
    // `fmt` changes nothing, so it edits nothing.
    place.passes(&["fmt", "m"]);
    assert_eq!(place.read(path), first);
    let base = place.read("m/system.toml");
    place.write(
        "m/system.toml",
        &base.replace(
            "\"external -> app\"          = { protocol = \"https\"",
            "\"external -> app\"          = { label = \"orders\", protocol = \"https\"",
        ),
    );
    place.passes(&["derive", "m", "--as", "replicated"]);
    let followed = place.read(path);
    assert!(followed.contains("label = \"orders\"") || followed.contains("label"), "{followed}");
    assert_ne!(followed, first);
    place.write(path, &followed.replace("replicas = 2", "replicas = 3"));
    let output = place.run(&["derive", "m", "--as", "replicated"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("was edited since it was derived"), "{}", err(&output));
    assert!(place.read(path).contains("replicas = 3"));
    place.passes(&["derive", "m", "--as", "replicated", "--name", "replicated-2"]);
    place.passes(&["assess", "m"]);
}

#[test]
fn what_cannot_be_derived_is_refused_with_what_to_do() {
    let place = Place::with_base_of("mobile");
    let refused = |arguments: &[&str]| {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        err(&output)
    };
    let text = refused(&["derive", "m", "--as", "services"]);
    assert!(text.contains("--parts orders,payments") && text.contains("kind = \"module\""), "{text}");
    assert!(refused(&["derive", "m", "--as", "services", "--parts", "Orders"]).contains("is no id"));
    assert!(refused(&["derive", "m", "--as", "services", "--parts", "server"]).contains("in the base already"));
    assert!(refused(&["derive", "m", "--as", "sharded", "--parts", "orders"]).contains("splits nothing off"));
    let many: Vec<String> = (0..65).map(|at| format!("part-{at}")).collect();
    assert!(refused(&["derive", "m", "--as", "services", "--parts", &many.join(",")]).contains("the limit is 64"));
    for name in ["../outside", "system", "Two Words", ""] {
        assert!(refused(&["derive", "m", "--as", "replicated", "--name", name]).contains("is no id"), "{name}");
    }
    assert!(!place.path("m/outside.toml").exists());
    assert!(refused(&["derive", "m", "--as", "microservices"]).contains("services"));
    place.write("m/system.toml", "schema = 1\n[components]\nuser = { kind = \"client\" }\n");
    assert!(refused(&["derive", "m", "--as", "single"]).contains("has no program"));
    place.write("m/system.toml", "schema = 1\n[components]\nuser = { kind = \"cleint\" }\n");
    assert!(refused(&["derive", "m", "--as", "single"]).contains("nothing was derived"));
}

/// Five calls over three parts are 2, 2 and 1, and forty gigabytes are three parts of 13⅓: a split neither adds calls nor loses data, and what it assumes it says.
#[test]
fn a_split_adds_no_calls_and_loses_no_data() {
    let place = Place::new();
    place.write(
        "m/system.toml",
        "schema = 1\n[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\" }\ndb = { kind = \"database\", data = \"40GB\" }\n\
         a = { kind = \"module\", of = \"app\" }\nb = { kind = \"module\", of = \"app\" }\nc = { kind = \"module\", of = \"app\" }\n\
         [links]\n\"user -> app\" = {}\n\"app -> a, b, c\" = { protocol = \"in-process\" }\n\"app -> db\" = {}\n\
         [journeys.use]\nsteps = [\"user -> app\", \"app -> a\", \"app -> b\", \"app -> c\", { call = \"app -> db\", times = 5 }]\n",
    );
    place.passes(&["derive", "m", "--as", "services"]);
    let text = place.read("m/alternatives/services.toml");
    let call = |part: &str| format!("{{ call = \"{part} -> {part}-db\", times = 2 }}");
    assert!(text.contains(&call("a")) && text.contains(&call("b")) && text.contains("  \"c -> c-db\","), "{text}");
    assert_eq!(text.matches("data = \"13.3GB\"").count(), 3, "{text}");
    assert!(text.contains("remove = [\"db\"]"), "{text}");
    assert!(text.contains("# Assumed: the calls to `db` in `use` are divided equally"), "{text}");
}

#[test]
fn a_place_and_a_proxy_that_nobody_stated_are_marked() {
    let place = Place::new();
    place.write(
        "m/system.toml",
        "schema = 1\n[locations]\nzone-a = { kind = \"zone\" }\n[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\", on = \"zone-a\" }\n\
         [links]\n\"user -> app\" = {}\n",
    );
    place.passes(&["derive", "m", "--as", "replicated"]);
    let text = place.read("m/alternatives/replicated.toml");
    for line in ["zone-a-2 =", "name ", "\"proxy -> app\""] {
        let found = text.lines().rfind(|one| one.starts_with(line)).expect("it is there");
        assert!(found.contains("# assumed"), "{found}");
    }
}
