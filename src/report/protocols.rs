//! What agreement costs by the number of members: the table of `explain protocols`.

use super::table::Table;
use crate::analysis::communication::protocols::{
    ProtocolCost, byzantine_agreement, classic_paxos, full_mesh, gossip, leader_replication, quorum, two_phase_commit,
};

/// The numbers of members that the table shows: the usual sizes of a group, and one that shows the growth.
const MEMBERS: [u64; 4] = [3, 5, 7, 50];

/// How many others a gossiping member tells per round, in the table.
const FAN_OUT: u64 = 3;

/// Lists what well-known protocols send per run, in their steady state.
pub fn protocols() -> Table {
    let mut heads = vec!["protocol".to_owned(), "messages, n members".to_owned(), ">round trips".to_owned()];
    heads.extend(MEMBERS.iter().map(|members| format!(">n = {members}")));
    let mut table = Table::new("What agreement costs", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut row = |name: &str, formula: &str, trips: &str, messages: &dyn Fn(u64) -> u64| {
        let mut cells = vec![name.to_owned(), formula.to_owned(), trips.to_owned()];
        cells.extend(MEMBERS.iter().map(|members| messages(*members).to_string()));
        table.row(cells);
    };
    let waits = |cost: ProtocolCost| cost.round_trips.to_string();
    row("leader and followers, an entry", "2(n − 1)", &waits(leader_replication(3)), &|n| leader_replication(n).messages);
    row("classic Paxos, a value", "4(n − 1)", &waits(classic_paxos(3)), &|n| classic_paxos(n).messages);
    row("two-phase commit, n participants", "4n", &waits(two_phase_commit(3)), &|n| two_phase_commit(n).messages);
    row("quorum, a read or a write", "2n", &waits(quorum(3, 2)), &|n| quorum(n, n / 2 + 1).messages);
    row("Byzantine agreement, a request", "(n − 1) + (n − 1)² + n(n − 1) + n", "", &byzantine_agreement);
    row("everyone tells everyone, a period", "n(n − 1)", "", &full_mesh);
    row("gossip to 3 others, a round", "3n", "", &|n| gossip(n, FAN_OUT));
    table.note("Without failures, elections and retransmissions. Leader, Paxos and quorum wait for a majority, two-phase commit for all participants.");
    table
}
