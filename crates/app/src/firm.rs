//! The deployment's words and choices.

use vocab::{Instant, Kind, Zone};

use crate::error::Error;
use crate::view::{self, Words};
use crate::{App, Reader, blocking};

const SETTING: &str = "firm";
/// The scorecard of firms that have only totals by period.
pub(crate) const TOTALS: &str = "totals";

impl App {
    /// The deployment's words and choices; `None` until set-up.
    pub async fn firm(&self) -> Result<Option<view::Firm>, Error> {
        match self.store().setting(SETTING).await? {
            Some(text) => serde_json::from_str(&text).map(Some).map_err(Error::internal),
            None => Ok(None),
        }
    }

    /// The firm as set up, or a general one where nobody has set anything up (the command line on a bare folder).
    pub(crate) async fn working_firm(&self) -> Result<view::Firm, Error> {
        match self.firm().await? {
            Some(firm) => Ok(firm),
            None => self.unchosen_firm().await,
        }
    }

    /// Nobody has chosen anything yet: the general template; a firm that has only totals by period, and no single event
    /// or order, is looked at by its totals.
    async fn unchosen_firm(&self) -> Result<view::Firm, Error> {
        let app = self.clone();
        let sources = blocking(move || Ok(app.facts().sources()?)).await?;
        let has = |kind: Kind| sources.iter().any(|source| source.counts.get(&kind).is_some_and(|count| *count > 0));
        let mut firm = self.template_firm("general");
        let has_only_totals = has(Kind::Snapshot) && ![Kind::Event, Kind::Order, Kind::Payment].into_iter().any(has);
        if has_only_totals && self.definitions().scorecards.contains_key(TOTALS) {
            firm.scorecard = TOTALS.to_owned();
        }
        Ok(firm)
    }

    /// Whether this is the sample company.
    pub async fn is_demo(&self) -> Result<bool, Error> {
        Ok(self.firm().await?.is_some_and(|firm| firm.demo))
    }

    /// What set-up offers.
    pub fn templates(&self) -> Vec<view::TemplateOption> {
        self.definitions().template_options()
    }

    /// A firm as its template starts it.
    ///
    /// # Panics
    /// If no template ships: our own mistake.
    pub fn template_firm(&self, template: &str) -> view::Firm {
        let definitions = self.definitions();
        let template = definitions.template(template).or_else(|| definitions.templates.last());
        let template = template.expect("templates ship with the binary");
        view::Firm {
            name: String::new(),
            template: template.id.clone(),
            noun: Words::from(&template.noun),
            noun_plural_en: template.noun_plural_en.clone(),
            measure_zh: template.measure_zh.clone(),
            owner_title: Words::from(&template.owner_title),
            timezone: self.zone().name().to_owned(),
            currency: "CNY".to_owned(),
            churn: template.churn.first().cloned().unwrap_or_default(),
            scorecard: template.scorecard.clone(),
            value: None,
            demo: false,
        }
    }

    /// Refuses choices that do not exist.
    pub(crate) fn check_firm(&self, firm: &view::Firm) -> Result<(), Error> {
        let definitions = self.definitions();
        if definitions.template(&firm.template).is_none() {
            return Err(unknown("template", "行业模板", &firm.template));
        }
        if self.churn_definition(&firm.churn).is_none() {
            return Err(unknown("churn definition", "流失口径", &firm.churn));
        }
        if !self.scorecard_ids().contains(&firm.scorecard) {
            return Err(unknown("scorecard", "打分卡", &firm.scorecard));
        }
        firm.value.as_deref().map_or(Ok(()), |value| self.check_measure_of_value(value))?;
        if firm.timezone != self.zone().name() && Zone::named(&firm.timezone).as_ref() != Ok(self.zone()) {
            return Err(Error::bad(
                "zone_is_fixed",
                ("时区在建目录时已定，不能更改", "the zone was fixed when the folder was made"),
                ("换时区请用 --timezone 新建目录", "make a new folder with --timezone"),
            ));
        }
        let worded = [
            &firm.noun.zh,
            &firm.noun.en,
            &firm.noun_plural_en,
            &firm.measure_zh,
            &firm.owner_title.zh,
            &firm.owner_title.en,
        ];
        if worded.iter().any(|word| word.trim().is_empty() || word.chars().count() > 40)
            || firm.name.chars().count() > 120
        {
            return Err(Error::bad(
                "bad_words",
                ("称呼、量词和头衔不能为空，也不能太长", "noun, measure word and title must be 1 to 40 characters"),
                ("例如 客户 / 家 / 客户经理", "for example customer / customers / account manager"),
            ));
        }
        Ok(())
    }

    /// Changes the deployment's words and choices. Lists follow at once; alerts with the next cycle.
    pub async fn put_firm(&self, reader: &Reader, mut firm: view::Firm, now: Instant) -> Result<view::Firm, Error> {
        reader.may_administer()?;
        self.check_firm(&firm)?;
        firm.timezone = self.zone().name().to_owned();
        firm.demo = self.is_demo().await?;
        self.keep_firm(&firm, &reader.actor(), now).await?;
        Ok(firm)
    }

    /// Makes this folder the sample company. Only for a folder that nobody has set up.
    pub async fn set_up_demo(&self, name: Words, template: &str, now: Instant) -> Result<(), Error> {
        if self.store().staff_count().await? > 0 && !self.is_demo().await? {
            return Err(Error::bad(
                "not_a_demo",
                ("这个目录里是真实企业的数据，不能当演示用", "this folder belongs to a real firm"),
                ("请换一个空目录", "use an empty folder"),
            ));
        }
        let firm = view::Firm { name: name.zh, demo: true, ..self.template_firm(template) };
        self.keep_firm(&firm, "liuke", now).await
    }

    pub(crate) async fn keep_firm(&self, firm: &view::Firm, actor: &str, now: Instant) -> Result<(), Error> {
        let text = serde_json::to_string(firm).map_err(Error::internal)?;
        self.store().put_setting(SETTING, &text, actor, now).await?;
        self.refresh_scorecards().await?;
        self.0.snapshots.clear();
        Ok(())
    }

    /// Every definition in a line, those in use marked.
    pub async fn definition_rows(&self) -> Result<Vec<view::DefinitionRow>, Error> {
        let firm = self.working_firm().await?;
        let in_use = self.policy_in_use(&firm.template);
        let mut rows = self.definitions().rows(&firm.scorecard, &firm.churn, &in_use);
        rows.extend(self.own_churn_definitions().into_iter().map(|own| view::DefinitionRow {
            id: own.id.clone(),
            sort: "churn".to_owned(),
            name: Words::from(&own.name),
            sentence: Words::from(own.in_words()),
            active: own.id == firm.churn,
        }));
        Ok(rows)
    }

    /// The TOML text that holds a definition.
    pub fn definition_source(&self, sort: &str, id: &str) -> Result<String, Error> {
        let own = match sort {
            "scorecard" => self.scorecard_source(id, crate::books::NOW),
            "rule" => self.rule_source(id),
            "churn" => self.churn_source(id),
            _ => None,
        };
        own.or_else(|| crate::books::definitions::Definitions::source(sort, id))
            .ok_or_else(|| Error::not_found(("这条定义", "the definition")))
    }
}

fn unknown(what: &str, what_zh: &str, id: &str) -> Error {
    Error::bad(
        "unknown_choice",
        (&format!("没有这个{what_zh}：“{id}”"), &format!("no such {what}: \"{id}\"")),
        ("请从列表中选择", "choose one from the list"),
    )
}
