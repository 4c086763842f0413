//! Hash tables of node numbers, for tables in which the nodes themselves are the keys.

/// No node: the first one, a terminal, is in no table. Zeros come from the system without being written.
const EMPTY: u32 = 0;

/// From so many slots on a table only doubles: its memory counts more than the time to move it.
const LARGE: usize = 1 << 20;

/// The most results that are kept (48 MiB).
const LARGEST_MEMO: usize = 1 << 22;

/// Spreads the bits of a key (the finalizer of MurmurHash3, public domain).
pub(super) const fn mix(key: u64) -> u64 {
    let key = (key ^ key >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let key = (key ^ key >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    key ^ key >> 33
}

/// Spreads a node of a diagram over the low half of the bits: one multiplication, and what it carried up.
#[inline]
pub(super) const fn of_node(level: u32, high: u32, low: u32) -> u64 {
    let key = ((high as u64) << 32 | low as u64) ^ (level as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    let key = (key ^ key >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    key >> 32
}

/// An open hash table of node numbers with their hashes. It is only asked, never listed, so its order reaches no result.
#[derive(Debug)]
pub(super) struct Table {
    slots: Vec<(u32, u32)>,
    len: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self::with_room(0)
    }

    /// Makes a table that need not grow for so many nodes.
    pub(super) fn with_room(nodes: usize) -> Self {
        Self { slots: vec![(EMPTY, 0); (2 * nodes + 2).next_power_of_two().max(64)], len: 0 }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low bits of a hash are as good as all")]
    const fn short(hash: u64) -> u32 {
        hash as u32
    }

    /// Returns the node with this hash that is the wanted one.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let (mask, short) = (self.slots.len() - 1, Self::short(hash));
        let mut at = short as usize & mask;
        loop {
            match self.slots[at] {
                (EMPTY, _) => return None,
                (node, other) if other == short && is_wanted(node) => return Some(node),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Adds a node that is not in the table.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, node: u32) {
        if 2 * (self.len + 1) > self.slots.len() {
            self.grow();
        }
        self.len += 1;
        self.place(Self::short(hash), node);
    }

    fn place(&mut self, short: u32, node: u32) {
        let mask = self.slots.len() - 1;
        let mut at = short as usize & mask;
        while self.slots[at].0 != EMPTY {
            at = (at + 1) & mask;
        }
        self.slots[at] = (node, short);
    }

    fn grow(&mut self) {
        let factor = if self.slots.len() < LARGE { 4 } else { 2 };
        let larger = vec![(EMPTY, 0); factor * self.slots.len()];
        let old = std::mem::replace(&mut self.slots, larger);
        for (node, short) in old.into_iter().filter(|(node, _)| *node != EMPTY) {
            self.place(short, node);
        }
    }

    /// Forgets all nodes.
    pub(super) fn clear(&mut self) {
        self.slots.fill((EMPTY, 0));
        self.len = 0;
    }
}

/// A table of results of operations on `N` operands that forgets: each result has one slot, and a later one takes it.
#[derive(Debug)]
pub(super) struct Memo<const N: usize> {
    slots: Vec<([u32; N], u32)>,
}

impl<const N: usize> Memo<N> {
    /// Operands that no operation has: those on terminals are settled without a look.
    const NONE: ([u32; N], u32) = ([0; N], 0);

    pub(super) fn new() -> Self {
        Self { slots: vec![Self::NONE; 1 << 8] }
    }

    #[inline]
    fn slot(&self, operands: [u32; N]) -> usize {
        let key = operands.iter().fold(0_u64, |key, one| key.rotate_left(32) ^ u64::from(*one)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let key = if N > 2 { key ^ u64::from(operands[N - 2]).wrapping_mul(0xc2b2_ae3d_27d4_eb4f) } else { key };
        (key >> 32) as usize & (self.slots.len() - 1)
    }

    #[inline]
    pub(super) fn get(&self, operands: [u32; N]) -> Option<u32> {
        let (known, result) = self.slots[self.slot(operands)];
        (known == operands).then_some(result)
    }

    #[inline]
    pub(super) fn set(&mut self, operands: [u32; N], result: u32) {
        let slot = self.slot(operands);
        self.slots[slot] = (operands, result);
    }

    /// Keeps the table about as large as the nodes that it speaks of.
    #[inline]
    pub(super) fn fit(&mut self, nodes: usize) {
        if nodes > self.slots.len() && self.slots.len() < LARGEST_MEMO {
            let larger = vec![Self::NONE; 4 * self.slots.len()];
            let old = std::mem::replace(&mut self.slots, larger);
            for (operands, result) in old.into_iter().filter(|(operands, _)| operands[0] != 0) {
                self.set(operands, result);
            }
        }
    }

    /// Forgets all results.
    pub(super) fn clear(&mut self) {
        self.slots.fill(Self::NONE);
    }
}
