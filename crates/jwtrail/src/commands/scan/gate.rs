use jwtrail_scan::{Grade, Severity};

/// The mildest finding that fails the gate.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Level {
    Low,
    Medium,
    High,
    Critical,
    Never,
}

impl Level {
    pub(crate) fn reached(self, severity: Severity) -> bool {
        let level = match self {
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
            Self::Never => return false,
        };
        severity >= level
    }
}

/// The worst grade that passes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Limit {
    #[value(name = "A")]
    A,
    #[value(name = "B")]
    B,
    #[value(name = "C")]
    C,
    #[value(name = "D")]
    D,
}

impl Limit {
    pub(crate) fn grade(self) -> Grade {
        match self {
            Self::A => Grade::A,
            Self::B => Grade::B,
            Self::C => Grade::C,
            Self::D => Grade::D,
        }
    }
}
