//! Terms, from the files of a folder (requirement G02).

mod file;

use std::path::Path;

use bonin_domain::accounts::{Term, Terms};

use super::reader::{Reader, filled};
use super::tree::TermsFolder;

/// Where terms lie, unless it is said.
const USUAL: &str = "config/terms";

/// The files of that folder, for development elsewhere.
const SAMPLES: [(&str, &str); 4] = [
    ("service.ko.md", include_str!("../../../../config/terms/service.ko.md")),
    ("service.en.md", include_str!("../../../../config/terms/service.en.md")),
    ("marketing.ko.md", include_str!("../../../../config/terms/marketing.ko.md")),
    ("marketing.en.md", include_str!("../../../../config/terms/marketing.en.md")),
];

/// Reads the terms of the configured folder. Where none is configured those of `config/terms` below the working
/// directory; where there are none either, in development the samples that are compiled in, in production none. In
/// production nobody agrees to a sample.
pub(super) fn read(reader: &mut Reader, written: &TermsFolder, production: bool) -> Option<Terms> {
    let usual = Path::new(USUAL);
    let read = match filled(written.folder.as_ref()) {
        Some(folder) => of_folder(Path::new(&folder)),
        None if usual.is_dir() => of_folder(usual),
        None if production => Ok(Terms::default()),
        None => together(SAMPLES.map(|(name, content)| file::read(name, content)), "the samples"),
    };
    match read {
        Ok(terms) if production && holds_sample(&terms) => {
            reader.complain("TERMS__FOLDER", "holds a sample term: write your own");
            None
        }
        Ok(terms) => Some(terms),
        Err(faults) => {
            for fault in faults {
                reader.complain("TERMS__FOLDER", fault);
            }
            None
        }
    }
}

/// Whether any of them is a text of the samples.
fn holds_sample(terms: &Terms) -> bool {
    let samples = SAMPLES.map(|(name, content)| file::read(name, content).map(|term| term.hash()));
    terms.all().iter().any(|term| samples.contains(&Ok(term.hash())))
}

/// The terms of all `*.md` files of a folder, or what is wrong with each.
fn of_folder(folder: &Path) -> Result<Terms, Vec<String>> {
    let shown = folder.display();
    let unreadable = |error: std::io::Error| vec![format!("{shown} cannot be read: {error}")];
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(vec![format!("{shown} holds no terms: files named *.md")]);
    }
    paths.sort();
    let terms = paths.iter().map(|path| {
        let name = path.display().to_string();
        let content = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        file::read(&name, &content)
    });
    together(terms, &shown.to_string())
}

fn together(read: impl IntoIterator<Item = Result<Term, String>>, place: &str) -> Result<Terms, Vec<String>> {
    let (mut terms, mut faults) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok(term) => terms.push(term),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Terms::new(terms).map_err(|error| vec![format!("{place}: {error}")])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use bonin_domain::messages::Locale;
    use jiff::Timestamp;

    use super::*;

    /// A folder of the process's own, removed with what is in it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let path = std::env::temp_dir().join(format!("bonin-terms-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            for (file, content) in files {
                std::fs::write(path.join(file), content).unwrap();
            }
            Self(path)
        }

        fn read(&self) -> (Option<Terms>, Vec<String>) {
            settled(Some(self.0.display().to_string()), true)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    fn settled(folder: Option<String>, production: bool) -> (Option<Terms>, Vec<String>) {
        let mut reader = Reader { complaints: Vec::new() };
        let terms = read(&mut reader, &TermsFolder { folder }, production);
        assert!(reader.complaints.iter().all(|complaint| complaint.name == "BONIN__TERMS__FOLDER"));
        (terms, reader.complaints.into_iter().map(|complaint| complaint.what).collect())
    }

    #[test]
    fn development_has_two_sample_terms_in_both_languages() {
        let (terms, complaints) = settled(None, false);
        assert!(complaints.is_empty(), "{complaints:?}");
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for locale in [Locale::Ko, Locale::En] {
            let terms = terms.clone().unwrap();
            let current = terms.current(locale, now);
            let names: Vec<_> = current.iter().map(|term| (term.id.as_str(), term.required)).collect();
            assert_eq!(names, [("service", true), ("marketing", false)]);
            assert!(current.iter().all(|term| term.locale == locale));
        }
    }

    #[test]
    fn production_has_the_terms_that_are_configured() {
        assert_eq!(settled(None, true), (Some(Terms::default()), Vec::new()));
        let own = SAMPLES[0].1.replace("예시", "우리");
        let folder = Folder::new("read", &[("service.ko.md", &own), ("notes.txt", "not a term")]);
        let (terms, complaints) = folder.read();
        assert!(complaints.is_empty(), "{complaints:?}");
        assert_eq!(terms.unwrap().current(Locale::Ko, Timestamp::MAX).len(), 1);
        let (terms, complaints) = Folder::new("samples", &SAMPLES[..1]).read();
        assert!(terms.is_none(), "nobody agrees to a sample");
        assert_eq!(complaints, ["holds a sample term: write your own"]);
    }

    #[test]
    fn a_folder_that_is_missing_or_empty_is_complained_of() {
        let (terms, complaints) = settled(Some("/nowhere/at/all".to_owned()), false);
        assert!(terms.is_none() && complaints[0].starts_with("/nowhere/at/all cannot be read"));
        let (terms, complaints) = Folder::new("empty", &[]).read();
        assert!(terms.is_none() && complaints[0].ends_with("holds no terms: files named *.md"));
    }

    #[test]
    fn each_broken_file_is_named() {
        let folder =
            Folder::new("broken", &[("a.md", "no block"), SAMPLES[0], ("c.md", "---\nid: A\n---\nt")]);
        let (terms, complaints) = folder.read();
        assert!(terms.is_none());
        assert_eq!(complaints.len(), 2);
        assert!(complaints[0].contains("a.md:1: ") && complaints[1].contains("c.md:3: "), "{complaints:?}");
    }

    #[test]
    fn files_that_do_not_fit_together_are_complained_of() {
        let twice = [SAMPLES[0], ("again.md", SAMPLES[0].1)];
        let (terms, complaints) = Folder::new("twice", &twice).read();
        assert!(terms.is_none());
        assert!(complaints[0].ends_with("term service version 2024-01-01 is there twice in one language"));
    }
}
