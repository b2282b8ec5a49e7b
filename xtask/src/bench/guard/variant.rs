use std::fmt;

/// A server to measure: what protects it, and what its tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    pub(super) variant: Variant,
    pub(super) algorithm: Algorithm,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.variant.name(), self.algorithm.name())
    }
}

macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$of:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum $type {
            $($(#[$of])* $variant,)+
        }

        impl $type {
            pub(super) const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// As the program of `benches/guard` and the report have it.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            pub(super) fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// What stands before the handler.
    Variant {
        /// Nothing.
        Bare = "bare",
        /// A middleware that does nothing.
        Noop = "noop",
        /// jsonwebtoken in an extractor, and a line of JSON by tracing.
        TutorialLog = "tutorial_log",
        /// Ours, each signature checked.
        VerifyAudit = "verify_audit",
        /// Ours, with the cache of verified tokens.
        CacheAudit = "cache_audit",
        /// HAProxy, which checks the token and writes a line of JSON, and answers by itself.
        HaproxyLog = "haproxy_log",
        /// The same of Envoy, with its cache of tokens.
        EnvoyCacheLog = "envoy_cache_log",
    }
}

named! {
    Algorithm {
        Hs256 = "hs256",
        Rs256 = "rs256",
        Es256 = "es256",
        EdDsa = "eddsa",
    }
}

impl Variant {
    /// Whether it is a program that nobody here wrote.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::HaproxyLog | Self::EnvoyCacheLog)
    }

    /// Whether it lets every token pass.
    pub(super) fn passes_any(self) -> bool {
        matches!(self, Self::Bare | Self::Noop)
    }

    /// Whether each request leaves a line.
    pub(super) fn logs(self) -> bool {
        !self.passes_any()
    }
}
