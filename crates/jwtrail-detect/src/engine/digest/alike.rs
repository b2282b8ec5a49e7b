use super::Touch;

/// What events lately were to the rules whose keys many events share: those that agree in all
/// that decides it are the same to them, but for their places in their sequences.
#[derive(Debug, Default)]
pub(in crate::engine) struct Alike(Vec<Known>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// All that decides it.
    told: Vec<u8>,
    touches: Vec<Touch>,
}

impl Alike {
    /// Adds what an event is, worked out only where no like one was here lately.
    pub(in crate::engine) fn add(
        &mut self,
        told: &[u8],
        seq: u64,
        touches: &mut Vec<Touch>,
        work: impl FnOnce(&mut Vec<Touch>),
    ) {
        if self.0.is_empty() {
            self.0.resize(PLACES, Known::default());
        }
        let Some(known) = self.0.get_mut(place(told)) else {
            return;
        };
        if known.told != told {
            known.told.clear();
            known.told.extend(told);
            known.touches.clear();
            work(&mut known.touches);
        }
        let from = touches.len();
        touches.extend(known.touches.iter().cloned());
        for touch in touches.iter_mut().skip(from) {
            if let Some(touched) = &mut touch.what {
                touched.facts.place_at(seq);
            }
        }
    }
}

/// Events that differ here may share a place: then the latter is worked out anew.
fn place(told: &[u8]) -> usize {
    let (words, rest) = told.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    let mixed = words.chain(rest).fold(0_u64, |mixed, word| {
        (mixed ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    });
    mixed as usize % PLACES
}

const PLACES: usize = 256;

#[cfg(test)]
mod tests {
    use super::{Alike, Touch};

    #[test]
    fn only_what_is_wholly_alike_is_not_worked_out_again() {
        let (mut alike, mut touches, mut worked) = (Alike::default(), Vec::new(), 0);
        let mut add = |told: &[u8]| {
            let before = worked;
            alike.add(told, 1, &mut touches, |touches| {
                worked += 1;
                touches.push(Touch {
                    rule: 0,
                    what: None,
                    first: true,
                });
            });
            worked > before
        };
        assert!(add(b"orders, accepted, and more"));
        assert!(!add(b"orders, accepted, and more"));
        for other in 0..1_000_u32 {
            assert!(add(&other.to_le_bytes()));
        }
        assert_eq!(touches.len(), 1_002);
    }
}
