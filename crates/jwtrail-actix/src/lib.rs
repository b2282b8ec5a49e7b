//! Strict JWT protection for actix-web that leaves one audit event for every decision.
