//! A bucket of an S3-compatible store.

use object_store::ClientOptions;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use zeroize::Zeroizing;

use crate::error::StoreError;

/// Which bucket, and how to get in. Without a key, the surroundings of the program are asked (`AWS_*`).
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Region; many stores take any.
    pub region: String,
    /// Address of a store that is not Amazon's, such as `https://files.example`.
    pub endpoint: Option<String>,
    /// Access key id and secret.
    pub key: Option<(String, Zeroizing<String>)>,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).field("endpoint", &self.endpoint).finish()
    }
}

impl Bucket {
    pub(super) fn connect(&self) -> Result<AmazonS3, StoreError> {
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&self.name).with_region(&self.region);
        if let Some(endpoint) = &self.endpoint {
            let plain = endpoint.starts_with("http://");
            builder = builder
                .with_endpoint(endpoint)
                .with_client_options(ClientOptions::new().with_allow_http(plain));
        }
        if let Some((id, secret)) = &self.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret.as_str());
        }
        Ok(builder.build()?)
    }
}
