//! The base's file.

use super::parts::parts;
use crate::questionnaire::Questionnaire;
use crate::questionnaire::answers::{Answers, Confidence, Response, shown};
use crate::syntax::format::format;
use crate::syntax::{RESERVED_IDS, toml_string};

/// The ids that the file gives; a part that is called so gets a number.
const OWN_IDS: &[&str] = &["users", "app", "db", "cache", "queue", "files", "partner", "region", "zone-a", "site", "machine"];

/// Writes the base: laid out, with comments, and without a mistake. `fallback_name` is what the system is called where nobody said.
pub fn first_model(questionnaire: &Questionnaire, answers: &Answers, fallback_name: &str) -> String {
    let known = Known { questionnaire, answers, shown: shown(questionnaire, answers) };
    let mut out = String::from(HEAD);
    for part in [system, rates, objectives, teams, locations, components, links, journey, observed] {
        let text = part(&known, fallback_name);
        if !text.is_empty() {
            out.push('\n');
            out.push_str(&text);
        }
    }
    format(&out).unwrap_or(out)
}

const HEAD: &str = "\
schema = 1

# The system as it runs today: the base that every alternative is compared with.
# Whatever you leave out counts as unknown, never as \"no\"; `weighbridge explain KEY` says what a key means.
# What is marked `assumed` was not answered: check it first.
";

/// The answers, by the ids of their questions; those of questions that are not asked count for nothing.
struct Known<'a> {
    questionnaire: &'a Questionnaire,
    answers: &'a Answers,
    shown: Vec<bool>,
}

impl Known<'_> {
    fn response(&self, question: &str) -> Option<&Response> {
        let id = self.questionnaire.find_question(question)?;
        self.answers.response(id).filter(|_| self.shown[id.0])
    }

    fn number(&self, question: &str) -> Option<f64> {
        if let Response::Number(number) = self.response(question)? { Some(*number) } else { None }
    }

    fn text(&self, question: &str) -> Option<&str> {
        if let Response::Text(text) = self.response(question)? { Some(text.trim()).filter(|text| !text.is_empty()) } else { None }
    }

    fn option(&self, question: &str) -> Option<&str> {
        let id = self.questionnaire.find_question(question)?;
        if let Response::Option(at) = self.response(question)? {
            Some(self.questionnaire.question(id).options[*at].id.as_str())
        } else {
            None
        }
    }

    fn has(&self, question: &str, option: &str) -> bool {
        let Some(id) = self.questionnaire.find_question(question) else { return false };
        let at = self.questionnaire.question(id).find_option(option);
        matches!((self.response(question), at), (Some(Response::Options(chosen)), Some(at)) if chosen.contains(&at))
    }

    /// Writes a quantity; one of which somebody was not sure says so, as the source of a measured value.
    fn quantity(&self, question: &str, text: &str) -> String {
        self.unsure(&[question], &toml_string(text), None)
    }

    /// Writes a value that follows from answers; where somebody was not sure of one of them, it is as unsure as that.
    fn unsure(&self, questions: &[&str], value: &str, follows: Option<&str>) -> String {
        let confidence = |question: &&str| self.questionnaire.find_question(question).and_then(|id| self.answers.get(id)?.confidence);
        let said: Vec<Confidence> = questions.iter().filter_map(confidence).collect();
        let how = [(Confidence::Guess, "a guess"), (Confidence::Estimate, "an estimate")];
        let how = how.into_iter().find(|(confidence, _)| said.contains(confidence)).map(|(_, words)| words);
        match (how, follows) {
            (None, None) => value.to_owned(),
            (Some(how), None) => format!("{{ value = {value}, source = \"{how}\" }}"),
            (None, Some(follows)) => format!("{{ value = {value}, source = \"{follows}\" }}"),
            (Some(how), Some(follows)) => format!("{{ value = {value}, source = \"{how}: {follows}\" }}"),
        }
    }

    fn currency(&self) -> Option<&str> {
        let amounts = self.number("bill").is_some() || self.number("budget").is_some();
        amounts.then(|| self.option("currency").unwrap_or("EUR"))
    }

    /// The place of the application: a zone of the provider's region, or a data centre.
    fn place(&self) -> Option<&'static str> {
        match (self.option("provider"), self.data_is_here()) {
            (Some(_), true) => Some("machine"),
            (Some("own"), false) => Some("site"),
            (Some(_), false) => Some("zone-a"),
            (None, true) => Some("machine"),
            (None, false) => None,
        }
    }

    fn data_is_here(&self) -> bool {
        self.option("data-place") == Some("same-machine") && self.number("copies").is_none_or(|copies| copies < 2.0)
    }

    fn parts(&self) -> Vec<(String, String)> {
        let taken: Vec<&str> = OWN_IDS.iter().chain(RESERVED_IDS).copied().collect();
        self.text("parts").map(|typed| parts(typed, &taken)).unwrap_or_default()
    }

    fn rate(&self, times: f64) -> Option<String> {
        let unit = match self.option("requests-per").unwrap_or("second") {
            "minute" => "min",
            "hour" => "h",
            "day" => "day",
            "month" => "month",
            _ => "s",
        };
        Some(format!("{}/{unit}", self.number("requests")? * times))
    }

    fn rate_per_second(&self) -> Option<f64> {
        let seconds = match self.option("requests-per").unwrap_or("second") {
            "minute" => 60.0,
            "hour" => 3_600.0,
            "day" => 86_400.0,
            "month" => 730.0 * 3_600.0,
            _ => 1.0,
        };
        Some(self.number("requests")? / seconds)
    }
}

fn system(known: &Known<'_>, fallback_name: &str) -> String {
    let name = known.text("name").unwrap_or(fallback_name);
    let mut out = format!("[system]\nname = {}\n", toml_string(name));
    if let Some(currency) = known.currency() {
        let comment = if known.option("currency").is_none() { "  # assumed: nobody said which" } else { "" };
        out.push_str(&format!("currency = \"{currency}\"{comment}\n"));
    }
    out
}

/// Prices are in dollars: without a rate no amount in another currency is held against a bill.
fn rates(known: &Known<'_>, _: &str) -> String {
    let is_in_dollars = known.option("provider").is_some_and(|provider| ["aws", "azure", "gcp"].contains(&provider));
    match known.currency() {
        Some(currency) if currency != "USD" && is_in_dollars => format!(
            "# The provider's prices are in USD; until a rate is stated, nothing in {currency} is held against the bill.\n\
             # [cost]\n# fx = {{ USD = {{ value = \"… {currency}\", source = \"…\", on = … }} }}\n"
        ),
        _ => String::new(),
    }
}

fn objectives(known: &Known<'_>, _: &str) -> String {
    let currency = known.currency().unwrap_or("EUR");
    let lines: Vec<String> = [
        known.number("promise").map(|share| format!("availability = \"{share}%\"\n")),
        known.number("limit").map(|time| format!("latency-p95 = \"{time}ms\"\n")),
        known.number("budget").map(|amount| format!("budget = \"{amount} {currency}/month\"\n")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if lines.is_empty() {
        return "# What every journey must reach, once it is agreed: then each design passes or fails.\n# [objectives]\n# availability = \"…%\"\n# latency-p95 = \"…ms\"\n# budget = \"… EUR/month\"\n".to_owned();
    }
    format!("# What every journey must reach; every design is held against it.\n[objectives]\n{}", lines.concat())
}

fn teams(known: &Known<'_>, _: &str) -> String {
    let (teams, people, oncall) = (known.number("teams"), known.number("people"), known.option("on-call"));
    if teams.is_none() && people.is_none() && oncall.is_none() {
        return String::new();
    }
    let count = teams.unwrap_or(1.0).max(1.0) as usize;
    let mut out = String::from("[teams]\n");
    for at in 0..count {
        let mut keys = Vec::new();
        let mut assumed = Vec::new();
        // Fewer people than teams are no teams of equal size.
        if let Some(people) = people.filter(|people| *people as usize >= count) {
            // Whole people: the first teams have one more.
            let (people, at) = (people as usize, at + 1);
            keys.push(format!("members = {}", people * at / count - people * (at - 1) / count));
            if count > 1 {
                assumed.push("teams of equal size");
            }
        }
        keys.extend(oncall.map(|oncall| match oncall {
            "always" => "oncall = true".to_owned(),
            "business-hours" => "oncall = \"business-hours\"".to_owned(),
            _ => "oncall = false".to_owned(),
        }));
        if teams.is_none() {
            assumed.push("one team");
        }
        let comment = if assumed.is_empty() { String::new() } else { format!("  # assumed: {}", assumed.join(", ")) };
        let id = if count == 1 { "core".to_owned() } else { format!("team-{}", at + 1) };
        out.push_str(&format!("{id} = {{ {} }}{comment}\n", keys.join(", ")));
    }
    out
}

fn locations(known: &Known<'_>, _: &str) -> String {
    let mut lines = String::new();
    let around = match known.option("provider") {
        Some("own") => {
            lines.push_str("site = { kind = \"datacenter\" }\n");
            Some("site")
        }
        Some(provider) => {
            let code = known.text("region").map(|code| format!(", code = {}", toml_string(code))).unwrap_or_default();
            lines.push_str(&format!("region = {{ kind = \"region\", provider = \"{provider}\"{code} }}\n"));
            lines.push_str("zone-a = { kind = \"zone\", in = \"region\" }  # assumed: all of it stands in one zone\n");
            Some("zone-a")
        }
        None => None,
    };
    if known.place() == Some("machine") {
        let inside = around.map(|id| format!(", in = \"{id}\"")).unwrap_or_default();
        let machine = known.text("machine").map(|machine| format!(", machine = {}", toml_string(machine))).unwrap_or_default();
        lines.push_str(&format!("machine = {{ kind = \"node\"{inside}{machine} }}\n"));
    }
    if lines.is_empty() { lines } else { format!("# Where things run. `in` nests; zones and nodes fail as a whole.\n[locations]\n{lines}") }
}

fn components(known: &Known<'_>, _: &str) -> String {
    let on = known.place().map(|place| format!("on = \"{place}\"\n")).unwrap_or_default();
    let mut out =
        String::from("[components]\nusers = { kind = \"client\", name = \"Users\" }  # assumed: people, with a browser or an app\n");
    let parts = known.parts();
    if !parts.is_empty() {
        out.push_str(
            "\n# The parts that people talk of splitting off: inside the application today, where a call between them costs nothing.\n",
        );
        for (id, name) in parts {
            out.push_str(&format!("{id} = {{ kind = \"module\", of = \"app\", name = {} }}\n", toml_string(&name)));
        }
    }
    out.push_str("\n[components.app]\nkind = \"service\"\nname = \"Application\"\n");
    out.push_str(&on);
    if known.place() != Some("machine")
        && let Some(machine) = known.text("machine")
    {
        out.push_str(&format!("machine = {}\n", toml_string(machine)));
    }
    for (question, key) in [("copies", "replicas"), ("workers", "concurrency")] {
        if let Some(count) = known.number(question) {
            out.push_str(&format!("{key} = {}\n", known.unsure(&[question], &count.to_string(), None)));
        }
    }
    if let Some((text, formula)) = service_time(known) {
        let time = known.unsure(&["utilization", "workers", "copies", "requests"], &toml_string(&text), Some("derived from utilization"));
        out.push_str(&format!("# Derived from the dashboard: {formula}.\nservice-time = {time}\n"));
    }
    if has_one_team(known) {
        out.push_str("owner = \"core\"\n");
    } else if known.number("teams").is_some() {
        out.push_str("# owner = \"team-1\": say which team answers for it.\n");
    }
    if known.has("stores", "database") {
        let known_place = known.option("data-place").is_some();
        let on = if known_place { &on } else { "# on = \"…\": say where it stands, on the application's machine or on another.\n" };
        out.push_str(&format!("\n[components.db]\nkind = \"database\"\nname = \"Database\"\n{on}"));
        out.push_str(
            &known
                .number("data-size")
                .map(|size| format!("data = {}\n", known.quantity("data-size", &format!("{size}GB"))))
                .unwrap_or_default(),
        );
        if has_one_team(known) {
            out.push_str("owner = \"core\"\n");
        }
    }
    for (option, id, kind, name) in [
        ("cache", "cache", "cache", "Cache"),
        ("queue", "queue", "queue", "Queue"),
        ("files", "files", "storage", "Files"),
        ("partner", "partner", "external", "System of others"),
    ] {
        if known.has("stores", option) {
            let on = if kind == "external" { "" } else { &on };
            out.push_str(&format!("\n[components.{id}]\nkind = \"{kind}\"\nname = \"{name}\"\n{on}"));
        }
    }
    out
}

fn has_one_team(known: &Known<'_>) -> bool {
    let any = known.number("teams").is_some() || known.number("people").is_some() || known.option("on-call").is_some();
    any && known.number("teams").is_none_or(|teams| teams < 2.0)
}

/// `utilization · copies · workers ÷ rate`, where all of them were answered; one copy where nobody said otherwise would be made up.
fn service_time(known: &Known<'_>) -> Option<(String, String)> {
    let (utilization, workers, copies) = (known.number("utilization")?, known.number("workers")?, known.number("copies")?);
    let rate = known.rate_per_second().filter(|rate| *rate > 0.0)?;
    let ms = utilization / 100.0 * workers * copies / rate * 1e3;
    let text = crate::derivation::plain(ms);
    // Below a microsecond, or above a day, an answer was in another unit.
    (1e-3..8.64e7).contains(&ms).then(|| {
        (
            format!("{text}ms"),
            format!(
                "utilization {utilization} % · copies {copies} · workers {workers} ÷ {} requests a second",
                crate::quantity::significant(rate, 3)
            ),
        )
    })
}

fn links(known: &Known<'_>, _: &str) -> String {
    let mut out =
        String::from("# `->` call, `~>` message, `=>` replication.\n[links]\n\"users -> app\" = { protocol = \"https\" }  # assumed\n");
    for (id, _) in known.parts() {
        out.push_str(&format!("\"app -> {id}\" = {{ protocol = \"in-process\" }}\n"));
    }
    for (option, link) in [
        ("database", "\"app -> db\" = { protocol = \"sql\" }"),
        ("cache", "\"app -> cache\" = {}"),
        ("files", "\"app -> files\" = { protocol = \"https\" }"),
        ("partner", "\"app -> partner\" = { protocol = \"https\" }"),
        ("queue", "\"app -> queue\" = {}"),
    ] {
        if known.has("stores", option) {
            out.push_str(link);
            out.push('\n');
        }
    }
    out
}

fn journey(known: &Known<'_>, _: &str) -> String {
    let mut out = String::from(
        "# What users do, call by call. Assumed: every request takes the same way, and passes every part; write a journey for each kind of request.\n[journeys.use]\nname = \"Typical request\"\n",
    );
    if let Some(rate) = known.rate(1.0) {
        let comment = if known.option("requests-per").is_none() { "  # assumed: per second" } else { "" };
        out.push_str(&format!("rate = {}{comment}\n", known.quantity("requests", &rate)));
    }
    if let Some(peak) = known.number("peak").and_then(|times| known.rate(times)) {
        out.push_str(&format!("peak = {}\n", known.quantity("peak", &peak)));
    }
    let mut steps = vec!["\"users -> app\"".to_owned()];
    steps.extend(known.parts().into_iter().map(|(id, _)| format!("\"app -> {id}\"")));
    for (option, id) in [("cache", "cache"), ("database", "db"), ("files", "files"), ("partner", "partner"), ("queue", "queue")] {
        if known.has("stores", option) {
            let times = if id == "db" { known.number("store-calls").map(f64::round) } else { None };
            match times {
                Some(times) if times < 1.0 => {}
                Some(times) if times > 1.0 => steps.push(format!("{{ call = \"app -> {id}\", times = {times} }}")),
                _ => steps.push(format!("\"app -> {id}\"")),
            }
        }
    }
    out.push_str(&format!("steps = [\n  {},\n]\n", steps.join(",\n  ")));
    out
}

fn observed(known: &Known<'_>, _: &str) -> String {
    let mut out = String::new();
    if let Some(share) = known.number("utilization") {
        out.push_str(&format!("[observed.components.app]\nutilization = {}\n", known.quantity("utilization", &format!("{share}%"))));
    }
    let of_journey: Vec<String> = [("p50", "p50", "ms"), ("p99", "p99", "ms"), ("availability", "availability", "%")]
        .into_iter()
        .filter_map(|(question, key, unit)| {
            Some(format!("{key} = {}\n", known.quantity(question, &format!("{}{unit}", known.number(question)?))))
        })
        .collect();
    if !of_journey.is_empty() {
        out.push_str(&format!("\n[observed.journeys.use]\n{}", of_journey.concat()));
    }
    if let Some((bill, currency)) = known.number("bill").zip(known.currency()) {
        out.push_str(&format!("\n[observed.system]\ncost = {}\n", known.quantity("bill", &format!("{bill} {currency}/month"))));
    }
    if out.is_empty() {
        out
    } else {
        format!("# What was measured: no input by itself, always held against what the model computes.\n{}", out.trim_start())
    }
}
