use vouchsafe_core::decided::Decided;
use vouchsafe_core::permit::{AssignRequest, CloseRequest, Permit};
use vouchsafe_store::{StoreError, Work};

async fn swap(
    work: &mut Work,
    permit: Permit<AssignRequest>,
    decided: Decided<CloseRequest>,
) -> Result<(), StoreError> {
    work.record(permit, decided).await?;
    Ok(())
}

fn main() {}
