//! What well-known protocols cost in messages and round trips, as closed formulas of the number of members.
//!
//! The question: *what does agreement among `n` members cost before a line of our own code runs?* The counts are those of the steady state, without
//! failures, elections and retransmissions. Whole numbers saturate at [`u64::MAX`].

/// What one run of a protocol costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtocolCost {
    /// The messages.
    pub messages: u64,
    /// The round trips, one after another, before the answer.
    pub round_trips: u64,
    /// How many members' answers each round trip waits for.
    pub answers: u64,
}

/// Counts one entry that a leader copies to its followers, as in Raft's steady state.
///
/// `2(n−1)` messages; 1 round trip to the ⌊n/2⌋-th fastest follower, which with the leader is a majority. A leader alone sends and waits for nothing.
pub const fn leader_replication(members: u64) -> ProtocolCost {
    let followers = members.saturating_sub(1);
    ProtocolCost { messages: followers.saturating_mul(2), round_trips: if followers == 0 { 0 } else { 1 }, answers: members / 2 }
}

/// Counts one value decided by classic Paxos, both phases.
///
/// `4(n−1)` messages (prepare, promise, accept, accepted), 2 round trips, each to a majority that the proposer is part of.
pub const fn classic_paxos(members: u64) -> ProtocolCost {
    let others = members.saturating_sub(1);
    ProtocolCost { messages: others.saturating_mul(4), round_trips: if others == 0 { 0 } else { 2 }, answers: members / 2 }
}

/// Counts one transaction committed in two phases over `participants`, the coordinator not among them.
///
/// `4n` messages (prepare, vote, commit, acknowledgement), 2 round trips, each to all participants.
pub const fn two_phase_commit(participants: u64) -> ProtocolCost {
    ProtocolCost { messages: participants.saturating_mul(4), round_trips: if participants == 0 { 0 } else { 2 }, answers: participants }
}

/// Counts one read or write of a leaderless store: all `n` copies are asked, `quorum` of them are waited for.
///
/// `2N` messages, 1 round trip to the W-th fastest copy of a write, the R-th fastest of a read.
pub const fn quorum(copies: u64, quorum: u64) -> ProtocolCost {
    ProtocolCost { messages: copies.saturating_mul(2), round_trips: if quorum == 0 { 0 } else { 1 }, answers: quorum }
}

/// Counts the messages of one request to `members` that may lie (practical Byzantine fault tolerance).
///
/// `(n−1) + (n−1)² + n(n−1) + n`: pre-prepare, prepare, commit, replies.
pub const fn byzantine_agreement(members: u64) -> u64 {
    let others = members.saturating_sub(1);
    others.saturating_add(others.saturating_mul(others)).saturating_add(members.saturating_mul(others)).saturating_add(members)
}

/// Counts the messages of one period in which every member tells every other one.
///
/// `n(n−1)`.
pub const fn full_mesh(members: u64) -> u64 {
    members.saturating_mul(members.saturating_sub(1))
}

/// Counts the messages of one round in which every member tells `fan_out` others.
///
/// `f·n`.
pub const fn gossip(members: u64, fan_out: u64) -> u64 {
    members.saturating_mul(fan_out)
}

#[cfg(test)]
mod tests {
    use super::{ProtocolCost, byzantine_agreement, classic_paxos, full_mesh, gossip, leader_replication, quorum, two_phase_commit};

    /// The worked examples: Raft 5: 8 messages; Paxos 5: 16; 2PC 3: 12; mesh 50: 2,450; PBFT 4: 28.
    #[test]
    fn worked_examples() {
        assert_eq!(leader_replication(5), ProtocolCost { messages: 8, round_trips: 1, answers: 2 });
        assert_eq!(classic_paxos(5), ProtocolCost { messages: 16, round_trips: 2, answers: 2 });
        assert_eq!(two_phase_commit(3), ProtocolCost { messages: 12, round_trips: 2, answers: 3 });
        assert_eq!(quorum(3, 2), ProtocolCost { messages: 6, round_trips: 1, answers: 2 });
        assert_eq!(full_mesh(50), 2_450);
        assert_eq!(byzantine_agreement(4), 28);
        assert_eq!(gossip(100, 3), 300);
    }

    /// Counts message by message: every protocol is played between numbered members.
    #[test]
    fn formulas_equal_play() {
        for n in 1..=7_u64 {
            let others = (1..n).count() as u64;
            assert_eq!(leader_replication(n).messages, (1..n).map(|_| 2).sum::<u64>());
            assert_eq!(classic_paxos(n).messages, (1..n).map(|_| 2 + 2).sum::<u64>());
            let ordered_pairs = (0..n).flat_map(|a| (0..n).filter(move |b| *b != a)).count() as u64;
            assert_eq!(full_mesh(n), ordered_pairs);
            // The primary pre-prepares to the others, each of which prepares to all but itself; then all commit to all others and reply.
            let prepares = (1..n).flat_map(|a| (0..n).filter(move |b| *b != a)).count() as u64;
            assert_eq!(byzantine_agreement(n), others + prepares + ordered_pairs + n);
        }
    }

    #[test]
    fn a_member_alone_sends_nothing_and_the_largest_number_saturates() {
        assert_eq!(leader_replication(1).messages + classic_paxos(1).messages + full_mesh(1), 0);
        assert_eq!(leader_replication(0).messages + full_mesh(0), 0);
        assert_eq!(byzantine_agreement(u64::MAX), u64::MAX);
        assert_eq!(full_mesh(u64::MAX), u64::MAX);
    }
}
