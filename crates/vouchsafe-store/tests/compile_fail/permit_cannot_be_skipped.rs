use vouchsafe_core::decided::Decided;
use vouchsafe_core::permit::{CloseRequest, Permit};
use vouchsafe_store::{StoreError, Work};

async fn skip(work: &mut Work, decided: Decided<CloseRequest>) -> Result<(), StoreError> {
    let nothing: Option<Permit<CloseRequest>> = None;
    work.record(nothing, decided).await?;
    Ok(())
}

fn main() {}
