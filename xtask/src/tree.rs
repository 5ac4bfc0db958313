//! The files of the project as text, generated and fetched ones left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that hold nothing written by hand.
const PASSED_OVER: [&str; 7] = ["target", "node_modules", "dist", ".git", ".liuke", "data", "test-results"];
/// Endings of files that are read.
const READ: [&str; 16] =
    ["rs", "toml", "md", "ts", "tsx", "css", "html", "mjs", "js", "json", "sh", "yml", "yaml", "snap", "py", "txt"];
/// Files without an ending that are read.
const READ_BY_NAME: [&str; 4] = ["Makefile", "run", "LICENSE", ".gitignore"];

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// From the root, with `/` between folders.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// Whether the file's name ends like this.
    pub fn ends(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    /// The room a file of `crates/` belongs to.
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether it is a test, or the pictures and fakes of tests.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "stories" | "mock" | "benches"))
            || self.path.contains(".test.")
    }

    /// Lines of code with their numbers: comments left out, and in Rust the test module that ends a file.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let rust = self.ends(".rs");
        let end = match rust {
            true => self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len()),
            false => self.text.len(),
        };
        let lines = self.text[..end].lines().enumerate();
        lines.map(|(number, line)| (number + 1, line.split("//").next().unwrap_or(line)))
    }
}

/// All files that are read, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: Vec<SourceFile>,
}

impl Tree {
    /// Reads the tree below a folder. Files that are not text are passed over.
    pub fn read(root: &Path) -> io::Result<Tree> {
        let mut files = Vec::new();
        read_folder(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree { files })
    }

    /// A tree made of paths and texts.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() };
        Tree { files: files.iter().map(file).collect() }
    }

    /// Every file.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files of a room's own code, tests left out.
    pub fn code_of<'a>(&'a self, room: &'a str) -> impl Iterator<Item = &'a SourceFile> {
        self.files.iter().filter(move |file| file.room() == Some(room) && file.ends(".rs") && !file.is_test())
    }

    /// Names of the rooms there are: folders of `crates/` with a manifest.
    pub fn rooms(&self) -> Vec<&str> {
        let manifests =
            self.files.iter().filter(|file| file.path.matches('/').count() == 2 && file.ends("/Cargo.toml"));
        manifests.filter_map(SourceFile::room).collect()
    }
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() && !PASSED_OVER.contains(&name.as_str()) {
            read_folder(root, &path, files)?;
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        if !kind.is_file() || !(READ.contains(&ending) || READ_BY_NAME.contains(&name.as_str())) {
            continue;
        }
        if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path, text });
        }
    }
    Ok(())
}

/// The root of the project.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_the_closing_test_module_are_not_code() {
        let text = "fn a() {} // why\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let file = SourceFile { path: "crates/x/src/lib.rs".into(), text: text.into() };
        let code: Vec<_> = file.code_lines().collect();
        assert_eq!(code, [(1, "fn a() {} "), (2, "")]);
    }

    #[test]
    fn a_room_is_a_folder_with_a_manifest() {
        let tree = Tree::of(&[("crates/a/Cargo.toml", ""), ("crates/b/src/lib.rs", ""), ("crates/a/src/lib.rs", "")]);
        assert_eq!(tree.rooms(), ["a"]);
        assert_eq!(tree.code_of("a").count(), 1);
    }
}
