//! `[files]`: the bucket where files lie that customers send. Without it they lie in the data folder.

use std::path::PathBuf;

use serde::Deserialize;
use vouchsafe_store::files::Bucket;
use zeroize::Zeroizing;

use super::ConfigError;

/// A bucket of an S3-compatible store. Everything in it is encrypted by Vouchsafe first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Name of the bucket. Nothing else may write to it.
    pub bucket: String,
    /// Region; many stores take any.
    #[serde(default = "default_region")]
    pub region: String,
    /// Address of a store that is not Amazon's, such as `https://files.example`.
    pub endpoint: Option<String>,
    /// Access key id. Without it the program's surroundings are asked (`AWS_*`).
    pub access_key_id: Option<String>,
    /// File that holds the secret of the access key, and nothing else but white space around it.
    pub secret_access_key_file: Option<PathBuf>,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

impl Files {
    /// Checks the section, as far as that needs no file and no network.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.bucket.trim().is_empty() {
            return Err("[files]: `bucket` is empty".to_owned());
        }
        let address = |endpoint: &String| {
            let local = endpoint.starts_with("http://127.0.0.1") || endpoint.starts_with("http://localhost");
            endpoint.starts_with("https://") || local
        };
        if !self.endpoint.as_ref().is_none_or(address) {
            return Err("[files]: `endpoint` must be https://HOST[:PORT]".to_owned());
        }
        if self.access_key_id.is_some() != self.secret_access_key_file.is_some() {
            return Err("[files]: `access_key_id` and `secret_access_key_file` go together".to_owned());
        }
        Ok(())
    }

    /// The bucket, with the secret read from its file.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`] names the file of the secret.
    pub fn bucket(&self) -> Result<Bucket, ConfigError> {
        let key = match (&self.access_key_id, &self.secret_access_key_file) {
            (Some(id), Some(file)) => {
                let unreadable =
                    |source| ConfigError::Unreadable { path: file.display().to_string(), source };
                let secret = Zeroizing::new(std::fs::read_to_string(file).map_err(unreadable)?);
                Some((id.clone(), Zeroizing::new(secret.trim().to_owned())))
            }
            (None | Some(_), None | Some(_)) => None,
        };
        let Self { bucket, region, endpoint, .. } = self.clone();
        Ok(Bucket { name: bucket, region, endpoint, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Files {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parsed("bucket = 'files'").check(), Ok(()));
        assert_eq!(parsed("bucket = 'files'\nendpoint = 'http://127.0.0.1:9000'").check(), Ok(()));
        for (text, said) in [
            ("bucket = ' '", "`bucket` is empty"),
            ("bucket = 'files'\nendpoint = 'http://files.example'", "`endpoint` must be https"),
            ("bucket = 'files'\naccess_key_id = 'me'", "go together"),
        ] {
            assert!(parsed(text).check().unwrap_err().contains(said), "{text}");
        }
        assert!(toml::from_str::<Files>("bucket = 'files'\nsecret = 'x'").is_err());
    }

    #[test]
    fn the_secret_comes_from_its_file_and_is_not_printed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, " hush-hush\n").unwrap();
        let text =
            format!("bucket = 'files'\naccess_key_id = 'me'\nsecret_access_key_file = '{}'", file.display());
        let bucket = parsed(&text).bucket().unwrap();
        assert_eq!(
            bucket.key.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str())),
            Some(("me", "hush-hush"))
        );
        assert!(!format!("{bucket:?}").contains("hush"));
    }
}
