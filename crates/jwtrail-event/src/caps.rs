//! How many bytes of each value from outside are kept.

use crate::Record;

impl Record<'_> {
    /// Cuts every value to its cap, as the writer does.
    pub fn cap(&mut self) {
        let texts = [
            (Some(&mut self.service), ID),
            (Some(&mut self.service_version), ID),
            (Some(&mut self.instance), ID),
            (Some(&mut self.boot_id), ID),
            (Some(&mut self.correlation_id), ID),
            (self.token_jti.as_mut(), ID),
            (self.token_sub.as_mut(), ID),
            (self.token_iss.as_mut(), URI),
            (self.client_id.as_mut(), ID),
            (self.token_scope.as_mut(), SCOPE),
            (self.scope_class.as_mut(), WORD),
            (self.claimed_jti.as_mut(), ID),
            (self.claimed_sub.as_mut(), ID),
            (self.claimed_iss.as_mut(), URI),
            (self.token_kid.as_mut(), ID),
            (self.token_alg.as_mut(), WORD),
            (self.token_typ.as_mut(), WORD),
            (self.token_fp.as_mut(), WORD),
            (self.required_scope.as_mut(), SCOPE),
            (self.missing_scope.as_mut(), SCOPE),
            (self.object_type.as_mut(), WORD),
            (self.refresh_family.as_mut(), ID),
            (self.previous_jti.as_mut(), ID),
            (self.client_ip.as_mut(), WORD),
            (self.peer_ip.as_mut(), WORD),
            (self.user_agent.as_mut(), FREE),
            (self.origin.as_mut(), URI),
            (self.method.as_mut(), WORD),
            (self.route.as_mut(), URI),
            (self.issuer.as_mut(), URI),
            (self.option.as_mut(), WORD),
            (self.sink.as_mut(), ID),
            (self.actor.as_mut(), ID),
            (self.rule.as_mut(), ID),
            (self.target.as_mut(), URI),
            (self.producer.as_mut(), ID),
        ];
        for (text, cap) in texts {
            if let Some(text) = text {
                text.cap(cap);
            }
        }
        if let Some(audiences) = &mut self.token_aud {
            audiences.truncate(AUDIENCES);
            audiences.iter_mut().for_each(|audience| audience.cap(URI));
        }
    }
}

/// Ids: `jti`, `kid`, `sub`, correlation, instance and the like.
pub(crate) const ID: usize = 256;
/// URIs: issuers, audiences, origins, routes.
pub(crate) const URI: usize = 512;
/// Lists of scopes.
pub(crate) const SCOPE: usize = 1024;
/// `User-Agent` and other free text.
pub(crate) const FREE: usize = 512;
/// Short protocol words: `alg`, `typ`, the method.
pub(crate) const WORD: usize = 64;
/// How many audiences are kept.
pub(crate) const AUDIENCES: usize = 16;
