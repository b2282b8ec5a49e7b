//! The scanner: whether a service, in any language, refuses bad tokens, and whether its operator
//! could have seen it.
//!
//! [`spec`] reads what the service says about itself.
//!
//! This crate knows nothing of the monitor and nothing of the command line.

pub mod spec;
