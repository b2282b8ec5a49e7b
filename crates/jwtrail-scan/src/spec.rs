//! What a service says about itself: OpenAPI 3.1 and 3.0 and Swagger 2.0.
//!
//! The model is what a scan needs and no more: the operations with their places in the file, what
//! each says about security, values to call it with, and what it says it answers.
//!
//! Real documents are full of mistakes, so a node that cannot be read is a [`Note`] with its
//! place and never the end of the reading. Where a document does not declare security, this says
//! [`Security::NotDeclared`]: silence is no claim that an operation is public.
//!
//! ```
//! use jwtrail_scan::spec::{Method, Operation, Security};
//!
//! let operation = Operation::parse("GET /orders/{id}").unwrap();
//! assert_eq!(operation.method, Method::Get);
//! assert_eq!(operation.path, "/orders/{id}");
//! assert_eq!(operation.security, Security::NotDeclared);
//! ```

mod body;
mod cursor;
mod document;
mod documents;
mod error;
mod method;
mod operation;
mod parameter;
mod place;
mod read;
mod remote;
mod response;
mod sample;
mod scheme;
mod security;
mod source;
mod tree;

pub use body::Body;
pub use document::{Server, Spec, Version};
pub use error::SpecError;
pub use method::Method;
pub use operation::{NotAnOperation, Operation};
pub use parameter::{Location, Parameter};
pub use place::{Note, Place};
pub use read::{read, read_with};
pub use remote::Remote;
pub use response::Response;
pub use scheme::{Flow, Scheme, SchemeKind};
pub use security::{Alternative, Requirement, Security};
