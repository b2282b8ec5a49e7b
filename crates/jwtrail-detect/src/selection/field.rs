use jwtrail_event::{Record, Text};

/// A value of a record, as rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'r> {
    Absent,
    Text(&'r str),
    Integer(i64),
    Flag(bool),
    List(&'r [Text<'r>]),
}

macro_rules! fields {
    (
        text { $($text:ident $tvar:ident,)+ }
        optional { $($opt:ident $ovar:ident,)+ }
        name { $($name:ident $nvar:ident,)+ }
        optional_name { $($oname:ident $onvar:ident,)+ }
        integer { $($int:ident $ivar:ident,)+ }
        optional_integer { $($oint:ident $oivar:ident,)+ }
        flag { $($flag:ident $fvar:ident,)+ }
    ) => {
        /// A field that rules can name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field {
            $($tvar,)+ $($ovar,)+ $($nvar,)+ $($onvar,)+ $($ivar,)+ $($oivar,)+ $($fvar,)+
            TokenAud,
            AgentFamily,
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
                ("agent_family", Self::AgentFamily),
            ];

            pub(crate) fn value<'r>(self, record: &'r Record<'_>) -> Value<'r> {
                match self {
                    $(Self::$tvar => Value::Text(record.$text.as_str()),)+
                    $(Self::$ovar => optional(&record.$opt),)+
                    $(Self::$nvar => Value::Text(record.$name.as_str()),)+
                    $(Self::$onvar => match record.$oname {
                        Some(name) => Value::Text(name.as_str()),
                        None => Value::Absent,
                    },)+
                    $(Self::$ivar => integer(record.$int),)+
                    $(Self::$oivar => record.$oint.map_or(Value::Absent, integer),)+
                    $(Self::$fvar => record.$flag.map_or(Value::Absent, Value::Flag),)+
                    Self::TokenAud => Value::List(record.token_aud.as_deref().unwrap_or_default()),
                    Self::AgentFamily => Value::Text(super::agent_family(record)),
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
        event Event, kind Kind, outcome Outcome, trust Trust,
        correlation_source CorrelationSource,
    }
    optional_name {
        reason Reason, authz Authz, hop Hop, exit Exit, cache Cache, dropped_kind DroppedKind,
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
