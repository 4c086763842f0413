//! The names by which questionnaires speak of what a model computes. The module `decision` computes what stands behind them.

/// The facts that conditions can compare: `model.NAME`. A misspelt one would be unknown for ever, and its veto would never strike.
pub const MODEL_FACTS: &[&str] =
    &["chain-depth", "critical-path-ms", "monthly-cost-low", "network-round-trips", "remote-calls", "single-points"];

/// The results that a question can name with its key `model`, whether or not this release computes them. A misspelt one would never contradict anything.
pub const MODEL_RESULTS: &[&str] = &[
    "autoscale-bounds",
    "availability",
    "bytes",
    "bytes-per-step",
    "candidate",
    "capacity",
    "classification",
    "consistency-modes",
    "contracts",
    "cross-region-reads",
    "cross-shard-links",
    "depth-without-trace",
    "downtime",
    "dual-writes",
    "latency-by-location",
    "latency-p95",
    "memory",
    "module-cycles",
    "monthly-cost",
    "objectives",
    "owners",
    "owners-on-call",
    "partial-failure",
    "profiles",
    "provisioning",
    "remote-calls",
    "replica-bounds",
    "replication",
    "replication-lag",
    "retries-without-idempotence",
    "rolling",
    "routing",
    "several-writers",
    "shared-data",
    "single-points",
    "step-modes",
    "steps",
    "team-crossings",
    "trust-zones",
    "utilization",
];
