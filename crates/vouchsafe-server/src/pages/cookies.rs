//! Our three cookies: the session, what the form before this page did, and a sign-in whose person is away at an identity
//! provider.

use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use vouchsafe_core::time::Timestamp;
use vouchsafe_web::{Flash, Notice};

use super::moment;
use crate::Settings;

/// How long a notice waits for its page.
const NOTICE_LASTS_S: i64 = 60;

/// How long somebody may be away at an identity provider.
const SIGN_IN_LASTS_S: i64 = 600;

/// How cookies are named and kept. Only HTTPS carries them, but on a loopback address, where there is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    plain: bool,
}

impl Cookies {
    /// The cookies of this server.
    pub(crate) fn of(settings: &Settings) -> Self {
        let url = settings.public_url.as_deref().unwrap_or_default();
        Self { plain: settings.demo || url.starts_with("http://") }
    }

    fn session_name(self) -> &'static str {
        if self.plain { "vouchsafe_session" } else { "__Host-vouchsafe_session" }
    }

    fn sign_in_name(self) -> &'static str {
        if self.plain { "vouchsafe_sign_in" } else { "__Host-vouchsafe_sign_in" }
    }

    fn notice_name(self) -> &'static str {
        if self.plain { "vouchsafe_notice" } else { "__Host-vouchsafe_notice" }
    }

    /// The session's secret, as sent.
    pub(crate) fn session(self, headers: &HeaderMap) -> Option<String> {
        find(headers, self.session_name())
    }

    /// What the form before this page did: a known code, and maybe when that took effect. Anything else is nothing.
    pub(crate) fn notice(self, headers: &HeaderMap) -> Option<Flash> {
        let value = find(headers, self.notice_name())?;
        let (code, at) = value.split_once('.').unwrap_or((&value, ""));
        let at = at.parse().ok().map(Timestamp::from_micros);
        let detail = at.map(|at| format!("It ended {}.", moment::exact(at).shown)).unwrap_or_default();
        Some(Flash { notice: Notice::from_code(code)?, detail })
    }

    /// Starts a session.
    pub(crate) fn start(self, secret: String) -> HeaderValue {
        written(self.kept(self.session_name(), secret))
    }

    /// What this browser keeps of a sign-in while its person is at an identity provider.
    pub(crate) fn sign_in(self, headers: &HeaderMap) -> Option<String> {
        find(headers, self.sign_in_name())
    }

    /// Keeps a sign-in until its person is back.
    pub(crate) fn keep_sign_in(self, sealed: String) -> HeaderValue {
        let mut cookie = self.kept(self.sign_in_name(), sealed);
        cookie.set_max_age(cookie::time::Duration::seconds(SIGN_IN_LASTS_S));
        written(cookie)
    }

    /// Forgets a sign-in that came back.
    pub(crate) fn forget_sign_in(self) -> HeaderValue {
        written(self.over(self.sign_in_name()))
    }

    /// Ends the session in the browser.
    pub(crate) fn end(self) -> HeaderValue {
        written(self.over(self.session_name()))
    }

    /// Tells the next page what was done.
    pub(crate) fn tell(self, notice: Notice, ended: Option<Timestamp>) -> HeaderValue {
        let value = match ended {
            Some(at) => format!("{}.{}", notice.code(), at.as_micros()),
            None => notice.code().to_owned(),
        };
        let mut cookie = self.kept(self.notice_name(), value);
        cookie.set_max_age(cookie::time::Duration::seconds(NOTICE_LASTS_S));
        written(cookie)
    }

    /// Forgets a notice that was shown.
    pub(crate) fn told(self) -> HeaderValue {
        written(self.over(self.notice_name()))
    }

    fn kept(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .http_only(true)
            .secure(!self.plain)
            .same_site(SameSite::Lax)
            .path("/")
            .build()
    }

    fn over(self, name: &'static str) -> Cookie<'static> {
        let mut cookie = self.kept(name, String::new());
        cookie.set_max_age(cookie::time::Duration::ZERO);
        cookie
    }
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// Names, secrets and codes are ASCII, so the line always is a header.
fn written(cookie: Cookie<'_>) -> HeaderValue {
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(line).unwrap())])
    }

    fn at(demo: bool, url: Option<&str>) -> Cookies {
        Cookies::of(&Settings { demo, public_url: url.map(str::to_owned), ..Settings::default() })
    }

    #[test]
    fn cookies_are_locked_to_https_where_there_is_https() {
        let line = |demo, url| at(demo, url).start("vss_x".to_owned());
        let (plain, locked) = (
            "vouchsafe_session=vss_x; HttpOnly; SameSite=Lax; Path=/",
            "__Host-vouchsafe_session=vss_x; HttpOnly; SameSite=Lax; Secure; Path=/",
        );
        assert_eq!(line(true, None), plain);
        assert_eq!(line(false, Some("http://localhost:8080")), plain);
        assert_eq!(line(false, Some("https://support.example")), locked);
        assert_eq!(line(false, None), locked);
    }

    #[test]
    fn only_known_notices_are_shown() {
        let cookies = at(true, None);
        let shown = |line| cookies.notice(&sent(line)).map(|flash| (flash.notice, flash.detail));
        assert_eq!(shown("a=b; vouchsafe_notice=messageSent"), Some((Notice::MessageSent, String::new())));
        assert_eq!(
            shown("vouchsafe_notice=accessRemoved.0"),
            Some((Notice::AccessRemoved, "It ended 1 Jan 1970, 00:00:00\u{a0}UTC.".to_owned()))
        );
        assert_eq!(shown("vouchsafe_notice=Your%20password"), None);
        assert_eq!(shown("messageSent"), None);
    }
}
