//! The jwtrail monitor: ingest, detection pipeline, alert outputs, HTTP API, dashboard.

mod assets;
