use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::SecretToken;
use jwtrail_session::Grant;

use super::{CLIENT, OrdersError};

/// Who may log in, with what.
///
/// Passwords are drawn here, as long as keys, so a keyed hash of one is enough to keep. For
/// passwords that people choose use Argon2.
pub struct Users {
    key: hmac::Key,
    known: RwLock<BTreeMap<String, User>>,
}

struct User {
    role: Role,
    password: hmac::Tag,
}

/// What a user is to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Orders for themselves.
    Customer,
    /// May look, but not touch.
    Guest,
    /// Sees customers and reports.
    Support,
    /// Runs the shop.
    Admin,
}

impl Role {
    /// The scope that a login gives.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Guest => "orders:read",
            Self::Customer => "orders:read orders:write orders:cancel",
            Self::Support => "orders:read orders:write orders:cancel customers:read reports:read",
            Self::Admin => {
                "orders:read orders:write orders:cancel customers:read reports:read \
                 admin:users admin:refunds"
            }
        }
    }
}

impl Users {
    pub(super) fn new() -> Result<Self, OrdersError> {
        let key: [u8; 32] = random()?;
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            known: RwLock::default(),
        })
    }

    /// Adds a user and gives the password.
    ///
    /// # Errors
    ///
    /// A name that is taken or can't be one, or a system without random bytes.
    pub fn add(&self, name: &str, role: Role) -> Result<SecretToken, OrdersError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(UnusableName::Form.into());
        }
        let password = URL_SAFE_NO_PAD.encode(random::<24>()?);
        let user = User {
            role,
            password: hmac::sign(&self.key, password.as_bytes()),
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.contains_key(name) {
            return Err(UnusableName::Taken.into());
        }
        known.insert(name.to_owned(), user);
        Ok(SecretToken::new(password))
    }

    /// What a user is granted, if the password is right.
    pub(super) fn log_in(&self, name: &str, password: &str) -> Option<Grant> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let user = known.get(name)?;
        // Constant time.
        hmac::verify(&self.key, password.as_bytes(), user.password.as_ref()).ok()?;
        Some(grant(name, user.role))
    }

    pub(super) fn grant(&self, name: &str) -> Option<Grant> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(name).map(|user| grant(name, user.role))
    }

    pub(super) fn names(&self) -> Vec<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.keys().cloned().collect()
    }
}

fn grant(name: &str, role: Role) -> Grant {
    Grant::new(name, CLIENT).scope(role.scope())
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], OrdersError> {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).map_err(|_| OrdersError::Randomness)?;
    Ok(bytes)
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Users(..)")
    }
}

/// A name that no user can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableName {
    /// It has the wrong form.
    #[error("a user's name must be 1 to 64 letters, digits and -_.")]
    Form,
    /// Another user has it.
    #[error("another user has this name")]
    Taken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_password_logs_in() {
        let users = Users::new().unwrap();
        let ada = users.add("ada", Role::Customer).unwrap();
        let bert = users.add("bert", Role::Admin).unwrap();
        assert!(users.log_in("ada", ada.expose()).is_some());
        for (name, password) in [("ada", bert.expose()), ("ada", ""), ("eve", ada.expose())] {
            assert!(users.log_in(name, password).is_none());
        }
    }

    #[test]
    fn names_are_plain_and_unique() {
        let users = Users::new().unwrap();
        assert!(users.add("ada", Role::Customer).is_ok());
        for name in ["ada", "", "a b", "a\n", "é", &"a".repeat(65)] {
            assert!(users.add(name, Role::Customer).is_err(), "{name:?}");
        }
    }

    #[test]
    fn roles_differ_by_their_scopes() {
        let scopes = |role: Role| role.scope().split(' ').count();
        assert_eq!(
            [Role::Guest, Role::Customer, Role::Support, Role::Admin].map(scopes),
            [1, 3, 5, 7]
        );
    }
}
