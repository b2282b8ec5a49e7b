//! The demo over real sockets.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod once;
#[cfg(test)]
mod service;
#[cfg(test)]
mod shortcomings;
#[cfg(test)]
mod until;
