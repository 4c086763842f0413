//! Values of keys, and the facts of one element: what was stated, where, and in which layer.

use std::marker::PhantomData;

use super::keys::{Key, KeyType, Shape, Table};
use super::vocabulary::Vocabulary;
use crate::quantity::{Date, Duration, Money, MoneyRate, Probability, Ranged};
use crate::source::Span;

/// A string and its place, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The string.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// What a key says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true`.
    True,
    /// A whole number.
    Count(u64),
    /// A string.
    Text(Word),
    /// Strings.
    Texts(Vec<Word>),
    /// The index of a word in the shape's vocabulary.
    Symbol(u8),
    /// Several of them.
    Symbols(Vec<u8>),
    /// A quantity in base units.
    Quantity(Ranged<f64>),
    /// Money.
    Money(Ranged<Money>),
    /// Money per time.
    MoneyRate(Ranged<MoneyRate>),
    /// A date.
    Date(Date),
    /// A nested table.
    Table(Facts),
    /// A number of replicas.
    Replicas(ReplicaCount),
    /// Shards.
    Shards(ShardPlan),
    /// A service time.
    ServiceTime(ServiceTime),
    /// A contract.
    Contract(ContractForm),
    /// `component = lag`.
    Copies(Copies),
    /// Accepted findings by rule.
    Allowances(Allowances),
    /// Exchange rates.
    CurrencyRates(CurrencyRates),
    /// The steps of a journey.
    Steps(Steps),
    /// Free keys, as JSON.
    Any(AnyTable),
}

impl Value {
    /// Returns the string of a text.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(word) = self { Some(&word.text) } else { None }
    }

    /// Returns the strings of a text or of texts.
    pub fn words(&self) -> &[Word] {
        match self {
            Self::Text(word) => std::slice::from_ref(word),
            Self::Texts(words) => words,
            _ => &[],
        }
    }
}

/// The state of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<T> {
    /// Stated.
    Stated(T),
    /// Stated absent, by `false`.
    Absent,
    /// Not stated, or stated `"unknown"`.
    Unknown,
}

impl<T> Fact<T> {
    /// Returns the stated value.
    pub fn stated(self) -> Option<T> {
        if let Self::Stated(value) = self { Some(value) } else { None }
    }

    /// Returns the stated value, or `assumed`.
    pub fn or(self, assumed: T) -> T {
        self.stated().unwrap_or(assumed)
    }

    /// Says whether the fact is stated absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Says whether the fact is known: stated, or stated absent.
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

impl Fact<bool> {
    /// Says whether the fact is stated to hold.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Stated(true))
    }
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// A value.
    Stated(Value),
    /// `false`.
    Absent,
    /// `"unknown"`: hides lower layers and defaults.
    Unknown,
}

/// Where a measured value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The source's name.
    pub source: String,
    /// The day of the measurement.
    pub on: Option<Date>,
}

/// A number that names one of the layers of a model; see the model's list of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LayerId(pub u16);

/// One stated key.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is said.
    pub state: State,
    /// The key's place.
    pub key: Span,
    /// The value's place.
    pub value: Span,
    /// The layer that says it.
    pub layer: LayerId,
    /// Whether `[defaults]` said it.
    pub is_default: bool,
    /// The source of a measured value.
    pub provenance: Option<Box<Provenance>>,
}

/// The facts of one element: its stated keys, sorted by the key table's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The table whose keys these are.
    pub table: Table,
    entries: Vec<(u16, Entry)>,
}

impl Facts {
    /// Makes a table without facts.
    pub const fn new(table: Table) -> Self {
        Self { table, entries: Vec::new() }
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// When the key is there already; the error is its place.
    pub fn insert(&mut self, index: u16, entry: Entry) -> Result<(), Span> {
        match self.entries.binary_search_by_key(&index, |(at, _)| *at) {
            Ok(at) => Err(self.entries[at].1.key),
            Err(at) => {
                self.entries.insert(at, (index, entry));
                Ok(())
            }
        }
    }

    /// Returns a key's entry.
    pub fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.binary_search_by_key(&index, |(at, _)| *at).ok().map(|at| &self.entries[at].1)
    }

    /// Returns the entry of a typed key.
    pub fn entry_of<T>(&self, key: Key<T>) -> Option<&Entry> {
        debug_assert_eq!(self.table, key.table, "the key belongs to another table");
        self.entry(key.index)
    }

    /// Returns a fact.
    pub fn get<T: KeyType>(&self, key: Key<T>) -> Fact<T> {
        match self.entry_of(key).map(|entry| &entry.state) {
            Some(State::Stated(value)) => T::from_value(value).map_or(Fact::Unknown, Fact::Stated),
            Some(State::Absent) => Fact::Absent,
            Some(State::Unknown) | None => Fact::Unknown,
        }
    }

    /// Returns the stated value of a key, as it was read.
    pub fn value<T>(&self, key: Key<T>) -> Option<&Value> {
        match self.entry_of(key).map(|entry| &entry.state) {
            Some(State::Stated(value)) => Some(value),
            _ => None,
        }
    }

    /// Returns a stated string.
    pub fn text<T>(&self, key: Key<T>) -> Option<&str> {
        self.value(key).and_then(Value::text)
    }

    /// Returns stated words, none if nothing is stated.
    pub fn words<T>(&self, key: Key<T>) -> &[Word] {
        self.value(key).map_or(&[], Value::words)
    }

    /// Returns a nested table, where one is stated.
    pub fn table<T>(&self, key: Key<T>) -> Option<&Self> {
        if let Some(Value::Table(facts)) = self.value(key) { Some(facts) } else { None }
    }

    /// Returns all entries with the index of their row.
    pub fn entries(&self) -> impl Iterator<Item = (u16, &Entry)> {
        self.entries.iter().map(|(index, entry)| (*index, entry))
    }

    /// Returns all entries, to be changed.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = (u16, &mut Entry)> {
        self.entries.iter_mut().map(|(index, entry)| (*index, entry))
    }

    /// Puts another state in the place of a key's, where it has one; its place in the files stays.
    pub fn replace<T>(&mut self, key: Key<T>, state: State) {
        if let Ok(at) = self.entries.binary_search_by_key(&key.index, |(index, _)| *index) {
            self.entries[at].1.state = state;
        }
    }

    /// Multiplies the stated quantity, or service time, of a key.
    pub fn multiply<T>(&mut self, key: Key<T>, factor: f64) {
        let Ok(at) = self.entries.binary_search_by_key(&key.index, |(index, _)| *index) else { return };
        let longer = |time: Ranged<Duration>| time.map(|time| Duration::new(time.seconds() * factor));
        match &mut self.entries[at].1.state {
            State::Stated(Value::Quantity(range)) => *range = range.map(|value| value * factor),
            State::Stated(Value::ServiceTime(time)) => {
                *time = match *time {
                    ServiceTime::Mean(mean) => ServiceTime::Mean(longer(mean)),
                    ServiceTime::Variation { mean, scv } => ServiceTime::Variation { mean: longer(mean), scv },
                    ServiceTime::Percentiles { p50, p99 } => ServiceTime::Percentiles { p50: longer(p50), p99: longer(p99) },
                }
            }
            _ => {}
        }
    }

    /// Returns a nested table to be changed, where one is stated.
    pub fn table_mut<T>(&mut self, key: Key<T>) -> Option<&mut Self> {
        let at = self.entries.binary_search_by_key(&key.index, |(index, _)| *index).ok()?;
        if let State::Stated(Value::Table(facts)) = &mut self.entries[at].1.state { Some(facts) } else { None }
    }

    /// Says whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Lays `upper` over these facts: its keys win, tables of key names merge.
    pub fn overlay(&mut self, upper: Self) {
        for (index, entry) in upper.entries {
            match self.entries.binary_search_by_key(&index, |(at, _)| *at) {
                Err(at) => self.entries.insert(at, (index, entry)),
                Ok(at) => match (&mut self.entries[at].1.state, entry) {
                    (State::Stated(Value::Table(lower)), Entry { state: State::Stated(Value::Table(upper)), .. })
                        if !lower.table.is_value() =>
                    {
                        lower.overlay(upper);
                    }
                    (_, entry) => self.entries[at].1 = entry,
                },
            }
        }
    }

    /// Lays these facts over `defaults`: what is not stated here is taken from there and marked as a default.
    pub fn underlay(&mut self, defaults: &Self) {
        for (index, entry) in &defaults.entries {
            match self.entries.binary_search_by_key(index, |(at, _)| *at) {
                Err(at) => {
                    let mut entry = entry.clone();
                    entry.mark_default();
                    self.entries.insert(at, (*index, entry));
                }
                Ok(at) => {
                    if let (State::Stated(Value::Table(own)), State::Stated(Value::Table(lower))) =
                        (&mut self.entries[at].1.state, &entry.state)
                        && !lower.table.is_value()
                    {
                        own.underlay(lower);
                    }
                }
            }
        }
    }

    /// Drops the keys that `keep` refuses.
    pub fn retain(&mut self, keep: impl Fn(u16) -> bool) {
        self.entries.retain(|(index, _)| keep(*index));
    }
}

impl Entry {
    fn mark_default(&mut self) {
        self.is_default = true;
        if let State::Stated(Value::Table(facts)) = &mut self.state {
            for (_, entry) in &mut facts.entries {
                entry.mark_default();
            }
        }
    }
}

/// Several words of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbols<T>(pub Vec<T>);

impl<T: Vocabulary> KeyType for Symbols<T> {
    const SHAPE: Shape = Shape::Symbols(T::WORDS);

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Symbols(indices) => Some(Self(indices.iter().filter_map(|index| T::from_index(*index as usize)).collect())),
            Value::Symbol(index) => T::from_index(*index as usize).map(|symbol| Self(vec![symbol])),
            _ => None,
        }
    }
}

impl<T: Vocabulary> KeyType for T {
    const SHAPE: Shape = Shape::Symbol(T::WORDS);

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Symbol(index) = value { T::from_index(*index as usize) } else { None }
    }
}

/// `true`, or a value that says more.
#[derive(Debug, Clone, PartialEq)]
pub enum OrTrue<T> {
    /// `true`.
    True(PhantomData<T>),
    /// The value.
    Value(T),
}

impl<T: KeyType> KeyType for OrTrue<T> {
    const SHAPE: Shape = Shape::OrTrue(&T::SHAPE);

    fn from_value(value: &Value) -> Option<Self> {
        if matches!(value, Value::True) { Some(Self::True(PhantomData)) } else { T::from_value(value).map(Self::Value) }
    }
}

impl<T> OrTrue<T> {
    /// Returns the value that says more.
    pub fn value(self) -> Option<T> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

/// Strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl KeyType for Texts {
    const SHAPE: Shape = Shape::Texts;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(_) | Value::Texts(_) => Some(Self(value.words().iter().map(|word| word.text.clone()).collect())),
            _ => None,
        }
    }
}

/// How many replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplicaCount {
    /// The least, where stated.
    pub min: Option<u64>,
    /// The usual number.
    pub usual: u64,
    /// The most.
    pub max: ReplicaBound,
}

/// The upper bound of replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaBound {
    /// Not stated.
    Unstated,
    /// `max = false`: stated unbounded.
    Unbounded,
    /// A number.
    At(u64),
}

impl KeyType for ReplicaCount {
    const SHAPE: Shape = Shape::Replicas;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Replicas(count) = value { Some(*count) } else { None }
    }
}

/// The shards of a component.
#[derive(Debug, Clone, PartialEq)]
pub enum ShardPlan {
    /// Equal shards, named `1`, `2`, ….
    Count(u64),
    /// Named shards, sorted by name.
    Named(Vec<NamedShard>),
}

/// One named shard.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedShard {
    /// The name; free text.
    pub name: Word,
    /// The share of the load.
    pub share: Probability,
    /// Hosts of its own.
    pub on: Option<Vec<Word>>,
}

impl KeyType for ShardPlan {
    const SHAPE: Shape = Shape::Shards;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Shards(plan) = value { Some(plan.clone()) } else { None }
    }
}

/// The time that one visit takes a worker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServiceTime {
    /// A mean; exponential, assumed.
    Mean(Ranged<Duration>),
    /// A mean and the squared coefficient of variation.
    Variation {
        /// The mean.
        mean: Ranged<Duration>,
        /// Variance divided by the squared mean.
        scv: Ranged<f64>,
    },
    /// Two percentiles; lognormal.
    Percentiles {
        /// The median.
        p50: Ranged<Duration>,
        /// The 99th percentile.
        p99: Ranged<Duration>,
    },
}

/// The standard normal distribution's 99th percentile.
pub const NORMAL_P99: f64 = 2.326_347_874_040_841;

impl ServiceTime {
    /// Returns the likely mean: of two percentiles the lognormal's, `p50 · e^(σ²/2)` with `σ = ln(p99/p50) ÷ 2.3263`. A 99th percentile at or below the median makes a constant.
    pub fn mean(&self) -> Duration {
        match self {
            Self::Mean(mean) | Self::Variation { mean, .. } => mean.likely,
            Self::Percentiles { p50, p99 } => {
                let (median, p99) = (p50.likely.seconds(), p99.likely.seconds());
                if median <= 0.0 || p99 <= median {
                    return Duration::new(median.max(0.0));
                }
                let sigma = libm::log(p99 / median) / NORMAL_P99;
                Duration::new(median * libm::exp(sigma * sigma / 2.0))
            }
        }
    }
}

impl KeyType for ServiceTime {
    const SHAPE: Shape = Shape::ServiceTime;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::ServiceTime(time) = value { Some(*time) } else { None }
    }
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractForm {
    /// What kind, such as `openapi`.
    pub kind: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// Whether versions exist; the version, where it is named.
    pub versioned: Option<bool>,
    /// The named version.
    pub version: Option<String>,
    /// Whether new versions are checked for compatibility.
    pub compatible: Option<bool>,
    /// Whether a registry holds it.
    pub registry: Option<bool>,
    /// Whether tests hold both sides to it.
    pub tests: Option<bool>,
}

impl KeyType for ContractForm {
    const SHAPE: Shape = Shape::Contract;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Contract(contract) = value { Some(contract.clone()) } else { None }
    }
}

/// Copies of an entity and their lag.
#[derive(Debug, Clone, PartialEq)]
pub struct Copies(pub Vec<(Word, Option<Ranged<f64>>)>);

impl KeyType for Copies {
    const SHAPE: Shape = Shape::Copies;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Copies(copies) = value { Some(copies.clone()) } else { None }
    }
}

/// Accepted findings by rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowances(pub Vec<(Word, Facts)>);

impl KeyType for Allowances {
    const SHAPE: Shape = Shape::Allowances;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Allowances(allowances) = value { Some(allowances.clone()) } else { None }
    }
}

/// Exchange rates.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrencyRates(pub Vec<CurrencyRate>);

/// What one unit of a currency is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrencyRate {
    /// The currency.
    pub currency: Word,
    /// What one unit of it is worth.
    pub value: Ranged<Money>,
    /// Where the rate comes from.
    pub provenance: Option<Provenance>,
}

impl KeyType for CurrencyRates {
    const SHAPE: Shape = Shape::CurrencyRates;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::CurrencyRates(rates) = value { Some(rates.clone()) } else { None }
    }
}

/// Free keys.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyTable(pub serde_json::Value);

impl KeyType for AnyTable {
    const SHAPE: Shape = Shape::Any;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Any(table) = value { Some(table.clone()) } else { None }
    }
}

/// The steps of a journey, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps(pub Vec<StepForm>);

impl KeyType for Steps {
    const SHAPE: Shape = Shape::Steps;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Steps(steps) = value { Some(steps.clone()) } else { None }
    }
}

/// One step, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum StepForm {
    /// A step that was refused where it stands.
    Refused,
    /// A call or message.
    Call(Box<CallForm>),
    /// Members that run at the same time, each a sequence of steps.
    Parallel {
        /// The members.
        members: Vec<Vec<StepForm>>,
        /// How many answers end the wait; all if absent.
        quorum: Option<(u64, Span)>,
        /// The place.
        span: Span,
    },
    /// Exclusive branches with shares.
    Choice {
        /// The branches.
        branches: Vec<(Ranged<f64>, Vec<StepForm>)>,
        /// The place.
        span: Span,
    },
    /// Calls that are tried in order.
    FirstOf {
        /// The calls.
        members: Vec<Vec<StepForm>>,
        /// How long the switch to the next takes.
        switch: Option<Ranged<f64>>,
        /// The place.
        span: Span,
    },
}

/// A call or message of a journey, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct CallForm {
    /// The link's key.
    pub link: Word,
    /// How many calls in a row.
    pub times: u64,
    /// The probability that it happens.
    pub when: Ranged<f64>,
    /// Overrides the link's payload.
    pub payload: Option<Ranged<f64>>,
    /// Overrides the link's response.
    pub response: Option<Ranged<f64>>,
    /// The share of hits of a cache.
    pub hit: Option<Ranged<f64>>,
    /// What runs on a miss, or when the callee is down.
    pub otherwise: Vec<StepForm>,
    /// Overrides the link's `required`.
    pub required: Option<bool>,
    /// Overrides the link's `fallback`.
    pub fallback: Option<FallbackForm>,
    /// The entities that it reads.
    pub reads: Vec<Word>,
    /// The entities that it writes.
    pub writes: Vec<Word>,
    /// The operation.
    pub operation: Option<String>,
    /// The saga's point of no return.
    pub pivot: Option<bool>,
    /// Whether the callee may refuse.
    pub refusable: Option<bool>,
}

/// A fallback, as written on a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FallbackForm {
    /// `true`: an answer without a call.
    Answer,
    /// `false`: stated absent.
    Absent,
    /// Another component.
    Component(Word),
}
