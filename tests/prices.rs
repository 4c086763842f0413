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
    assert!(text(&output.stderr).contains("3 prices; left out: 1 row without a price, 0 rows of other kinds"), "{}", text(&output.stderr));
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
    for twice in ["--5e0", "-+5", "--5"] {
        let signs = import(format!("InstanceType,Region,Price\na,eu,{twice}\n").as_bytes());
        assert!(signs.contains(&format!("`Price` is `{twice}`, which is no amount")), "{signs}");
    }
    let twice = import(b"InstanceType,Region,Price,Price\na,eu,1,2\n");
    assert!(twice.contains("vms.csv:1:1") && twice.contains("names the column `Price` more than once"), "{twice}");
    let open = import(b"InstanceType,Region,Price\na,eu,1\n\"b,eu,2\nc,eu,3\n");
    assert!(
        open.contains("vms.csv:3:1") && open.contains("the row has 1 field,") && open.contains("a quote is not closed"),
        "a quote that nobody closes: {open}"
    );
    assert!(import(b"InstanceType,Region,Price\na,eu,\n").contains("has no price: 1 row without a price"));
    let wide = import(format!("{}\n", "column,".repeat(300_000)).as_bytes());
    assert!(wide.contains("missing-column") && wide.len() < 2_000, "{} bytes", wide.len());
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
    files.extend(["bill.rs", "people.rs", "change.rs", "premium.rs"].map(|name| root.join("analysis/cost").join(name)));
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = fs::read_to_string(file).expect("text");
        assert!(!text.contains("f64") && !text.contains("f32"), "{}", file.display());
    }
}

/// Writes a model of one machine of 59.57 USD a month that sends 50/s × 20 KiB (225.56 USD), with an accepted alternative of two machines.
fn spending(directory: &Path, more: &str, policy: &str) {
    fs::create_dir_all(directory.join("alternatives")).expect("a directory");
    let base = format!(
        r#"schema = 1
{more}
[system]
currency = "USD"
[locations]
us = {{ kind = "region", provider = "aws", code = "us-east-1" }}
[components]
user = {{ kind = "external" }}
app  = {{ kind = "service", on = "us", machine = "m7g.large" }}
[links]
"user -> app" = {{ payload = "1KiB", response = "20KiB" }}
[journeys]
read = {{ rate = "50/s", steps = ["user -> app"] }}
"#
    );
    let two = "schema = 1\nextends = \"../system.toml\"\n[alternative]\nstatus = \"accepted\"\n[components.app]\nreplicas = 2\n";
    fs::write(directory.join("system.toml"), base).expect("it is written");
    fs::write(directory.join("alternatives/two.toml"), two).expect("it is written");
    fs::write(directory.join("policy.toml"), format!("schema = 1\n{policy}")).expect("it is written");
}

/// 285.13 for the base and 344.70 for two machines, which is 20.9 % more: 59.568 ÷ 285.131; 131,400,000 requests a month.
#[test]
fn each_ceiling_on_money_is_a_gate() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let run_with = |more: &str, policy: &str| {
        spending(scratch.path(), more, policy);
        let output = run(&["check", path(scratch.path())]);
        (output.status.code(), text(&output.stdout))
    };
    let budget = |more: &str| format!("[cost]\nbudget = {{ {more} }}");
    for (more, fails) in [
        ("[objectives]\nbudget = \"344.70 USD/month\"".to_owned(), false),
        ("[objectives]\nbudget = \"344.69 USD/month\"".to_owned(), true),
        (budget("per-1000 = \"0.00263 USD\""), false),
        (budget("per-1000 = \"0.00262 USD\""), true),
        (budget("max-increase = \"21%\""), false),
        (budget("max-increase = \"20%\""), true),
        (budget("require-caps = true"), true),
        (budget("max-runaway = \"1000000 USD\""), true),
        // A ceiling in a currency that nothing converts is not evaluated.
        ("[objectives]\nbudget = \"1 EUR/month\"".to_owned(), false),
    ] {
        let (code, said) = run_with(&more, "");
        assert_eq!(code, Some(i32::from(fails)), "{more}: {said}");
        assert_eq!(said.contains("gate failed: two: "), fails, "{more}: {said}");
    }
    let limited = "[components.app]\nrate-limit = \"100/s\"\n";
    let capped = |more: &str| {
        spending(scratch.path(), &budget(more), "");
        fs::write(
            scratch.path().join("alternatives/two.toml"),
            format!("schema = 1\nextends = \"../system.toml\"\n[alternative]\nstatus = \"accepted\"\n{limited}"),
        )
        .expect("it is written");
        text(&run(&["check", path(scratch.path())]).stdout)
    };
    // The base has no cap, and is gated, too; 100/s are 5,012.51 GiB: 451.13 + 59.57 = 510.69.
    let said = capped("require-caps = true");
    assert!(said.contains("gate failed: system: ") && !said.contains("gate failed: two: "), "{said}");
    assert!(!capped("max-runaway = \"510.70 USD\"").contains("gate failed: two: "));
    assert!(capped("max-runaway = \"510.69 USD\"").contains("gate failed: two: "));
}

/// What a policy allows holds for every model below it; a model may allow itself less, not more.
#[test]
fn a_policy_bounds_what_an_alternative_may_cost_more() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    for (own, policy, fails) in [
        ("", "[gates]\nmax-increase = \"21%\"\n", false),
        ("", "[gates]\nmax-increase = \"20%\"\n", true),
        ("[cost]\nbudget = { max-increase = \"90%\" }", "[gates]\nmax-increase = \"20%\"\n", true),
        ("[cost]\nbudget = { max-increase = \"20%\" }", "[gates]\nmax-increase = \"90%\"\n", true),
    ] {
        spending(scratch.path(), own, policy);
        let output = run(&["check", path(scratch.path())]);
        assert_eq!(output.status.code(), Some(i32::from(fails)), "{own} {policy}: {}", text(&output.stdout));
        let value = json(&["assess", path(scratch.path()), "--format", "json"]);
        let gates = value["alternatives"][1]["gates"].as_array().expect("gates");
        let gate = gates.iter().find(|gate| gate["id"] == "max-increase").expect("it is judged");
        assert_eq!(
            (&gate["state"], &gate["value"]),
            (&serde_json::json!(if fails { "fail" } else { "pass" }), &serde_json::json!("20.9 %"))
        );
    }
}

/// The program knows no clock: a price has an age only on a day that somebody names. From 2026-07-20 to 2026-11-30 are 133 days.
#[test]
fn prices_age_only_where_a_day_is_named() {
    let key = "aws/us-east-1/vm/m7g.large";
    assert!(printed(&["prices", "show", key, "--today", "2026-11-30"]).contains("2026-07-20, 133 days before 2026-11-30"));
    assert!(!printed(&["prices", "show", key]).contains("days"));
    let report = |more: &[&str]| printed(&[&["report", "models/shop/alternatives/replicated.toml"], more].concat());
    let (without, with) = (report(&[]), report(&["--today", "2026-11-30"]));
    assert!(!without.contains("days before") && without.contains("The premium over today, line by line, in EUR"));
    assert!(with.contains("days before 2026-11-30"));
    let value = json(&["assess", "models/shop", "--format", "json", "--today", "2026-11-30"]);
    // The base's oldest price that matters was seen on 2024-09-25: 431 days to 2025-11-30, and a year.
    assert_eq!(value["alternatives"][0]["cost"]["oldest_price"]["age_days"], 431 + 365);
    assert!(printed(&["prices", "lint", "prices/aws.toml", "--today", "2026-11-30"]).contains("at least"));
    assert!(!printed(&["prices", "lint", "prices/aws.toml"]).contains("at least"));
}

/// Boxes and arrows show what they cost, and with what is not in the picture it is the whole bill.
#[test]
fn a_picture_shows_what_each_box_and_arrow_costs() {
    let amount = |text: &str| -> i64 { text.replace([',', '.'], "").parse().expect("cents") };
    for file in ["models/shop", "models/shop/alternatives/microservices.toml", "models/shop/alternatives/sharded.toml"] {
        let picture = printed(&["diagram", file, "--label", "cost"]);
        let (shown, count) = picture
            .match_indices(" EUR a month")
            .map(|(at, _)| {
                let before = &picture[..at];
                let start = before.rfind(|letter: char| !letter.is_ascii_digit() && letter != ',' && letter != '.').map_or(0, |at| at + 1);
                amount(&before[start..])
            })
            .fold((0, 0), |(sum, count), one| (sum + one, count + 1));
        let legend = picture.lines().find(|line| line.contains("are not in this picture")).expect("a legend");
        let words: Vec<&str> = legend.split_whitespace().collect();
        let (total, left) = (amount(words[1]), amount(words[3]));
        // Each shown amount is rounded to a cent.
        assert!((shown + left - total).abs() <= count, "{file}: {shown} + {left} of {total}");
        assert!(count >= 3, "{picture}");
        assert!(!printed(&["diagram", file]).contains("a month"), "only on request");
    }
    assert!(refused(&["diagram", "models/shop", "--view", "context", "--label", "cost"]).contains("deployment and failure"));
    assert!(refused(&["diagram", "models/online-boutique", "--label", "cost"]).contains("names no provider"));
}

/// The premium of each alternative, taken apart: its lines add up to it.
#[test]
fn the_premium_of_the_shop_is_explained() {
    let value = json(&["assess", "models/shop", "--format", "json"]);
    let cents = |value: &serde_json::Value| -> i64 { value.as_str().expect("money").replace('.', "").parse().expect("cents") };
    for one in &value["alternatives"].as_array().expect("alternatives")[1..] {
        let premium = &one["cost"]["premium"];
        let lines = premium["lines"].as_array().expect("lines");
        let sum: i64 = lines.iter().map(|line| cents(&line["difference"])).sum();
        let rounding = i64::try_from(lines.len()).expect("few");
        assert!((sum - cents(&premium["monthly"])).abs() <= rounding, "{premium}");
    }
    assert_eq!(value["comparison"][2]["break_even"][0]["with"], "system");
}

#[test]
fn own_hardware_shows_what_its_price_is_made_of() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let ours = scratch.path().join("ours.toml");
    let row = "[prices.\"own/hall/vm\"]\nr740 = { purchase = \"9000 EUR\", years = \"4\", watts = \"350\", electricity = \"0.28 EUR\", rack = \"60 EUR\", hands = \"45 EUR\", as-of = \"2026-11-01\", source = \"invoice\" }\n";
    fs::write(&ours, row).expect("it is written");
    let shown = printed(&["prices", "show", "own/hall/vm/r740", "--book", path(&ours)]);
    for part in ["9,000.00 EUR ÷ (12 · 4) = 187.50", "350 W · 730 h ÷ 1,000 = 255.5 kWh, · 0.28 EUR = 71.54", "60.00", "45.00"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(json(&["prices", "quote", "own/hall/vm/r740", "2", "--format", "json", "--book", path(&ours)])["total"], "728.08");
}

/// Money is made of floats in few places, each of which measures or compares: this is the list.
#[test]
fn floats_enter_and_leave_money_where_the_list_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![root.clone()];
    let (mut entering, mut leaving) = (Vec::new(), Vec::new());
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("a room") {
            let file = entry.expect("a file").path();
            if file.is_dir() {
                open.push(file);
                continue;
            }
            let name = file.strip_prefix(&root).expect("inside").to_string_lossy().into_owned();
            if !name.ends_with(".rs") || name.ends_with("tests.rs") || name == "quantity/exact.rs" {
                continue;
            }
            let text = fs::read_to_string(&file).expect("text");
            if text.contains("Exact::measured(") {
                entering.push(name.clone());
            }
            if text.contains(".approximate()") || text.contains("Exact::approximate") {
                leaving.push(name);
            }
        }
    }
    entering.sort();
    leaving.sort();
    assert_eq!(
        entering,
        [
            "analysis/cost/demand.rs",
            "analysis/cost/items.rs",
            "analysis/cost/people.rs",
            "assessment/spending.rs",
            "report/charts/bars.rs",
            "report/charts/scatter.rs",
            "report/figures.rs",
            "report/machine/costs.rs"
        ]
    );
    assert_eq!(
        leaving,
        [
            "assessment/figures.rs",
            "assessment/observed.rs",
            "assessment/spending.rs",
            "decision/counterparts/figures.rs",
            "decision/facts.rs",
            "report/charts/bars.rs",
            "report/charts/scatter.rs",
            "report/machine/costs.rs"
        ]
    );
}

/// A folder with a model of a balancer before `machine`, and an alternative that is a function.
fn two_designs(machine: &str, budget: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::create_dir(scratch.path().join("alternatives")).expect("a folder");
    let base = format!(
        "schema = 1\n[system]\ncurrency = \"USD\"\n{budget}\n[locations]\nus = {{ kind = \"region\", provider = \"aws\", code = \"us-east-1\" }}\n\
         [components]\nuser = {{ kind = \"client\" }}\nlb = {{ kind = \"proxy\", on = \"us\", machine = \"alb hour\" }}\n\
         app = {{ kind = \"service\", on = \"us\", machine = \"{machine}\" }}\n\
         [links]\n\"user -> lb\" = {{ payload = \"0B\", response = \"0B\" }}\n\"lb -> app\" = {{ payload = \"0B\", response = \"0B\" }}\n\
         [journeys.use]\nrate = \"10/s\"\nsteps = [\"user -> lb\", \"lb -> app\"]\n"
    );
    fs::write(scratch.path().join("system.toml"), base).expect("it is written");
    let alternative = "schema = 1\nextends = \"../system.toml\"\n[components]\nremove = [\"lb\", \"app\"]\n\
                       fn = { kind = \"function\", on = \"us\", memory = \"512MiB\", service-time = \"100ms\" }\n\
                       [links]\n\"user -> fn\" = { payload = \"0B\", response = \"0B\" }\n[journeys.use]\nsteps = [\"user -> fn\"]\n";
    fs::write(scratch.path().join("alternatives/fn.toml"), alternative).expect("it is written");
    scratch
}

/// A balancer is 730 · 0.0225 = 16.43 a month; 26.28 million requests of 0.05 GB-seconds are 5.256 + 21.90 = 27.16.
#[test]
fn a_missing_price_is_a_bound_in_every_comparison() {
    let scratch = two_designs("m99.large", "");
    let said = printed(&["compare", path(scratch.path())]);
    assert!(said.contains("≤ +10.73") && !said.contains("cost the same at 6"), "{said}");
    assert!(said.contains("Today has no price for app running") && said.contains("m99.large"), "{said}");
    assert!(said.contains("≥ 0.000625"), "for 1,000 requests: {said}");
    let value = json(&["compare", path(scratch.path()), "--format", "json"]);
    let comparison = &value["comparison"][0];
    assert_eq!(comparison["break_even"], serde_json::json!([]));
    let deltas = comparison["deltas"].as_array().expect("deltas");
    let monthly = deltas.iter().find(|one| one["path"] == "cost.monthly").expect("a month's cost");
    assert_eq!((&monthly["sign_certain"], &monthly["difference_range"]), (&serde_json::json!(false), &serde_json::Value::Null));
    // 59.57 more, and the sign is another.
    let priced = two_designs("m7g.large", "");
    assert!(printed(&["compare", path(priced.path())]).contains("−48.84"), "27.16 − 16.43 − 59.57");

    let apart = printed(&["cost", "diff", path(priced.path()), path(scratch.path())]);
    assert!(apart.contains("≥ 16.43") && apart.contains("≥ −59.57") && !apart.contains("of which design"), "{apart}");
    assert!(apart.contains("m99.large"), "{apart}");
    let value = json(&["cost", "diff", path(priced.path()), path(scratch.path()), "--format", "json"]);
    assert_eq!((&value["complete"], &value["design_effect"]), (&serde_json::json!(false), &serde_json::Value::Null));
    assert_eq!(value["unpriced"]["to"][0]["subject"], "app");
}

/// Semantics, "Gates": a gate that is not evaluated is shown, never failed; coverage stands beside every count.
#[test]
fn check_shows_coverage_and_what_it_could_not_judge() {
    let scratch = two_designs("m7g.large", "[objectives]\nbudget = \"20 EUR/month\"");
    let said = printed(&["check", path(scratch.path())]);
    assert!(said.contains("gate not evaluated: system: budget must be 20 EUR/month: not evaluated; it needs `fx`"), "{said}");
    assert!(said.lines().any(|line| line.contains("findings") && line.contains("; coverage ")), "{said}");
}

/// The same bill twice over two months is the bill of a month: 61 days are 1,464 h, 730 of which are 398.91 of 800.
#[test]
fn a_bill_is_held_against_a_month_of_what_it_covers() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let bill = scratch.path().join("focus.csv");
    let row = |from: &str, to: &str| format!("Compute,400,400,EUR,\"{{\"\"component\"\":\"\"app\"\"}}\",{from}T00:00:00Z,{to}T00:00:00Z\n");
    let head = "ServiceCategory,EffectiveCost,ListCost,BillingCurrency,Tags,ChargePeriodStart,ChargePeriodEnd\n";
    let rows = format!("{head}{}{}", row("2026-10-01", "2026-11-01"), row("2026-11-01", "2026-12-01"));
    fs::write(&bill, rows).expect("it is written");
    let value = json(&["calibrate", "models/shop", path(&bill), "--format", "json"]);
    assert_eq!(
        (&value["covered_hours"], &value["components"]["app"]["billed"]),
        (&serde_json::json!("1464"), &serde_json::json!("398.91"))
    );
    fs::write(&bill, format!("{head}{}", row("2026-11-01", "2026-10-01"))).expect("it is written");
    let said = refused(&["calibrate", "models/shop", path(&bill)]);
    assert!(said.contains("focus.csv:2:1") && said.contains("is no span"), "{said}");
}
