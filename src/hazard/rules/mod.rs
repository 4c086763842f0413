//! The rules: one hazard is `<rule>.rs` and `<rule>.md` side by side, and one line in the table below.

use super::finding::{Confidence, Subject};
use super::page;
use super::run::{Groups, Report, Run, ids};
use crate::diagnostic::Severity;

/// What a rule is about: the part of the reference page that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Partial failure and blast radius.
    PartialFailure,
    /// Lost, repeated and unsent messages.
    Messages,
    /// Copies, writers and sources of truth.
    Consistency,
    /// Time and order.
    Order,
    /// Trust on links.
    Trust,
    /// The shape of communication.
    Communication,
    /// Scale and cost.
    Scale,
    /// Teams and contracts.
    Teams,
    /// Deployment and operation.
    Deployment,
    /// Too much, too little, too early.
    Fit,
    /// The model itself.
    Model,
}

impl Group {
    /// All groups, in the order of the reference page.
    pub const ALL: &'static [Self] = &[
        Self::PartialFailure,
        Self::Messages,
        Self::Consistency,
        Self::Order,
        Self::Trust,
        Self::Communication,
        Self::Scale,
        Self::Teams,
        Self::Deployment,
        Self::Fit,
        Self::Model,
    ];

    /// Returns the heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PartialFailure => "Partial failure and blast radius",
            Self::Messages => "Lost, repeated and unsent messages",
            Self::Consistency => "Copies, writers and sources of truth",
            Self::Order => "Time and order",
            Self::Trust => "Trust on links",
            Self::Communication => "The shape of communication",
            Self::Scale => "Scale and cost",
            Self::Teams => "Teams and contracts",
            Self::Deployment => "Deployment and operation",
            Self::Fit => "Too much, too little, too early",
            Self::Model => "The model itself",
        }
    }
}

/// A parameter of a rule: its name, its value unless a policy says another, and what it is.
pub type Parameter = (&'static str, f64, &'static str);

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// A short alias of the name.
    pub code: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad its findings are, unless they or a policy say otherwise.
    pub severity: Severity,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Its page.
    pub page: &'static str,
    pub(super) check: fn(&mut Run<'_>),
}

impl Rule {
    /// Returns the name: the rule's identity, and the title of its page.
    pub fn name(&self) -> &'static str {
        page::title(self.page)
    }

    /// Returns what it finds, in a sentence.
    pub fn summary(&self) -> &'static str {
        page::summary(self.page)
    }
}

/// Finds a rule by its name or its code.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name() == name || rule.code.eq_ignore_ascii_case(name))
}

macro_rules! rules {
    ($($group:ident { $($module:ident $code:literal $severity:ident $(, $parameter:literal = $value:literal, $doc:literal)*;)* })*) => {
        /// All rules, in the order of the reference page.
        pub static RULES: &[Rule] = &[$($(Rule {
            code: $code,
            group: Group::$group,
            severity: Severity::$severity,
            parameters: &[$(($parameter, $value, $doc),)*],
            page: include_str!(concat!(stringify!($module), ".md")),
            check: $module::check,
        },)*)*];
    };
}

/// Says what places have in common: `` `a -> b` has no timeout ``, or `6 calls have no timeout: …`.
fn say(noun: &str, list: &[String], one: &str, many: &str) -> String {
    match list {
        [only] => format!("`{only}` {one}"),
        _ => format!("{} {noun} {many}: {}", list.len(), ids(list)),
    }
}

mod ack_before_work;
mod availability_not_met;
mod big_bang;
mod byzantine_trust;
mod cache_without_invalidation;
mod capacity_short;
mod causal_gap;
mod chatty_link;
mod competing_consumer_broadcast;
mod conway_mismatch;
mod deep_sync_chain;
mod distribution_without_benefit;
mod dual_write;
mod even_quorum;
mod hard_dependency_on_optional;
mod hidden_common_cause;
mod high_fan_out;
mod hot_shard;
mod in_house_commodity;
mod in_memory_state_scaled;
mod irreversible_early;
mod local_time;
mod lock_without_fencing;
mod long_haul_sync;
mod lost_message;
mod microservices_before_nfr;
mod missing_owner;
mod missing_shared_fate;
mod missing_timeout;
mod model_unlike_observed;
mod multi_service_write_no_saga;
mod multiple_writers;
mod no_circuit_breaker;
mod no_contract_test;
mod no_dead_letter;
mod no_health_check;
mod no_observability;
mod no_rate_limit;
mod no_source_of_truth;
mod no_zero_downtime;
mod non_idempotent_consumer;
mod order_across_partitions;
mod outbox_without_relay;
mod pacelc_mismatch;
mod plaintext_link;
mod reentrant_call;
mod retry_amplification;
mod retry_cost_feedback;
mod retry_non_idempotent;
mod retry_without_backoff;
mod saga_gap;
mod shared_database;
mod single_point_of_failure;
mod singleton_scaled;
mod skill_gap;
mod sole_process_blast;
mod split_ownership;
mod stale_read_after_write;
mod staleness_budget;
mod startup_dependency_cycle;
mod swallowed_send;
mod sync_cycle;
mod team_overload;
mod timeout_inversion;
mod unauthenticated_link;
mod unbounded_autoscale;
mod under_engineered;
mod unreachable_component;
mod unreconciled_copies;
mod unsigned_external_event;
mod unversioned_contract;
mod volatile_broker;
mod volatile_source_of_truth;
mod wall_clock_order;

rules! {
    PartialFailure {
        missing_timeout "FLT001" Warning;
        timeout_inversion "FLT002" Warning;
        retry_amplification "FLT003" Warning, "limit" = 9.0, "attempts of the last call for one of the first, from which on it fires";
        retry_without_backoff "FLT004" Warning;
        retry_non_idempotent "FLT005" Error;
        no_circuit_breaker "FLT006" Note;
        single_point_of_failure "FLT007" Warning;
        hidden_common_cause "FLT008" Warning;
        sole_process_blast "FLT009" Warning;
        hard_dependency_on_optional "FLT010" Warning;
        startup_dependency_cycle "FLT012" Error;
        volatile_source_of_truth "FLT013" Error;
        availability_not_met "FLT014" Error;
        missing_shared_fate "FLT016" Note;
    }
    Messages {
        lost_message "NET001" Error;
        non_idempotent_consumer "NET002" Error;
        no_dead_letter "NET003" Warning;
        ack_before_work "NET004" Error;
        swallowed_send "NET005" Error;
        volatile_broker "NET006" Warning;
        competing_consumer_broadcast "NET008" Warning;
    }
    Consistency {
        dual_write "CON001" Error;
        outbox_without_relay "CON002" Error;
        multi_service_write_no_saga "CON003" Error;
        saga_gap "CON004" Error;
        stale_read_after_write "CON006" Error;
        staleness_budget "CON007" Warning;
        multiple_writers "CON009" Warning;
        no_source_of_truth "CON010" Error;
        cache_without_invalidation "CON012" Warning;
        pacelc_mismatch "CON013" Warning;
        unreconciled_copies "CON014" Warning;
    }
    Order {
        wall_clock_order "ORD001" Warning;
        order_across_partitions "ORD003" Error;
        causal_gap "ORD004" Warning;
        lock_without_fencing "ORD005" Error;
        even_quorum "ORD006" Note;
        singleton_scaled "ORD007" Error;
        local_time "ORD008" Warning;
    }
    Trust {
        plaintext_link "SEC001" Warning;
        unauthenticated_link "SEC002" Warning;
        unsigned_external_event "SEC003" Error;
        byzantine_trust "SEC005" Warning;
    }
    Communication {
        reentrant_call "COM001" Error;
        sync_cycle "COM002" Warning;
        deep_sync_chain "COM003" Warning, "max" = 4.0, "the most calls between programs that each wait for the next";
        high_fan_out "COM004" Warning, "direct" = 7.0, "the most programs that one calls", "journey" = 12.0, "the most programs that one request needs";
        chatty_link "COM005" Warning, "calls" = 5.0, "calls in a row of one request, from which on it fires";
        long_haul_sync "COM007" Warning, "share" = 0.5, "the share of the latency objective that waiting for one distance may take";
    }
    Scale {
        no_rate_limit "SCA001" Warning;
        unbounded_autoscale "SCA002" Error, "times" = 10.0, "how many times the usual replicas a bound may be, without a cap on spending";
        in_memory_state_scaled "SCA004" Error;
        hot_shard "SCA005" Warning, "times" = 2.0, "how many times its even part a shard may carry";
        capacity_short "SCA007" Error, "utilization" = 0.7, "how busy a component may be at the peak";
        retry_cost_feedback "SCA008" Warning;
    }
    Teams {
        shared_database "TEA001" Warning;
        unversioned_contract "TEA002" Warning;
        no_contract_test "TEA003" Note;
        team_overload "TEA005" Warning, "units-per-member" = 0.5, "how many deploy units a member can run", "rota" = 5.0, "the fewest people who share being called at any hour";
        split_ownership "TEA006" Warning;
        conway_mismatch "TEA007" Note, "teams" = 3.0, "the teams that one journey needs, from which on it fires";
    }
    Deployment {
        no_zero_downtime "DEP001" Warning;
        no_health_check "DEP002" Warning;
        no_observability "DEP004" Warning, "programs" = 3.0, "the programs of one journey, from which on a trace is asked for";
    }
    Fit {
        microservices_before_nfr "FIT001" Error, "units" = 4.0, "the deploy units from which on it is asked";
        distribution_without_benefit "FIT002" Warning;
        under_engineered "FIT004" Warning;
        in_house_commodity "FIT005" Warning;
        skill_gap "FIT006" Warning;
        big_bang "FIT007" Warning, "units" = 5.0, "how many deploy units may appear in one step";
        irreversible_early "FIT008" Note;
    }
    Model {
        unreachable_component "MOD002" Warning;
        missing_owner "MOD005" Warning;
        model_unlike_observed "MOD006" Warning, "times" = 2.0, "how many times a figure may be what was measured, or its part", "downtime-times" = 4.0, "the same of the time in which something fails";
    }
}
