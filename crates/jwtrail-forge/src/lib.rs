//! One catalogue of good and bad JSON Web Tokens, each with the outcome and reason it must cause.
