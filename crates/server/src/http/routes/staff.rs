//! Staff and organisation: the tree, its people, invitations, hand-overs; the audit; numbers in full.

use std::sync::Arc;

use app::{AuditQuery, Export, view};
use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use super::exports::{LangAsked, workbook};
use super::imports::receive;
use super::session::signed_in;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Peer, Signed, filled, rows, to_the_end};

/// Deeds on a page, unless asked otherwise.
const AUDIT_ROWS: usize = 50;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(organisation))
        .routes(routes!(add_unit))
        .routes(routes!(change_unit, remove_unit))
        .routes(routes!(change_staff))
        .routes(routes!(invite))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(look_at_invitation))
        .routes(routes!(accept_invitation))
        .routes(routes!(staff_sheet))
        .routes(routes!(invite_sheet))
        .routes(routes!(hand_over_preview))
        .routes(routes!(hand_over))
        .routes(routes!(audit))
        .routes(routes!(audit_workbook))
        .routes(routes!(unmask))
}

/// Staff and organisation
///
/// The tree with its heads and numbers, everybody who works here, who is invited, what each role may do. Administrators
/// only.
#[utoipa::path(get, path = "/api/organisation", tag = "staff", responses((status = 200, body = view::Organisation)))]
async fn organisation(visit: Signed) -> Answer<view::Organisation> {
    Ok(Json(visit.app.organisation(&visit.reader, visit.now).await?))
}

/// Make a unit
///
/// Administrators only; answers the whole tree.
#[utoipa::path(post, path = "/api/units", tag = "staff", request_body = view::UnitRequest,
    responses((status = 200, body = view::Organisation)))]
async fn add_unit(Signed(visit): Signed, Body(unit): Body<view::UnitRequest>) -> Answer<view::Organisation> {
    to_the_end(async move { visit.app.add_unit(&visit.reader, unit, visit.now).await }).await.map(Json)
}

/// Change a unit
///
/// Its name, what it stands below, who heads it, when it works. Administrators only; answers the whole tree.
#[utoipa::path(patch, path = "/api/units/{id}", tag = "staff", request_body = view::UnitRequest,
    params(("id" = i64, Path, description = "Unit")), responses((status = 200, body = view::Organisation)))]
async fn change_unit(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(unit): Body<view::UnitRequest>,
) -> Answer<view::Organisation> {
    to_the_end(async move { visit.app.change_unit(&visit.reader, id, unit, visit.now).await }).await.map(Json)
}

/// Remove a unit
///
/// One that is empty. Administrators only.
#[utoipa::path(delete, path = "/api/units/{id}", tag = "staff", params(("id" = i64, Path, description = "Unit")),
    responses((status = 204, description = "Removed")))]
async fn remove_unit(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_unit(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change a person
///
/// Administrators only; answers the whole tree. Closing the account ends sessions and tokens at once.
#[utoipa::path(patch, path = "/api/staff/{id}", tag = "staff", request_body = view::StaffRequest,
    params(("id" = i64, Path, description = "Person")), responses((status = 200, body = view::Organisation)))]
async fn change_staff(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(person): Body<view::StaffRequest>,
) -> Answer<view::Organisation> {
    to_the_end(async move { visit.app.change_staff(&visit.reader, id, person, visit.now).await }).await.map(Json)
}

/// Invite somebody
///
/// A link that is good for a week; the answer is the only one that shows its secret. Whoever opens it sets the password.
/// Administrators only.
#[utoipa::path(post, path = "/api/invitations", tag = "staff", request_body = view::InvitationRequest,
    responses((status = 200, body = view::InvitationMade)))]
async fn invite(Signed(visit): Signed, Body(person): Body<view::InvitationRequest>) -> Answer<view::InvitationMade> {
    to_the_end(async move { visit.app.invite(&visit.reader, person, visit.now).await }).await.map(Json)
}

/// Take an invitation back
///
/// Its link opens nothing any more. Administrators only.
#[utoipa::path(delete, path = "/api/invitations/{id}", tag = "staff",
    params(("id" = i64, Path, description = "Invitation")), responses((status = 204, description = "Taken back")))]
async fn withdraw_invitation(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.withdraw_invitation(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look at an invitation
///
/// What somebody invited sees before they set a password; needs no sign-in.
#[utoipa::path(post, path = "/api/invitations/look", tag = "staff", request_body = view::InvitationToken,
    responses((status = 200, body = view::InvitationShown)))]
async fn look_at_invitation(
    State(site): State<Arc<Site>>,
    Body(token): Body<view::InvitationToken>,
) -> Answer<view::InvitationShown> {
    Ok(Json(site.app()?.look_at_invitation(token, site.now()).await?))
}

/// Take an invitation up
///
/// Sets the password and signs in; needs no sign-in before.
#[utoipa::path(post, path = "/api/invitations/accept", tag = "staff", request_body = view::InvitationAccept,
    responses((status = 200, body = view::Session)))]
async fn accept_invitation(
    State(site): State<Arc<Site>>,
    Peer(peer): Peer,
    Body(request): Body<view::InvitationAccept>,
) -> Result<Response, Problem> {
    let (app, now) = (site.app()?.clone(), site.now());
    let (secret, session) = to_the_end(async move { app.accept_invitation(request, &peer, now).await }).await?;
    signed_in(&site, &secret, session)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SheetAsked {
    /// Name of the file; its ending tells the format.
    file_name: String,
}

/// Look at a staff sheet
///
/// The raw body is a table (Excel, CSV): name, e-mail, role, unit, owner. Nothing is written: the answer says what it would
/// become. Administrators only.
#[utoipa::path(post, path = "/api/staff/sheet", tag = "staff", params(SheetAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = view::StaffSheet)))]
async fn staff_sheet(visit: Signed, Asked(asked): Asked<SheetAsked>, body: Bytes) -> Answer<view::StaffSheet> {
    let upload = visit.app.new_upload(&visit.reader, &asked.file_name).await?;
    let received = receive(body, &upload.path).await;
    let read = match received {
        Ok(()) => visit.app.staff_sheet(&visit.reader, &upload.id).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let _ = tokio::fs::remove_file(&upload.path).await;
    read.map(Json)
}

/// Invite everybody in a staff sheet
///
/// Whoever is right in it, all or nobody; units that are missing are made. The answer is the only one that shows the links'
/// secrets. Administrators only.
#[utoipa::path(post, path = "/api/staff/sheet/invite", tag = "staff", request_body = view::SheetRequest,
    responses((status = 200, body = Vec<view::InvitationMade>)))]
async fn invite_sheet(
    Signed(visit): Signed,
    Body(sheet): Body<view::SheetRequest>,
) -> Answer<Vec<view::InvitationMade>> {
    to_the_end(async move { visit.app.invite_sheet(&visit.reader, sheet, visit.now).await }).await.map(Json)
}

/// Look at a hand-over
///
/// What would go where if this person left now, in counts; nothing is done. Administrators only.
#[utoipa::path(post, path = "/api/staff/{id}/hand-over/preview", tag = "staff", request_body = view::HandOverRequest,
    params(("id" = i64, Path, description = "Who leaves")), responses((status = 200, body = view::HandOverView)))]
async fn hand_over_preview(
    visit: Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::HandOverRequest>,
) -> Answer<view::HandOverView> {
    Ok(Json(visit.app.hand_over_preview(&visit.reader, id, request).await?))
}

/// Hand over
///
/// Somebody leaves: sessions and tokens end, customers and open cases go to the people named, all in one step; history
/// stays. Administrators only.
#[utoipa::path(post, path = "/api/staff/{id}/hand-over", tag = "staff", request_body = view::HandOverRequest,
    params(("id" = i64, Path, description = "Who leaves")), responses((status = 200, body = view::HandOverView)))]
async fn hand_over(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::HandOverRequest>,
) -> Answer<view::HandOverView> {
    to_the_end(async move { visit.app.hand_over(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Filters of the audit; the same for its export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditAsked {
    /// `sign_in`, `export`, `unmask`, `configuration`, `hand_over`; all when absent.
    sort: Option<String>,
    /// By this person.
    actor: Option<String>,
    /// At this moment or later: `YYYY-MM-DD` or RFC 3339.
    from: Option<String>,
    /// Before this moment.
    until: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows on a page, at most 500.
    limit: Option<usize>,
}

impl AuditAsked {
    fn query(self) -> AuditQuery {
        AuditQuery {
            sort: filled(self.sort),
            actor: filled(self.actor),
            from: filled(self.from),
            until: filled(self.until),
            cursor: filled(self.cursor),
            limit: rows(self.limit, AUDIT_ROWS),
        }
    }
}

/// The audit
///
/// Who signed in or failed to, exported, looked at a number, changed the configuration, handed over; the newest first.
/// Nothing changes or removes it. Administrators only.
#[utoipa::path(get, path = "/api/audit", tag = "staff", params(AuditAsked),
    responses((status = 200, body = view::AuditPage)))]
async fn audit(visit: Signed, Asked(asked): Asked<AuditAsked>) -> Answer<view::AuditPage> {
    Ok(Json(visit.app.audit(&visit.reader, &asked.query()).await?))
}

/// The audit as a workbook
#[utoipa::path(get, path = "/api/exports/audit.xlsx", tag = "exports", params(AuditAsked, LangAsked),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn audit_workbook(
    visit: Signed,
    Asked(asked): Asked<AuditAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Audit(asked.query()), lang).await
}

/// Numbers and addresses in full
///
/// Of one customer; that somebody looked is recorded. For administrators, heads, account managers and service.
#[utoipa::path(post, path = "/api/customers/{id}/unmask", tag = "customers",
    params(("id" = String, Path, description = "Customer")), responses((status = 200, body = view::Unmasked)))]
async fn unmask(Signed(visit): Signed, Named(id): Named<String>) -> Answer<view::Unmasked> {
    let customer = CustomerId::new(id);
    to_the_end(async move { visit.app.unmask(&visit.reader, &customer, visit.now).await }).await.map(Json)
}
