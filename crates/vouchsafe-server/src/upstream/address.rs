//! Addresses of a source: which are taken, how questions become them, and which links are followed.

use std::net::IpAddr;

use reqwest::Url;
use vouchsafe_app::upstream::{UpstreamQuestion, UpstreamWanted};

/// Reads an address of the configuration. Credentials go there, so it is `https`, or a loopback address.
///
/// # Errors
/// What is wrong with it, as the end of a sentence; the address itself is not repeated.
pub(crate) fn parse(text: &str) -> Result<Url, &'static str> {
    let https = "must be https://HOST[:PORT][/PATH], or http:// on a loopback address";
    let url = Url::parse(text).map_err(|_| https)?;
    let host = url.host_str().ok_or(https)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        _ => return Err(https),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must hold no user name and no password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must have neither a query nor a fragment");
    }
    Ok(url)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The address that a question is asked at; none where it can have no answer.
///
/// # Errors
/// [`ForeignLink`] where the next page is elsewhere.
pub(super) fn of_question(base: &Url, question: &UpstreamQuestion) -> Result<Option<Url>, ForeignLink> {
    let mut url = match &question.wanted {
        UpstreamWanted::Next(link) => return follow(base, link).map(Some),
        UpstreamWanted::One(_) | UpstreamWanted::Only | UpstreamWanted::First { .. } => base.clone(),
    };
    let mut options = Vec::new();
    {
        // An address with a host has segments.
        let Ok(mut segments) = url.path_segments_mut() else { return Ok(None) };
        segments.pop_if_empty().extend(question.resource.schema().path.split('/'));
        match &question.wanted {
            // These would name the collection, or what is above it.
            UpstreamWanted::One(id) if ["", ".", ".."].contains(&id.as_str()) => return Ok(None),
            UpstreamWanted::One(id) => {
                segments.push(id);
            }
            UpstreamWanted::First { filter, top } => {
                options.extend(filter.as_ref().map(|filter| option("filter", &filter.to_string())));
                options.push(option("top", &top.to_string()));
            }
            UpstreamWanted::Only | UpstreamWanted::Next(_) => {}
        }
    }
    options.extend(question.select.as_ref().map(|names| option("select", &names.join(","))));
    url.set_query((!options.is_empty()).then(|| options.join("&")).as_deref());
    Ok(Some(url))
}

/// A query option, with `%20` for spaces: not every service takes `+`.
fn option(name: &str, value: &str) -> String {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("${name}={}", value.replace('+', "%20"))
}

/// A link to a place where this server's credentials do not belong.
#[derive(Debug, thiserror::Error)]
#[error("a link leads away from the source")]
pub(super) struct ForeignLink;

/// The address of a next link, if it stays below the base.
pub(super) fn follow(base: &Url, link: &str) -> Result<Url, ForeignLink> {
    let url = base.join(link).map_err(|_| ForeignLink)?;
    let root = base.path().trim_end_matches('/');
    let below = url.path().strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    let plain = url.username().is_empty() && url.password().is_none();
    if url.origin() == base.origin() && below && plain { Ok(url) } else { Err(ForeignLink) }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;
    use vouchsafe_diagnostics::filter::parse as filter;
    use vouchsafe_diagnostics::resource::Resource;

    use super::*;

    fn asked(wanted: UpstreamWanted, select: Option<Vec<String>>) -> Option<String> {
        let base = Url::parse("https://graph.example/v1.0").unwrap();
        let deadline = Instant::now();
        let question = UpstreamQuestion { resource: Resource::SignIn, wanted, select, deadline };
        of_question(&base, &question).unwrap().map(|url| url.to_string())
    }

    #[test]
    fn a_question_is_one_address_whatever_its_values_hold() {
        let told = filter("userPrincipalName eq 'a+b&$top=9@x.example' and status/errorCode eq 0").unwrap();
        assert_eq!(
            asked(UpstreamWanted::First { filter: Some(told), top: 50 }, None).unwrap(),
            "https://graph.example/v1.0/auditLogs/signIns?$filter=userPrincipalName%20eq%20%27a%2Bb%26%24top%3D9%40x.example%27%20and%20status%2FerrorCode%20eq%200&$top=50"
        );
        assert_eq!(
            asked(UpstreamWanted::One("../users?x#y".to_owned()), Some(vec!["id".to_owned()])).unwrap(),
            "https://graph.example/v1.0/auditLogs/signIns/..%2Fusers%3Fx%23y?$select=id"
        );
        for id in ["", ".", ".."] {
            assert_eq!(asked(UpstreamWanted::One(id.to_owned()), None), None);
        }
    }

    #[test]
    fn links_stay_below_the_base() {
        let base = Url::parse("https://graph.example/v1.0").unwrap();
        let good = "https://graph.example/v1.0/auditLogs/signIns?$skiptoken=x";
        assert_eq!(follow(&base, good).unwrap().as_str(), good);
        for link in [
            "https://graph.example.evil/v1.0/x",
            "http://graph.example/v1.0/x",
            "https://graph.example:444/v1.0/x",
            "https://graph.example/beta/x",
            "https://graph.example/v1.0x/y",
            "https://graph.example/v1.0/../beta",
            "https://me@graph.example/v1.0/x",
            "//evil.example/v1.0/x",
            "file:///etc/passwd",
        ] {
            assert!(follow(&base, link).is_err(), "{link}");
        }
    }
}
