mod error;
mod nonce;
mod policy;
mod proof;
mod request;

pub use error::DpopError;
pub use nonce::DpopNonces;
pub use policy::{DpopPolicy, UnusableDpopPolicy};
pub use proof::DpopProof;
pub use request::DpopRequest;
