use jwtrail_event::{Record, Text};

/// What events can be found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A token's id: proven, claimed, or that of the token that a refresh replaced.
    Jti,
    /// A subject, proven or claimed.
    Sub,
    /// The ids that join what one request caused.
    CorrelationId,
    /// A token's fingerprint.
    Fingerprint,
    /// The client's address.
    ClientIp,
}

impl Field {
    /// Every field.
    pub const ALL: &'static [Self] = &[
        Self::Jti,
        Self::Sub,
        Self::CorrelationId,
        Self::Fingerprint,
        Self::ClientIp,
    ];

    /// The values of this field that a record has, each once.
    #[must_use]
    pub fn values<'r>(self, record: &'r Record<'_>) -> Vec<&'r str> {
        let candidates: [Option<&Text<'_>>; 3] = match self {
            Self::Jti => [
                record.token_jti.as_ref(),
                record.claimed_jti.as_ref(),
                record.previous_jti.as_ref(),
            ],
            Self::Sub => [record.token_sub.as_ref(), record.claimed_sub.as_ref(), None],
            Self::CorrelationId => [Some(&record.correlation_id), None, None],
            Self::Fingerprint => [record.token_fp.as_ref(), None, None],
            Self::ClientIp => [record.client_ip.as_ref(), None, None],
        };
        let mut values: Vec<&str> = Vec::new();
        for text in candidates.into_iter().flatten() {
            if !text.as_str().is_empty() && !values.contains(&text.as_str()) {
                values.push(text.as_str());
            }
        }
        values
    }

    /// The start of the index keys for a value: tag, length, value; a position follows.
    pub(crate) fn key(self, value: &str) -> Vec<u8> {
        // The length keeps one value's keys from being a prefix of another's.
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        let value = value.as_bytes().get(..usize::from(length));
        let mut key = Vec::with_capacity(3 + usize::from(length) + 8);
        key.push(self.tag());
        key.extend_from_slice(&length.to_be_bytes());
        key.extend_from_slice(value.unwrap_or_default());
        key
    }

    /// The starts of all index keys of a record.
    pub(crate) fn keys(record: &Record<'_>) -> Vec<Vec<u8>> {
        let of = |field: &Self| {
            let values = field.values(record).into_iter();
            let keys: Vec<_> = values.map(|value| field.key(value)).collect();
            keys
        };
        Self::ALL.iter().flat_map(of).collect()
    }

    /// Stands on disk: never change one.
    const fn tag(self) -> u8 {
        match self {
            Self::Jti => 1,
            Self::Sub => 2,
            Self::CorrelationId => 3,
            Self::Fingerprint => 4,
            Self::ClientIp => 5,
        }
    }
}
