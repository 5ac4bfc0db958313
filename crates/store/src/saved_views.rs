//! Filters that people saved under a name: each person's own, page by page.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::saved_views;
use crate::history::Resource;
use crate::open::Change;
use crate::{Error, Store};

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Which.
    pub id: i64,
    /// The page that it belongs to.
    pub page: String,
    /// What its owner calls it.
    pub name: String,
    /// The filter as the page's address has it.
    pub query: String,
}

impl Store {
    /// What a person saved for a page, oldest first.
    pub async fn saved_views(&self, staff: i64, page: &str) -> Result<Vec<SavedView>, Error> {
        let rows = saved_views::Entity::find()
            .filter(saved_views::Column::StaffId.eq(staff))
            .filter(saved_views::Column::Page.eq(page))
            .order_by_asc(saved_views::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading saved views"))?;
        Ok(rows.into_iter().map(SavedView::new).collect())
    }

    /// Saves a filter under a name, in the place of what stood there.
    pub async fn put_saved_view(
        &self,
        staff: i64,
        view: (&str, &str, &str),
        actor: &str,
        now: Instant,
    ) -> Result<SavedView, Error> {
        let doing = "saving a view";
        let (page, name, query) = view;
        let mut writing = self.write(now).await?;
        let before = saved_views::Entity::find()
            .filter(saved_views::Column::StaffId.eq(staff))
            .filter(saved_views::Column::Page.eq(page))
            .filter(saved_views::Column::Name.eq(name))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let after = match before {
            Some(before) => {
                let version = before.version + 1;
                let mut row = before.into_active_model();
                row.version = Set(version);
                row.query = Set(query.to_owned());
                row.update(&writing.transaction).await
            }
            None => {
                let row = saved_views::ActiveModel {
                    id: NotSet,
                    version: Set(1),
                    staff_id: Set(staff),
                    page: Set(page.to_owned()),
                    name: Set(name.to_owned()),
                    query: Set(query.to_owned()),
                    created_at: Set(now.micros()),
                };
                row.insert(&writing.transaction).await
            }
        }
        .map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::SavedView,
            id: after.id.to_string(),
            customer: None,
            version: after.version,
            actor,
            cause: "saved",
        };
        writing.remember(change, &after)?;
        writing.commit().await?;
        Ok(SavedView::new(after))
    }

    /// Forgets a person's saved filter.
    ///
    /// # Errors
    /// Not found, also for somebody else's.
    pub async fn remove_saved_view(&self, staff: i64, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "forgetting a view";
        let mut writing = self.write(now).await?;
        let row = saved_views::Entity::find_by_id(id)
            .filter(saved_views::Column::StaffId.eq(staff))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?
            .ok_or_else(|| Error::not_found(format!("view {id}")))?;
        let last = saved_views::Model { version: row.version + 1, ..row.clone() };
        row.delete(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::SavedView,
            id: id.to_string(),
            customer: None,
            version: last.version,
            actor,
            cause: "deleted",
        };
        writing.remember(change, &last)?;
        writing.commit().await
    }
}

impl SavedView {
    fn new(row: saved_views::Model) -> Self {
        Self { id: row.id, page: row.page, name: row.name, query: row.query }
    }
}
