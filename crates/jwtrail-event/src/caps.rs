//! How many bytes of each value from outside are kept.

use crate::{Record, Text};

impl Record<'_> {
    /// Cuts every value to its cap, as the writer does.
    pub fn cap(&mut self) {
        cut(Some(&mut self.service), ID);
        cut(Some(&mut self.service_version), ID);
        cut(Some(&mut self.instance), ID);
        cut(Some(&mut self.boot_id), ID);
        cut(Some(&mut self.correlation_id), ID);
        cut(self.token_jti.as_mut(), ID);
        cut(self.token_sub.as_mut(), ID);
        cut(self.token_iss.as_mut(), URI);
        cut(self.client_id.as_mut(), ID);
        cut(self.token_scope.as_mut(), SCOPE);
        cut(self.scope_class.as_mut(), WORD);
        cut(self.claimed_jti.as_mut(), ID);
        cut(self.claimed_sub.as_mut(), ID);
        cut(self.claimed_iss.as_mut(), URI);
        cut(self.token_kid.as_mut(), ID);
        cut(self.token_alg.as_mut(), WORD);
        cut(self.token_typ.as_mut(), WORD);
        cut(self.token_fp.as_mut(), WORD);
        cut(self.required_scope.as_mut(), SCOPE);
        cut(self.missing_scope.as_mut(), SCOPE);
        cut(self.object_type.as_mut(), WORD);
        cut(self.refresh_family.as_mut(), ID);
        cut(self.previous_jti.as_mut(), ID);
        cut(self.client_ip.as_mut(), WORD);
        cut(self.peer_ip.as_mut(), WORD);
        cut(self.user_agent.as_mut(), FREE);
        cut(self.origin.as_mut(), URI);
        cut(self.method.as_mut(), WORD);
        cut(self.route.as_mut(), URI);
        cut(self.issuer.as_mut(), URI);
        cut(self.option.as_mut(), WORD);
        cut(self.sink.as_mut(), ID);
        cut(self.actor.as_mut(), ID);
        cut(self.rule.as_mut(), ID);
        cut(self.target.as_mut(), URI);
        cut(self.producer.as_mut(), ID);
        if let Some(audiences) = &mut self.token_aud {
            audiences.truncate(AUDIENCES);
            audiences.iter_mut().for_each(|audience| audience.cap(URI));
        }
    }
}

fn cut(text: Option<&mut Text<'_>>, cap: usize) {
    if let Some(text) = text {
        text.cap(cap);
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
