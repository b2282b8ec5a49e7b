use super::key::Key;
use super::network::Network;

/// Finds an address that sends above half of the traffic for many subjects: probably a proxy
/// that is not configured as one.
///
/// It looks at accepted requests only, so that no flood of bad tokens can make an address
/// look like a proxy and escape its limit. In constant memory: the first of two windows elects
/// whoever could have the majority (Boyer and Moore), the second counts them.
#[derive(Debug, Default)]
pub(super) struct Majority {
    seen: u32,
    candidate: Option<Network>,
    votes: u32,
    watched: Option<Network>,
    watched_seen: u32,
    /// A bit for each of 64 classes of subjects that the watched address sent.
    watched_subjects: u64,
    suspected: Option<Network>,
}

impl Majority {
    /// Counts an accepted request. Gives the address if it is suspected from now on.
    pub(super) fn accepted(&mut self, address: Network, subject: Key) -> Option<Network> {
        self.vote(address);
        if self.watched == Some(address) {
            self.watched_seen += 1;
            self.watched_subjects |= 1 << (subject.0 % 64);
        }
        self.seen += 1;
        if self.seen < WINDOW {
            return None;
        }
        let before = self.suspected;
        let is_proxy =
            self.watched_seen > WINDOW / 2 && self.watched_subjects.count_ones() >= MIN_SUBJECTS;
        *self = Self {
            watched: self.candidate,
            suspected: self.watched.filter(|_| is_proxy),
            ..Self::default()
        };
        self.suspected.filter(|_| self.suspected != before)
    }

    pub(super) fn suspected(&self) -> Option<Network> {
        self.suspected
    }

    fn vote(&mut self, address: Network) {
        if self.votes == 0 {
            self.candidate = Some(address);
        }
        if self.candidate == Some(address) {
            self.votes += 1;
        } else {
            self.votes -= 1;
        }
    }
}

/// In accepted requests.
const WINDOW: u32 = 1_000;
const MIN_SUBJECTS: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: Network = Network::V6(1);

    /// Three windows in which the proxy has so many of each ten requests.
    fn told(of_ten: u32, subjects: u64) -> Vec<Network> {
        let mut majority = Majority::default();
        let requests = 0..WINDOW * 3;
        requests
            .filter_map(|number| {
                let address = if number % 10 < of_ten {
                    PROXY
                } else {
                    Network::V6(1_000 + u64::from(number))
                };
                majority.accepted(address, Key(u64::from(number) % subjects, 0))
            })
            .collect()
    }

    #[test]
    fn above_half_for_many_subjects_is_told_once() {
        assert_eq!(told(6, 100), [PROXY]);
        assert_eq!(told(10, 100), [PROXY]);
    }

    #[test]
    fn whoever_comes_first_is_not_elected_for_that() {
        let mut majority = Majority::default();
        let told = (0..WINDOW * 3).filter_map(|number| {
            // Four of ten come from one other address, and before the proxy's.
            let address = if number % 10 < 4 {
                Network::V6(2)
            } else {
                PROXY
            };
            majority.accepted(address, Key(u64::from(number), 0))
        });
        assert_eq!(told.collect::<Vec<_>>(), [PROXY]);
    }

    #[test]
    fn half_is_not_above_half() {
        assert_eq!(told(5, 100), []);
    }

    #[test]
    fn one_busy_client_is_no_proxy() {
        assert_eq!(told(10, 1), []);
        assert_eq!(told(10, 15), []);
        assert_eq!(told(10, 16), [PROXY]);
    }

    #[test]
    fn who_falls_below_half_is_no_longer_suspected() {
        let mut majority = Majority::default();
        for number in 0..u64::from(WINDOW) * 2 {
            majority.accepted(PROXY, Key(number, 0));
        }
        assert_eq!(majority.suspected(), Some(PROXY));
        for number in 0..u64::from(WINDOW) {
            majority.accepted(Network::V6(1_000 + number), Key(number, 0));
        }
        assert_eq!(majority.suspected(), None);
    }
}
