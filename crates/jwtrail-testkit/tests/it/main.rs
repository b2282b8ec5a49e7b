//! The assertions themselves: what complies passes, and each breach is named.

#[cfg(test)]
mod captured;
#[cfg(test)]
mod compliance;
#[cfg(test)]
mod expected;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod recorded;
