//! Renders a saved report in every format: `render REPORT.json DIRECTORY`.

use std::error::Error;
use std::fs;
use std::path::Path;

use jwtrail_scan::formats::{self, TextStyle};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(report), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: render REPORT.json DIRECTORY".into());
    };
    let report = formats::read_json(&fs::read_to_string(report)?)?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    for (name, text) in [
        ("report.txt", formats::to_text(&report, TextStyle::plain())),
        ("report.json", formats::to_json(&report)?),
        ("report.sarif", formats::to_sarif(&report)?),
        ("report.xml", formats::to_junit(&report)),
        ("report.md", formats::to_markdown(&report)),
        ("report.html", formats::to_html(&report)),
    ] {
        fs::write(directory.join(name), text)?;
    }
    Ok(())
}
