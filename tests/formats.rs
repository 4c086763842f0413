//! Reports, diagrams and exports as files: budgets, structure, and what a stale document does.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn weighbridge() -> Command {
    let mut command = Command::cargo_bin("weighbridge").expect("the binary is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn output(arguments: &[&str]) -> String {
    let output = weighbridge().args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A large model in a scratch directory: services in a row, each with a database, in ten namespaces.
fn large(directory: &Path, components: usize) -> PathBuf {
    let mut text = String::from("schema = 1\n\n[system]\nname = \"Large\"\n\n[locations]\n");
    (0..10).for_each(|n| text.push_str(&format!("space-{n} = {{ kind = \"namespace\" }}\n")));
    text.push_str("\n[components]\nuser = { kind = \"client\" }\n");
    (0..components / 2).for_each(|n| {
        text.push_str(&format!(
            "s{n} = {{ kind = \"service\", in = \"space-{0}\" }}\nd{n} = {{ kind = \"database\", in = \"space-{0}\" }}\n",
            n % 10
        ));
    });
    text.push_str("\n[links]\n\"user -> s0\" = {}\n");
    (0..components / 2).for_each(|n| text.push_str(&format!("\"s{n} -> d{n}\" = {{}}\n")));
    (1..components / 2).for_each(|n| text.push_str(&format!("\"s{} -> s{n}\" = {{}}\n", (n - 1) / 2)));
    text.push_str("\n[journeys.j]\nrate = \"10/s\"\nsteps = [\"user -> s0\", \"s0 -> d0\"]\n");
    let model = directory.join("large");
    fs::create_dir_all(&model).expect("a scratch directory");
    fs::write(model.join("system.toml"), text).expect("a scratch file");
    model
}

/// Counts fences; each that opens must close.
fn fences_close(text: &str) -> usize {
    let (mut open, mut count) = (None::<usize>, 0);
    for line in text.lines() {
        let ticks = line.chars().take_while(|letter| *letter == '`').count();
        match open {
            None if ticks >= 3 => {
                open = Some(ticks);
                count += 1;
            }
            Some(length) if ticks >= length && line.len() == ticks => open = None,
            _ => {}
        }
    }
    assert!(open.is_none(), "every fence closes");
    count
}

/// Reports: a comment holds 65,536 characters.
#[test]
fn a_comment_has_room_for_every_report() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let large = large(scratch.path(), 300);
    for model in ["models/shop", "models/online-boutique", large.to_str().expect("text")] {
        let text = output(&["report", "--profile", "pr", model]);
        assert!(text.chars().count() < 60_000, "{model}: {}", text.chars().count());
        fences_close(&text);
        assert!(text.contains("Left out, because there is no room for it here:"), "{model}");
        let summary = output(&["report", "--profile", "summary", model]);
        assert!(summary.len() < 1_000_000);
        assert!(fences_close(&summary) > 0 && !summary.contains("@startuml"), "summaries draw Mermaid");
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = output(&["report", "--format", "html", "models/shop"]);
    assert_eq!(page, output(&["report", "--format", "html", "models/shop"]), "same input, same bytes");
    assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"));
    for refused in [
        "<script",
        "javascript:",
        " onload",
        " onerror",
        " style=\"",
        "<img",
        "<link",
        "<iframe",
        "src=\"http",
        "href=\"http",
        "@import",
        "url(",
    ] {
        assert!(!page.contains(refused), "{refused}");
    }
    // One picture per view and a matrix for each of the four systems, at least.
    assert!(page.matches("<svg ").count() >= 12);
    assert_eq!(page.matches("<svg ").count(), page.matches("</svg>").count());
    assert_eq!(page.matches("<style>").count(), 1, "the pictures share the page's style, which the policy names");
}

#[test]
fn every_format_of_a_diagram_gives_the_same_bytes() {
    for format in ["plantuml", "svg", "mermaid", "dot", "markdown"] {
        let draw = || output(&["diagram", "--format", format, "--view", "failure", "models/shop"]);
        let first = draw();
        let shuffled = weighbridge()
            .args(["diagram", "--format", format, "--view", "failure", "models/shop"])
            .env("LANG", "tr_TR.UTF-8")
            .env("TZ", "Pacific/Kiritimati")
            .env("COLUMNS", "17")
            .output()
            .expect("it runs");
        assert_eq!(first.as_bytes(), shuffled.stdout, "{format}");
    }
}

#[test]
fn a_diagram_in_a_document_is_kept_up_to_date() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let file = scratch.path().join("README.md");
    let name = file.to_str().expect("text");
    fs::write(&file, "before\n<!-- weighbridge:deployment:begin -->\n<!-- weighbridge:deployment:end -->\nafter\n")
        .expect("a scratch file");
    let embed = ["diagram", "--fence", "mermaid", "--embed", name, "models/shop"];
    weighbridge().args(embed).arg("--check").assert().code(1);
    weighbridge().args(embed).assert().success();
    let text = fs::read_to_string(&file).expect("it is there");
    assert!(text.starts_with("before\n") && text.ends_with("after\n") && text.contains("```mermaid\nflowchart TB\n"));
    weighbridge().args(embed).arg("--check").assert().success();
    // A document without the marks is told them.
    fs::write(&file, "nothing\n").expect("a scratch file");
    let refused = weighbridge().args(embed).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("<!-- weighbridge:deployment:begin -->"));
}

#[test]
fn fences_are_those_of_their_documents() {
    let with = |fence: &str| output(&["diagram", "--fence", fence, "models/mobile"]);
    assert!(with("plantuml!").starts_with("```plantuml!\n@startuml\n"));
    assert!(with("asciidoc").starts_with("[plantuml]\n----\n@startuml\n"));
    assert!(with("rst").starts_with(".. uml::\n\n   @startuml\n"));
    let bare = output(&["diagram", "--bare", "models/mobile"]);
    assert!(!bare.contains('@') && bare.contains("actor "));
}

#[test]
fn all_pictures_are_checked_against_a_directory() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let directory = scratch.path().join("pictures");
    let name = directory.to_str().expect("text");
    for format in ["svg", "mermaid"] {
        let all = ["diagram", "--format", format, "--all", name, "models/shop"];
        weighbridge().args(all).arg("--check").assert().code(1);
        weighbridge().args(all).assert().success();
        weighbridge().args(all).arg("--check").assert().success();
    }
    let file = directory.join("sharded-difference.svg");
    fs::write(&file, "stale").expect("it is there");
    let stale = weighbridge().args(["diagram", "--format", "svg", "--all", name, "--check", "models/shop"]).assert().code(1);
    assert_eq!(String::from_utf8_lossy(&stale.get_output().stdout).trim(), file.to_str().expect("text"));
}

/// A model whose only replica is in one zone, and whose objective is to survive the loss of one.
fn failing(directory: &Path) -> PathBuf {
    let model = directory.join("failing");
    fs::create_dir_all(&model).expect("a scratch directory");
    let text = "schema = 1\n\n[system]\nname = \"A <b> & \\\"c\\\"\"\n\n[objectives]\nsurvive = \"zone\"\n\n[locations]\nz = { kind = \"zone\" }\n\n[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", on = \"z\" }\n\n[links]\n\"user -> a\" = {}\n\n[journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> a\"]\n";
    fs::write(model.join("system.toml"), text).expect("a scratch file");
    model
}

/// A failed gate stands at the line that asks for it, in every format.
#[test]
fn a_failed_gate_has_a_place() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model = failing(scratch.path());
    let check = |format: &str| {
        let assert = weighbridge().args(["check", "--format", format]).arg(&model).assert().code(1);
        String::from_utf8(assert.get_output().stdout.clone()).expect("text")
    };
    let sarif: Value = serde_json::from_str(&check("sarif")).expect("JSON");
    let result = sarif["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["ruleId"] == "gate")
        .expect("the gate is there")
        .clone();
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 7);
    let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], "gate");
    assert!(check("github").contains("system.toml,line=7,col=1,endLine=7,endColumn=8,title=gate::system: survive of journey `j`"));
    let junit = check("junit");
    assert!(junit.contains("<testcase classname=\"gates.system\" name=\"survive of j\">\n      <failure message=\""), "{junit}");
    assert!(junit.contains("failures=\"1\""));
    let quality: Value = serde_json::from_str(&check("codequality")).expect("JSON");
    let issue = quality.as_array().expect("a list").iter().find(|one| one["check_name"] == "gate").expect("the gate is there");
    assert_eq!(issue["location"]["lines"]["begin"], 7);
    assert_eq!(issue["fingerprint"].as_str().expect("text").len(), 32);
}

#[test]
fn figures_are_rows() {
    let text = output(&["report", "--format", "csv", "models/shop"]);
    let mut rows = text.split("\r\n").filter(|row| !row.is_empty());
    assert_eq!(rows.next(), Some("system,alternative,figure,likely,low,high"));
    assert!(rows.all(|row| row.split(',').count() >= 6));
}

#[test]
fn templates_are_ejected_once() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let directory = scratch.path().join("templates");
    let name = directory.to_str().expect("text");
    weighbridge().args(["templates", "eject", name]).assert().success();
    let with_own = output(&["report", "--template-dir", name, "models/mobile"]);
    assert_eq!(with_own, output(&["report", "models/mobile"]), "the built-in ones as they are");
    weighbridge().args(["templates", "eject", name]).assert().success();
    fs::write(directory.join("report.md.j2"), "mine").expect("it is there");
    weighbridge().args(["templates", "eject", name]).assert().code(2);
    assert_eq!(fs::read_to_string(directory.join("report.md.j2")).expect("it is there"), "mine");
    weighbridge().args(["templates", "eject", "--force", name]).assert().success();
}
