use vouchsafe_core::decided::Decided;
use vouchsafe_core::permit::{Permit, SetUp};
use vouchsafe_store::{StoreError, Work};

async fn reuse(
    work: &mut Work,
    permit: Permit<SetUp>,
    one: Decided<SetUp>,
    two: Decided<SetUp>,
) -> Result<(), StoreError> {
    work.record(permit, one).await?;
    work.record(permit, two).await?;
    Ok(())
}

fn main() {}
