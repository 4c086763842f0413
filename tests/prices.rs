//! `prices`, `cost` and `calibrate` as a user meets them, and bad input.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;

fn run(arguments: &[&str]) -> Output {
    let mut command = cargo_bin_cmd!("weighbridge");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs something that works, and returns what it prints.
fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Runs something that is refused, and returns what it says.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stdout));
    assert!(output.stdout.is_empty(), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn json(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&printed(arguments)).expect("it prints JSON")
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path of plain letters")
}

#[test]
fn a_quantity_is_priced_tier_by_tier() {
    let quote = |key: &str, quantity: &str, more: &[&str]| {
        let mut arguments = vec!["prices", "quote", key, quantity, "--format", "json"];
        arguments.extend(more);
        json(&arguments)
    };
    let egress = quote("aws/us-east-1/egress/internet out", "57000", &[]);
    assert_eq!(egress["total"], "4809.20");
    let amounts: Vec<&str> = egress["lines"].as_array().expect("lines").iter().filter_map(|line| line["amount"].as_str()).collect();
    assert_eq!(amounts, ["921.60", "3481.60", "406.00"]);
    // A hundred gigabytes are free.
    assert_eq!(quote("aws/us-east-1/egress/internet out", "2506.256103515625", &["--free-tiers"])["total"], "216.56");
    assert_eq!(quote("aws/us-east-1/queue/sqs standard", "2000000", &[])["total"], "0.80");
    assert_eq!(quote("azure/westeurope/queue/service bus standard connections", "1000000", &["--free-tiers"])["total"], "21470.00");
    assert_eq!(quote("aws/us-east-1/db-postgres/db.t4g.small", "730", &["--high-availability"])["total"], "47.45");
    // 1 TiB is 1,024 GiB.
    assert_eq!(quote("aws/us-east-1/nat/nat data processed", "1TiB", &[])["total"], "46.08");
    assert_eq!(quote("azure/eastus/egress/internet out", "20000", &[])["complete"], false);
}

#[test]
fn a_wrong_key_or_quantity_says_what_was_meant() {
    let key = refused(&["prices", "show", "aws/us-east-1/vm/m7g.lage"]);
    assert!(key.contains("did you mean `aws/us-east-1/vm/m7g.large`?"), "{key}");
    for quantity in ["-1", "1e9", "many", "1parsec", ""] {
        let quantity = format!("--  {quantity}").replace("--  ", "");
        let said = refused(&["prices", "quote", "--", "aws/us-east-1/nat/nat data processed", &quantity]);
        assert!(said.contains("is no quantity; write a number of `GB`"), "{said}");
    }
}

#[test]
fn own_books_lie_over_the_embedded_ones_and_their_mistakes_have_a_place() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let ours = scratch.path().join("ours.toml");
    fs::write(&ours, "[[scale]]\nmatch = \"aws/*/vm/*\"\nfactor = \"0.5\"\nreason = \"contract\"\n").expect("it is written");
    let shown = printed(&["prices", "show", "aws/us-east-1/vm/m7g.large", "--book", path(&ours)]);
    assert!(shown.contains("0.0408 USD") && shown.contains("contract"), "{shown}");
    fs::write(&ours, "[prices.\"own/hall/vm\"]\na = { price = \"-1 USD\", per = \"hour\", as-of = \"2026\", source = \"x\" }\n")
        .expect("it is written");
    let said = refused(&["prices", "list", "--book", path(&ours)]);
    assert!(said.contains("ours.toml:2:15") && said.contains("is negative"), "{said}");
}

#[test]
fn a_price_list_becomes_a_book() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (list, book) = (scratch.path().join("vms.csv"), scratch.path().join("book.toml"));
    let rows = "InstanceType,vCPUs,MemoryGiB,Price,SpotPrice,Region,AvailabilityZone\n\
                big.large,2.0,8.0,0.10,0.03,eu-1,eu-1a\n\
                big.large,2.0,8.0,0.12,,eu-1,eu-1b\n\
                \"odd, \"\"quoted\"\"\",2,8,1e-05,,eu-1,eu-1a\n\
                small,1,1,,,eu-1,eu-1a\n";
    fs::write(&list, rows).expect("it is written");
    let output =
        run(&["prices", "import", "skypilot", path(&list), "--provider", "acme", "--as-of", "2026-11-01", "--output", path(&book)]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("3 prices; 1 rows without a price"), "{}", text(&output.stderr));
    let quote = |key: &str| json(&["prices", "quote", key, "1000000", "--format", "json", "--book", path(&book)])["total"].clone();
    // Zones differ: the highest.
    assert_eq!(quote("acme/eu-1/vm/big.large"), "120000.00");
    assert_eq!(quote("acme/eu-1/vm/big.large@spot"), "30000.00");
    assert_eq!(quote("acme/eu-1/vm/odd, \"quoted\""), "10.00");

    let rows = "EndTimestamp,InstanceID,Region,AssetClass,InstanceIDField,InstanceType,MarketPriceHourly,Version\n\
                2026-11-01,,eu-1,node,metadata.labels.node.kubernetes.io/instance-type,big.large,0.1,1\n\
                2026-11-01,,eu-1,pv,,gp3,0.0001,1\n\
                2026-11-01,,eu-1,gpu,,a100,1,1\n";
    fs::write(&list, rows).expect("it is written");
    let text = printed(&["prices", "import", "opencost", path(&list), "--provider", "acme"]);
    assert!(text.contains("[prices.\"acme/eu-1/vm\"]") && text.contains("per = \"GB-hour\"") && !text.contains("a100"), "{text}");
}

#[test]
fn a_bad_list_names_its_line_and_writes_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (list, book) = (scratch.path().join("vms.csv"), scratch.path().join("book.toml"));
    let import = |text: &[u8]| {
        fs::write(&list, text).expect("it is written");
        let said = refused(&["prices", "import", "skypilot", path(&list), "--provider", "acme", "--output", path(&book)]);
        assert!(!book.exists());
        said
    };
    let columns = import(b"InstanceType,Price\na,1\n");
    assert!(columns.contains("missing-column") && columns.contains("`Region`") && columns.contains("vms.csv:1:1"), "{columns}");
    let negative = import(b"InstanceType,Region,Price\na,eu,1\nb,eu,-2\n");
    assert!(negative.contains("vms.csv:3:1") && negative.contains("`Price` is `-2`, which is negative"), "{negative}");
    let fields = import(b"InstanceType,Region,Price\na,eu\n");
    assert!(fields.contains("vms.csv:2:1") && fields.contains("the row has 2 fields, the first line has 3"), "{fields}");
    let amount = import(b"InstanceType,Region,Price\na,eu,cheap\n");
    assert!(amount.contains("`Price` is `cheap`, which is no amount"), "{amount}");
    let bytes = import(b"InstanceType,Region,Price\n\xff,eu,1\n");
    assert!(bytes.contains("line 2 begins no character"), "{bytes}");
}

#[test]
fn a_file_of_200_megabytes_is_refused_before_it_is_read() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let large = scratch.path().join("bill.csv");
    // A file with a hole takes no room.
    fs::File::create(&large).and_then(|file| file.set_len(200 << 20)).expect("it is made");
    let said = refused(&["calibrate", "models/shop", path(&large)]);
    assert!(said.contains("209715200 bytes, the limit is 67108864 (64 MiB)"), "{said}");
}

#[test]
fn a_bill_is_held_against_the_model() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let bill = scratch.path().join("focus.csv");
    let rows = "ServiceCategory,EffectiveCost,ListCost,BillingCurrency,Tags\n\
                Compute,80,100,USD,\"{\"\"component\"\":\"\"app\"\"}\"\n\
                Compute,-10,0,USD,\n\
                Databases,150,150,USD,\"{\"\"component\"\":\"\"elsewhere\"\"}\"\n";
    fs::write(&bill, rows).expect("it is written");
    let value = json(&["calibrate", "models/shop", path(&bill), "--format", "json"]);
    assert_eq!(value["categories"]["Compute"]["factor"], "0.7", "70 of 100");
    assert_eq!(value["components"]["app"]["billed"], "73.60", "80 at 0.92");
    assert_eq!(value["foreign"], serde_json::json!(["elsewhere"]));
    assert_eq!(value["untagged"], "-9.20");

    fs::write(&bill, "ServiceCategory,EffectiveCost,ListCost,BillingCurrency,Tags\nCompute,1,1,USD,component=app\nCompute,1,1,XYZ,\n")
        .expect("it is written");
    let said = refused(&["calibrate", "models/shop", path(&bill)]);
    assert!(said.contains("focus.csv:2:1") && said.contains("`Tags` is no JSON object"), "{said}");
    assert!(said.contains("focus.csv:3:1") && said.contains("`BillingCurrency` is `XYZ`, which is no currency"), "{said}");
}

#[test]
fn a_difference_of_bills_is_taken_apart() {
    let value = json(&["cost", "diff", "models/shop", "models/shop/alternatives/replicated.toml", "--format", "json"]);
    let cents = |name: &str| -> i64 { value[name].as_str().expect("money").replace('.', "").parse().expect("cents") };
    assert_eq!((cents("usage_effect"), cents("price_effect")), (0, 0));
    assert!((cents("to") - cents("from") - cents("design_effect")).abs() <= 1, "{value}");
    let same = printed(&["cost", "diff", "models/shop", "models/shop"]);
    assert!(same.contains("of which design"), "{same}");
}

/// The article's shop: every alternative has a bill that lacks no price.
#[test]
fn the_shop_is_priced_in_all_four_alternatives() {
    let value = json(&["assess", "models/shop", "--format", "json"]);
    let alternatives = value["alternatives"].as_array().expect("alternatives");
    assert_eq!(alternatives.len(), 4);
    for one in alternatives {
        let cost = &one["cost"];
        assert_eq!((&cost["complete"], &cost["currency"]), (&serde_json::json!(true), &serde_json::json!("EUR")), "{}", one["id"]);
        assert_eq!(cost["premium"].is_null(), one["id"] == "system");
        // The instance of the base: 730 h × 0.391 USD × 0.92.
        if one["id"] == "system" {
            let line = &cost["lines"].as_array().expect("lines")[0];
            assert_eq!((&line["subject"], &line["amount"]), (&serde_json::json!("app"), &serde_json::json!("262.60")));
        }
    }
}

/// Money is exact: no float in the rooms that compute it. Measured figures enter through `Exact::measured`, in `demand` alone.
#[test]
fn no_float_takes_part_in_money() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<_> = fs::read_dir(root.join("pricing")).expect("a room").map(|entry| entry.expect("a file").path()).collect();
    files.extend(["bill.rs", "people.rs", "change.rs"].map(|name| root.join("analysis/cost").join(name)));
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = fs::read_to_string(file).expect("text");
        assert!(!text.contains("f64") && !text.contains("f32"), "{}", file.display());
    }
}
