//! Semantics, "Cost": hand-computed bills, and laws.

use proptest::prelude::*;

use super::{Basis, Bill, Bound, Category, Cost, Outlook, Rates, bill, break_even, break_evens, cost, effects, premium};
use crate::analysis::communication::communication;
use crate::model::System;
use crate::model::testing::{model, system};
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

/// Functions of 512 MB and 100 ms that so many requests a second run.
fn functions(rate: u32) -> System {
    modelled(&format!(
        r#"
[components]
user = {{ kind = "external", on = "us-a" }}
app  = {{ kind = "function", on = "us-a", memory = "512MiB", service-time = "100ms" }}
[links]
"user -> app" = {{ payload = "0B", response = "0B" }}
[journeys]
read = {{ rate = "{rate}/s", steps = ["user -> app"] }}
"#
    ))
}

/// Functions of 512 MB and 100 ms against two small containers with a balancer:
/// 2 · 730 · (0.25 · 0.04048 + 0.5 · 0.004445) + 16.425 = 34.4448 a month, and a request costs 2e-7 + 0.05 · 1.66667e-5.
#[test]
fn functions_and_instances_break_even_where_their_bills_cross() {
    let functions = functions(1);
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
    fixed.prices = crate::pricing::Prices::with(vec![book]);
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
    let parts = found.parts.expect("everything has a price");
    assert_eq!((parts.usage.cents(), parts.price.cents(), parts.design.cents()), ("45.11".into(), "0.00".into(), "119.14".into()));
    assert_eq!(parts.usage + parts.price + parts.design, found.to.monthly.likely - found.from.monthly.likely);
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

/// 9,000 ÷ 48 + 350 W · 730 h ÷ 1,000 · 0.28 + 60 + 45 = 364.04 for each of two machines, which use 255.5 kWh each.
#[test]
fn own_hardware_is_a_book_like_any_other_and_its_electricity_is_told() {
    let files = [
        (
            "system.toml",
            r#"schema = 1
[system]
currency = "EUR"
[cost]
books = "prices/own.toml"
[locations]
hall = { kind = "datacenter", provider = "own", code = "hall" }
[components]
app = { kind = "service", on = "hall", replicas = 2, machine = "r740" }
"#,
        ),
        (
            "prices/own.toml",
            r#"[prices."own/hall/vm"]
r740 = { purchase = "9000 EUR", years = "4", watts = "350", electricity = "0.28 EUR", rack = "60 EUR", hands = "45 EUR", as-of = "2026", source = "invoice" }
"#,
        ),
    ];
    let model = model(&files);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let bill = billed(&model.base);
    assert_eq!((bill.currency.code(), bill.monthly.likely.cents().as_str()), ("EUR", "728.08"));
    assert_eq!(bill.kilowatt_hours().map(|used| used.plain()), Some("511".to_owned()));
    assert!(bill.is_complete());
    // What a provider runs uses electricity that no price tells.
    assert_eq!(billed(&random(1, 1, 1)).kilowatt_hours(), None);
}

/// The worked case: a thousand instances of 1 GB that never stop, 1,000 · 2,628,000 s · 0.0000166667 = 43,800.09; at 100 ms each they take 10,000 requests a
/// second, 26,280 million at 0.20.
#[test]
fn functions_that_never_stop_are_bounded_by_the_instances_that_may_run() {
    let text = |replicas: &str| {
        format!(
            r#"
[components]
user = {{ kind = "external", on = "us-a" }}
app  = {{ kind = "function", on = "us-a", memory = "1GiB", service-time = "100ms"{replicas} }}
[links]
"user -> app" = {{ payload = "0B", response = "0B" }}
[journeys]
read = {{ rate = "1/s", steps = ["user -> app"] }}
"#
        )
    };
    let runaway = costed(&text(", replicas = { usual = 1, max = 1000 }")).runaway;
    let cap = &runaway.caps[0];
    assert_eq!((cap.cap.as_str(), cap.rate), ("components.app.replicas.max", 10_000.0));
    assert_eq!(runaway.bound.map(Exact::cents), Some("49056.09".to_owned()), "43,800.0876 + 5,256");
    assert_eq!(costed(&text("")).runaway.uncapped, ["journeys.read"]);
}

/// 100/s need two instances of 100/s at 50 %, 119.14 a month; without a bound of replicas they may spend up to the cap.
#[test]
fn a_cap_on_spending_bounds_what_has_no_other() {
    let text = |cap: &str| {
        format!(
            r#"
[components]
user = {{ kind = "external", on = "us-a" }}
app  = {{ kind = "service", on = "us-a", machine = "m7g.large", rate-limit = "100/s", replicas = {{ min = 1, usual = 2, max = false }}, autoscale = {{ target = "50%", capacity = "100/s" }}{cap} }}
[links]
"user -> app" = {{ payload = "0B", response = "0B" }}
[journeys]
read = {{ rate = "10/s", steps = ["user -> app"] }}
"#
        )
    };
    let of = |cap: &str| costed(&text(cap)).runaway;
    assert_eq!(of(r#", budget-cap = "500 USD/month""#).bound.map(Exact::cents), Some("500.00".to_owned()));
    assert_eq!(of(r#", budget-cap = "20 USD/month""#).bound.map(Exact::cents), Some("119.14".to_owned()), "what runs is paid");
    assert_eq!((of("").bound, of("").uncapped), (None, vec!["components.app.replicas.max".to_owned()]));
    // A cap whose amount cannot be told is a cap, and no bound.
    for unknown in [r#", budget-cap = "500 CHF/month""#, ", budget-cap = true"] {
        let found = of(unknown);
        assert_eq!((found.bound, found.uncapped.len(), found.unstated), (None, 0, vec!["components.app.budget-cap".to_owned()]));
    }
}

/// 50/s × 20 KiB are 2,506.256 GiB; a machine is 59.568.
const SENDS: &str = r#"
[components]
user = { kind = "external" }
app  = { kind = "service", on = "us-a", machine = "m7g.large", replicas = REPLICAS, service-time = "10ms", concurrency = 4 }
[links]
"user -> app" = { payload = "1KiB", response = "RESPONSE" }
[journeys]
read = { rate = "RATE", steps = ["user -> app"] }
"#;

fn sending(replicas: &str, rate: &str, response: &str) -> String {
    SENDS.replace("REPLICAS", replicas).replace("RATE", rate).replace("RESPONSE", response)
}

#[test]
fn growth_passes_the_tiers_and_each_range_sways_the_bill_alone() {
    let cost = costed(&sending("1", "50/s", "20KiB"));
    let growth: Vec<(u64, String)> = cost.growth.iter().map(|one| (one.factor, one.monthly.cents())).collect();
    // 0.09 up to 10,240 GB, then 0.085: 225.56; 451.13; 921.60 + 2,291.28 · 0.085; 921.60 + 14,822.56 · 0.085; each with the machine.
    let expected = [(1, "285.13"), (2, "510.69"), (5, "1175.93"), (10, "2241.09")];
    assert_eq!(growth, expected.map(|(factor, amount)| (factor, amount.to_owned())));
    // 50/s · 10 ms ÷ 4 workers are busy an eighth of the time.
    assert_eq!(cost.idle_share.map(|share| share.rounded(9).plain()), Some("0.875".to_owned()));
    let swayed = costed(&sending("1", "40..60/s", "18..22KiB"));
    let tornado: Vec<_> = swayed.tornado.iter().map(|one| (one.input.as_str(), one.low.cents(), one.high.cents())).collect();
    let expected = [("journeys.read.rate", "240.02", "330.24"), ("links.user -> app.response", "262.57", "307.69")];
    assert_eq!(tornado, expected.map(|(input, low, high)| (input, low.to_owned(), high.to_owned())));
}

#[test]
fn a_premium_is_explained_line_by_line() {
    let (base, own) = (modelled(&sending("1", "50/s", "20KiB")), modelled(&sending("3", "60/s", "20KiB")));
    let (from, to) = (billed(&base), billed(&own));
    let lines = premium((&base, &from), (&own, &to)).expect("one currency");
    let shown: Vec<_> =
        lines.iter().map(|one| (one.category, one.subject.as_str(), one.base.map(Exact::cents), one.own.map(Exact::cents))).collect();
    // The first instance costs the same in both, and is left out.
    let expected = [
        (Category::Copies, "app", None, Some("119.14".to_owned())),
        (Category::Transfer, "user -> app", Some("225.56".to_owned()), Some("270.68".to_owned())),
    ];
    assert_eq!(shown, expected);
    assert_eq!(lines.iter().map(|line| line.amount()).sum::<Exact>(), to.monthly.likely - from.monthly.likely);
}

#[test]
fn every_pair_of_designs_is_searched_and_what_never_crosses_is_told() {
    let designs = [sending("1", "50/s", "20KiB"), sending("2", "50/s", "20KiB"), sending("2", "50/s", "10KiB")].map(|text| modelled(&text));
    let counted: Vec<_> = designs.iter().map(|system| (system, communication(system))).collect();
    let pairs: Vec<_> = counted.iter().map(|(system, counted)| (*system, counted)).collect();
    let found = break_evens(&pairs);
    assert_eq!(found.iter().map(|one| (one.first, one.second)).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
    assert!(found[0].rates.is_empty() && found[0].is_dearer_at_first, "one machine more costs more at every load");
    assert!(found[2].rates.is_empty() && !found[2].is_dearer_at_first);
    // Half the bytes save 25.0626 GiB · 0.09 for each request a second, a machine costs 59.568: they meet at 59.568 ÷ (0.09 · 25.0626) = 26.41/s.
    assert!((found[1].rates[0] - 26.409).abs() < 0.001 && found[1].rates.len() == 1, "{:?}", found[1]);
}

#[test]
fn a_team_that_owns_what_runs_and_cannot_be_called_is_named() {
    let cost = costed(
        r#"
[cost]
people = { stipend = "800 USD/month", rota = 6 }
[teams]
core  = { members = 5, oncall = true }
other = { members = 7 }
idle  = { members = 3, oncall = true }
[components]
a = { kind = "service", on = "us-a", machine = "m7g.large", owner = "core" }
b = { kind = "service", on = "us-a", machine = "m7g.large", owner = "other" }
"#,
    );
    let people = cost.people.expect("declared");
    assert_eq!((people.rotas_needed, people.without_rota), (vec!["core".to_owned(), "other".to_owned()], vec!["other".to_owned()]));
    assert_eq!(people.people_on_call, 8);
}

/// A shard of .9 of the load in one region and one of .1 in another: logs are paid where they are written.
#[test]
fn work_is_billed_where_the_load_of_its_shard_is() {
    let system = modelled(
        r#"
eu = { kind = "region", provider = "aws", code = "eu-central-1" }
[components]
user = { kind = "external" }
db = { kind = "database", on = ["us-a", "eu"], shards = { big = 0.9, small = 0.1 }, replicas = 1 }
[links]
"user -> db" = {}
[journeys]
read = { rate = "50/s", steps = ["user -> db"] }
"#,
    );
    let id = system.find_component("db").expect("it is declared");
    let mut shares: Vec<f64> = super::demand::shares_by_place(&system, id, |_, host| host).into_iter().map(|(_, share)| share).collect();
    shares.sort_by(f64::total_cmp);
    assert!((shares[0] - 0.1).abs() < 1e-12 && (shares[1] - 0.9).abs() < 1e-12, "{shares:?}");
}

/// A store that is paid by the operation keeps what it keeps for that price, also while nobody asks it.
#[test]
fn a_store_paid_by_the_operation_pays_no_storage_without_load() {
    let asks_for_storage = |rate: &str| {
        let text = format!(
            "schema = 1\n[system]\ncurrency = \"EUR\"\n[cost]\nbooks = \"prices/own.toml\"\n[locations]\nhall = {{ kind = \"datacenter\", provider = \"own\", code = \"hall\" }}\n\
             [components]\nuser = {{ kind = \"client\" }}\ndb = {{ kind = \"database\", on = \"hall\", sku = \"own/hall/table/asked\", data = \"100GiB\" }}\n[links]\n\"user -> db\" = {{}}\n\
             [journeys]\nread = {{ {rate}steps = [\"user -> db\"] }}\n"
        );
        let book =
            "[prices.\"own/hall/table\"]\nasked = { price = \"1 EUR\", per = \"1M-requests\", as-of = \"2026\", source = \"invoice\" }\n";
        let model = model(&[("system.toml", text.as_str()), ("prices/own.toml", book)]);
        assert!(!model.has_errors(), "{:?}", model.diagnostics);
        billed(&model.base).unpriced.iter().any(|one| one.what == "storage")
    };
    assert!(!asks_for_storage("rate = \"1/s\", "));
    assert!(!asks_for_storage(""));
}

/// 100/s are all that get through. All of them reading 20 KiB are dearer than any mix with the listing of 1 KiB, whatever the mix is today.
#[test]
fn a_shared_cap_is_spent_on_the_dearest_journey() {
    let text = |read: &str, list: &str| {
        format!(
            r#"
[components]
user = {{ kind = "external" }}
app  = {{ kind = "service", on = "us-a", machine = "m7g.large", rate-limit = "100/s" }}
[links]
"user -> app" = {{ payload = "1KiB", response = "20KiB" }}
[journeys]
read = {{ rate = "{read}/s", steps = ["user -> app"] }}
list = {{ rate = "{list}/s", steps = [{{ call = "user -> app", response = "1KiB" }}] }}
"#
        )
    };
    // 100/s of 20 KiB are 5,012.51 GiB: 451.13 + 59.57.
    for (read, list) in [("1", "99"), ("50", "50"), ("99", "1")] {
        assert_eq!(costed(&text(read, list)).runaway.bound.map(Exact::cents), Some("510.69".to_owned()));
    }
}

/// 1,000/s of 200 KiB are 501,251.22 GiB: 921.60 + 3,481.60 + 7,168 + 347,651.22 · 0.05, with the machine of 59.57.
#[test]
fn the_runaway_bound_is_no_less_than_the_dear_end_of_any_range() {
    let capped = sending("1", "10..100..800/s", "10..30..200KiB").replace("service-time", "rate-limit = \"1000/s\", service-time");
    let cost = costed(&capped);
    assert_eq!(cost.runaway.bound.map(Exact::cents), Some("29013.33".to_owned()));
    // A short service time lets more through a pool of two workers: 2 ÷ 10 ms = 200/s of 20 KiB, 10,025.02 GiB at 0.09, with the machine.
    let pooled =
        sending("{ usual = 1, max = 1 }", "1/s", "20KiB").replace("10ms", "10..40ms").replace("concurrency = 4", "concurrency = 2");
    assert_eq!(costed(&pooled).runaway.bound.map(Exact::cents), Some("961.82".to_owned()));
}

/// What has no price costs something: no load is told at which a design costs the same as one of which a price is missing.
#[test]
fn designs_without_all_prices_do_not_break_even() {
    let functions = functions(10);
    let text = |machine: &str| {
        modelled(&format!(
            r#"
[components]
user = {{ kind = "external", on = "us-a" }}
lb   = {{ kind = "proxy", on = "us-a", machine = "alb hour" }}
app  = {{ kind = "service", on = "us-a", machine = "{machine}" }}
[links]
"user -> lb" = {{ payload = "0B", response = "0B" }}
"lb -> app"  = {{ payload = "0B", response = "0B" }}
[journeys]
read = {{ rate = "10/s", steps = ["user -> lb", "lb -> app"] }}
"#
        ))
    };
    let (priced, unpriced) = (text("m7g.large"), text("m99.large"));
    let found = |base: &System| break_evens(&[(base, &communication(base)), (&functions, &communication(&functions))]);
    assert_eq!(found(&priced).len(), 1);
    assert_eq!(found(&unpriced), []);
    assert_eq!(Bound::of(&billed(&unpriced), &billed(&functions)), Bound::AtMost);
    assert_eq!(Bound::of(&billed(&functions), &billed(&unpriced)), Bound::AtLeast);
    // Nor is the difference taken apart: a price that is missing is no saving.
    let apart =
        |head: &System| effects((&priced, &communication(&priced)), (head, &communication(head))).expect("two bills").parts.is_some();
    assert_eq!((apart(&priced), apart(&unpriced)), (true, false));
}

/// 3 to 20 instances, 175 instance-hours in a day: each has an address at 0.005 an hour.
#[test]
fn every_instance_that_runs_has_its_public_address() {
    let bill = costed(
        r#"
[components]
user = { kind = "external" }
app  = { kind = "service", on = "us-a", exposed = "public", machine = "m7g.large", replicas = { min = 3, max = 20 }, autoscale = { target = "60%", capacity = "100/s" } }
[links]
"user -> app" = { payload = "0B", response = "0B" }
[journeys]
read = { rate = "400/s", peak = "700/s", steps = ["user -> app"] }
"#,
    )
    .bill;
    let line = bill.lines.iter().find(|line| line.what == "public addresses").expect("a line");
    let amount = line.amount.map(Exact::cents);
    assert_eq!((amount.low.as_str(), amount.likely.as_str(), amount.high.as_str()), ("10.95", "26.61", "73.00"));
}

/// Without a zone it is assumed that a call goes to another one: no journey says so.
#[test]
fn a_distance_that_is_assumed_is_no_basis_of_its_own() {
    let basis = |on: &str| {
        let text = format!(
            r#"
[components]
a = {{ kind = "service", on = "{on}", machine = "m7g.large" }}
b = {{ kind = "service", on = "us-b", machine = "m7g.large" }}
[links]
"a -> b" = {{ payload = "1KiB", response = "4KiB" }}
[journeys]
read = {{ rate = "50/s", steps = ["a -> b"] }}
"#
        );
        costed(&text).bill.lines.iter().find(|line| line.what == "between zones").expect("a line").basis
    };
    assert_eq!((basis("us-a"), basis("us")), (Basis::Journey, Basis::Default));
}

proptest! {
    /// The lines of a premium add up to it.
    #[test]
    fn a_premium_is_the_sum_of_its_lines(a in 1..5_u32, b in 1..5_u32, rate in 1..5_000_u32, more in 1..5_000_u32) {
        let (base, own) = (random(a, rate, 30), random(b, more, 70));
        let (from, to) = (billed(&base), billed(&own));
        let lines = premium((&base, &from), (&own, &to)).expect("one currency");
        let sum = lines.iter().map(|line| line.amount()).sum::<Exact>();
        prop_assert_eq!(sum.rounded(9), (to.monthly.likely - from.monthly.likely).rounded(9));
    }

    /// Scaling all prices scales the total.
    #[test]
    fn scaled_prices_scale_the_bill(factor in 1..40_u64, replicas in 1..4_u32, rate in 1..5_000_u32) {
        let mut system = random(replicas, rate, 30);
        let before = billed(&system).monthly.likely;
        let mut book = crate::pricing::Book::default();
        book.scales.push(crate::pricing::Scale { pattern: "*/*/*/*".to_owned(), factor: Exact::whole(factor), reason: "law".to_owned() });
        system.prices = crate::pricing::Prices::with(vec![book]);
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
