//! The clock, the events, and what each of them changes.
//!
//! Steps begin and end at once, one after another from a list of what is to do, so nothing recurses however deep the calls go. Events of one time come in the order
//! in which they were planned.

use std::collections::VecDeque;

use super::events::Events;
use super::frame::{Frame, FrameId, Frames, Kind, Phase, Waiter};
use super::guard::Guard;
use super::program::{Children, Program, Step};
use super::random::Random;

/// The most steps that may be under way at once in one replication; what needs more grows without end.
pub const MAX_OPEN_STEPS: usize = 500_000;

/// The most steps that begin and end for each event that a replication may have: calls that take no time are no events, and may be nested without end.
const ACTIONS_PER_EVENT: u64 = 4;

/// After so many events it is asked whether to go on.
const EVENTS_BETWEEN_QUESTIONS: u64 = 1 << 16;

/// What a replication runs for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// Requests that come before are not counted.
    pub(super) warm_up: f64,
    /// No request comes after.
    pub(super) end: f64,
    /// No event is handled beyond.
    pub(super) max_events: u64,
    /// A pool that stands still for a while.
    pub(super) stall: Option<Stall>,
}

/// A pool whose workers begin nothing for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stall {
    pub(super) pool: usize,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Why a replication ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All requests that count were answered, or its time was over.
    Complete,
    /// At the limit of events.
    Events,
    /// At the limit of steps under way.
    OpenSteps,
    /// Somebody stopped it: what it found is not whole.
    Stopped,
}

/// What a replication found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// By journey: the seconds until each answer.
    pub(super) responses: Vec<Vec<f64>>,
    /// By journey: the seconds until the last message behind a request was worked off.
    pub(super) completions: Vec<Vec<f64>>,
    /// By journey: requests of which a call ended without an answer in time.
    pub(super) given_up: Vec<u64>,
    /// By station: seconds of work that began while requests counted.
    pub(super) work: Vec<f64>,
    /// Requests that counted, and those of them that were still open when the last one came.
    pub(super) counted: u64,
    pub(super) open_at_end: u64,
    pub(super) events: u64,
    pub(super) end: End,
    /// When each station of the stalled pool had no queue for the first time after the stall.
    pub(super) recovered: Vec<Option<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A request of a journey comes.
    Arrival(u32),
    /// A visit has travelled, or a worker is done with it.
    Wake(u32),
    /// An attempt has taken too long.
    Timeout(u32, u32, u32),
    /// A second call is sent.
    Hedge(u32, u32, u32),
    /// The pause before the next attempt is over.
    Again(u32, u32, u32),
    /// The stalled pool goes on.
    Resume,
}

pub(super) enum Action {
    /// Made by [`Engine::will_start`], so that the request's place is kept until it is done.
    Start {
        step: u32,
        waiter: Waiter,
        request: u32,
    },
    Notify {
        waiter: Waiter,
        request: u32,
    },
    Advance(u32),
    /// The next repetition of a call.
    Attempt(u32),
}

#[derive(Debug, Clone, Default)]
struct Request {
    journey: u32,
    start: f64,
    counts: bool,
    /// Frames that belong to it, and steps that are yet to start.
    frames: u32,
    messages: u32,
    had_messages: bool,
    last_message: f64,
    answered: bool,
    given_up: bool,
}

/// A station under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Station {
    pub(super) busy: u64,
    /// Visits that wait for a worker.
    pub(super) queue: VecDeque<u32>,
    /// Connections that are held.
    pub(super) held: u64,
    /// Visits that wait for a connection.
    pub(super) waiting: VecDeque<u32>,
}

/// A replication under way.
pub(super) struct Engine<'p> {
    pub(super) program: &'p Program,
    pub(super) span: Span,
    pub(super) random: Random,
    pub(super) now: f64,
    events: Events<What>,
    pub(super) frames: Frames,
    requests: Vec<Request>,
    free_requests: Vec<u32>,
    pub(super) stations: Vec<Station>,
    guards: Vec<Guard>,
    pub(super) todo: Vec<Action>,
    /// How many were done.
    actions: u64,
    /// Requests that count and are not answered.
    open: u64,
    pub(super) found: Found,
    pub(super) inside: Vec<(u32, f64)>,
}

impl<'p> Engine<'p> {
    pub(super) fn new(program: &'p Program, span: Span, random: Random) -> Self {
        let journeys = program.rates.len();
        let stalled = span.stall.map_or(0, |stall| program.pools[stall.pool].shares.len());
        Self {
            program,
            span,
            random,
            now: 0.0,
            events: Events::new(),
            frames: Frames::default(),
            requests: Vec::new(),
            free_requests: Vec::new(),
            stations: vec![Station::default(); program.stations.len()],
            guards: program.links.iter().map(|link| Guard::new(link, program.breaker)).collect(),
            todo: Vec::new(),
            actions: 0,
            open: 0,
            found: Found {
                responses: vec![Vec::new(); journeys],
                completions: vec![Vec::new(); journeys],
                given_up: vec![0; journeys],
                work: vec![0.0; program.stations.len()],
                counted: 0,
                open_at_end: 0,
                events: 0,
                end: End::Complete,
                recovered: vec![None; stalled],
            },
            inside: Vec::new(),
        }
    }

    /// Runs to the end; asks now and then whether to go on.
    pub(super) fn run(mut self, goes_on: &mut dyn FnMut() -> bool) -> Found {
        for journey in 0..self.program.rates.len() {
            self.plan_arrival(journey);
        }
        if let Some(stall) = self.span.stall {
            self.plan(stall.to, What::Resume);
        }
        let mut is_over = false;
        while let Some((time, what)) = self.events.next() {
            if !is_over && time > self.span.end {
                is_over = true;
                self.found.open_at_end = self.open;
            }
            if is_over && (self.open == 0 || self.span.stall.is_some()) {
                break;
            }
            self.now = time;
            self.found.events += 1;
            if self.found.events >= self.span.max_events {
                self.found.end = End::Events;
            }
            if self.found.events.is_multiple_of(EVENTS_BETWEEN_QUESTIONS) && !goes_on() {
                self.found.end = End::Stopped;
            }
            self.handle(what);
            self.work_off();
            if self.found.end != End::Complete {
                break;
            }
        }
        if !is_over {
            self.found.open_at_end = self.open;
        }
        self.found
    }

    pub(super) fn plan(&mut self, time: f64, what: What) {
        self.events.plan(time, what);
    }

    /// Plans to go on after a delay; says whether there is one.
    pub(super) fn delay(&mut self, seconds: f64, frame: u32) -> bool {
        if seconds <= 0.0 {
            return false;
        }
        self.plan(self.now + seconds, What::Wake(frame));
        true
    }

    fn plan_arrival(&mut self, journey: usize) {
        let rate = self.program.rates[journey];
        if rate > 0.0 {
            let time = self.now + self.random.exponential() / rate;
            if time <= self.span.end {
                self.plan(time, What::Arrival(index(journey)));
            }
        }
    }

    fn handle(&mut self, what: What) {
        match what {
            What::Arrival(journey) => {
                self.plan_arrival(journey as usize);
                self.arrive(journey);
            }
            What::Wake(at) => {
                let frame = self.frames.get(at);
                if let (Phase::SidecarDone | Phase::Done, Some(station)) = (frame.phase, frame.station) {
                    self.leave(station);
                }
                self.advance(at);
            }
            What::Timeout(at, generation, epoch) => {
                if self.is_waiting(at, generation, epoch) {
                    self.failed(at);
                }
            }
            What::Hedge(at, generation, epoch) => {
                if self.is_waiting(at, generation, epoch) {
                    self.send(at);
                }
            }
            What::Again(at, generation, epoch) => {
                if self.is_waiting(at, generation, epoch) {
                    self.attempt(at);
                }
            }
            What::Resume => self.note_recovery(None),
        }
    }

    fn is_waiting(&self, at: u32, generation: u32, epoch: u32) -> bool {
        self.frames.find(FrameId { at, generation }).is_some_and(|frame| frame.epoch == epoch)
    }

    fn arrive(&mut self, journey: u32) {
        let counts = self.now >= self.span.warm_up;
        let request = Request { journey, start: self.now, counts, ..Request::default() };
        let at = if let Some(at) = self.free_requests.pop() {
            self.requests[at as usize] = request;
            at
        } else {
            self.requests.push(request);
            index(self.requests.len() - 1)
        };
        if counts {
            self.open += 1;
            self.found.counted += 1;
        }
        let step = self.program.roots[journey as usize];
        self.will_start(step, Waiter::REQUEST, at);
    }

    fn work_off(&mut self) {
        let most = self.span.max_events.saturating_mul(ACTIONS_PER_EVENT);
        while let Some(action) = self.todo.pop() {
            self.actions += 1;
            if self.actions >= most {
                self.found.end = End::Events;
            }
            match action {
                Action::Start { step, waiter, request } => {
                    self.start(step, waiter, request);
                    self.leave_request(request);
                }
                Action::Notify { waiter, request } => self.notify(waiter, request),
                Action::Advance(at) => self.advance(at),
                Action::Attempt(at) => self.attempt(at),
            }
            if self.found.end != End::Complete {
                self.todo.clear();
            }
        }
    }

    pub(super) fn add(&mut self, frame: Frame) -> FrameId {
        self.requests[frame.request as usize].frames += 1;
        if self.frames.open() >= MAX_OPEN_STEPS {
            self.found.end = End::OpenSteps;
        }
        self.frames.add(frame)
    }

    pub(super) fn end(&mut self, at: u32) {
        let request = self.frames.get(at).request;
        self.frames.end(at);
        self.leave_request(request);
    }

    /// Puts a step on the list of what is to do. A request of which a step is yet to start keeps its place: the answer of a member that does not happen may be
    /// all that a fan-out waits for, before the others have started.
    pub(super) fn will_start(&mut self, step: u32, waiter: Waiter, request: u32) {
        self.requests[request as usize].frames += 1;
        self.todo.push(Action::Start { step, waiter, request });
    }

    fn leave_request(&mut self, request: u32) {
        self.requests[request as usize].frames -= 1;
        self.release(request);
    }

    /// Frees the place of a request that is answered and of which nothing is under way.
    fn release(&mut self, request: u32) {
        let one = &self.requests[request as usize];
        if one.frames == 0 && one.answered {
            self.free_requests.push(request);
        }
    }

    fn start(&mut self, step: u32, waiter: Waiter, request: u32) {
        let program = self.program;
        match &program.steps[step as usize] {
            Step::Sequence(children) => self.sequence(*children, waiter, request),
            Step::Parallel(children, quorum) => {
                let waiter = if children.is_empty() || *quorum == 0 {
                    self.todo.push(Action::Notify { waiter, request });
                    Waiter::NONE
                } else {
                    let mut frame = Frame::new(Kind::Parallel, waiter, request, 0);
                    frame.left = u64::from(*quorum);
                    Waiter { frame: self.add(frame), epoch: 0 }
                };
                // What is pushed last starts first.
                for at in children.indices().rev() {
                    self.will_start(program.children[at], waiter, request);
                }
            }
            Step::Choice(children, shares) => {
                let drawn = self.random.share() * shares.last().copied().unwrap_or(0.0);
                let at = shares.partition_point(|upto| *upto <= drawn).min(shares.len().saturating_sub(1));
                match children.indices().nth(at) {
                    Some(at) => self.will_start(program.children[at], waiter, request),
                    None => self.todo.push(Action::Notify { waiter, request }),
                }
            }
            Step::Cached(children, miss) => {
                let end = if self.random.happens(*miss) { children.end } else { children.end.min(children.first + 1) };
                self.sequence(Children { end, ..*children }, waiter, request);
            }
            Step::Call(call) => self.start_call(*call, waiter, request),
        }
    }

    fn sequence(&mut self, children: Children, waiter: Waiter, request: u32) {
        let program = self.program;
        match children.end - children.first {
            0 => self.todo.push(Action::Notify { waiter, request }),
            1 => self.will_start(program.children[children.first as usize], waiter, request),
            _ => {
                let mut frame = Frame::new(Kind::Sequence, waiter, request, 0);
                (frame.position, frame.end) = (children.first, children.end);
                let frame = self.add(frame);
                let waiter = Waiter { frame, epoch: 0 };
                self.will_start(program.children[children.first as usize], waiter, request);
            }
        }
    }

    fn start_call(&mut self, call: u32, waiter: Waiter, request: u32) {
        let step = &self.program.calls[call as usize];
        let happens = step.times > 0 && self.random.happens(step.when);
        let does_nothing = step.is_inside && step.below.is_empty();
        if !happens || does_nothing {
            self.todo.push(Action::Notify { waiter, request });
            return;
        }
        if step.is_message {
            // Nobody waits; several in a row are worked off side by side.
            for _ in 0..step.times {
                if self.found.end != End::Complete {
                    return;
                }
                self.message_begins(request);
                let frame = self.add(Frame::new(Kind::Visit, Waiter::NONE, request, call));
                self.todo.push(Action::Advance(frame.at));
            }
            self.todo.push(Action::Notify { waiter, request });
            return;
        }
        let link = &self.program.links[step.link as usize];
        if link.is_plain && step.times == 1 {
            // Nothing happens on the way: the visit answers for the call.
            let mut visit = Frame::new(Kind::Visit, waiter, request, call);
            visit.shard = link.to_every_shard.then_some(0);
            let visit = self.add(visit);
            self.advance(visit.at);
            return;
        }
        let mut frame = Frame::new(Kind::Call, waiter, request, call);
        frame.left = step.times;
        let frame = self.add(frame);
        self.attempt(frame.at);
    }

    /// Begins an attempt of a call.
    fn attempt(&mut self, at: u32) {
        let frame = self.frames.get_mut(at);
        frame.epoch += 1;
        let (generation, epoch) = (frame.generation, frame.epoch);
        let link = self.program.calls[frame.call as usize].link as usize;
        let step = &self.program.links[link];
        if !self.guards[link].admits(self.now) {
            self.give_up(at);
            return;
        }
        if step.timeout.is_finite() {
            self.plan(self.now + step.timeout, What::Timeout(at, generation, epoch));
        }
        if let Some(delay) = step.hedge_after {
            self.plan(self.now + delay, What::Hedge(at, generation, epoch));
        }
        self.send(at);
    }

    /// Sends the call of an attempt, to each callee that it goes to.
    fn send(&mut self, at: u32) {
        let frame = self.frames.get(at);
        let (call, request) = (frame.call, frame.request);
        let mut waiter = Waiter { frame: FrameId { at, generation: frame.generation }, epoch: frame.epoch };
        let link = &self.program.links[self.program.calls[call as usize].link as usize];
        if link.width > 1 {
            let mut all = Frame::new(Kind::Attempt, waiter, request, call);
            all.left = link.width;
            waiter = Waiter { frame: self.add(all), epoch: 0 };
        }
        for callee in 0..link.width {
            if self.found.end != End::Complete {
                return;
            }
            let mut visit = Frame::new(Kind::Visit, waiter, request, call);
            visit.shard = link.to_every_shard.then(|| u32::try_from(callee).unwrap_or(u32::MAX));
            let visit = self.add(visit);
            self.todo.push(Action::Advance(visit.at));
        }
    }

    /// An attempt has ended without an answer.
    fn failed(&mut self, at: u32) {
        let frame = self.frames.get_mut(at);
        // What is still under way is not heard any more.
        frame.epoch += 1;
        let (generation, epoch, retries) = (frame.generation, frame.epoch, frame.retries);
        let link = self.program.calls[frame.call as usize].link as usize;
        let step = &self.program.links[link];
        self.guards[link].failed(self.now);
        if retries >= step.retries || !self.guards[link].may_retry() {
            self.give_up(at);
            return;
        }
        self.frames.get_mut(at).retries += 1;
        let pause = step.wait.map_or(0.0, |wait| {
            #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 the pause is at its limit")]
            let length = (wait.first.seconds() * libm::pow(wait.growth, retries as f64)).min(1e9);
            if wait.jitter { length * self.random.share() } else { length }
        });
        if pause > 0.0 {
            self.plan(self.now + pause, What::Again(at, generation, epoch));
        } else {
            self.attempt(at);
        }
    }

    /// A call has ended without an answer in time; its caller goes on.
    fn give_up(&mut self, at: u32) {
        let request = self.frames.get(at).request;
        self.requests[request as usize].given_up = true;
        if !self.repeats(at) {
            self.finish(at);
        }
    }

    /// Ends one of a call's repetitions; says whether another one begins.
    fn repeats(&mut self, at: u32) -> bool {
        let frame = self.frames.get_mut(at);
        frame.epoch += 1;
        frame.left -= 1;
        frame.retries = 0;
        let repeats = frame.left > 0;
        if repeats {
            // A breaker may refuse all that are left: no recursion.
            self.todo.push(Action::Attempt(at));
        }
        repeats
    }

    /// Ends a frame whose waiter is told later: whoever tells at once might go through all that waits, one call inside the other.
    fn finish(&mut self, at: u32) {
        let (waiter, request) = self.ended(at);
        self.todo.push(Action::Notify { waiter, request });
    }

    /// Ends a frame, and returns who is to be told.
    pub(super) fn ended(&mut self, at: u32) -> (Waiter, u32) {
        let frame = self.frames.get(at);
        let (waiter, request) = (frame.waiter, frame.request);
        self.end(at);
        (waiter, request)
    }

    /// Tells who waits that a step has ended, and as long as that ends its step, too, who waits for that.
    pub(super) fn notify(&mut self, mut waiter: Waiter, mut request: u32) {
        loop {
            if waiter == Waiter::REQUEST {
                self.answered(request);
                return;
            }
            let Some(frame) = self.frames.find(waiter.frame) else { return };
            let at = waiter.frame.at;
            match frame.kind {
                Kind::Sequence => {
                    let (position, end) = (frame.position + 1, frame.end);
                    self.frames.get_mut(at).position = position;
                    if position != end {
                        self.will_start(self.program.children[position as usize], waiter, request);
                        return;
                    }
                }
                Kind::Parallel | Kind::Attempt => {
                    let frame = self.frames.get_mut(at);
                    frame.left -= 1;
                    if frame.left > 0 {
                        return;
                    }
                }
                Kind::Call if frame.epoch == waiter.epoch => {
                    let link = self.program.calls[frame.call as usize].link as usize;
                    if self.random.happens(self.program.links[link].failed) {
                        self.failed(at);
                        return;
                    }
                    self.guards[link].answered(self.now);
                    if self.repeats(at) {
                        return;
                    }
                }
                Kind::Call => return,
                Kind::Visit if frame.phase == Phase::Copying => {
                    self.copied(at);
                    return;
                }
                Kind::Visit => {
                    self.frames.get_mut(at).position += 1;
                    self.todo.push(Action::Advance(at));
                    return;
                }
            }
            (waiter, request) = self.ended(at);
        }
    }

    fn answered(&mut self, request: u32) {
        let one = &mut self.requests[request as usize];
        one.answered = true;
        if one.counts {
            let journey = one.journey as usize;
            self.open -= 1;
            self.found.responses[journey].push(self.now - one.start);
            self.found.given_up[journey] += u64::from(one.given_up);
        }
        self.completed(request);
        self.release(request);
    }

    pub(super) fn message_begins(&mut self, request: u32) {
        let one = &mut self.requests[request as usize];
        one.messages += 1;
        one.had_messages = true;
    }

    pub(super) fn message_ended(&mut self, request: u32) {
        let one = &mut self.requests[request as usize];
        one.messages -= 1;
        one.last_message = self.now;
        self.completed(request);
    }

    /// Notes that all messages of an answered request are worked off, where they are.
    fn completed(&mut self, request: u32) {
        let one = &mut self.requests[request as usize];
        if one.answered && one.messages == 0 && one.had_messages {
            one.had_messages = false;
            if one.counts {
                self.found.completions[one.journey as usize].push(one.last_message - one.start);
            }
        }
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("what is under way is limited")
}
