//! The words for tables and values that the key table itself does not have.

use crate::quantity::Dimension;
use crate::syntax::keys::{Row, Shape, Space, Table};
use crate::syntax::{accepts_false, is_optional, takes_measured};

/// What a table is about, in a sentence.
pub(super) const fn about(table: Table) -> &'static str {
    match table {
        Table::File => "The keys at the top of a file, before the first table.",
        Table::System => "The system as a whole.",
        Table::Alternative => "What an alternative is; only in a file that `extends` another.",
        Table::Objectives => "What every journey must reach, unless the journey says otherwise.",
        Table::Team => "A team.",
        Table::Location => "A place where things run. All but a namespace are failure domains.",
        Table::Component => "A part of the system, or of its surroundings.",
        Table::Replication => "How a store keeps its copies.",
        Table::Backup => "Backups.",
        Table::Deploy => "Changes, and what they break.",
        Table::Autoscale => "Scaling by load, between the bounds in `replicas`.",
        Table::Link => {
            "Who calls, tells or copies to whom: `a -> b` a call, `a ~> b` a message, `a => b` a copy, `a <-> b` calls both ways."
        }
        Table::Outbox => "An outbox: messages written with the data, and sent later.",
        Table::Journey => "What a user or a clock sets off, step by step.",
        Table::Saga => "How several writes are kept together without one transaction.",
        Table::Entity => "Data that matters, and who holds it.",
        Table::SharedFate => "Things that fail together although no link shows it.",
        Table::Cost => "What the cost analysis starts from.",
        Table::CostBudget => "Gates on cost. The monthly ceiling is `budget` in `[objectives]`.",
        Table::People => "What on-call duty and work cost. A later layer replaces the whole table.",
        Table::Network => "The network between two locations, or of a distance class such as `cross-zone`.",
        Table::Observed => "Measured facts about the base: of `system`, of `components.<id>`, of `journeys.<id>`.",
        Table::Gates => "What makes `check` fail.",
        Table::Rule => "The settings of one rule.",
        Table::Allowance => "An accepted finding.",
    }
}

/// The header under which a table's keys stand, with ids that stand for any.
pub(super) const fn header(table: Table) -> &'static str {
    match table {
        Table::File => "the top of the file",
        Table::System => "[system]",
        Table::Alternative => "[alternative]",
        Table::Objectives => "[objectives]",
        Table::Team => "[teams.core]",
        Table::Location => "[locations.eu]",
        Table::Component => "[components.app]",
        Table::Replication => "[components.db.replication]",
        Table::Backup => "[components.db.backup]",
        Table::Deploy => "[components.app.deploy]",
        Table::Autoscale => "[components.app.autoscale]",
        Table::Link => "[links.\"app -> db\"]",
        Table::Outbox => "[links.\"app ~> events\".outbox]",
        Table::Journey => "[journeys.order]",
        Table::Saga => "[journeys.order.saga]",
        Table::Entity => "[entities.order]",
        Table::SharedFate => "[shared-fate.config-push]",
        Table::Cost => "[cost]",
        Table::CostBudget => "[cost.budget]",
        Table::People => "[cost.people]",
        Table::Network => "[network.\"eu <-> us\"]",
        Table::Observed => "[observed.components.app]",
        Table::Gates => "[gates]",
        Table::Rule => "[rules.missing-timeout]",
        Table::Allowance => "[allow.managed-stores]",
    }
}

/// Says whether a table belongs to `policy.toml`.
pub(super) const fn is_policy(table: Table) -> bool {
    matches!(table, Table::Gates | Table::Rule | Table::Allowance)
}

/// Returns the words by which a table is asked for: its path without the ids, such as `components.deploy`.
pub(super) fn topic(table: Table) -> String {
    if table == Table::File {
        return "file".to_owned();
    }
    let path = table.path().replace("policy.toml: ", "policy.");
    path.split('.').filter(|part| !part.contains('<')).collect::<Vec<_>>().join(".")
}

/// Says whether a table holds elements by their ids.
pub(super) fn holds_ids(table: Table) -> bool {
    table.path().rsplit('.').next().is_some_and(|last| last.contains('<'))
}

/// Describes the form of a value. Words of the language are in backticks.
pub(super) fn form(shape: Shape) -> String {
    match shape {
        Shape::Flag => "`true` or `false`".into(),
        Shape::OrTrue(inner) => format!("`true`, or {}", form(*inner)),
        Shape::Text => "a text".into(),
        Shape::Currency => "the code of a currency".into(),
        Shape::Texts => "a text, or a list of texts".into(),
        Shape::Count => "a whole number".into(),
        Shape::Quantity(dimension) => dimension_name(dimension).into(),
        Shape::Money => "an amount of money".into(),
        Shape::MoneyRate => "an amount of money per time".into(),
        Shape::Date => "a date, without quotes".into(),
        Shape::Symbol(words) => format!("one of {}", quoted(words)),
        Shape::Symbols(words) => format!("one of {}, or a list of them", quoted(words)),
        Shape::Reference(space) => format!("the id of {}", space_name(space)),
        Shape::References(space) => format!("the id of {}, or a list of ids", space_name(space)),
        Shape::Replicas => "a whole number, or `{ min, usual, max }`; `max = false` states that there is no bound".into(),
        Shape::Shards => "a whole number, `{ NAME = share, … }`, or `{ NAME = { share, on }, … }`; the shares sum to 1".into(),
        Shape::ServiceTime => "a duration, `{ mean, scv }`, or `{ p50, p99 }`".into(),
        Shape::Table(table) => format!("a table; see {}", topic(table)),
        Shape::Contract => "`\"kind:file\"`, `\"kind:file@version\"`, or `{ kind, file, versioned, compatible, registry, tests }`".into(),
        Shape::Copies => "`{ COMPONENT = lag, … }`, or a list of ids".into(),
        Shape::Allowances => "`{ RULE = { reason, … }, … }`; see policy.allow".into(),
        Shape::CurrencyRates => "`{ CURRENCY = { value, source, on }, … }`".into(),
        Shape::Steps => "a list of steps".into(),
        Shape::Any => "a table with any keys".into(),
    }
}

const fn dimension_name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Duration => "a duration",
        Dimension::Rate => "a rate",
        Dimension::Bytes => "a size",
        Dimension::Bandwidth => "a size per time",
        Dimension::Share => "a share",
        Dimension::Number => "a number",
    }
}

const fn space_name(space: Space) -> &'static str {
    match space {
        Space::Component => "a component",
        Space::Location => "a location",
        Space::Team => "a team",
        Space::ComponentOrLocation => "a component or a location",
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the units that a value takes.
pub(super) fn units(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::OrTrue(inner) => units(*inner),
        Shape::Quantity(Dimension::Number) => None,
        Shape::Quantity(dimension) => Some(dimension.units()),
        Shape::ServiceTime | Shape::Copies => Some(Dimension::Duration.units()),
        Shape::Money | Shape::CurrencyRates => Some("a three-letter currency behind a space, such as EUR"),
        Shape::MoneyRate => Some("a currency per h, day, month or year, such as EUR/month"),
        _ => None,
    }
}

/// Says whether a value may be a range.
pub(super) fn takes_range(shape: Shape) -> bool {
    match shape {
        Shape::OrTrue(inner) => takes_range(*inner),
        Shape::Quantity(_) | Shape::Money | Shape::MoneyRate | Shape::ServiceTime | Shape::Copies | Shape::CurrencyRates => true,
        _ => false,
    }
}

/// Says whether `false` is taken. Semantics, "Facts".
pub(super) fn takes_false(table: Table, row: &Row) -> bool {
    is_optional(row.name) && (table.takes_absent() || accepts_false(row.shape))
}

/// Says whether `"unknown"` is taken. Semantics, "Facts".
pub(super) fn takes_unknown(table: Table, row: &Row) -> bool {
    is_optional(row.name) && table != Table::File
}

/// Lists what a key takes besides its own form.
pub(super) fn also(table: Table, row: &Row) -> Vec<&'static str> {
    let mut also = Vec::new();
    if takes_range(row.shape) {
        also.push("a range");
    }
    if takes_measured(row.shape) {
        also.push("a measured value");
    }
    if takes_false(table, row) && row.shape != Shape::Flag {
        also.push("`false`");
    }
    if takes_unknown(table, row) {
        also.push("`\"unknown\"`");
    }
    also
}

/// Returns a line that can be pasted under the table's header.
pub(super) fn example(table: Table, row: &Row) -> String {
    format!("{} = {}", row.name, example_value(table, row.name, row.shape))
}

fn example_value(table: Table, name: &str, shape: Shape) -> String {
    match shape {
        Shape::Flag => "true".into(),
        Shape::OrTrue(inner) => example_value(table, name, *inner),
        Shape::Text | Shape::Currency => format!("\"{}\"", example_text(table, name)),
        Shape::Texts => format!("[\"{}\"]", example_text(table, name)),
        Shape::Count if name == "schema" => "1".into(),
        Shape::Count => "3".into(),
        Shape::Quantity(Dimension::Number) => "1.5".into(),
        Shape::Quantity(Dimension::Share) => format!("\"{}\"", example_share(name)),
        Shape::Quantity(dimension) => dimension.example().into(),
        Shape::Money => "\"12.50 EUR\"".into(),
        Shape::MoneyRate => "\"2500 EUR/month\"".into(),
        Shape::Date => "2026-11-20".into(),
        Shape::Symbol(words) | Shape::Symbols(words) => format!("\"{}\"", words.first().copied().unwrap_or_default()),
        Shape::Reference(space) => format!("\"{}\"", example_id(space)),
        Shape::References(space) => format!("[\"{}\"]", example_id(space)),
        Shape::Replicas => "{ min = 2, usual = 3, max = 10 }".into(),
        Shape::Shards => "{ \"A-M\" = 0.6, \"N-Z\" = 0.4 }".into(),
        Shape::ServiceTime => "\"6..10ms\"".into(),
        Shape::Table(inner) => {
            let keys: Vec<String> = inner.rows().iter().take(2).map(|row| example(inner, row)).collect();
            format!("{{ {} }}", keys.join(", "))
        }
        Shape::Contract => "\"openapi:orders.yaml@2\"".into(),
        Shape::Copies => "{ cache = \"5s\" }".into(),
        Shape::Allowances => "{ missing-timeout = { reason = \"the library has one\" } }".into(),
        Shape::CurrencyRates => "{ USD = { value = \"0.92 EUR\", source = \"central bank\", on = 2026-11-20 } }".into(),
        Shape::Steps => "[\"client -> app\", { call = \"app -> db\", times = 3 }]".into(),
        Shape::Any => "{ ticket = \"SHOP-17\" }".into(),
    }
}

/// A share that a reader would really write for a key.
fn example_share(name: &str) -> &'static str {
    match name {
        "contention" => "3%",
        "coherence" => "0.02%",
        "loss" => "0.1%",
        "common-cause" | "retry-budget" | "failure" | "max-increase" => "10%",
        "growth" => "4%",
        "exposed" | "share-of-users" | "changes" => "25%",
        "target" | "utilization" => "60%",
        "failover-success" => "98%",
        _ => "99.95%",
    }
}

const fn example_id(space: Space) -> &'static str {
    match space {
        Space::Component => "app",
        Space::Location | Space::ComponentOrLocation => "eu",
        Space::Team => "core",
    }
}

/// A text that a reader would really write for a key.
fn example_text(table: Table, name: &str) -> &'static str {
    match (table, name) {
        (Table::File, "extends") => "../system.toml",
        (Table::File, _) => "parts/*.toml",
        (Table::Outbox, "table") => "outbox",
        (Table::Allowance, "where") => "kind:database",
        (Table::Allowance, "owner") => "core",
        (Table::Team, "location") => "Vienna",
        (Table::Team, "skills") => "postgres",
        (Table::Link, "group") => "per-instance",
        (_, "name") => "Shop",
        (_, "summary") => "Sells articles",
        (_, "currency") => "EUR",
        (_, "adr") => "../adr/0003-split-payments.md",
        (_, "organization") => "Shop Ltd",
        (_, "tags") => "pci",
        (_, "provider") => "aws",
        (_, "code" | "region") => "eu-central-1",
        (_, "zones") => "eu-central-1a",
        (_, "books") => "prices/ours.toml",
        (_, "machine") => "m7g.large",
        (_, "clock-sync") => "ntp",
        (_, "technology") => "java",
        (_, "engine") => "postgres",
        (_, "shard-key") => "country",
        (_, "group") => "notifier",
        (_, "unit") => "shop",
        (_, "health-check") => "/ready",
        (_, "because") => "autonomy",
        (_, "trace") => "w3c",
        (_, "sku") => "aws/eu-central-1/vm/m7g.large",
        (_, "term") => "on-demand",
        (_, "capability") => "payment",
        (_, "label") => "places orders",
        (_, "protocol") => "grpc",
        (_, "operation") => "reserve",
        (_, "idempotent" | "dedup") => "order-id",
        (_, "encrypted" | "authenticated") => "mtls",
        (_, "compression") => "gzip",
        (_, "signed") => "hmac",
        (_, "replay-protection") => "nonce",
        (_, "key") => "order",
        (_, "dead-letter") => "parked-orders",
        (_, "compensations") => "refund",
        (_, "rule") => "missing-timeout",
        (_, "reason") => "the library has one",
        _ => "…",
    }
}

/// One key of a step.
pub(super) struct StepKey {
    /// The key.
    pub(super) name: &'static str,
    /// The form of its value.
    pub(super) form: &'static str,
    /// What it says.
    pub(super) doc: &'static str,
    /// A whole step that has it, to be pasted into a list of steps.
    pub(super) example: &'static str,
}

/// The keys of a step that is a call or a message.
pub(super) const CALL_KEYS: &[StepKey] = &[
    StepKey {
        name: "call",
        form: "the key of a link",
        doc: "The call or message, as it stands in `[links]`.",
        example: "{ call = \"app -> db\" }",
    },
    StepKey {
        name: "times",
        form: "a whole number",
        doc: "How many calls in a row; default 1.",
        example: "{ call = \"app -> db\", times = 3 }",
    },
    StepKey {
        name: "when",
        form: "a share",
        doc: "How often the step, with all below it, happens at all; default always.",
        example: "{ call = \"app -> db\", when = 0.2 }",
    },
    StepKey {
        name: "payload",
        form: "a size",
        doc: "Overrides the link's `payload`.",
        example: "{ call = \"app -> db\", payload = \"4KB\" }",
    },
    StepKey {
        name: "response",
        form: "a size",
        doc: "Overrides the link's `response`.",
        example: "{ call = \"app -> db\", response = \"40KB\" }",
    },
    StepKey {
        name: "hit",
        form: "a share",
        doc: "The share of calls that a cache answers; together with `else`.",
        example: "{ call = \"app -> cache\", hit = 0.9, else = [\"app -> db\"] }",
    },
    StepKey {
        name: "else",
        form: "a list of steps",
        doc: "What runs on a miss, or when the callee is down; together with `hit`.",
        example: "{ call = \"app -> cache\", hit = 0.9, else = [\"app -> db\"] }",
    },
    StepKey {
        name: "required",
        form: "`true` or `false`",
        doc: "Overrides the link's `required`.",
        example: "{ call = \"app -> mail\", required = false }",
    },
    StepKey {
        name: "fallback",
        form: "`true`, `false` or the id of a component",
        doc: "Overrides the link's `fallback`.",
        example: "{ call = \"app -> recommender\", fallback = true }",
    },
    StepKey {
        name: "reads",
        form: "the id of an entity, or a list of ids",
        doc: "The data that the step reads.",
        example: "{ call = \"app -> db\", reads = \"order\" }",
    },
    StepKey {
        name: "writes",
        form: "the id of an entity, or a list of ids",
        doc: "The data that the step writes.",
        example: "{ call = \"app -> db\", writes = [\"order\", \"payment\"] }",
    },
    StepKey {
        name: "operation",
        form: "a text",
        doc: "The operation that is called.",
        example: "{ call = \"app -> orders\", operation = \"reserve\" }",
    },
    StepKey {
        name: "pivot",
        form: "`true` or `false`",
        doc: "Whether a saga cannot be undone behind this step.",
        example: "{ call = \"app -> payments\", pivot = true }",
    },
    StepKey {
        name: "refusable",
        form: "`true` or `false`",
        doc: "Whether the callee may say no.",
        example: "{ call = \"app -> payments\", refusable = true }",
    },
];

/// The keys of steps that group others.
pub(super) const GROUP_KEYS: &[StepKey] = &[
    StepKey {
        name: "parallel",
        form: "a list of steps, or of lists of steps",
        doc: "Members that run at the same time.",
        example: "{ parallel = [\"app -> prices\", [\"app -> stock\", \"stock -> db\"]] }",
    },
    StepKey {
        name: "quorum",
        form: "a whole number",
        doc: "Beside `parallel`: how many answers end the wait; default all.",
        example: "{ parallel = [\"app -> a\", \"app -> b\", \"app -> c\"], quorum = 2 }",
    },
    StepKey {
        name: "choice",
        form: "a list of `{ share, steps }`",
        doc: "Branches of which one happens; the shares sum to 1.",
        example: "{ choice = [{ share = 0.9, steps = [\"app -> cache\"] }, { share = 0.1, steps = [\"app -> db\"] }] }",
    },
    StepKey {
        name: "first-of",
        form: "a list of steps, or of lists of steps",
        doc: "Calls that are tried in order until one works.",
        example: "{ first-of = [\"app -> db\", \"app -> copy\"] }",
    },
    StepKey {
        name: "switch",
        form: "a duration",
        doc: "Beside `first-of`: how long it takes to turn to the next.",
        example: "{ first-of = [\"app -> db\", \"app -> copy\"], switch = \"10s\" }",
    },
];

/// A key that stands inside of a value, or beside the elements of a table.
pub(super) struct InnerKey {
    /// The key.
    pub(super) name: &'static str,
    /// Where it stands.
    pub(super) place: &'static str,
    /// What has it.
    pub(super) owner: Owner,
    /// The form of its value.
    pub(super) form: &'static str,
    /// What it says.
    pub(super) doc: &'static str,
    /// A whole value or line that has it, to be pasted at that place.
    pub(super) example: &'static str,
}

/// What a key stands inside of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// The value of one of these keys.
    Keys(&'static [&'static str]),
    /// A measured value, of any key that takes one.
    AnyValue,
    /// A table of ids.
    Tables,
    /// The file.
    File,
}

/// A value that has several keys of its own, each with the form of its value and what it says.
struct InnerKeys {
    place: &'static str,
    owner: Owner,
    example: &'static str,
    keys: &'static [(&'static str, &'static str, &'static str)],
}

/// The keys inside of values. The forms of steps are in [`CALL_KEYS`] and [`GROUP_KEYS`].
const INNER_KEYS: &[InnerKeys] = &[
    InnerKeys {
        place: "a value of `replicas`",
        owner: Owner::Keys(&["replicas"]),
        example: "components.app.replicas = { min = 2, usual = 3, max = 10 }",
        keys: &[
            ("min", "a whole number", "The fewest copies that run."),
            ("usual", "a whole number", "The copies that run on most days: figures are computed with these."),
            ("max", "a whole number, or `false`", "The most copies that may run; `false` states that there is no bound."),
        ],
    },
    InnerKeys {
        place: "a value of `service-time`",
        owner: Owner::Keys(&["service-time"]),
        example: "components.app.service-time = { mean = \"8ms\", scv = 2 }",
        keys: &[
            ("mean", "a duration", "The mean of the work of one visit; alone, it is exponentially distributed."),
            (
                "scv",
                "a number",
                "The squared coefficient of variation, variance ÷ mean²: 0 is constant, 1 exponential, more is a heavier tail.",
            ),
        ],
    },
    InnerKeys {
        place: "a value of `service-time`",
        owner: Owner::Keys(&["service-time"]),
        example: "components.app.service-time = { p50 = \"6ms\", p99 = \"40ms\" }",
        keys: &[
            ("p50", "a duration", "The median; with `p99` the time is lognormal through both."),
            ("p99", "a duration", "The 99th percentile."),
        ],
    },
    InnerKeys {
        place: "a value of `shards`",
        owner: Owner::Keys(&["shards"]),
        example: "components.db.shards = { \"A-M\" = { share = 0.6, on = \"eu\" }, \"N-Z\" = { share = 0.4, on = \"us\" } }",
        keys: &[
            ("share", "a share", "The part of the data, and of its load, that the shard holds; the shares of all sum to 1."),
            ("on", "the id of a location, or a list of ids", "Where the shard runs."),
        ],
    },
    InnerKeys {
        place: "a branch of `choice`",
        owner: Owner::Keys(&["choice"]),
        example: "journeys.order.steps = [{ choice = [{ share = 0.9, steps = [\"app -> cache\"] }, { share = 0.1, steps = [\"app -> db\"] }] }]",
        keys: &[
            ("share", "a share", "How often the branch is the one that happens; the shares of all sum to 1."),
            ("steps", "a list of steps", "What the branch does."),
        ],
    },
    InnerKeys {
        place: "a measured value, of any key that takes one",
        owner: Owner::AnyValue,
        example: "journeys.order.rate = { value = \"41/s\", source = \"prometheus, week 46\", on = 2026-11-20 }",
        keys: &[
            ("value", "what the key itself takes", "What was measured, or found."),
            ("source", "a text", "Where it comes from: reports name it beside the figure."),
            ("on", "a date, without quotes", "The day on which it was seen: what is older is doubted more."),
        ],
    },
    InnerKeys {
        place: "a value of `contract`",
        owner: Owner::Keys(&["contract"]),
        example: "links.\"app -> db\".contract = { kind = \"openapi\", file = \"orders.yaml\", versioned = true, compatible = true, registry = true, tests = true }",
        keys: &[
            ("kind", "a text", "The language of the contract, such as `openapi`."),
            ("file", "a text", "Where it lies."),
            ("versioned", "`true` or `false`", "Whether it has a version."),
            ("compatible", "`true` or `false`", "Whether changes are checked for compatibility."),
            ("registry", "`true`, `false` or a text", "Whether a registry holds it."),
            ("tests", "`true`, `false` or a text", "Whether tests hold both sides to it."),
        ],
    },
    InnerKeys {
        place: "a table of ids, in an alternative",
        owner: Owner::Tables,
        example: "components.remove = [\"cache\"]",
        keys: &[("remove", "the id of an element, or a list of ids", "Takes out what lies below, before the rest of the layer is laid.")],
    },
    InnerKeys {
        place: "the top of a file",
        owner: Owner::File,
        example: "defaults.service.service-time = \"5ms\"",
        keys: &[(
            "defaults",
            "tables by kind",
            "What items of a kind have that they do not state: `[defaults.service]` takes the keys of a component, `[defaults.\"->\"]`, `\"~>\"` and `\"=>\"` those of a link.",
        )],
    },
];

/// Returns the keys inside of values, one by one.
pub(super) fn inner_keys() -> impl Iterator<Item = InnerKey> {
    let each = |InnerKeys { place, owner, example, keys }: &'static InnerKeys| {
        keys.iter().map(move |(name, form, doc)| InnerKey { name, place, owner: *owner, form, doc, example })
    };
    INNER_KEYS.iter().flat_map(each)
}
