//! What one tenant does with its places leaves the others theirs.

use vouchsafe_core::id::{Id as _, uuid_v7};
use vouchsafe_core::time::Timestamp;

use super::*;

fn tenant(n: u8) -> TenantId {
    TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [n; 10]))
}

#[test]
fn a_tenant_takes_its_own_places_and_all_of_them_are_counted() {
    let uploads = Uploads::default();
    let mut held: Vec<Place> =
        (0..UPLOADS_OF_TENANT_MAX).map(|_| uploads.place(tenant(1)).unwrap()).collect();
    assert!(matches!(uploads.place(tenant(1)), Err(AppError::Busy)));
    // Others are not in its way, and one that ends makes room for one.
    drop(uploads.place(tenant(2)).unwrap());
    held.pop();
    held.push(uploads.place(tenant(1)).unwrap());
    assert!(matches!(uploads.place(tenant(1)), Err(AppError::Busy)));
    for n in 2.. {
        if held.len() == UPLOADS_MAX {
            break;
        }
        held.extend((0..UPLOADS_OF_TENANT_MAX).map(|_| uploads.place(tenant(n)).unwrap()));
    }
    assert!(matches!(uploads.place(tenant(200)), Err(AppError::Busy)));
    held.clear();
    assert!(uploads.place(tenant(200)).is_ok());
}

#[tokio::test]
async fn files_of_one_tenant_are_not_all_cleaned_before_one_of_another() {
    let uploads = Uploads::default();
    let order = Arc::new(Mutex::new(Vec::new()));
    let first = uploads.cleaner(tenant(1)).await.unwrap();
    let mut waiting = Vec::new();
    for who in [1, 1, 1, 2] {
        let (uploads, order) = (uploads.clone(), Arc::clone(&order));
        waiting.push(tokio::spawn(async move {
            let turn = uploads.cleaner(tenant(who)).await.unwrap();
            order.lock().unwrap().push(who);
            drop(turn);
        }));
        tokio::task::yield_now().await;
    }
    drop(first);
    for task in waiting {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [2, 1, 1, 1]);
}
