use crate::ScanReport;

/// The report as JSON, the stable form: `schemas/report.schema.json` describes it, and fields
/// are added to it, never changed.
///
/// # Errors
/// Never for a report of a scan; the type of its parts would allow it.
pub fn to_json(report: &ScanReport) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// Reads a report that [`to_json`] wrote, of this version or an older one.
///
/// # Errors
/// When it is none, or of a newer version.
pub fn read_json(text: &str) -> Result<ScanReport, NotAReport> {
    let report: ScanReport =
        serde_json::from_str(text).map_err(|source| NotAReport::Form { source })?;
    if report.report_version > KNOWN {
        return Err(NotAReport::Version {
            found: report.report_version,
        });
    }
    Ok(report)
}

/// The JSON Schema of what [`to_json`] writes, as committed in `schemas/`.
#[cfg(feature = "schema")]
#[must_use]
pub fn report_schema() -> String {
    let schema = schemars::schema_for!(ScanReport);
    format!("{:#}\n", schema.to_value())
}

/// Text that is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAReport {
    /// It is not JSON of this form.
    #[error("not a report of a scan: give a file that `jwtrail scan --format json` wrote")]
    Form {
        /// What the parser met.
        source: serde_json::Error,
    },
    /// It is of a newer version.
    #[error("a report of version {found}, and this scanner knows {KNOWN}: use a newer one")]
    Version {
        /// Its version.
        found: u32,
    },
}

/// The newest version that is known.
const KNOWN: u32 = 1;
