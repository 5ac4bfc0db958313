//! Rows dealt to folds.

use std::collections::BTreeMap;

use estimators::chance::Chance;

/// The fold of each of `rows`, 0 to `count − 1`: equal shares of leavers in each, all rows of a group in the same.
///
/// `positives` and `groups` have an entry for each row of the table; `rows` are places in it. A group counts as leaving if
/// any of its rows does.
pub fn stratified(positives: &[bool], rows: &[u32], groups: &[u32], count: usize, seed: u64) -> Vec<usize> {
    let mut members: BTreeMap<u32, (bool, usize)> = BTreeMap::new();
    for &row in rows {
        let member = members.entry(groups[row as usize]).or_default();
        member.0 |= positives[row as usize];
        member.1 += 1;
    }
    let mut fold_of: BTreeMap<u32, usize> = BTreeMap::new();
    let mut sizes = vec![0usize; count];
    for (class, leaves) in [true, false].into_iter().enumerate() {
        let mut group: Vec<(u32, usize)> =
            members.iter().filter(|(_, member)| member.0 == leaves).map(|(group, member)| (*group, member.1)).collect();
        Chance::of(seed, class as u64).shuffle(&mut group);
        let mut dealt = vec![0usize; count];
        for (group, size) in group {
            // The fold with fewest of this class so far, then with fewest rows.
            let fold = (0..count).min_by_key(|fold| (dealt[*fold], sizes[*fold])).unwrap_or(0);
            dealt[fold] += size;
            sizes[fold] += size;
            fold_of.insert(group, fold);
        }
    }
    rows.iter().map(|&row| fold_of.get(&groups[row as usize]).copied().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fold_has_its_share_of_leavers_and_no_customer_is_in_two() {
        let positives: Vec<bool> = (0..100).map(|row| row % 10 == 0).collect();
        let groups: Vec<u32> = (0..100).map(|row| row / 2).collect();
        let rows: Vec<u32> = (0..100).collect();
        let of = stratified(&positives, &rows, &groups, 5, 3);
        for fold in 0..5 {
            let leavers = (0..100).filter(|&row| of[row] == fold && positives[row]).count();
            assert_eq!(leavers, 2, "fold {fold}");
        }
        assert!((0..50).all(|pair| of[2 * pair] == of[2 * pair + 1]));
        assert_eq!(of, stratified(&positives, &rows, &groups, 5, 3));
        assert_ne!(of, stratified(&positives, &rows, &groups, 5, 4));
    }
}
