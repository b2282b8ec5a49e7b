use jwtrail_scan::ScanReport;

/// A report with one of everything, as JSON so that its form is tested with it.
pub(crate) fn report() -> ScanReport {
    jwtrail_scan::formats::read_json(REPORT).unwrap()
}

const REPORT: &str = include_str!("samples/report.json");
