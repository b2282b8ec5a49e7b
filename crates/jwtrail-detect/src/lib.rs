//! Detection of token abuse: rules, engine and shipped rules, a pure fold over audit events.
