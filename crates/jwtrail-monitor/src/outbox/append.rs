use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Appends a line to a file and sees it to the disk. What a crash left of the line before is
/// closed first.
pub(super) fn line(path: &Path, body: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).read(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    let mut file = options.open(path)?;
    let mut text = Vec::with_capacity(body.len() + 2);
    if !ends_a_line(&mut file)? {
        text.push(b'\n');
    }
    text.extend_from_slice(body);
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_data()
}

fn ends_a_line(file: &mut std::fs::File) -> io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};

    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_closed_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.ndjson");
        line(&path, b"{}").unwrap();
        std::fs::write(&path, b"{}\n{\"torn").unwrap();
        line(&path, b"{\"n\":3}").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{}\n{\"torn\n{\"n\":3}\n");
    }
}
