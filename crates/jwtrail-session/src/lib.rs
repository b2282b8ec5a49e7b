//! Issuing, rotating and revoking tokens, with reuse detection.
