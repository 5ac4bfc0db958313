//! Whom a remark mentions.

/// Which of these names does a text mention with an `@` before it? Places in `names`, in their order, each once.
///
/// # Edges
/// Of names that begin alike the longest that fits is meant: `@王芳芳` is not 王芳. An empty name is nobody's.
pub fn mentioned(text: &str, names: &[&str]) -> Vec<usize> {
    let mut found: Vec<usize> = text
        .match_indices('@')
        .filter_map(|(at, _)| {
            let rest = &text[at + 1..];
            let fits = (0..names.len()).filter(|place| !names[*place].is_empty() && rest.starts_with(names[*place]));
            fits.max_by_key(|place| names[*place].len())
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
