use std::borrow::Cow;

use jwtrail_event::{
    Authz, CacheUse, CorrelationSource, DroppedKind, EventName, Exit, Hop, Kind, Outcome, Reason,
    Record, Text, Trust,
};

use super::derived;

/// A value of a record, as rules see it.
#[derive(Clone, Debug)]
pub(crate) enum Value<'r> {
    Absent,
    Text(&'r str),
    /// A text that was worked out.
    Derived(String),
    /// A name of a closed set, and its place in it.
    Name(&'static str, usize),
    Integer(i64),
    Flag(bool),
    List(&'r [Text<'r>]),
}

macro_rules! fields {
    (
        text { $($text:ident $tvar:ident,)+ }
        optional { $($opt:ident $ovar:ident,)+ }
        name { $($name:ident $nvar:ident $ntype:ident,)+ }
        optional_name { $($oname:ident $onvar:ident $ontype:ident,)+ }
        integer { $($int:ident $ivar:ident,)+ }
        optional_integer { $($oint:ident $oivar:ident,)+ }
        flag { $($flag:ident $fvar:ident,)+ }
    ) => {
        /// A field that rules can name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field {
            $($tvar,)+ $($ovar,)+ $($nvar,)+ $($onvar,)+ $($ivar,)+ $($oivar,)+ $($fvar,)+
            TokenAud,
            Final,
            AgentFamily,
            Address,
            Network,
            Minute,
            Hour,
            Weekday,
            Credential,
        }

        impl Field {
            pub(crate) const NAMES: &'static [(&'static str, Self)] = &[
                $((stringify!($text), Self::$tvar),)+
                $((stringify!($opt), Self::$ovar),)+
                $((stringify!($name), Self::$nvar),)+
                $((stringify!($oname), Self::$onvar),)+
                $((stringify!($int), Self::$ivar),)+
                $((stringify!($oint), Self::$oivar),)+
                $((stringify!($flag), Self::$fvar),)+
                ("token_aud", Self::TokenAud),
                ("final", Self::Final),
                ("agent_family", Self::AgentFamily),
                ("address", Self::Address),
                ("network", Self::Network),
                ("minute", Self::Minute),
                ("hour", Self::Hour),
                ("weekday", Self::Weekday),
                ("credential", Self::Credential),
            ];

            /// The names of the closed set that the value is one of.
            pub(crate) fn names(self) -> Option<Vec<&'static str>> {
                match self {
                    $(Self::$nvar => Some($ntype::ALL.iter().map(|name| name.as_str()).collect()),)+
                    $(Self::$onvar => Some($ontype::ALL.iter().map(|name| name.as_str()).collect()),)+
                    _ => None,
                }
            }

            pub(crate) fn value<'r>(self, record: &'r Record<'_>) -> Value<'r> {
                match self {
                    $(Self::$tvar => Value::Text(record.$text.as_str()),)+
                    $(Self::$ovar => optional(&record.$opt),)+
                    $(Self::$nvar => Value::Name(record.$name.as_str(), record.$name as usize),)+
                    $(Self::$onvar => match record.$oname {
                        Some(name) => Value::Name(name.as_str(), name as usize),
                        None => Value::Absent,
                    },)+
                    $(Self::$ivar => integer(record.$int),)+
                    $(Self::$oivar => record.$oint.map_or(Value::Absent, integer),)+
                    $(Self::$fvar => record.$flag.map_or(Value::Absent, Value::Flag),)+
                    Self::Final => record.r#final.map_or(Value::Absent, Value::Flag),
                    Self::TokenAud => Value::List(record.token_aud.as_deref().unwrap_or_default()),
                    Self::AgentFamily => Value::Text(super::agent_family(record)),
                    Self::Address => derived::address(record),
                    Self::Network => derived::network(record),
                    Self::Minute => Value::Integer(derived::minute(record)),
                    Self::Hour => Value::Integer(derived::hour(record)),
                    Self::Weekday => Value::Integer(derived::weekday(record)),
                    Self::Credential => derived::credential(record),
                }
            }
        }
    };
}

fields! {
    text {
        service Service, service_version ServiceVersion, instance Instance, boot_id BootId,
    }
    optional {
        token_jti TokenJti, token_sub TokenSub, token_iss TokenIss, client_id ClientId,
        token_scope TokenScope, scope_class ScopeClass, claimed_jti ClaimedJti,
        claimed_sub ClaimedSub, claimed_iss ClaimedIss, token_kid TokenKid, token_alg TokenAlg,
        token_typ TokenTyp, token_fp TokenFp, required_scope RequiredScope,
        missing_scope MissingScope, object_type ObjectType, refresh_family RefreshFamily,
        previous_jti PreviousJti, client_ip ClientIp, peer_ip PeerIp, user_agent UserAgent,
        origin Origin, method Method, route Route, issuer Issuer, option Option, sink Sink,
        actor Actor, rule Rule, target Target,
    }
    name {
        event Event EventName, kind Kind Kind, outcome Outcome Outcome, trust Trust Trust,
        correlation_source CorrelationSource CorrelationSource,
    }
    optional_name {
        reason Reason Reason, authz Authz Authz, hop Hop Hop, exit Exit Exit, cache Cache CacheUse,
        dropped_kind DroppedKind DroppedKind,
    }
    integer {
        seq Seq,
    }
    optional_integer {
        token_exp TokenExp, token_iat TokenIat, refresh_generation RefreshGeneration,
        status Status, duration_us DurationUs, dropped_count DroppedCount, last_seq LastSeq,
    }
    flag {
        enforced Enforced,
    }
}

impl Value<'_> {
    /// As text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Derived(text) => Some(text),
            Self::Name(name, _) => Some(name),
            Self::Absent | Self::Integer(_) | Self::Flag(_) | Self::List(_) => None,
        }
    }

    /// As people write it; none where there is none or several.
    pub(crate) fn shown(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Integer(number) => Some(Cow::Owned(number.to_string())),
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            other => other.text().map(Cow::Borrowed),
        }
    }

    /// Whether both are there and the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Flag(one), Self::Flag(other)) => one == other,
            _ => self.text().is_some() && self.text() == other.text(),
        }
    }

    pub(crate) const fn of_event(event: EventName) -> Self {
        Self::Name(event.as_str(), event as usize)
    }
}

impl Field {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, field)| *field)
    }

    /// Whether the value is a list of scopes, each of which is a value of its own.
    pub(crate) const fn is_scopes(self) -> bool {
        matches!(
            self,
            Self::TokenScope | Self::RequiredScope | Self::MissingScope
        )
    }

    /// Whether the value is a list.
    pub(crate) const fn is_list(self) -> bool {
        self.is_scopes() || matches!(self, Self::TokenAud)
    }

    /// Whether the value is a number.
    pub(crate) const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Seq
                | Self::TokenExp
                | Self::TokenIat
                | Self::RefreshGeneration
                | Self::Status
                | Self::DurationUs
                | Self::DroppedCount
                | Self::LastSeq
                | Self::Minute
                | Self::Hour
                | Self::Weekday
        )
    }

    /// Whether several rules ask for it and it takes work.
    pub(crate) const fn is_shared(self) -> bool {
        matches!(self, Self::Address | Self::AgentFamily | Self::Network)
    }

    /// The name in rule files.
    pub(crate) fn name(self) -> &'static str {
        let mut names = Self::NAMES.iter();
        let found = names.find(|(_, field)| *field == self);
        found.map_or("", |(name, _)| name)
    }

    /// Whether the value stands in no record, but is made of one.
    pub(crate) const fn is_derived(self) -> bool {
        matches!(
            self,
            Self::AgentFamily
                | Self::Address
                | Self::Network
                | Self::Minute
                | Self::Hour
                | Self::Weekday
                | Self::Credential
        )
    }

    /// The fields of the record that the value is made of; none where hardly two records of one
    /// actor agree in it.
    pub(crate) fn stands_in(&self) -> Option<&[Self]> {
        match self {
            Self::Seq
            | Self::LastSeq
            | Self::DurationUs
            | Self::RefreshGeneration
            | Self::Minute
            | Self::Hour
            | Self::Weekday => None,
            Self::AgentFamily => Some(&[Self::UserAgent]),
            Self::Address | Self::Network => Some(&[Self::ClientIp]),
            Self::Credential => Some(&[Self::TokenFp, Self::ClaimedSub, Self::TokenSub]),
            _ => Some(std::slice::from_ref(self)),
        }
    }

    /// Whether the value is of a service or of what happened, and not of who acts: nearly all
    /// records agree in it with one of a few.
    pub(crate) const fn is_nobodys(&self) -> bool {
        matches!(
            self,
            Self::Service
                | Self::ServiceVersion
                | Self::Instance
                | Self::BootId
                | Self::Event
                | Self::Kind
                | Self::Outcome
                | Self::Trust
                | Self::Reason
                | Self::Authz
                | Self::Hop
                | Self::Cache
                | Self::Method
                | Self::Route
                | Self::Status
                | Self::TokenIss
                | Self::Issuer
                | Self::Enforced
                | Self::Final
        )
    }

    /// Whether the value is only the sender's word where the trust is none.
    pub(crate) const fn is_claimed(self) -> bool {
        matches!(self, Self::ClaimedJti | Self::ClaimedSub | Self::ClaimedIss)
    }
}

fn optional<'r>(field: &'r Option<Text<'_>>) -> Value<'r> {
    match field {
        Some(text) => Value::Text(text.as_str()),
        None => Value::Absent,
    }
}

fn integer<N: TryInto<i64>>(number: N) -> Value<'static> {
    Value::Integer(number.try_into().unwrap_or(i64::MAX))
}
