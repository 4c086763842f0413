//! What a picture shows, before any language or layout: boxes in boxes, joined by arrows. The question: *what does the reader see?*
//!
//! A scene is plain data, and every writer (PlantUML first) draws the same scene. Each box and arrow says which elements of the model it stands for, so that a
//! picture can be checked against the model: nothing is left out without a number that says so.

use std::fmt;

use super::text::Text;

macro_rules! generated_ids {
    ($($(#[$doc:meta])* $name:ident $letter:literal)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            pub(super) fn at(index: usize) -> Self {
                Self(u32::try_from(index).expect("a scene has fewer than 2^32 boxes"))
            }

            /// Returns the ids of a scene's list of some length, in order.
            pub fn first(length: usize) -> impl Iterator<Item = Self> {
                (0..length).map(Self::at)
            }

            /// Returns the index in the scene's list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        /// Prints the identifier by which a writer names the box. It is generated: no text of a user is ever an identifier.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0 + 1)
            }
        }
    )*};
}

generated_ids! {
    /// Names a group.
    GroupId "g"
    /// Names a node.
    NodeId "n"
}

/// One picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The line above the picture.
    pub title: Text,
    /// Frames around nodes and other frames, parents before children.
    pub groups: Vec<Group>,
    /// Boxes, in the order of the model's ids; of a sequence, in the order of their first appearance.
    pub nodes: Vec<Node>,
    /// Arrows, in the order of the model's links; of a sequence, in the order of time.
    pub edges: Vec<Edge>,
    /// Nodes of one group that stand side by side.
    pub together: Vec<Vec<NodeId>>,
    /// Lines below the picture.
    pub legend: Vec<Text>,
    /// How the picture is read.
    pub kind: SceneKind,
}

/// How a picture is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SceneKind {
    /// Boxes joined by arrows.
    Graph,
    /// Participants side by side, and what happens from top to bottom.
    Sequence(Vec<Moment>),
}

/// One line of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// An arrow: its index in [`Scene::edges`].
    Arrow(usize),
    /// A frame opens.
    Open(Fragment, Text),
    /// The next part of the innermost open frame.
    Else(Text),
    /// The innermost open frame closes.
    Close,
}

/// A frame around a part of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragment {
    /// One of its parts happens.
    Alternative,
    /// It may happen.
    Optional,
    /// Its parts happen at the same time.
    Parallel,
    /// It happens several times.
    Loop,
}

/// A frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The words of the box, and what they stand for.
    pub face: Face,
    /// The frame around it.
    pub parent: Option<GroupId>,
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The words of the box, and what they stand for.
    pub face: Face,
    /// The frame around it.
    pub group: Option<GroupId>,
}

/// What boxes and frames have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// The name.
    pub label: Text,
    /// Signs behind the name that stand for arrows, such as `①`.
    pub badges: Vec<Text>,
    /// Smaller lines below the name.
    pub lines: Vec<Text>,
    /// The outline.
    pub shape: Shape,
    /// The colour, which never says more than the lines do.
    pub fill: Fill,
    /// The ids of the components that it stands for.
    pub components: Vec<String>,
    /// The id of the one shard that it stands for, such as `db/A-K`, where each has a box.
    pub shard: Option<String>,
    /// The ids of the locations that it stands for.
    pub locations: Vec<String>,
    /// The keys of links that it holds instead of arrows.
    pub links: Vec<String>,
}

impl Face {
    /// Returns the words of a box: the name with its badges, and the lines below it, each escaped for the format that is written.
    pub(super) fn escaped_words(&self, line_break: &str, escape: impl Fn(&Text) -> String) -> String {
        let mut out = escape(&self.label);
        for badge in &self.badges {
            out.push(' ');
            out.push_str(&escape(badge));
        }
        for line in &self.lines {
            out.push_str(line_break);
            out.push_str(&escape(line));
        }
        out
    }
}

/// An outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A person.
    Actor,
    /// A program on a device, or beside another program.
    Agent,
    /// A cloud.
    Cloud,
    /// Several equal copies.
    Collections,
    /// A program.
    Component,
    /// A store of records.
    Database,
    /// A titled frame.
    Frame,
    /// A machine.
    Node,
    /// A queue, topic or log.
    Queue,
    /// A plain box.
    Rectangle,
    /// A store of files or objects.
    Storage,
}

impl Shape {
    /// Returns the word for the outline.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Agent => "agent",
            Self::Cloud => "cloud",
            Self::Collections => "collections",
            Self::Component => "component",
            Self::Database => "database",
            Self::Frame => "frame",
            Self::Node => "node",
            Self::Queue => "queue",
            Self::Rectangle => "rectangle",
            Self::Storage => "storage",
        }
    }
}

/// The colour of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// No colour.
    Plain,
    /// Drawn in another picture in full; here with a dashed outline.
    Neighbour,
    /// Down, it costs no traffic.
    Harmless,
    /// Down, it costs less than a tenth of the traffic.
    Light,
    /// Down, it costs less than half of the traffic.
    Medium,
    /// Down, it costs half of the traffic or more.
    Heavy,
    /// Down, it costs all traffic.
    Total,
    /// Between two alternatives it differs.
    Marked(Mark),
}

/// What became of a box or an arrow from one alternative to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl Mark {
    /// Returns the word for it, which stands beside every colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// An end of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A box.
    Node(NodeId),
    /// A frame.
    Group(GroupId),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
        }
    }
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// The words on it.
    pub label: Option<Text>,
    /// Its heads.
    pub heads: Heads,
    /// Its line.
    pub line: Line,
    /// Where its end is put.
    pub toward: Toward,
    /// Whether nobody waits for an answer.
    pub is_message: bool,
    /// Whether it shows a failure.
    pub is_failed: bool,
    /// Whether it only puts its ends in their places.
    pub is_hidden: bool,
    /// What became of it, between two alternatives.
    pub mark: Option<Mark>,
    /// The keys of the links that it stands for.
    pub links: Vec<String>,
}

/// The heads of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heads {
    /// None.
    None,
    /// One at its end.
    End,
    /// One at each end.
    Both,
}

/// The line of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Use by a person, or a call inside one process.
    Solid,
    /// Between processes.
    Dashed,
    /// Copies.
    Dotted,
}

/// Where the end of an arrow is put, as seen from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// Below, as long as nothing speaks against it.
    Below,
    /// Above.
    Above,
    /// To the right.
    Right,
}

impl Face {
    /// Makes a face that shows a name.
    pub(super) fn new(label: &str, shape: Shape) -> Self {
        Self {
            label: Text::new(label),
            badges: Vec::new(),
            lines: Vec::new(),
            shape,
            fill: Fill::Plain,
            components: Vec::new(),
            shard: None,
            locations: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        self.lines.push(Text::new(line));
    }

    /// Returns all words of the box from top to bottom, separated by spaces.
    pub fn words(&self) -> String {
        std::iter::once(&self.label).chain(&self.badges).chain(&self.lines).map(Text::as_str).collect::<Vec<_>>().join(" ")
    }
}

impl Edge {
    /// Makes a dashed arrow.
    pub(super) const fn new(from: End, to: End) -> Self {
        Self {
            from,
            to,
            label: None,
            heads: Heads::End,
            line: Line::Dashed,
            toward: Toward::Below,
            is_message: false,
            is_failed: false,
            is_hidden: false,
            mark: None,
            links: Vec::new(),
        }
    }

    /// Makes an arrow that only puts its ends in their places.
    pub(super) const fn hidden(from: End, to: End, toward: Toward) -> Self {
        let mut edge = Self::new(from, to);
        edge.heads = Heads::None;
        edge.line = Line::Solid;
        edge.toward = toward;
        edge.is_hidden = true;
        edge
    }
}

impl Scene {
    /// Makes an empty picture.
    pub(super) fn new(title: &str) -> Self {
        Self {
            title: Text::new(title),
            groups: Vec::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            together: Vec::new(),
            legend: Vec::new(),
            kind: SceneKind::Graph,
        }
    }

    /// Adds a frame.
    pub(super) fn add_group(&mut self, face: Face, parent: Option<GroupId>) -> GroupId {
        self.groups.push(Group { face, parent });
        GroupId::at(self.groups.len() - 1)
    }

    /// Adds a box.
    pub(super) fn add_node(&mut self, face: Face, group: Option<GroupId>) -> NodeId {
        self.nodes.push(Node { face, group });
        NodeId::at(self.nodes.len() - 1)
    }

    /// Adds a line to the legend.
    pub(super) fn note(&mut self, line: &str) {
        self.legend.push(Text::new(line));
    }

    /// Returns the faces of all frames and boxes.
    pub fn faces(&self) -> impl Iterator<Item = &Face> {
        self.groups.iter().map(|group| &group.face).chain(self.nodes.iter().map(|node| &node.face))
    }

    pub(super) fn faces_mut(&mut self) -> impl Iterator<Item = &mut Face> {
        self.groups.iter_mut().map(|group| &mut group.face).chain(self.nodes.iter_mut().map(|node| &mut node.face))
    }

    /// Returns the words of an end.
    pub fn face(&self, end: End) -> &Face {
        match end {
            End::Node(id) => &self.nodes[id.index()].face,
            End::Group(id) => &self.groups[id.index()].face,
        }
    }
}
