use std::num::NonZero;
use std::ops::Range;
use std::sync::Mutex;

use rayon_core::{ThreadPool, ThreadPoolBuilder};

use super::Engine;
use super::digest::{Cache, Digest};
use super::router::{Memory, View};
use super::shard::{Again, Shard, Shared};
use super::together::{Read, together};
use super::told::Told;
use crate::AlertChange;

/// What an engine on several threads has beside its shards.
#[derive(Debug)]
pub(super) struct Threads {
    /// The others beside the caller's: they wait between two pieces of the log, since a thread
    /// takes longer to start than a short piece does.
    others: ThreadPool,
    /// One of each thread.
    caches: Vec<Cache>,
    /// What was worked out and is to be judged.
    now: Vec<Digest>,
    /// What is worked out meanwhile.
    next: Vec<Digest>,
    told: Told,
}

impl Threads {
    /// So many; none where there is no other than the caller's, or where the machine has no more.
    pub(super) fn new(count: usize) -> Option<Self> {
        let others = NonZero::new(count.checked_sub(1)?)?.get();
        let others = ThreadPoolBuilder::new()
            .num_threads(others)
            .thread_name(|number| format!("jwtrail-detect-{number}"));
        let digests = || (0..AT_ONCE.div_ceil(PIECE)).map(|_| Digest::default());
        Some(Self {
            others: others.build().ok()?,
            caches: (0..count).map(|_| Cache::default()).collect(),
            now: digests().collect(),
            next: digests().collect(),
            told: Told::new(),
        })
    }

    /// How many shards there are for so many threads. Working events out takes about as long as
    /// judging them, and is done while those before them are judged.
    pub(super) const fn shards(count: usize) -> usize {
        match count {
            1 => 1,
            2 | 3 => 2,
            _ => count / 2,
        }
    }
}

impl Engine {
    /// Takes in several events on all threads: while the shards judge some of them, the others
    /// work out the next.
    pub(super) fn observe_on(
        &mut self,
        threads: &mut Threads,
        count: usize,
        read: &impl Read,
        changes: &mut Vec<AlertChange>,
    ) {
        let again: Again<'_> = &|index, say| {
            read(index, &mut |observation| {
                say(observation.record, observation.producer);
            });
        };
        let mut judged = 0..0;
        let mut next = 0..at_once(count);
        while !judged.is_empty() || !next.is_empty() {
            let before = self.events;
            self.note(&mut threads.now, Some(&mut threads.told), again);
            let now = &threads.now;
            let view = View {
                names: &self.names,
                memory: Memory::Told(&threads.told),
                turned: self.known.turned(),
            };
            let (router, names, spread) = (&self.router, &self.names, &self.spread);
            let pieces = Mutex::new(pieces(next.clone()).zip(&mut threads.next));
            let next_piece = || pieces.lock().ok()?.next();
            // The shards are last: this thread has one, and runs already.
            let idle = threads.caches.len().saturating_sub(spread.shards());
            let shards = self.shards.iter_mut().enumerate().map(Some);
            let shards = std::iter::repeat_with(|| None).take(idle).chain(shards);
            let work = |(cache, shard): (&mut Cache, Option<(usize, &mut Shard)>)| {
                if let Some((this, shard)) = shard {
                    let shared = Shared {
                        router,
                        names,
                        spread,
                        this,
                        before,
                    };
                    shard.run(shared, now, again);
                }
                while let Some((events, digest)) = next_piece() {
                    together(events, read, |some| {
                        router.digest(view, some, cache, digest)
                    });
                }
            };
            on_threads(&threads.others, threads.caches.iter_mut().zip(shards), work);
            self.tell(changes);
            threads.now.iter_mut().for_each(Digest::clear);
            std::mem::swap(&mut threads.now, &mut threads.next);
            judged = next;
            next = judged.end..judged.end + at_once(count - judged.end);
        }
    }
}

/// How many of those that are left are worked out while others are judged: ever fewer at the
/// end, since there is nothing else to do while the last of them are judged.
fn at_once(left: usize) -> usize {
    left.min(left.div_ceil(2).clamp(FEW, AT_ONCE))
}

/// The events in pieces that are worth a thread.
fn pieces(events: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = events.end;
    events
        .step_by(PIECE)
        .map(move |from| from..end.min(from + PIECE))
}

/// Does a piece of work on each, all at once; the last on this thread.
fn on_threads<T: Send>(
    others: &ThreadPool,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) + Sync,
) {
    let mut items = items.peekable();
    others.in_place_scope(|scope| {
        while let Some(item) = items.next() {
            let work = &work;
            if items.peek().is_none() {
                work(item);
            } else {
                scope.spawn(move |_| work(item));
            }
        }
    });
}

/// So many events are judged while as many others are worked out: it has to be worth a thread.
const AT_ONCE: usize = 4_096;
/// At the end so few are.
const FEW: usize = 256;
/// So many are worked out by one thread before it asks for more.
const PIECE: usize = 128;
