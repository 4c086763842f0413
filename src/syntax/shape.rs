//! Reads one value by its shape.

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeString, DeTable, DeValue};

use super::keys::{Shape, Table, allowance};
use super::read::{Reader, in_order};
use super::toml_text::type_name;
use super::value::{
    Allowances, AnyTable, ContractForm, Copies, CurrencyRate, CurrencyRates, Facts, NamedShard, ReplicaBound, ReplicaCount, ServiceTime,
    ShardPlan, Value, Word,
};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::quantity::{
    Currency, Dimension, Duration, ParseError, Parsed, Probability, Ranged, parse_money, parse_money_rate, parse_quantity,
};
use crate::source::Span;

/// The most that a count may be.
pub const MAX_COUNT: u64 = 1_000_000_000_000;

impl Reader<'_> {
    /// Reads a value of a shape; reports and returns `None` when it has another.
    pub(super) fn value(&mut self, name: &str, shape: Shape, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match shape {
            Shape::Flag => self.flag(name, value, "true or false"),
            Shape::OrTrue(inner) => match value.get_ref() {
                DeValue::Boolean(true) => Some(Value::True),
                _ => self.value(name, *inner, value),
            },
            Shape::Text | Shape::Reference(_) => {
                if let DeValue::String(text) = value.get_ref() {
                    Some(Value::Text(self.word(text, value.span())))
                } else {
                    self.wrong_type(name, value, if shape == Shape::Text { "a string" } else { "an id in quotes" });
                    None
                }
            }
            Shape::Texts | Shape::References(_) => self.words(name, value).map(Value::Texts),
            Shape::Count => {
                let count = self.count(name, value)?;
                self.is_something(name, count == 0, value).then_some(Value::Count(count))
            }
            Shape::Quantity(dimension) => {
                let quantity = self.quantity(name, dimension, value)?;
                self.is_something(name, quantity.likely == 0.0, value).then_some(Value::Quantity(quantity))
            }
            Shape::Money => {
                let range = self.money(name, value, parse_money, "an amount such as \"12.50 EUR\"")?;
                self.is_listed(name, range.likely.currency, value).then_some(Value::Money(range))
            }
            Shape::MoneyRate => {
                let range = self.money(name, value, parse_money_rate, "an amount such as \"2500 EUR/month\"")?;
                self.is_listed(name, range.likely.money.currency, value).then_some(Value::MoneyRate(range))
            }
            Shape::Currency => self.currency(name, value).map(Value::Text),
            Shape::Date => self.date(name, value).map(Value::Date),
            Shape::Symbol(words) => self.symbol(name, words, value).map(Value::Symbol),
            Shape::Symbols(words) => self.symbols(name, words, value),
            Shape::Replicas => self.replicas(name, value).map(Value::Replicas),
            Shape::Shards => self.shards(value).map(Value::Shards),
            Shape::ServiceTime => self.service_time(name, value).map(Value::ServiceTime),
            Shape::Table(table) => self.nested(name, table, value),
            Shape::Contract => self.contract(name, value).map(Value::Contract),
            Shape::Copies => self.copies(name, value).map(Value::Copies),
            Shape::Allowances => self.allowances(name, value).map(Value::Allowances),
            Shape::CurrencyRates => self.currency_rates(name, value).map(Value::CurrencyRates),
            Shape::Steps => self.steps(value).map(Value::Steps),
            Shape::Any => {
                if let DeValue::Table(_) = value.get_ref() {
                    Some(Value::Any(AnyTable(json(value.get_ref()))))
                } else {
                    self.wrong_type(name, value, "a table of free keys");
                    None
                }
            }
        }
    }

    fn flag(&mut self, name: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<Value> {
        if let DeValue::Boolean(true) = value.get_ref() {
            Some(Value::True)
        } else {
            self.wrong_type(name, value, wanted);
            None
        }
    }

    /// Reads a string or a list of strings.
    pub(super) fn words(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<Word>> {
        match value.get_ref() {
            DeValue::String(text) => Some(vec![self.word(text, value.span())]),
            DeValue::Array(array) => {
                let mut words = Vec::new();
                for member in array.iter() {
                    if let DeValue::String(text) = member.get_ref() {
                        words.push(self.word(text, member.span()));
                    } else {
                        self.wrong_type(name, member, "strings");
                    }
                }
                Some(words)
            }
            _ => {
                self.wrong_type(name, value, "a string or a list of strings");
                None
            }
        }
    }

    /// Reads a whole number of at least 0.
    pub(super) fn count(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong_type(name, value, "a whole number");
            return None;
        };
        let number = integer_value(integer);
        let problem = match number {
            Some(number) if number < 0 => "is negative",
            Some(number) if u64::try_from(number).is_ok_and(|number| number <= MAX_COUNT) => return u64::try_from(number).ok(),
            _ => "is too large",
        };
        let text = &self.text[value.span()];
        let diagnostic = Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), format!("`{name}` {problem}: `{text}`"))
            .help(format!("a count is 0 to {MAX_COUNT}"));
        self.report(diagnostic);
        None
    }

    /// Reads a quantity of a dimension.
    pub(super) fn quantity(&mut self, name: &str, dimension: Dimension, value: &Spanned<DeValue<'_>>) -> Option<Ranged<f64>> {
        let bare = matches!(dimension, Dimension::Share | Dimension::Number);
        let text: String = match value.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(integer) if bare && integer_value(integer).is_some() => integer_value(integer).unwrap_or(0).to_string(),
            // Rust prints a float without an exponent, which quantities do not have.
            DeValue::Float(float) if bare && finite(float).is_some() => finite(float).unwrap_or(0.0).to_string(),
            DeValue::Integer(_) | DeValue::Float(_) if bare => self.text[value.span()].to_owned(),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let number = &self.text[value.span()];
                let units = dimension.units();
                let diagnostic =
                    Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), format!("`{name}` has no unit: `{number}`"))
                        .help(format!("write a string with one of the units {units}, such as {}", dimension.example()));
                self.report(diagnostic);
                return None;
            }
            _ => {
                self.wrong_type(name, value, &format!("a quantity such as {}", dimension.example()));
                return None;
            }
        };
        self.parsed(name, &text, value, parse_quantity(&text, dimension))
    }

    /// Reads a share that is one of several which add up to 1: at both ends of a range they could not.
    pub(super) fn exact_share(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Ranged<f64>> {
        let share = self.quantity("share", Dimension::Share, value)?;
        if share.is_range() {
            let diagnostic = Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), "`share` takes no range")
                .help("shares add up to 1; state the likely one");
            self.report(diagnostic);
            return None;
        }
        Some(share)
    }

    fn currency(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Word> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(name, value, "the code of a currency such as \"EUR\"");
            return None;
        };
        let is_listed = Currency::from_code(text).is_some_and(|currency| currency.is_listed());
        if !is_listed {
            self.unknown_currency(name, text, value);
        }
        is_listed.then(|| self.word(text, value.span()))
    }

    /// Says whether there is such a currency, and reports one that is not.
    fn is_listed(&mut self, name: &str, currency: Currency, value: &Spanned<DeValue<'_>>) -> bool {
        if !currency.is_listed() {
            self.unknown_currency(name, currency.code(), value);
        }
        currency.is_listed()
    }

    fn unknown_currency(&mut self, name: &str, code: &str, value: &Spanned<DeValue<'_>>) {
        let shown: String = code.chars().take(60).collect();
        let diagnostic =
            Diagnostic::new(Code::UnknownValue, self.span(value.span()), format!("`{name}` has the unknown currency `{shown}`"))
                .help("write the ISO 4217 code of a currency, such as `EUR` or `USD`");
        self.report(diagnostic);
    }

    fn money<T>(&mut self, name: &str, value: &Spanned<DeValue<'_>>, parse: impl Fn(&str) -> Parsed<T>, wanted: &str) -> Option<Ranged<T>> {
        if let DeValue::String(text) = value.get_ref() {
            self.parsed(name, text, value, parse(text))
        } else {
            self.wrong_type(name, value, wanted);
            None
        }
    }

    /// Turns a quantity's parse error into a diagnostic.
    fn parsed<T>(&mut self, name: &str, text: &str, value: &Spanned<DeValue<'_>>, parsed: Parsed<T>) -> Option<Ranged<T>> {
        let diagnostic = match parsed {
            Ok(range) => return Some(range),
            Err(ParseError::Reversed) => {
                let reversed: Vec<&str> = text.split("..").collect();
                Diagnostic::new(Code::ReversedRange, self.span(value.span()), format!("the range of `{name}` runs backwards: `{text}`"))
                    .maybe_help(
                        (reversed.len() == 3)
                            .then(|| "write it as `low..likely..high`".to_owned())
                            .or_else(|| Some("write the lower end first".into())),
                    )
            }
            Err(ParseError::Malformed(problem, help)) => {
                let shown: String = text.chars().take(60).collect();
                Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), format!("`{name}` {problem}: `{shown}`")).maybe_help(help)
            }
        };
        self.report(diagnostic);
        None
    }

    fn symbol(&mut self, name: &str, words: &'static [&'static str], value: &Spanned<DeValue<'_>>) -> Option<u8> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(name, value, &format!("one of {}", list(words)));
            return None;
        };
        if let Some(index) = words.iter().position(|word| word == text) {
            return u8::try_from(index).ok();
        }
        let help =
            nearest(text, words.iter().copied()).map_or_else(|| format!("it takes {}", list(words)), |near| format!("write `{near}`"));
        let diagnostic = Diagnostic::new(Code::UnknownValue, self.span(value.span()), format!("`{name}` has no value `{text}`"))
            .label(format!("one of {}", list(words)))
            .help(help);
        self.report(diagnostic);
        None
    }

    fn symbols(&mut self, name: &str, words: &'static [&'static str], value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match value.get_ref() {
            DeValue::Array(array) => {
                let symbols = array.iter().filter_map(|member| self.symbol(name, words, member)).collect();
                Some(Value::Symbols(symbols))
            }
            _ => self.symbol(name, words, value).map(Value::Symbol),
        }
    }

    fn nested(&mut self, name: &str, table: Table, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        if let DeValue::Table(inner) = value.get_ref() {
            return Some(Value::Table(self.facts(table, inner)));
        }
        let keys: Vec<&str> = table.rows().iter().map(|row| row.name).take(3).collect();
        self.wrong_type(name, value, &format!("a table with keys such as {}", keys.join(", ")));
        None
    }

    fn replicas(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<ReplicaCount> {
        let DeValue::Table(inner) = value.get_ref() else {
            let usual = self.count(name, value)?;
            return self.at_least_one(name, usual, value).map(|usual| ReplicaCount { min: None, usual, max: ReplicaBound::Unstated });
        };
        let (mut min, mut usual, mut max) = (None, None, ReplicaBound::Unstated);
        for (key, value) in in_order(inner) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("min", _) => min = Some(self.count("min", value)?),
                ("usual", _) => usual = Some(self.count("usual", value)?),
                ("max", DeValue::Boolean(false)) => max = ReplicaBound::Unbounded,
                ("max", _) => max = ReplicaBound::At(self.count("max", value)?),
                (other, _) => self.unknown_inner(key, other, &["min", "usual", "max"]),
            }
        }
        let usual = usual.or(min).or(if let ReplicaBound::At(max) = max { Some(max) } else { None });
        let Some(usual) = usual else {
            let diagnostic = Diagnostic::new(Code::MissingKey, self.span(value.span()), "`replicas` says no number")
                .help("write `{ min = 2, usual = 3, max = 10 }`");
            self.report(diagnostic);
            return None;
        };
        let above = if let ReplicaBound::At(max) = max { usual > max } else { false };
        if above || min.is_some_and(|min| min > usual) {
            let diagnostic =
                Diagnostic::new(Code::ReversedRange, self.span(value.span()), "`min`, `usual` and `max` of `replicas` do not rise");
            self.report(diagnostic);
            return None;
        }
        self.at_least_one(name, usual, value).map(|usual| ReplicaCount { min, usual, max })
    }

    fn at_least_one(&mut self, name: &str, count: u64, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        if count > 0 {
            return Some(count);
        }
        let diagnostic = Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), format!("`{name}` is 0"))
            .help("remove the component, or state `lifecycle = \"planned\"`");
        self.report(diagnostic);
        None
    }

    /// Refuses nothing of what lets nothing through: no worker, no connection, no time to wait.
    fn is_something(&mut self, name: &str, is_zero: bool, value: &Spanned<DeValue<'_>>) -> bool {
        let help = match name {
            "concurrency" | "connections" => format!("write a number of at least 1, or `{name} = false` where there is no limit"),
            "timeout" => "write how long the caller waits, or `timeout = false` where it waits for ever".to_owned(),
            _ => return true,
        };
        if is_zero {
            let diagnostic = Diagnostic::new(Code::MalformedQuantity, self.span(value.span()), format!("`{name}` is 0")).help(help);
            self.report(diagnostic);
        }
        !is_zero
    }

    fn shards(&mut self, value: &Spanned<DeValue<'_>>) -> Option<ShardPlan> {
        let DeValue::Table(inner) = value.get_ref() else {
            let count = self.count("shards", value)?;
            return self.at_least_one("shards", count, value).map(ShardPlan::Count);
        };
        let mut shards = Vec::new();
        for (key, value) in in_order(inner) {
            let name = self.word(key.get_ref(), key.span());
            match value.get_ref() {
                DeValue::Table(table) => {
                    let (mut share, mut on) = (None, None);
                    for (key, value) in in_order(table) {
                        match key.get_ref().as_ref() {
                            "share" => share = self.exact_share(value),
                            "on" => on = self.words("on", value),
                            other => self.unknown_inner(key, other, &["share", "on"]),
                        }
                    }
                    let Some(share) = share else {
                        if !table.contains_key("share") {
                            self.report(
                                Diagnostic::new(Code::MissingKey, name.span, format!("the shard `{}` has no share", name.text))
                                    .help("write `{ share = 0.5, on = \"…\" }`"),
                            );
                        }
                        return None;
                    };
                    shards.push(NamedShard { name, share: Probability::new(share.likely), on });
                }
                _ => {
                    let share = self.exact_share(value)?;
                    shards.push(NamedShard { name, share: Probability::new(share.likely), on: None });
                }
            }
        }
        if shards.is_empty() {
            self.report(Diagnostic::new(Code::MissingKey, self.span(value.span()), "`shards` names no shard"));
            return None;
        }
        let sum: f64 = shards.iter().map(|shard| shard.share.value()).sum();
        if (sum - 1.0).abs() > 1e-9 {
            let diagnostic = Diagnostic::new(
                Code::SharesDoNotSum,
                self.span(value.span()),
                format!("the shares of the shards add up to {}, not to 1", crate::quantity::significant(sum, 9)),
            );
            self.report(diagnostic);
        }
        shards.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        Some(ShardPlan::Named(shards))
    }

    fn service_time(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<ServiceTime> {
        let as_durations = |range: Ranged<f64>| range.map(Duration::new);
        let DeValue::Table(inner) = value.get_ref() else {
            return self.quantity(name, Dimension::Duration, value).map(|range| ServiceTime::Mean(as_durations(range)));
        };
        let (mut mean, mut scv, mut p50, mut p99) = (None, None, None, None);
        for (key, value) in in_order(inner) {
            match key.get_ref().as_ref() {
                "mean" => mean = Some(self.quantity("mean", Dimension::Duration, value)?),
                "scv" => scv = Some(self.quantity("scv", Dimension::Number, value)?),
                "p50" => p50 = Some(self.quantity("p50", Dimension::Duration, value)?),
                "p99" => p99 = Some(self.quantity("p99", Dimension::Duration, value)?),
                other => self.unknown_inner(key, other, &["mean", "scv", "p50", "p99"]),
            }
        }
        match (mean, scv, p50, p99) {
            (Some(mean), None, None, None) => Some(ServiceTime::Mean(as_durations(mean))),
            (Some(mean), Some(scv), None, None) => Some(ServiceTime::Variation { mean: as_durations(mean), scv }),
            (None, None, Some(p50), Some(p99)) => {
                if p50.likely > p99.likely {
                    self.report(Diagnostic::new(Code::ReversedRange, self.span(value.span()), "`p50` is above `p99`"));
                    return None;
                }
                Some(ServiceTime::Percentiles { p50: as_durations(p50), p99: as_durations(p99) })
            }
            _ => {
                let diagnostic = Diagnostic::new(
                    Code::WrongType,
                    self.span(value.span()),
                    "`service-time` takes a mean, `{ mean, scv }` or `{ p50, p99 }`",
                );
                self.report(diagnostic);
                None
            }
        }
    }

    fn contract(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<ContractForm> {
        match value.get_ref() {
            DeValue::String(text) => {
                let Some((kind, rest)) = text.split_once(':').filter(|(kind, rest)| !kind.is_empty() && !rest.is_empty()) else {
                    let diagnostic = Diagnostic::new(Code::UnknownValue, self.span(value.span()), format!("`{text}` is no contract"))
                        .help("write `\"kind:file\"` or `\"kind:file@version\"`, such as `\"openapi:orders.yaml@2\"`");
                    self.report(diagnostic);
                    return None;
                };
                let (file, version) = rest.split_once('@').map_or((rest, None), |(file, version)| (file, Some(version.to_owned())));
                Some(ContractForm {
                    kind: Some(kind.to_owned()),
                    file: Some(file.to_owned()),
                    versioned: version.is_some().then_some(true),
                    version,
                    ..ContractForm::default()
                })
            }
            DeValue::Table(inner) => {
                let mut contract = ContractForm::default();
                for (key, value) in in_order(inner) {
                    let inner_name: &str = key.get_ref();
                    match (inner_name, value.get_ref()) {
                        ("kind", DeValue::String(text)) => contract.kind = Some(text.clone().into_owned()),
                        ("file", DeValue::String(text)) => contract.file = Some(text.clone().into_owned()),
                        ("versioned", DeValue::Boolean(flag)) => contract.versioned = Some(*flag),
                        ("compatible", DeValue::Boolean(flag)) => contract.compatible = Some(*flag),
                        ("registry", DeValue::Boolean(flag)) => contract.registry = Some(*flag),
                        ("registry", DeValue::String(_)) => contract.registry = Some(true),
                        ("tests", DeValue::Boolean(flag)) => contract.tests = Some(*flag),
                        ("tests", DeValue::String(_)) => contract.tests = Some(true),
                        ("kind" | "file", _) => self.wrong_type(inner_name, value, "a string"),
                        ("versioned" | "compatible" | "registry" | "tests", _) => self.wrong_type(inner_name, value, "true or false"),
                        (other, _) => self.unknown_inner(key, other, &["kind", "file", "versioned", "compatible", "registry", "tests"]),
                    }
                }
                Some(contract)
            }
            _ => {
                self.wrong_type(name, value, "a contract such as \"openapi:orders.yaml@2\"");
                None
            }
        }
    }

    fn copies(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Copies> {
        match value.get_ref() {
            DeValue::Table(inner) => {
                let mut copies = Vec::new();
                for (key, value) in in_order(inner) {
                    let word = self.word(key.get_ref(), key.span());
                    let lag = match value.get_ref() {
                        DeValue::String(text) if text == "unknown" => None,
                        _ => Some(self.quantity(&word.text, Dimension::Duration, value)?),
                    };
                    copies.push((word, lag));
                }
                Some(Copies(copies))
            }
            DeValue::Array(_) => Some(Copies(self.words(name, value)?.into_iter().map(|word| (word, None)).collect())),
            _ => {
                self.wrong_type(name, value, "a table such as { cache = \"5s\" }");
                None
            }
        }
    }

    fn allowances(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Allowances> {
        let DeValue::Table(inner) = value.get_ref() else {
            self.wrong_type(name, value, "a table such as { missing-timeout = { reason = \"…\" } }");
            return None;
        };
        let mut allowances = Vec::new();
        for (key, value) in in_order(inner) {
            if let Some(table) = self.table(key.get_ref(), key, value) {
                let facts = self.facts(Table::Allowance, table);
                self.check_reason(&facts, key.get_ref(), self.key_span(key));
                allowances.push((self.word(key.get_ref(), key.span()), facts));
            }
        }
        Some(Allowances(allowances))
    }

    /// An accepted finding says why it is accepted.
    pub(super) fn check_reason(&mut self, facts: &Facts, name: &str, place: Span) {
        let says_why = facts.text(allowance::REASON).is_some_and(|reason| reason.chars().any(char::is_alphanumeric));
        if !says_why {
            let diagnostic =
                Diagnostic::new(Code::MissingKey, place, format!("`{name}` is allowed without a reason")).help("add `reason = \"…\"`");
            self.report(diagnostic);
        }
    }

    fn currency_rates(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<CurrencyRates> {
        let DeValue::Table(inner) = value.get_ref() else {
            self.wrong_type(name, value, "a table such as { USD = { value = \"0.92 EUR\" } }");
            return None;
        };
        let mut rates = Vec::new();
        for (key, value) in in_order(inner) {
            let currency = self.word(key.get_ref(), key.span());
            if Currency::from_code(&currency.text).is_none_or(|currency| !currency.is_listed()) {
                let diagnostic = Diagnostic::new(Code::UnknownValue, currency.span, format!("`{}` is no currency", currency.text))
                    .help("write the three-letter ISO code in capitals");
                self.report(diagnostic);
                continue;
            }
            let (rate, provenance) = match value.get_ref() {
                DeValue::Table(table) => match table.get("value") {
                    Some(inner) => {
                        (self.money(&currency.text, inner, parse_money, "an amount such as \"0.92 EUR\""), self.provenance(table))
                    }
                    None => {
                        self.report(Diagnostic::new(
                            Code::MissingKey,
                            currency.span,
                            format!("the rate of `{}` has no value", currency.text),
                        ));
                        continue;
                    }
                },
                _ => (self.money(&currency.text, value, parse_money, "an amount such as \"0.92 EUR\""), None),
            };
            if let Some(value) = rate.filter(|rate| self.is_listed(name, rate.likely.currency, value)) {
                rates.push(CurrencyRate { currency, value, provenance });
            }
        }
        Some(CurrencyRates(rates))
    }

    /// Reports a key that a value table does not have.
    pub(super) fn unknown_inner(&mut self, key: &Spanned<DeString<'_>>, name: &str, known: &[&'static str]) {
        let help = nearest(name, known.iter().copied())
            .map_or_else(|| format!("its keys are {}", known.join(", ")), |near| format!("a key with a similar name exists: `{near}`"));
        let diagnostic = Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("no key `{name}` exists here"))
            .label("not a key of this table")
            .help(help);
        self.report(diagnostic);
    }
}

fn list(words: &[&str]) -> String {
    words.join(", ")
}

fn integer_value(integer: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}

fn finite(float: &DeFloat<'_>) -> Option<f64> {
    float.as_str().replace('_', "").parse().ok().filter(|number: &f64| number.is_finite())
}

/// Turns free keys into JSON.
fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => serde_json::Value::String(text.clone().into_owned()),
        DeValue::Integer(integer) => {
            integer_value(integer).and_then(|number| i64::try_from(number).ok()).map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Float(float) => {
            finite(float).and_then(serde_json::Number::from_f64).map_or(serde_json::Value::Null, serde_json::Value::Number)
        }
        DeValue::Boolean(flag) => serde_json::Value::Bool(*flag),
        DeValue::Datetime(datetime) => serde_json::Value::String(datetime.to_string()),
        DeValue::Array(array) => serde_json::Value::Array(array.iter().map(|member| json(member.get_ref())).collect()),
        DeValue::Table(table) => serde_json::Value::Object(json_object(table)),
    }
}

fn json_object(table: &DeTable<'_>) -> serde_json::Map<String, serde_json::Value> {
    in_order(table).into_iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
}

/// Names a value's type; kept beside the shapes for the messages of steps.
pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    type_name(value)
}
