use std::fmt;

/// How far a scan has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// So many operations are known, and so many of them are scanned.
    Operations {
        /// Scanned.
        scanned: usize,
        /// Not scanned.
        skipped: usize,
    },
    /// The service has not fetched the key set yet that the scanner serves.
    KeysAwaited {
        /// Where.
        url: String,
    },
    /// A group of checks begins.
    Group {
        /// Its name.
        name: &'static str,
    },
    /// So many requests were answered.
    Sent {
        /// In all.
        requests: u32,
    },
    /// All is sent, and some records are still missing.
    Settling {
        /// How many.
        missing: usize,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations { scanned, skipped } => {
                let plural = if *scanned == 1 { "" } else { "s" };
                write!(f, "{scanned} operation{plural}, {skipped} skipped")
            }
            Self::KeysAwaited { url } => {
                write!(f, "waiting for the service to fetch its keys from {url}")
            }
            Self::Group { name } => f.write_str(name),
            Self::Sent { requests } => write!(f, "{requests} requests"),
            Self::Settling { missing } => write!(f, "waiting for {missing} records"),
        }
    }
}
