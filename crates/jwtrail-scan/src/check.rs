use std::fmt;

use crate::checks;
use crate::severity::{Severity, SubGrade};

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal in $module:ident,)+) => {
        /// The checks of a scan. The set is closed: it is the report's, the documentation's and
        /// SARIF's.
        ///
        /// ```
        /// use jwtrail_scan::CheckId;
        /// assert_eq!("SIG-03".parse(), Ok(CheckId::Sig03));
        /// assert_eq!(CheckId::Sig03.anchor(), "sig-03");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(clippy::exhaustive_enums, reason = "the set is closed: a new check is a new version of the report")]
        pub enum CheckId {
            $($(#[$doc])* $variant,)+
        }

        impl CheckId {
            /// Every check, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The id, `SIG-03`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What there is to know about the check.
            #[must_use]
            pub const fn about(self) -> &'static About {
                match self {
                    $(Self::$variant => &checks::$module::ABOUT,)+
                }
            }
        }
    };
}

checks! {
    /// Valid tokens are accepted.
    Pre1 = "PRE-1" in pre_1,
    /// Valid tokens are still accepted after bad ones.
    Pre2 = "PRE-2" in pre_2,
    /// Requests without a token are refused.
    Aut01 = "AUT-01" in aut_01,
    /// Other schemes and empty credentials are refused.
    Aut02 = "AUT-02" in aut_02,
    /// What is no token is refused.
    Aut03 = "AUT-03" in aut_03,
    /// Two Authorization headers are refused.
    Aut04 = "AUT-04" in aut_04,
    /// Tokens in the query are refused.
    Aut05 = "AUT-05" in aut_05,
    /// Undocumented methods are not open.
    Aut06 = "AUT-06" in aut_06,
    /// A changed signature is refused.
    Sig01 = "SIG-01" in sig_01,
    /// A changed payload is refused.
    Sig02 = "SIG-02" in sig_02,
    /// `alg: none` is refused.
    Sig03 = "SIG-03" in sig_03,
    /// A missing signature is refused.
    Sig04 = "SIG-04" in sig_04,
    /// A public key is no HMAC secret.
    Sig05 = "SIG-05" in sig_05,
    /// Well-known secrets do not sign.
    Sig06 = "SIG-06" in sig_06,
    /// A key in the token is not trusted.
    Key01 = "KEY-01" in key_01,
    /// Keys are not fetched from where the token says.
    Key02 = "KEY-02" in key_02,
    /// A key id is data.
    Key03 = "KEY-03" in key_03,
    /// An unknown key id is refused cheaply.
    Key04 = "KEY-04" in key_04,
    /// Unknown critical extensions are refused.
    Key05 = "KEY-05" in key_05,
    /// Expired tokens are refused.
    Clm01 = "CLM-01" in clm_01,
    /// Tokens from the future are refused.
    Clm02 = "CLM-02" in clm_02,
    /// Tokens without an end are refused.
    Clm03 = "CLM-03" in clm_03,
    /// Tokens for somebody else are refused.
    Clm04 = "CLM-04" in clm_04,
    /// Tokens from somebody else are refused.
    Clm05 = "CLM-05" in clm_05,
    /// Other kinds of token are refused.
    Clm06 = "CLM-06" in clm_06,
    /// Tokens say whose they are.
    Clm07 = "CLM-07" in clm_07,
    /// Tokens without the scope are denied.
    Scp01 = "SCP-01" in scp_01,
    /// Scopes that are nearly right are denied.
    Scp02 = "SCP-02" in scp_02,
    /// Objects of another user are denied.
    Scp03 = "SCP-03" in scp_03,
    /// Bad tokens are slowed down.
    Rte01 = "RTE-01" in rte_01,
    /// One subject's limit is its own.
    Rte02 = "RTE-02" in rte_02,
    /// A forged address changes nothing.
    Rte03 = "RTE-03" in rte_03,
    /// Refresh tokens rotate.
    Ref01 = "REF-01" in ref_01,
    /// Reuse of a refresh token ends its family.
    Ref02 = "REF-02" in ref_02,
    /// Revoked tokens are refused.
    Rev01 = "REV-01" in rev_01,
    /// Every request leaves a record.
    Log01 = "LOG-01" in log_01,
    /// Records say who, what, when, where.
    Log02 = "LOG-02" in log_02,
    /// No token in the log.
    Log03 = "LOG-03" in log_03,
    /// Values cannot break the log.
    Log04 = "LOG-04" in log_04,
    /// Timestamps are right.
    Log05 = "LOG-05" in log_05,
    /// Correlation ids are carried.
    Log06 = "LOG-06" in log_06,
    /// Success is logged as well.
    Log07 = "LOG-07" in log_07,
    /// The log says what the answer said.
    Log08 = "LOG-08" in log_08,
    /// Records come in time, and never cost an answer.
    Log09 = "LOG-09" in log_09,
    /// Attacks raise an alert.
    Alr01 = "ALR-01" in alr_01,
    /// Refusals say nothing.
    Err01 = "ERR-01" in err_01,
    /// Refusals have the right form.
    Hdr01 = "HDR-01" in hdr_01,
    /// The document says how it is protected.
    Spc01 = "SPC-01" in spc_01,
    /// No plain http.
    Tls01 = "TLS-01" in tls_01,
}

impl CheckId {
    /// Where the documentation speaks of it: `sig-03`.
    #[must_use]
    pub fn anchor(self) -> String {
        self.as_str().to_ascii_lowercase()
    }
}

/// What there is to know about a check.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct About {
    /// What holds when it passes.
    pub title: &'static str,
    /// What is sent or looked at.
    pub probe: &'static str,
    /// What the service must answer and record.
    pub expected: &'static str,
    /// What goes wrong where it fails.
    pub why: &'static str,
    /// How bad it is when it fails; none for a gate, without which nothing else can be judged.
    pub severity: Option<Severity>,
    /// Which half of the grade the check itself belongs to. A wrong record that it finds is
    /// always [`SubGrade::Evidence`].
    pub grade: SubGrade,
    /// Weaknesses, by their CWE numbers.
    pub cwe: &'static [u16],
    /// Where the rule comes from.
    pub references: &'static [&'static str],
    /// What to do.
    pub remedy: Remedy,
}

/// What to do about a check that failed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Remedy {
    /// Where the service is protected by `jwtrail-actix`, or could be.
    pub jwtrail: &'static str,
    /// In any other service.
    pub plain: &'static str,
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for CheckId {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, UnknownCheck> {
        let mut all = Self::ALL.iter().copied();
        all.find(|check| check.as_str() == text).ok_or(UnknownCheck)
    }
}

impl serde::Serialize for CheckId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CheckId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CheckId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CheckId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one_of: Vec<serde_json::Value> = Self::ALL
            .iter()
            .map(|check| serde_json::json!({ "const": check.as_str(), "description": check.about().title }))
            .collect();
        schemars::json_schema!({
            "description": "The checks of a scan.",
            "type": "string",
            "oneOf": one_of,
        })
    }
}

/// Text that is no check's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no check of this id")]
pub struct UnknownCheck;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_check_says_what_it_is_about() {
        for check in CheckId::ALL {
            let about = check.about();
            for text in [
                about.title,
                about.probe,
                about.expected,
                about.why,
                about.remedy.jwtrail,
                about.remedy.plain,
            ] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{check}: {text}");
            }
            let gate = check.as_str().starts_with("PRE-");
            assert_eq!(about.severity.is_none(), gate, "{check}");
            assert_eq!(about.cwe.is_empty(), gate, "{check}");
            assert_eq!(check.as_str().parse(), Ok(*check));
        }
    }

    #[test]
    fn ids_are_unique() {
        let ids: BTreeSet<_> = CheckId::ALL.iter().map(|check| check.as_str()).collect();
        assert_eq!(ids.len(), CheckId::ALL.len());
        assert_eq!("SIG-99".parse::<CheckId>(), Err(UnknownCheck));
    }
}
