//! How many bytes of each value from outside are kept.

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
