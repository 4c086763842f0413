//! One callee at work: the way there, sidecars, connection, worker, copies, what it calls in turn, the way back.

use super::engine::{Action, Engine, What};
use super::frame::{Frame, FrameId, Kind, Phase, Waiter};
use super::program::{Step, UNLIMITED};

/// Of so many repetitions inside a process each one's work is drawn; of more, their mean is taken.
const MAX_DRAWN_REPETITIONS: u64 = 32;

impl Engine<'_> {
    /// Takes a visit as far as it gets at this time.
    pub(super) fn advance(&mut self, at: u32) {
        let program = self.program;
        loop {
            let (call, phase) = (self.frames.get(at).call, self.frames.get(at).phase);
            let step = &program.calls[call as usize];
            let link = &program.links[step.link as usize];
            match phase {
                Phase::Out if step.is_inside => {
                    let frame = self.frames.get_mut(at);
                    (frame.position, frame.phase) = (step.below.first, Phase::Below);
                }
                Phase::Out => {
                    let half = link.round_trip.draw(&mut self.random) / 2.0;
                    let frame = self.frames.get_mut(at);
                    frame.back = if step.is_message { 0.0 } else { half };
                    frame.phase = Phase::Sidecar;
                    if self.delay(half + step.bytes, at) {
                        return;
                    }
                }
                Phase::Sidecar if (self.frames.get(at).position as usize) < link.sidecars.len() => {
                    self.frames.get_mut(at).phase = Phase::AtSidecar;
                    let hop = program.same_host.draw(&mut self.random);
                    if self.delay(hop, at) {
                        return;
                    }
                }
                Phase::Sidecar => {
                    let station = link.pool.map(|pool| self.choose(pool, self.frames.get(at).shard));
                    let frame = self.frames.get_mut(at);
                    (frame.station, frame.phase) = (station, Phase::Accepted);
                    if let Some(station) = station
                        && !self.accept(at, station)
                    {
                        return;
                    }
                }
                Phase::AtSidecar => {
                    let (pool, _) = link.sidecars[self.frames.get(at).position as usize];
                    let station = self.choose(pool, None);
                    let frame = self.frames.get_mut(at);
                    (frame.station, frame.phase) = (Some(station), Phase::SidecarDone);
                    self.enter(at, station);
                    return;
                }
                Phase::SidecarDone => {
                    let frame = self.frames.get_mut(at);
                    frame.position += 1;
                    (frame.station, frame.phase) = (None, Phase::Sidecar);
                }
                Phase::Accepted => {
                    self.frames.get_mut(at).phase = Phase::Done;
                    if let Some(station) = self.frames.get(at).station {
                        self.enter(at, station);
                        return;
                    }
                    let work = self.work(call);
                    if self.delay(work, at) {
                        return;
                    }
                }
                // Most calls write nothing that is copied.
                Phase::Done if step.copies.is_none() && step.targets.is_empty() => {
                    let frame = self.frames.get_mut(at);
                    (frame.phase, frame.station, frame.position) = (Phase::Below, None, step.below.first);
                }
                Phase::Done => {
                    let frame = self.frames.get_mut(at);
                    (frame.phase, frame.station, frame.left) = (Phase::Copying, None, 1);
                    self.copy(at, call);
                    // The visit itself is one of those that the count waits for.
                    self.frames.get_mut(at).left -= 1;
                    if self.frames.get(at).left > 0 {
                        return;
                    }
                    let frame = self.frames.get_mut(at);
                    (frame.position, frame.phase) = (step.below.first, Phase::Below);
                }
                Phase::Copying => {
                    self.copied(at);
                    return;
                }
                Phase::Below if self.frames.get(at).position < step.below.end => {
                    let frame = self.frames.get(at);
                    let (position, request) = (frame.position as usize, frame.request);
                    let waiter = Waiter { frame: FrameId { at, generation: frame.generation }, epoch: 0 };
                    self.will_start(program.children[position], waiter, request);
                    return;
                }
                Phase::Below => {
                    self.frames.get_mut(at).phase = Phase::Back;
                    if let Some(station) = self.frames.get_mut(at).connection.take() {
                        self.disconnect(station);
                    }
                    let back = self.frames.get(at).back;
                    if self.delay(back, at) {
                        return;
                    }
                }
                Phase::Back => {
                    if step.is_message {
                        let request = self.frames.get(at).request;
                        self.message_ended(request);
                    }
                    let (waiter, request) = self.ended(at);
                    self.notify(waiter, request);
                    return;
                }
            }
        }
    }

    /// Begins what a writing visit waits for: its own copies, and the targets along which it is copied.
    fn copy(&mut self, at: u32, call: u32) {
        let program = self.program;
        let step = &program.calls[call as usize];
        let frame = self.frames.get(at);
        let (request, generation) = (frame.request, frame.generation);
        if let Some(copies) = &step.copies {
            let wait = copies.draw(&mut self.random);
            if self.delay(wait, at) {
                self.frames.get_mut(at).left += 1;
            }
        }
        for (target, waits) in &step.targets {
            let waiter = if *waits { Waiter { frame: FrameId { at, generation }, epoch: 0 } } else { Waiter::NONE };
            self.frames.get_mut(at).left += u64::from(*waits);
            let visit = self.add(Frame::new(Kind::Visit, waiter, request, *target));
            self.todo.push(Action::Advance(visit.at));
        }
    }

    /// One of the copies is made.
    pub(super) fn copied(&mut self, at: u32) {
        let below = self.program.calls[self.frames.get(at).call as usize].below;
        let frame = self.frames.get_mut(at);
        frame.left -= 1;
        if frame.left == 0 {
            (frame.position, frame.phase) = (below.first, Phase::Below);
            self.todo.push(Action::Advance(at));
        }
    }

    /// Chooses the station of a pool: the given shard's, or one by share; of a store that answers reads from all copies, sometimes the leader's.
    fn choose(&mut self, pool: u32, shard: Option<u32>) -> u32 {
        let program = self.program;
        let mut chosen = &program.pools[pool as usize];
        if let Some((leader, part)) = chosen.leader
            && self.random.happens(part)
        {
            chosen = &program.pools[leader as usize];
        }
        let last = u32::try_from(chosen.shares.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let shard = match shard {
            Some(shard) => shard,
            None if last == 0 => 0,
            None => {
                let drawn = self.random.share() * chosen.shares.last().copied().unwrap_or(1.0);
                u32::try_from(chosen.shares.partition_point(|upto| *upto <= drawn)).unwrap_or(u32::MAX)
            }
        };
        chosen.first + shard.min(last)
    }

    /// Takes a connection of a station; says whether there was one.
    fn accept(&mut self, at: u32, station: u32) -> bool {
        let limit = self.program.stations[station as usize].connections;
        if limit == UNLIMITED {
            return true;
        }
        let state = &mut self.stations[station as usize];
        if state.held >= limit {
            state.waiting.push_back(at);
            return false;
        }
        state.held += 1;
        self.frames.get_mut(at).connection = Some(station);
        true
    }

    fn disconnect(&mut self, station: u32) {
        let state = &mut self.stations[station as usize];
        match state.waiting.pop_front() {
            // The connection passes on.
            Some(next) => {
                self.frames.get_mut(next).connection = Some(station);
                self.todo.push(Action::Advance(next));
            }
            None => state.held -= 1,
        }
    }

    fn enter(&mut self, at: u32, station: u32) {
        let servers = self.program.stations[station as usize].servers;
        let state = &mut self.stations[station as usize];
        if servers == UNLIMITED || state.busy < servers {
            self.begin(at, station);
        } else {
            state.queue.push_back(at);
        }
    }

    fn begin(&mut self, at: u32, station: u32) {
        self.stations[station as usize].busy += 1;
        let frame = self.frames.get(at);
        let (call, position) = (frame.call, frame.position as usize);
        let work = if frame.phase == Phase::SidecarDone {
            let link = self.program.calls[call as usize].link as usize;
            self.program.links[link].sidecars[position].1.draw(&mut self.random)
        } else {
            self.work(call)
        };
        if self.now >= self.span.warm_up && self.now <= self.span.end {
            self.found.work[station as usize] += work;
        }
        let mut begins = self.now;
        if let Some(stall) = self.span.stall {
            let first = self.program.pools[stall.pool].first as usize;
            let is_stalled = (first..first + self.program.pools[stall.pool].shares.len()).contains(&(station as usize));
            if is_stalled && begins >= stall.from {
                begins = begins.max(stall.to);
            }
        }
        self.plan(begins + work, What::Wake(at));
    }

    /// A worker is free again.
    pub(super) fn leave(&mut self, station: u32) {
        let state = &mut self.stations[station as usize];
        state.busy -= 1;
        match state.queue.pop_front() {
            Some(next) => self.begin(next, station),
            None => self.note_recovery(Some(station)),
        }
    }

    /// Notes that a station of the stalled pool, or each of them, has no queue any more.
    pub(super) fn note_recovery(&mut self, only: Option<u32>) {
        let Some(stall) = self.span.stall.filter(|stall| self.now >= stall.to) else { return };
        let pool = &self.program.pools[stall.pool];
        for shard in 0..pool.shares.len() {
            let station = pool.first as usize + shard;
            let is_meant = only.is_none_or(|only| only as usize == station);
            if is_meant && self.found.recovered[shard].is_none() && self.stations[station].queue.is_empty() {
                self.found.recovered[shard] = Some(self.now - stall.to);
            }
        }
    }

    /// Draws the work of one visit: the callee's, and that of all calls inside its process.
    fn work(&mut self, call: u32) -> f64 {
        let program = self.program;
        let step = &program.calls[call as usize];
        let mut work = step.work.draw(&mut self.random);
        if !step.has_inside {
            return work;
        }
        let mut inside = std::mem::take(&mut self.inside);
        inside.extend(step.below.indices().map(|at| (program.children[at], 1.0)));
        while let Some((step, factor)) = inside.pop() {
            self.found.events += 1;
            match &program.steps[step as usize] {
                Step::Sequence(children) | Step::Parallel(children, _) => {
                    inside.extend(children.indices().map(|at| (program.children[at], factor)));
                }
                Step::Choice(children, shares) => {
                    let drawn = self.random.share() * shares.last().copied().unwrap_or(0.0);
                    let at = shares.partition_point(|upto| *upto <= drawn).min(shares.len().saturating_sub(1));
                    inside.extend(children.indices().nth(at).map(|at| (program.children[at], factor)));
                }
                Step::Cached(children, miss) => {
                    let taken = if self.random.happens(*miss) { 2 } else { 1 };
                    inside.extend(children.indices().take(taken).map(|at| (program.children[at], factor)));
                }
                Step::Call(call) => {
                    let call = &program.calls[*call as usize];
                    if !call.is_inside || !self.random.happens(call.when) {
                        continue;
                    }
                    #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
                    let times = call.times as f64;
                    work += factor
                        * if call.times <= MAX_DRAWN_REPETITIONS {
                            (0..call.times).map(|_| call.work.draw(&mut self.random)).sum()
                        } else {
                            times * call.work.mean()
                        };
                    inside.extend(call.below.indices().map(|at| (program.children[at], factor * times)));
                }
            }
        }
        self.inside = inside;
        work
    }
}
