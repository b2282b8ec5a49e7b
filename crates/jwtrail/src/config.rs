//! The configuration: one TOML file, and the environment over it.

mod environment;
mod file;
mod names;
mod outputs;
mod responses;
mod retention;
mod rules;
mod sections;
mod span;

pub(crate) use file::load;
pub(crate) use names::Names;
pub(crate) use outputs::{MailSecurity, NoticeFormat, OutputKind, OutputSection, OutputSections};
pub(crate) use responses::Responses;
pub(crate) use rules::RuleSections;
pub(crate) use sections::{Configuration, FingerprintSection, ServeSection, WebhookSection};
