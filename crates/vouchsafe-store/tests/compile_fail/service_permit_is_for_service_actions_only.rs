use vouchsafe_core::id::SupportRequestId;
use vouchsafe_core::permit::{CloseRequest, Permit, WorkId, for_service};

fn close_as_service(work: WorkId, case: SupportRequestId) -> Permit<CloseRequest> {
    for_service::<CloseRequest>(work, case)
}

fn main() {}
