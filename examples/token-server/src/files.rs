//! Files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;

/// Files and directories that vanish again when this is dropped, unless they are kept.
#[derive(Debug, Default)]
pub(crate) struct NewFiles(Vec<PathBuf>);

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    #[source]
    cause: io::Error,
}

impl WriteError {
    pub(crate) fn kind(&self) -> io::ErrorKind {
        self.cause.kind()
    }
}

impl NewFiles {
    /// Creates a directory that only its owner may enter. It must not be there.
    pub(crate) fn create_directory(&mut self, path: &Path) -> Result<(), WriteError> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|cause| failed(path, cause))?;
        self.0.push(path.to_owned());
        sync_parent(path);
        Ok(())
    }

    /// Writes a file that only its owner may read, or whoever may read `like`. It must not be
    /// there.
    pub(crate) fn write(
        &mut self,
        path: &Path,
        contents: &str,
        like: Option<&Path>,
    ) -> Result<(), WriteError> {
        let file = create(path).map_err(|cause| failed(path, cause))?;
        self.0.push(path.to_owned());
        fill(file, contents, like).map_err(|cause| failed(path, cause))?;
        sync_parent(path);
        Ok(())
    }

    /// Keeps what was written.
    pub(crate) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        // What cannot be removed again is no worse than what went wrong before.
        for path in self.0.drain(..).rev() {
            let _ = if path.is_dir() {
                fs::remove_dir(path)
            } else {
                fs::remove_file(path)
            };
        }
    }
}

/// Writes a file that only its owner may read, in one step. It must not be there.
pub(crate) fn write_once(path: &Path, contents: &str) -> Result<(), WriteError> {
    let mut drafts = NewFiles::default();
    let draft = draft_of(path);
    drafts.write(&draft, contents, None)?;
    // The draft goes; the file stays.
    fs::hard_link(&draft, path).map_err(|cause| failed(path, cause))?;
    sync_parent(path);
    Ok(())
}

/// Replaces the contents of a file in one step, and keeps its owner and its mode.
pub(crate) fn replace(path: &Path, contents: &str) -> Result<(), WriteError> {
    let draft = draft_of(path);
    let mut drafts = NewFiles::default();
    drafts.write(&draft, contents, Some(path))?;
    fs::rename(&draft, path).map_err(|cause| failed(path, cause))?;
    // It is there under its new name.
    drafts.0.clear();
    sync_parent(path);
    Ok(())
}

/// The path of a file beside another one, which gets its contents when they are complete.
fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", process::id()))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fill(mut file: File, contents: &str, like: Option<&Path>) -> io::Result<()> {
    // Owner and mode first: nobody else may read a half of it either.
    if let Some(like) = like {
        imitate(&file, like)?;
    }
    file.write_all(contents.as_bytes())?;
    file.sync_all()
}

/// Gives a file the owner, the group and the mode of another one. Whoever runs the server must be
/// able to read what replaces that.
#[cfg(unix)]
fn imitate(file: &File, like: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    let (own, other) = (file.metadata()?, fs::metadata(like)?);
    if (own.uid(), own.gid()) != (other.uid(), other.gid()) {
        fchown(file, Some(other.uid()), Some(other.gid()))?;
    }
    file.set_permissions(fs::Permissions::from_mode(other.mode() & 0o777))
}

#[cfg(not(unix))]
fn imitate(_file: &File, _like: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a new name durable, where directories can be synced.
fn sync_parent(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

fn failed(path: &Path, cause: io::Error) -> WriteError {
    WriteError {
        path: path.to_owned(),
        cause,
    }
}
