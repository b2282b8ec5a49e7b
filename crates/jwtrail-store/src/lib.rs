//! The durable log of audit events and the queries over it.
