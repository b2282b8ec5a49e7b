//! Limits as the middleware meets them.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod good_tokens;
#[cfg(test)]
#[cfg(feature = "redis")]
mod redis;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod support;
