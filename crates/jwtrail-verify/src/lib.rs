//! Strict verification of JSON Web Tokens: steps, keys, policies, the verified-token cache.
