//! Semantics, "Cost": hand-computed bills, and laws.

use proptest::prelude::*;

use super::{Bill, Category, Cost, Outlook, Rates, bill, break_even, cost, effects};
use crate::analysis::communication::communication;
use crate::model::System;
use crate::model::testing::system;
use crate::quantity::Exact;

const PLACE: &str = r#"
[system]
currency = "USD"
[locations]
us   = { kind = "region", provider = "aws", code = "us-east-1" }
us-a = { kind = "zone", in = "us" }
us-b = { kind = "zone", in = "us" }
us-c = { kind = "zone", in = "us" }
"#;

fn modelled(text: &str) -> System {
    system(&format!("{PLACE}{text}"))
}

fn costed(text: &str) -> Cost {
    let system = modelled(text);
    cost(&system, &communication(&system), Outlook::Computed).expect("a provider is named")
}

fn billed(system: &System) -> Bill {
    bill(system, &communication(system), &Rates::of(system)).expect("a provider is named")
}

fn amounts(bill: &Bill) -> Vec<(&'static str, String)> {
    bill.lines.iter().map(|line| (line.what, line.amount.likely.cents())).collect()
}

/// Scale check of the worked cases: 50/s, 20 KiB responses, 100 GB free.
#[test]
fn responses_to_the_internet_are_egress() {
    let text = r#"
[cost]
free-tiers = true
[components]
user = { kind = "external" }
app  = { kind = "service", on = "us-a", machine = "m7g.large" }
[links]
"user -> app" = { payload = "1KiB", response = "20KiB" }
[journeys]
read = { rate = "50/s", steps = ["user -> app"] }
"#;
    assert_eq!(amounts(&costed(text).bill), [("instances", "59.57".to_owned()), ("to the internet", "216.56".to_owned())]);
}

/// 2/3 of 50/s × 5 KiB travels between three by three zones, and is paid at both ends.
#[test]
fn a_hop_between_zones_is_paid_at_both_ends_and_a_local_one_not() {
    let text = |route: &str| {
        format!(
            r#"
[components]
a = {{ kind = "service", replicas = 3, on = ["us-a", "us-b", "us-c"], machine = "m7g.large" }}
b = {{ kind = "service", replicas = 3, on = ["us-a", "us-b", "us-c"], machine = "m7g.large" }}
[links]
"a -> b" = {{ payload = "1KiB", response = "4KiB"{route} }}
[journeys]
read = {{ rate = "50/s", steps = ["a -> b"] }}
"#
        )
    };
    let transfer = |route: &str| costed(&text(route)).bill.categories.get(&Category::Transfer).map(|sum| sum.cents());
    assert_eq!(transfer(""), Some("8.35".to_owned()));
    assert_eq!(transfer(r#", route = "zone-local""#), None);
}

/// Mean 400/s, peak 700/s, 100/s per instance at 60 %, 3 to 20 instances: 175 instance-hours in a day on average ÷ 24.
#[test]
fn scaling_over_the_day_has_a_low_an_expected_and_a_high_bill() {
    let bill = costed(
        r#"
[components]
user = { kind = "external", on = "us-a" }
app  = { kind = "service", on = "us-a", machine = "m7g.large", replicas = { min = 3, usual = 8, max = 20 }, autoscale = { target = "60%", capacity = "100/s" } }
[links]
"user -> app" = {}
[journeys]
read = { rate = "400/s", peak = "700/s", steps = ["user -> app"] }
"#,
    )
    .bill;
    let monthly = bill.monthly;
    assert_eq!((monthly.low.cents(), monthly.likely.cents(), monthly.high.cents()), ("178.70".into(), "434.35".into(), "1191.36".into()));
}

/// Functions of 512 MB and 100 ms against two small containers with a balancer:
/// 2 · 730 · (0.25 · 0.04048 + 0.5 · 0.004445) + 16.425 = 34.4448 a month, and a request costs 2e-7 + 0.05 · 1.66667e-5.
#[test]
fn functions_and_instances_break_even_where_their_bills_cross() {
    let functions = modelled(
        r#"
[components]
user = { kind = "external", on = "us-a" }
app  = { kind = "function", on = "us-a", memory = "512MiB", service-time = "100ms" }
[links]
"user -> app" = { payload = "0B", response = "0B" }
[journeys]
read = { rate = "1/s", steps = ["user -> app"] }
"#,
    );
    let mut fixed = modelled(
        r#"
[components]
user = { kind = "external", on = "us-a" }
app  = { kind = "service", on = "us-a", machine = "task", replicas = 2 }
lb   = { kind = "proxy", on = "us-a", machine = "alb hour" }
[links]
"user -> lb" = { payload = "0B", response = "0B" }
"lb -> app"  = { payload = "0B", response = "0B" }
[journeys]
read = { rate = "1/s", steps = ["user -> lb", "lb -> app"] }
"#,
    );
    // A quarter of a processor and half a gigabyte.
    let mut sources = crate::source::Sources::default();
    let row = "[prices.\"aws/us-east-1/vm\"]\ntask = { price = \"0.0123425 USD\", per = \"instance-hour\", as-of = \"2026\", source = \"0.25 vCPU, 0.5 GB\" }";
    let file = sources.add("task.toml", row);
    let (book, found) = crate::pricing::read(&sources, file, "task");
    assert_eq!(found, []);
    let mut catalogue = crate::pricing::embedded().clone();
    catalogue.lay(&book);
    fixed.prices = catalogue.into();
    let rate = break_even((&functions, &communication(&functions)), (&fixed, &communication(&fixed))).expect("they cross");
    assert!((rate - 12.68).abs() < 0.005, "{rate}");
}

#[test]
fn what_has_no_price_is_listed_and_never_nothing() {
    let cost = costed(
        r#"
[components]
app   = { kind = "service", on = "us-a", machine = "m99.large" }
other = { kind = "service", on = "us-a" }
db    = { kind = "database", on = "us-a", engine = "postgres", machine = "db.m7g.large", data = "100GiB" }
[links]
"app -> db" = {}
[journeys]
read = { rate = "1/s", steps = ["app -> db"] }
"#,
    );
    let needs: Vec<&str> = cost.bill.unpriced.iter().map(|one| one.needs.as_str()).collect();
    assert_eq!(needs, ["a price for `aws/us-east-1/vm/m99.large`", "components.other.machine"]);
    assert!(!cost.bill.is_complete());
    // 730 × 0.168, and 100 GiB × 0.115.
    assert_eq!(amounts(&cost.bill), [("instances", "122.64".to_owned()), ("storage", "11.50".to_owned())]);
}

#[test]
fn a_machine_with_hosts_is_paid_once_and_what_stands_on_it_pays_nothing() {
    let bill = costed(
        r#"
[locations.pool]
kind    = "node"
in      = "us-a"
machine = "m7g.large"
count   = 3
[components]
a = { kind = "service", on = "pool", replicas = 3 }
b = { kind = "service", on = "pool" }
"#,
    )
    .bill;
    assert_eq!(amounts(&bill), [("machines", "178.70".to_owned())]);
    assert!(bill.is_complete());
}

#[test]
fn people_are_counted_apart() {
    let cost = costed(
        r#"
[cost]
people = { stipend = "800 USD/month", rota = 6, hourly = "70 USD/h", pages = "4/month", hours-per-page = 1.5 }
[components]
a = { kind = "service", on = "us-a", machine = "m7g.large" }
"#,
    );
    let people = cost.people.expect("declared");
    // 800 × 6, and 4 × 1.5 × 70.
    assert_eq!((people.on_call.map(Exact::cents), people.calls.map(Exact::cents)), (Some("4800.00".into()), Some("420.00".into())));
    assert_eq!(cost.bill.monthly.likely.cents(), "59.57");
}

#[test]
fn growth_without_a_cap_is_unbounded_and_a_rate_limit_bounds_it() {
    let text = |limit: &str| {
        format!(
            r#"
[objectives]
budget = "1000 USD/month"
[components]
user = {{ kind = "external" }}
app  = {{ kind = "service", on = "us-a", machine = "m7g.large"{limit} }}
[links]
"user -> app" = {{ payload = "1KiB", response = "20KiB" }}
[journeys]
read = {{ rate = "50/s", steps = ["user -> app"] }}
"#
        )
    };
    let free = costed(&text("")).runaway;
    assert_eq!((free.bound, free.uncapped), (None, vec!["journeys.read".to_owned()]));
    // A million responses are 10^6 × 20 ÷ 2^20 = 19.07 GiB at 0.09.
    assert_eq!(free.per_million.map(Exact::cents), Some("1.72".to_owned()));
    // Ten times 50/s is 25,062.56 GiB: 921.60 + 14,822.56 × 0.085 + 59.568 = 2,241.09; 1,000 ÷ that × 730 h.
    assert_eq!(free.hours_until_budget.map(|hours| hours.rounded(0).plain()), Some("326".to_owned()));
    let capped = costed(&text(r#", rate-limit = "100/s""#)).runaway;
    // 100/s is 5,012.51 GiB: 451.13 + 59.57.
    assert_eq!(capped.bound.map(Exact::cents), Some("510.69".to_owned()));
}

#[test]
fn the_parts_of_a_difference_add_up() {
    let text = |rate: u32, replicas: u32| {
        modelled(&format!(
            r#"
[components]
user = {{ kind = "external" }}
app  = {{ kind = "service", on = "us-a", machine = "m7g.large", replicas = {replicas} }}
[links]
"user -> app" = {{ payload = "1KiB", response = "20KiB" }}
[journeys]
read = {{ rate = "{rate}/s", steps = ["user -> app"] }}
"#
        ))
    };
    let (base, head) = (text(50, 1), text(60, 3));
    let found = effects((&base, &communication(&base)), (&head, &communication(&head))).expect("two bills");
    // 10/s more are 501.25 GiB × 0.09; two instances more 2 × 59.568.
    assert_eq!((found.usage.cents(), found.price.cents(), found.design.cents()), ("45.11".into(), "0.00".into(), "119.14".into()));
    assert_eq!(found.usage + found.price + found.design, found.to.monthly.likely - found.from.monthly.likely);
}

#[test]
fn a_bill_is_in_the_systems_currency_where_rates_are_declared() {
    let text = |fx: &str| {
        let place = PLACE.replace("\"USD\"", "\"EUR\"");
        let text = format!(
            "{place}\n[cost]\nprovider = \"aws\"\n{fx}\n[components]\na = {{ kind = \"service\", on = \"us-a\", machine = \"m7g.large\" }}\n"
        );
        billed(&system(&text))
    };
    let converted = text("fx = { USD = { value = \"0.5 EUR\", source = \"bank\", on = 2026-11-01 } }");
    assert_eq!((converted.currency.code().to_owned(), converted.monthly.likely.cents()), ("EUR".to_owned(), "29.78".to_owned()));
    assert_eq!(text("").currency.code(), "USD");
}

proptest! {
    /// Scaling all prices scales the total.
    #[test]
    fn scaled_prices_scale_the_bill(factor in 1..40_u64, replicas in 1..4_u32, rate in 1..5_000_u32) {
        let mut system = random(replicas, rate, 30);
        let before = billed(&system).monthly.likely;
        let mut book = crate::pricing::Book::default();
        book.scales.push(crate::pricing::Scale { pattern: "*/*/*/*".to_owned(), factor: Exact::whole(factor), reason: "law".to_owned() });
        let mut catalogue = crate::pricing::Catalogue::clone(&system.prices);
        catalogue.lay(&book);
        system.prices = catalogue.into();
        // Shares of a pool are quotients: they may differ in the 20th digit.
        prop_assert_eq!(billed(&system).monthly.likely.rounded(9), (before * Exact::whole(factor)).rounded(9));
    }

    /// More replicas never lower what is paid for instances and storage.
    #[test]
    fn more_replicas_never_cost_less(replicas in 1..4_u32, rate in 1..5_000_u32, data in 1..500_u32) {
        let (few, more) = (billed(&random(replicas, rate, data)), billed(&random(replicas + 1, rate, data)));
        let sum = |bill: &Bill| {
            let counted = [Category::Compute, Category::Databases, Category::Copies, Category::Storage];
            counted.iter().filter_map(|category| bill.categories.get(category).copied()).sum::<Exact>()
        };
        prop_assert!(sum(&few) <= sum(&more));
    }

    /// What two journeys send costs what one of their sum sends: no tier is reached twice.
    #[test]
    fn splitting_use_over_journeys_changes_nothing(a in 1..3_000_u32, b in 1..3_000_u32) {
        let journeys = |text: &str| {
            billed(&modelled(&format!("[components]\nuser = {{ kind = \"external\" }}\napp = {{ kind = \"service\", on = \"us-a\", machine = \"m7g.large\" }}\nother = {{ kind = \"service\", on = \"us-a\", machine = \"m7g.large\" }}\n[links]\n\"user -> app\" = {{ response = \"20KiB\" }}\n\"user -> other\" = {{ response = \"20KiB\" }}\n[journeys]\n{text}")))
        };
        let apart = journeys(&format!("x = {{ rate = \"{a}/s\", steps = [\"user -> app\"] }}\ny = {{ rate = \"{b}/s\", steps = [\"user -> other\"] }}"));
        let together = journeys(&format!("x = {{ rate = \"{}/s\", steps = [\"user -> app\"] }}", a + b));
        prop_assert_eq!(apart.monthly.likely.rounded(6), together.monthly.likely.rounded(6));
    }
}

fn random(replicas: u32, rate: u32, data: u32) -> System {
    modelled(&format!(
        r#"
[components]
user = {{ kind = "external" }}
app  = {{ kind = "service", on = ["us-a", "us-b", "us-c"], replicas = {replicas}, machine = "m7g.large" }}
db   = {{ kind = "database", on = ["us-a", "us-b", "us-c"], replicas = {replicas}, engine = "postgres", machine = "db.m7g.large", data = "{data}GB" }}
[links]
"user -> app" = {{ response = "20KiB" }}
"app -> db"   = {{ response = "5KiB" }}
[journeys]
read = {{ rate = "{rate}/s", steps = ["user -> app", "app -> db"] }}
"#
    ))
}
