#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::Path;

/// Returns when the disk has the names of what is in the folder: a new file outlives the machine
/// when its folder does, too.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    let here = Path::new(".");
    let folder = if folder.as_os_str().is_empty() {
        here
    } else {
        folder
    };
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder can't be opened, and names are the file system's concern.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
