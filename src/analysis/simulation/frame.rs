//! What is under way: a frame for every step that has begun and not ended, in one list whose places are used again.

/// Stands for "nobody": the frame of a request's first step.
const NOBODY: u32 = u32::MAX;

/// Names a frame, and which of those that had its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameId {
    pub(super) at: u32,
    pub(super) generation: u32,
}

/// Who is told when a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiter {
    pub(super) frame: FrameId,
    /// What the frame waited for when the step began: an answer to an attempt that was given up is not heard.
    pub(super) epoch: u32,
}

impl Waiter {
    /// The request itself.
    pub(super) const REQUEST: Self = Self { frame: FrameId { at: NOBODY, generation: 0 }, epoch: 0 };
    /// Nobody: a message.
    pub(super) const NONE: Self = Self { frame: FrameId { at: NOBODY, generation: 1 }, epoch: 0 };
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Steps one after another: from `position` to `end` of the program's children.
    Sequence,
    /// Steps at once: `left` answers are waited for.
    Parallel,
    /// A call with its repetitions and attempts.
    Call,
    /// An attempt that goes to several callees: `left` answers are waited for.
    Attempt,
    /// One callee at work.
    Visit,
}

/// A step that has begun.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) generation: u32,
    pub(super) waiter: Waiter,
    pub(super) request: u32,
    /// The call of the program, of calls, attempts and visits.
    pub(super) call: u32,
    /// What it waits for now.
    pub(super) epoch: u32,
    /// Where it is: in the list of children, or of sidecars.
    pub(super) position: u32,
    pub(super) end: u32,
    /// Answers, or repetitions, that are still to come.
    pub(super) left: u64,
    /// Attempts after the first.
    pub(super) retries: u64,
    pub(super) phase: Phase,
    /// The shard that it goes to, where that is not left to chance.
    pub(super) shard: Option<u32>,
    /// The station at which it waits or works, where its callee has workers.
    pub(super) station: Option<u32>,
    /// The station whose connection it holds.
    pub(super) connection: Option<u32>,
    /// The way back, in seconds.
    pub(super) back: f64,
}

/// What a visit does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It leaves.
    Out,
    /// It comes to a sidecar, or past the last one.
    Sidecar,
    /// It asks for the sidecar's worker.
    AtSidecar,
    /// The sidecar's worker is done.
    SidecarDone,
    /// It asks for a worker: a connection is held where they are limited.
    Accepted,
    /// The worker is done.
    Done,
    /// It waits for copies.
    Copying,
    /// It calls others.
    Below,
    /// The answer is back.
    Back,
}

impl Frame {
    pub(super) const fn new(kind: Kind, waiter: Waiter, request: u32, call: u32) -> Self {
        Self {
            kind,
            generation: 0,
            waiter,
            request,
            call,
            epoch: 0,
            position: 0,
            end: 0,
            left: 0,
            retries: 0,
            phase: Phase::Out,
            shard: None,
            station: None,
            connection: None,
            back: 0.0,
        }
    }
}

/// All frames.
#[derive(Debug, Default)]
pub(super) struct Frames {
    frames: Vec<Frame>,
    free: Vec<u32>,
}

impl Frames {
    /// Returns how many are under way.
    pub(super) fn open(&self) -> usize {
        self.frames.len() - self.free.len()
    }

    pub(super) fn add(&mut self, mut frame: Frame) -> FrameId {
        if let Some(at) = self.free.pop() {
            let place = &mut self.frames[at as usize];
            frame.generation = place.generation.wrapping_add(1);
            let generation = frame.generation;
            *place = frame;
            return FrameId { at, generation };
        }
        let at = u32::try_from(self.frames.len()).expect("frames are limited");
        let generation = frame.generation;
        self.frames.push(frame);
        FrameId { at, generation }
    }

    /// Ends a frame; what still speaks of it is not heard.
    pub(super) fn end(&mut self, at: u32) {
        let place = &mut self.frames[at as usize];
        place.generation = place.generation.wrapping_add(1);
        self.free.push(at);
    }

    /// Returns a frame, unless it has ended.
    pub(super) fn find(&self, id: FrameId) -> Option<&Frame> {
        self.frames.get(id.at as usize).filter(|frame| frame.generation == id.generation)
    }

    pub(super) fn get(&self, at: u32) -> &Frame {
        &self.frames[at as usize]
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut Frame {
        &mut self.frames[at as usize]
    }
}
