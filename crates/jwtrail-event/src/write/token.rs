use super::line::Line;
use crate::caps;
use crate::events::{Claims, TokenHeader};

/// What records carry of a token that held, as a record would write it: the claims, and then
/// what its bytes show.
pub(crate) fn token(header: &TokenHeader<'_>, claims: &Claims<'_>, out: &mut Vec<u8>) {
    let line = &mut Line::new(out);
    line.optional_text(b",\"token_jti\":\"", claims.jti.as_ref(), caps::ID);
    line.optional_text(b",\"token_sub\":\"", claims.sub.as_ref(), caps::ID);
    line.optional_text(b",\"token_iss\":\"", claims.iss.as_ref(), caps::URI);
    let mut name: &[u8] = b",\"token_aud\":[\"";
    for audience in claims.aud.iter().take(caps::AUDIENCES) {
        line.text(std::mem::replace(&mut name, b",\""), audience, caps::URI);
    }
    if !claims.aud.is_empty() {
        line.raw(b"]");
    }
    let client = claims.client_id.as_ref();
    line.optional_text(b",\"client_id\":\"", client, caps::ID);
    line.optional_text(b",\"token_scope\":\"", claims.scope.as_ref(), caps::SCOPE);
    let class = claims.scope_class.as_ref();
    line.optional_text(b",\"scope_class\":\"", class, caps::WORD);
    line.optional_number(b",\"token_exp\":", claims.exp);
    line.optional_number(b",\"token_iat\":", claims.iat);
    line.optional_text(b",\"token_kid\":\"", header.kid.as_ref(), caps::ID);
    line.optional_text(b",\"token_alg\":\"", header.alg.as_ref(), caps::WORD);
    line.optional_text(b",\"token_typ\":\"", header.typ.as_ref(), caps::WORD);
    let fingerprint = header.fingerprint.as_ref();
    line.optional_text(b",\"token_fp\":\"", fingerprint, caps::WORD);
}
