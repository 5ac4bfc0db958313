//! An intake log whose making was broken off: nothing was ever written to it, and it is made again.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::Error;

/// Removes what a process has left that stopped while it made the database in a folder: a journal of nothing but zeros, and
/// perhaps the mark of a database with nothing in it.
///
/// # Edges
/// Whatever else is there stays, for the database to refuse.
pub(crate) fn clear_unmade(folder: &Path) -> Result<(), Error> {
    let (mark, journal) = (folder.join("version"), folder.join("0.jnl"));
    let failed = |source| Error::io("look at", folder, source);
    let is_made = std::fs::metadata(&mark).is_ok_and(|mark| mark.len() > 0);
    let has_tables = match std::fs::read_dir(folder.join("keyspaces")) {
        Ok(mut tables) => tables.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    if is_made || has_tables || !is_blank(&journal).map_err(failed)? {
        return Ok(());
    }
    for left in [mark, journal] {
        match std::fs::remove_file(&left) {
            Err(source) if source.kind() != ErrorKind::NotFound => return Err(Error::io("remove", &left, source)),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a file holds nothing, or nothing but zeros; one that is not there does.
fn is_blank(path: &Path) -> std::io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(true),
            read if piece[..read].iter().any(|byte| *byte != 0) => return Ok(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::Intake;

    /// What is left of a folder by a process that stopped after so many steps of its making.
    fn left(folder: &Path, steps: usize, journal: &[u8]) {
        let step = |at: usize| match at {
            0 => std::fs::write(folder.join("lock"), []),
            1 => std::fs::create_dir(folder.join("keyspaces")),
            2 => std::fs::write(folder.join("0.jnl"), journal),
            _ => std::fs::write(folder.join("version"), []),
        };
        (0..steps).for_each(|at| step(at).unwrap());
    }

    #[test]
    fn a_log_whose_making_was_broken_off_anywhere_is_made_again_and_one_with_a_row_is_not() {
        for steps in 0..=4 {
            let dir = tempfile::tempdir().unwrap();
            left(dir.path(), steps, &[0; 4_096]);
            let intake = Intake::open(dir.path(), None);
            assert!(intake.is_ok(), "{steps}: {:?}", intake.err());
        }
        let dir = tempfile::tempdir().unwrap();
        left(dir.path(), 3, &[0, 0, 7]);
        assert!(Intake::open(dir.path(), None).is_err());
        assert_eq!(std::fs::read(dir.path().join("0.jnl")).unwrap(), [0, 0, 7], "what was written stays");
    }
}
