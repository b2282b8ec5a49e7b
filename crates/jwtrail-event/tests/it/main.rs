//! The record on its line and back, every event, and what hostile input does to both.

#[cfg(test)]
mod as_written;
mod events;
#[cfg(test)]
mod every_event;
#[cfg(test)]
mod fingerprint;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod hostile_lines;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod measured;
#[cfg(test)]
mod names;
#[cfg(test)]
mod pseudonyms;
#[cfg(test)]
mod quarantine;
#[cfg(test)]
mod round_trip;
#[cfg(feature = "schema")]
#[cfg(test)]
mod schema;
#[cfg(test)]
mod timestamps;
