//! What each frame of a scene holds, for writers whose language nests.

use super::scene::{GroupId, NodeId, Scene};

/// What each frame holds; the first entry is what stands in none.
pub(super) struct Inside {
    groups: Vec<Vec<GroupId>>,
    nodes: Vec<Vec<NodeId>>,
}

impl Inside {
    /// Looks at a scene once.
    pub(super) fn of(scene: &Scene) -> Self {
        let mut inside = Self { groups: vec![Vec::new(); scene.groups.len() + 1], nodes: vec![Vec::new(); scene.groups.len() + 1] };
        for (index, group) in scene.groups.iter().enumerate() {
            inside.groups[place(group.parent)].push(GroupId::at(index));
        }
        for (index, node) in scene.nodes.iter().enumerate() {
            inside.nodes[place(node.group)].push(NodeId::at(index));
        }
        inside
    }

    /// Returns the frames that stand directly in one, or in none.
    pub(super) fn groups(&self, group: Option<GroupId>) -> &[GroupId] {
        &self.groups[place(group)]
    }

    /// Returns the boxes that stand directly in a frame, or in none.
    pub(super) fn nodes(&self, group: Option<GroupId>) -> &[NodeId] {
        &self.nodes[place(group)]
    }
}

fn place(group: Option<GroupId>) -> usize {
    group.map_or(0, |id| id.index() + 1)
}
