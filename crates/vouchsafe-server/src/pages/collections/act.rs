//! What people do to a data collection by its page.

use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{Request, State};
use tokio::sync::mpsc;
use vouchsafe_api::problem::Code;
use vouchsafe_app::view::CollectionView;
use vouchsafe_app::{AppError, Call, Conversation, UploadCommand, UploadRange};
use vouchsafe_core::id::DataCollectionId;
use vouchsafe_web::{Notice, paths};

use super::again;
use crate::Server;
use crate::message_form::{ATTACHMENT, FILE, PIECES_WAITING_MAX, feed, not_whole};
use crate::pages::answer::{Answer, Failure};
use crate::pages::complaint::{Trouble, refused_file, trouble, wrong};
use crate::pages::form::Form;
use crate::pages::id::Id;
use crate::pages::visitor::Visitor;
use crate::problem::Refusal;

/// `POST /data-collections/{id}/files`
pub(crate) async fn put_files(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    visitor.of_customer()?;
    let mut parts = form.map_err(|_| not_a_form())?;
    let mut taken = 0_u32;
    while let Some(field) = parts.next_field().await.map_err(|error| not_whole(&error, ""))? {
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() != Some(FILE) || name.is_empty() {
            continue;
        }
        if let Err(error) = take(&server, &visitor, id, &name, field).await {
            let message = refused_file(&name, error)?;
            return again(&server, &visitor, id, None, wrong(FILE, &message)).await;
        }
        taken += 1;
    }
    if taken == 0 {
        return again(&server, &visitor, id, None, wrong(FILE, "Choose at least one file.")).await;
    }
    Ok(visitor.moved(&paths::data_collection(&id.to_string()), Notice::FilesTaken))
}

/// Hands one file of the form to the use case, piece by piece.
async fn take(
    server: &Server,
    visitor: &Visitor,
    id: DataCollectionId,
    name: &str,
    field: Field<'_>,
) -> Result<(), AppError> {
    // What a browser says a file is, depends on the machine it runs on: the content decides.
    let command = UploadCommand { name: name.to_owned(), declared: None, range: UploadRange::Whole };
    let (sender, pieces) = mpsc::channel(PIECES_WAITING_MAX);
    let call = Call::from(visitor.who);
    let (uploaded, ()) = tokio::join!(server.app.upload(&call, id, command, pieces), feed(field, sender));
    uploaded.map(drop)
}

fn not_a_form() -> Failure {
    Refusal::new(Code::UnsupportedMediaType, "Send the form as browsers do.", "").into()
}

/// `POST /data-collections/{id}/files/remove`
pub(crate) async fn remove_file(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let removed = server.app.remove_file(&Call::from(visitor.who), id, form.fields.text("name")).await;
    done(&server, &visitor, id, &form, (FILE, Notice::FileRemoved), removed).await
}

/// `POST /data-collections/{id}/submit`
pub(crate) async fn submit(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let sent = server.app.submit_collection(&form.versioned(visitor.who), id).await;
    done(&server, &visitor, id, &form, (FILE, Notice::CollectionSent), sent).await
}

/// `POST /data-collections/{id}/decline`
pub(crate) async fn decline(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let call = form.versioned(visitor.who);
    let declined = server.app.decline_collection(&call, id, form.fields.some("reason")).await;
    done(&server, &visitor, id, &form, ("reason", Notice::CollectionDeclined), declined).await
}

/// `POST /data-collections/{id}/accept`
pub(crate) async fn accept(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let accepted = server.app.accept_collection(&form.versioned(visitor.who), id).await;
    done(&server, &visitor, id, &form, ("reason", Notice::CollectionAccepted), accepted).await
}

/// `POST /data-collections/{id}/return`
pub(crate) async fn give_back(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let call = form.versioned(visitor.who);
    let returned = server.app.return_collection(&call, id, form.fields.some("reason")).await;
    done(&server, &visitor, id, &form, ("reason", Notice::CollectionReturned), returned).await
}

/// `POST /data-collections/{id}/cancel`
pub(crate) async fn cancel(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    form: Form,
) -> Answer {
    let cancelled = server.app.cancel_collection(&form.versioned(visitor.who), id).await;
    done(&server, &visitor, id, &form, ("body", Notice::CollectionCancelled), cancelled).await
}

/// `POST /data-collections/{id}/messages`
pub(crate) async fn write(
    State(server): State<Server>,
    visitor: Visitor,
    Id(id): Id<DataCollectionId>,
    request: Request,
) -> Answer {
    let of = Conversation::Collection(id);
    let (form, files) = Form::with_files(&server, visitor.who, of, request).await?;
    let files = match files {
        Ok(files) => files,
        Err(why) => return again(&server, &visitor, id, Some(&form.fields), wrong(ATTACHMENT, &why)).await,
    };
    let (call, body) = (form.call(visitor.who), form.fields.text("body"));
    let written = server.app.write_collection_message(&call, id, body, files).await;
    let page = paths::data_collection(&id.to_string());
    match written {
        Ok(_) => Ok(visitor.moved(&page, Notice::MessageSent)),
        Err(error) => match trouble(error, "body")? {
            Trouble::Over(notice) => Ok(visitor.moved(&page, notice)),
            Trouble::Form(errors) => again(&server, &visitor, id, Some(&form.fields), errors).await,
        },
    }
}

/// After an act: back to the page with a notice, or the form again.
async fn done(
    server: &Server,
    visitor: &Visitor,
    id: DataCollectionId,
    form: &Form,
    (field, notice): (&str, Notice),
    result: Result<CollectionView, AppError>,
) -> Answer {
    let notice = match result {
        Ok(_) => notice,
        Err(error) => match trouble(error, field)? {
            Trouble::Over(notice) => notice,
            Trouble::Form(mut errors) => {
                errors.items.iter_mut().for_each(|error| field.clone_into(&mut error.field));
                return again(server, visitor, id, Some(&form.fields), errors).await;
            }
        },
    };
    Ok(visitor.moved(&paths::data_collection(&id.to_string()), notice))
}
