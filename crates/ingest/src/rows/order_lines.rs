//! What the lines of an order say of it together: what all agree on, and every product line that one of them names.

use std::collections::{BTreeMap, BTreeSet};

use vocab::{LINES_SEPARATOR, USUAL_LINE_NAMES};

/// Product lines that an order names at most: the first by spelling.
const MOST_NAMES: usize = 100;

/// Properties of an order with those of a further line: what both say alike, and of what usually names a product line all that
/// either says, each name once and in the order of their spelling, whichever line comes first.
///
/// # Edges
/// * A line that names none takes none away.
/// * What all lines say alike stands as they say it.
pub(super) fn join<'a>(own: &mut BTreeMap<String, String>, further: impl Iterator<Item = (&'a str, &'a str)> + Clone) {
    let says = |key: &str| further.clone().find(|(one, _)| *one == key).map(|(_, value)| value);
    own.retain(|key, value| is_line_name(key) || says(key) == Some(value.as_str()));
    for (key, value) in further.clone().filter(|(key, _)| is_line_name(key)) {
        match own.get_mut(key) {
            Some(known) if known.as_str() != value => *known = together(known, value),
            Some(_) => {}
            None => {
                own.insert(key.to_owned(), value.to_owned());
            }
        }
    }
}

fn is_line_name(key: &str) -> bool {
    USUAL_LINE_NAMES.contains(&key)
}

fn together(one: &str, other: &str) -> String {
    let names = [one, other].into_iter().flat_map(|said| said.split(LINES_SEPARATOR)).map(str::trim);
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    names.into_iter().take(MOST_NAMES).collect::<Vec<&str>>().join(LINES_SEPARATOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(lines: &[&[(&str, &str)]]) -> Vec<(String, String)> {
        let mut own: BTreeMap<String, String> =
            lines[0].iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        lines[1..].iter().for_each(|line| join(&mut own, line.iter().copied()));
        own.into_iter().collect()
    }

    #[test]
    fn an_order_names_every_product_line_of_its_lines_whichever_comes_first() {
        let (tea, cup, bag) = (("品类", "茶"), ("品类", "杯子"), ("品类", "茶、礼袋"));
        let (shop, other) = (("店", "一店"), ("店", "二店"));
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let all = [pair("品类", "杯子、礼袋、茶")];
        assert_eq!(joined(&[&[tea, shop], &[cup, shop], &[bag, other], &[other]]), all);
        assert_eq!(joined(&[&[other], &[bag, other], &[tea, shop], &[cup, shop]]), all);
        assert_eq!(joined(&[&[tea, shop], &[tea, shop]]), [pair("品类", "茶"), pair("店", "一店")]);
        assert_eq!(joined(&[&[bag], &[bag]]), [pair("品类", "茶、礼袋")], "what all say alike stands");
        let many: Vec<String> = (0..150).map(|at| format!("c{at:03}")).collect();
        let lines: Vec<[(&str, &str); 1]> = many.iter().map(|name| [("category", name.as_str())]).collect();
        let up: Vec<&[(&str, &str)]> = lines.iter().map(|line| &line[..]).collect();
        let down: Vec<&[(&str, &str)]> = up.iter().rev().copied().collect();
        assert_eq!(joined(&up), joined(&down));
        assert_eq!(joined(&up)[0].1.split('、').count(), MOST_NAMES);
    }
}
