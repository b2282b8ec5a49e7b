//! Test support for jwtrail: a clock, a capturing sink, audit compliance assertions.
