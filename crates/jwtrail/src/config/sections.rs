use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::names::Names;
use super::outputs::OutputSections;
use super::responses::Responses;
use super::retention::{Age, Size};
use super::rules::RuleSections;
use super::span::Span;
use crate::secret::SecretSource;

/// Declares a section: each key optional, known by name to the environment, and overlaid.
macro_rules! sections {
    ($(
        $(#[$smeta:meta])*
        $section:ident: $type:ident { $( $(#[$meta:meta])* $key:ident: $value:ty, )+ }
    )+) => {
        /// The configuration of jwtrail. Every key can also be given by the environment, as
        /// `JWTRAIL_SECTION_KEY`, which wins over the file.
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(title = "jwtrail configuration")]
        pub(crate) struct Configuration {
            $( $(#[$smeta])* #[serde(default)] pub(crate) $section: $type, )+
            /// Places that alerts are sent to, beside the webhook; not by the environment.
            #[serde(default)]
            pub(crate) outputs: OutputSections,
            /// The rules that put tokens and families under quarantine by themselves; none unless it
            /// stands here.
            #[serde(default)]
            pub(crate) responses: Responses,
            /// What is set of single rules in the place of their defaults; not by the
            /// environment.
            #[serde(default)]
            pub(crate) rules: RuleSections,
        }

        $(
            $(#[$smeta])*
            #[derive(Debug, Default, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $type {
                $( $(#[$meta])* pub(crate) $key: Option<$value>, )+
            }
        )+

        impl Configuration {
            /// Puts what `over` says in the place of what this says.
            pub(super) fn overlay(&mut self, over: Self) {
                $( $(
                    if over.$section.$key.is_some() {
                        self.$section.$key = over.$section.$key;
                    }
                )+ )+
                self.outputs.overlay(over.outputs);
                self.responses.overlay(over.responses);
                self.rules.overlay(over.rules);
            }
        }

        /// Every key, with its section.
        pub(super) const KEYS: &[(&str, &str)] = &[
            $( $( (stringify!($section), stringify!($key)), )+ )+
        ];
    };
}

sections! {
    /// The monitor that `jwtrail serve` starts.
    serve: ServeSection {
        /// The address to listen on; port 0 takes a free one.
        listen: SocketAddr,
        /// The directory that holds everything the monitor keeps.
        data: PathBuf,
        /// A directory of rule files, in the place of the rules that are shipped.
        rules: PathBuf,
        /// Rules that are switched off, by name; in the environment a list with commas.
        disabled_rules: Names,
        /// The origin that browsers see, where a proxy stands before the monitor:
        /// `https://jwtrail.example`.
        public_url: String,
        /// The services that send their events, each with a credential of its own; in the
        /// environment a list with commas.
        services: Names,
        /// The services whose events are converted from another system's log, each with a
        /// credential of its own: they are watched, and no rule responds to them.
        imported: Names,
    }
    /// Where alerts are sent.
    webhook: WebhookSection {
        /// The address that each alert is posted to: `@file:PATH` or `@env:NAME`, for it may
        /// hold a secret.
        url: SecretSource,
        /// The key of the signature on it, at least 32 bytes: `@file:PATH` or `@env:NAME`.
        secret: SecretSource,
    }
    /// How much the monitor keeps. What is too old or too much is removed, the oldest first.
    retention: RetentionSection {
        /// How long after their arrival events are kept, and alerts that are not open any more, such
        /// as `90d`; `30d` if it isn't given, at least `1h`.
        max_age: Age,
        /// How large the events may be together, as lines, such as `50GiB`; `10GiB` if it isn't
        /// given, at least `64MiB`.
        max_size: Size,
    }
    /// What may be put under quarantine or revoked.
    quarantine: QuarantineSection {
        /// The longest that an entry may hold, such as `12h` or `7d`; `30d` if it isn't given, at
        /// most `366d`.
        max_time: Span,
        /// Subjects that nobody may put under quarantine or revoke as a whole, and whose tokens and
        /// families no rule may hold: each as it stands in `sub`, or that, a space and the issuer;
        /// `*` stands for any text in a `sub`. In the environment a list with commas.
        protected_subjects: Names,
        /// Rules halt, until an operator resets them, before they hold more than 1 % of the subjects
        /// that were active within the last hour, or more than this many where that is more; 10 if
        /// it isn't given.
        breaker_least: u32,
    }
    /// The key of the deployment's token fingerprints.
    fingerprint: FingerprintSection {
        /// The id that each fingerprint carries: 1 to 16 of `[a-z0-9-]`.
        id: String,
        /// The key, at least 32 bytes: `@file:PATH` or `@env:NAME`.
        key: SecretSource,
    }
}
