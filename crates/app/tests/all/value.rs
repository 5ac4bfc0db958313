//! What a customer is worth here, and what another measure of it would change.

use app::Reader;
use app::view::{ValueOption, ValuePage};
use vocab::Scope;

use crate::world::{House, everyone, scored};

async fn page(house: &House) -> ValuePage {
    house.app.value_page(&everyone(), house.now).await.unwrap()
}

fn option<'p>(page: &'p ValuePage, id: &str) -> &'p ValueOption {
    page.options.iter().find(|option| option.id == id).unwrap_or_else(|| panic!("{id} is not offered"))
}

/// How many customers there are of each tier, the highest first.
async fn tiers(house: &House) -> Vec<u64> {
    let list = house.app.segments(&Scope::All, None, house.now).await.unwrap();
    list.tiers.iter().filter(|tier| tier.tier != "unknown").map(|tier| tier.count).collect()
}

async fn choose(house: &House, value: Option<&str>) {
    let mut firm = house.app.firm().await.unwrap().unwrap();
    firm.value = value.map(str::to_owned);
    house.app.put_firm(&everyone(), firm, house.now).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_to_change_is_what_changes() {
    let house = scored().await;
    let before = page(&house).await;
    assert_eq!(before.in_use, before.by_scorecard);
    assert_eq!(before.options[0].id, before.in_use.clone().unwrap());
    let own = &before.options[0];
    assert_eq!((own.raised, own.lowered, own.gained, own.lost), (0, 0, 0, 0), "the one in use changes nothing");
    assert_eq!(own.tiers.iter().map(|tier| tier.count).collect::<Vec<_>>(), tiers(&house).await);

    let other = before.options.iter().find(|one| one.id != own.id && one.known > 10).unwrap().clone();
    let said: Vec<u64> = other.tiers.iter().map(|tier| tier.count).collect();
    choose(&house, Some(&other.id)).await;
    assert_eq!(tiers(&house).await, said);
    let list = house.app.segments(&Scope::All, None, house.now).await.unwrap();
    assert_eq!(list.value_name, Some(other.name.clone()));
    let after = page(&house).await;
    assert_eq!(after.in_use.as_deref(), Some(other.id.as_str()));
    assert_eq!(after.by_scorecard, before.by_scorecard, "the scorecard names what it named");
    let back = option(&after, &own.id);
    assert_eq!((back.raised, back.lowered), (other.lowered, other.raised), "the way back is the way there");
    assert_eq!((back.gained, back.lost), (other.lost, other.gained));

    choose(&house, None).await;
    assert_eq!(tiers(&house).await, own.tiers.iter().map(|tier| tier.count).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_amount_is_no_value() {
    let house = scored().await;
    for wrong in ["login_days_30d", "nothing"] {
        let firm = app::view::Firm { value: Some(wrong.to_owned()), ..house.app.firm().await.unwrap().unwrap() };
        assert_eq!(house.app.put_firm(&everyone(), firm, house.now).await.unwrap_err().code(), "unknown_choice");
    }
    let analyst = Reader { is_admin: false, ..everyone() };
    assert_eq!(house.app.value_page(&analyst, house.now).await.unwrap_err().code(), "forbidden");
}
