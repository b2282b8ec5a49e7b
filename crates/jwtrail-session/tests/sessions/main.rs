//! Sessions as their users meet them.

#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod limited;
#[cfg(test)]
mod model;
#[cfg(test)]
mod opening;
#[cfg(test)]
#[cfg(feature = "redis")]
mod redis;
#[cfg(test)]
#[cfg(feature = "redis")]
mod redis_away;
#[cfg(test)]
#[cfg(feature = "redis")]
mod redis_proofs;
#[cfg(test)]
#[cfg(feature = "redis-tls")]
mod redis_tls;
#[cfg(test)]
#[cfg(feature = "redis")]
mod relay;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod support;
#[cfg(test)]
mod verified;
#[cfg(test)]
mod yielding;
