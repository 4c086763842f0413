//! Semantics, "Journeys".

use super::{MESH, base, lines, said, tree};
use weighbridge::syntax::keys::{Table, journey};

#[track_caller]
fn steps(steps: &str) -> String {
    tree(&base(&format!("{MESH}[journeys]\nj = {{ steps = [{steps}] }}\n")), "j")
}

/// Semantics, "Journeys": the caller of the first step is the root; each later step becomes the last child of the latest earlier step whose callee is its caller.
#[test]
fn a_step_hangs_below_the_latest_that_reaches_its_caller() {
    assert_eq!(
        steps("\"u -> a\", \"a -> b\", \"b -> c\", \"c -> d\", \"a -> c\", \"c -> d\""),
        lines(&["u", "  u -> a", "    a -> b", "      b -> c", "        c -> d", "    a -> c", "      c -> d"])
    );
}

/// Semantics, "Journeys": if there is none, of the root if the root is its caller. Each occurrence is a separate call.
#[test]
fn a_step_of_the_root_hangs_at_the_root() {
    assert_eq!(steps("\"a -> b\", \"b -> c\", \"a -> d\", \"a -> b\""), lines(&["a", "  a -> b", "    b -> c", "  a -> d", "  a -> b"]));
}

/// Semantics, "Journeys": `times` and `when` stand on a step.
#[test]
fn times_and_when() {
    assert_eq!(
        steps("{ call = \"u -> a\", times = 3 }, { call = \"a -> b\", when = 0.2 }"),
        lines(&["u", "  u -> a x3", "    a -> b when 0.2"])
    );
}

/// Semantics, "Journeys": when two parallel members reach a component, the later one gets the child.
#[test]
fn of_parallel_members_the_later_one_gets_the_child() {
    assert_eq!(
        steps("\"u -> a\", { parallel = [[\"a -> b\", \"b -> d\"], [\"a -> c\", \"c -> d\"], \"a -> d\"] }, \"b -> c\", \"c -> d\""),
        lines(&[
            "u",
            "  u -> a",
            "    parallel 3",
            "      in order",
            "        a -> b",
            "          b -> d",
            "          b -> c",
            "            c -> d",
            "      in order",
            "        a -> c",
            "          c -> d",
            "      in order",
            "        a -> d"
        ])
    );
    assert_eq!(
        steps("\"u -> a\", { parallel = [[\"a -> b\", \"b -> c\"], \"a -> c\"] }, \"c -> d\""),
        lines(&[
            "u",
            "  u -> a",
            "    parallel 2",
            "      in order",
            "        a -> b",
            "          b -> c",
            "      in order",
            "        a -> c",
            "          c -> d"
        ])
    );
}

/// Semantics, "Journeys": a list branch searches itself first, then what came before.
#[test]
fn a_branch_searches_itself_first() {
    assert_eq!(
        steps("\"a -> b\", \"b -> c\", { parallel = [[\"a -> c\", \"c -> d\"], [\"a -> d\", \"b -> d\"]] }"),
        lines(&[
            "a",
            "  a -> b",
            "    b -> c",
            "    b -> d",
            "  parallel 2",
            "    in order",
            "      a -> c",
            "        c -> d",
            "    in order",
            "      a -> d"
        ])
    );
}

/// Semantics, "Journeys": `quorum = k`, `choice`, `first-of` and a cached call with its `else`.
#[test]
fn groups() {
    assert_eq!(
        steps("{ parallel = [\"a -> b\", \"a -> c\", \"a -> d\"], quorum = 2 }"),
        lines(&["a", "  parallel 2", "    in order", "      a -> b", "    in order", "      a -> c", "    in order", "      a -> d"])
    );
    assert_eq!(
        steps("{ choice = [{ share = 0.9, steps = [\"a -> b\", \"b -> d\"] }, { share = \"10%\", steps = [] }] }"),
        lines(&["a", "  choice [0.9, 0.1]", "    in order", "      a -> b", "        b -> d", "    in order"])
    );
    assert_eq!(
        steps("{ first-of = [\"a -> b\", [\"a -> c\", \"c -> d\"]], switch = \"30s\" }"),
        lines(&["a", "  first of, switch Some(30.0)", "    in order", "      a -> b", "    in order", "      a -> c", "        c -> d"])
    );
    assert_eq!(
        steps("\"u -> a\", { call = \"a -> b\", hit = 0.9, else = [\"a -> c\", \"c -> d\"] }, \"b -> d\""),
        lines(&["u", "  u -> a", "    hit 0.9", "      a -> b", "        b -> d", "      in order", "        a -> c", "          c -> d"])
    );
}

/// Semantics, "Journeys": a `~>` step and all below it is off the response path.
#[test]
fn messages_and_what_follows_them_are_off_the_response_path() {
    let system = base(&format!("{MESH}[journeys]\nj = {{ steps = [\"u -> a\", \"a ~> q\", \"q ~> d\", \"a -> b\"] }}\n"));
    assert_eq!(tree(&system, "j"), lines(&["u", "  u -> a", "    a ~> q", "      q ~> d", "    a -> b"]));
    assert_eq!(system.journeys[0].calls.asynchronous(), [false, false, true, true, false]);
}

/// Semantics, "Journeys": no journey declared: one per actor, client or external with an outgoing link and none incoming from another of them; every reachable
/// `->` link once, depth first, by id.
#[test]
fn implied_journeys() {
    let text = format!(
        "{MESH}[components.person]\nkind = \"actor\"\n[components.partner]\nkind = \"external\"\n[components.mute]\nkind = \"client\"\n[links.\"person -> u\"]\n[links.\"partner -> c\"]\n[links.\"d -> partner\"]\n"
    );
    let system = base(&text);
    assert_eq!(
        system.journeys.iter().map(|journey| (journey.id.as_str(), journey.implied)).collect::<Vec<_>>(),
        [("implied-partner", true), ("implied-person", true)]
    );
    assert_eq!(tree(&system, "implied-partner"), lines(&["partner", "  partner -> c", "    c -> d", "      d -> partner"]));
    assert_eq!(
        tree(&system, "implied-person"),
        lines(&[
            "person",
            "  person -> u",
            "    u -> a",
            "      a -> b",
            "        b -> c",
            "          c -> d",
            "            d -> partner",
            "              partner -> c",
            "        b -> d",
            "      a -> c",
            "      a -> d"
        ])
    );
    assert!(system.journeys[0].rate().is_none(), "the rate of an implied journey is unknown");
}

/// Semantics, "Journeys": a declared journey leaves no implied one; `actor` says who starts it where the first step does not.
#[test]
fn a_declared_journey_leaves_no_implied_one() {
    let system =
        base(&format!("{MESH}[components.person]\nkind = \"actor\"\n[journeys]\nj = {{ actor = \"person\", steps = [\"u -> a\"] }}\n"));
    assert_eq!(system.journeys.iter().map(|journey| journey.id.as_str()).collect::<Vec<_>>(), ["j"]);
    assert_eq!(said(&system.journeys[0].facts, "actor"), "person");
    assert_eq!(tree(&system, "j"), lines(&["u", "  u -> a"]));
}

/// Semantics, "Journeys": wanted guarantees are `consistency`, one id or a list.
#[test]
fn consistency_is_one_or_several() {
    use weighbridge::syntax::vocabulary::Consistency;
    let system = base(&format!(
        "[objectives]\nconsistency = \"eventual\"\n{MESH}[journeys]\nj = {{ consistency = [\"monotonic\", \"read-your-writes\"], steps = [\"u -> a\"] }}\n"
    ));
    let journey = system.journeys[0].facts.get(journey::CONSISTENCY).stated().map(|symbols| symbols.0);
    assert_eq!(journey, Some(vec![Consistency::Monotonic, Consistency::ReadYourWrites]));
    let objectives =
        system.single(Table::Objectives).and_then(|facts| facts.get(weighbridge::syntax::keys::objectives::CONSISTENCY).stated());
    assert_eq!(objectives.map(|symbols| symbols.0), Some(vec![Consistency::Eventual]));
}
