//! What rooms above work out of a snapshot when first asked for, and keep with it: one of each type.
//!
//! So a snapshot need not know who looks at it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Whatever was worked out, by its type.
#[derive(Default)]
pub(crate) struct KeptByType(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl KeptByType {
    /// What is kept of a type: its default when first asked for, and the same one ever after.
    pub(crate) fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let id = TypeId::of::<T>();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        let kept = known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(id).or_insert_with(|| Arc::new(T::default())))
        });
        // What stands under a type's own id is of that type.
        kept.downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    #[test]
    fn one_of_each_type_is_kept() {
        let kept = KeptByType::default();
        assert_eq!(kept.of::<OnceLock<u32>>().get_or_init(|| 7), &7);
        assert_eq!(kept.of::<OnceLock<u32>>().get_or_init(|| 8), &7);
        assert_eq!(kept.of::<OnceLock<u64>>().get_or_init(|| 9), &9);
    }
}
