use std::fmt;

/// What was taken out. Its name stands in the file where the secret was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a request proves its right with: `Authorization`, `Proxy-Authorization`, a scheme and its credentials.
    Authorization,
    /// A cookie's value, sent or set.
    Cookie,
    /// A JSON Web Token (RFC 7519), signed or encrypted.
    Jwt,
    /// An access, refresh or other token that is no JWT.
    Token,
    /// A SAML assertion, a SAML message as it is sent, or its signature.
    Saml,
    /// An OAuth code: authorization code, device code, code verifier.
    OauthCode,
    /// A password, passphrase or one-time code.
    Password,
    /// A client secret or another shared secret.
    Secret,
    /// A key that an interface or a storage account is used with.
    ApiKey,
    /// A private key in PEM.
    PrivateKey,
    /// A connection string that is a secret as a whole.
    ConnectionString,
    /// The signature of a signed address (SAS, presigned).
    Signature,
    /// The id of a session.
    SessionId,
    /// Text that is packed or written so that it hides one of the others.
    Hidden,
    /// A body inside of a HAR file that cannot be read, such as a picture.
    UnreadableBody,
}

impl Kind {
    /// All kinds, in order of declaration.
    pub const ALL: [Self; 15] = [
        Self::Authorization,
        Self::Cookie,
        Self::Jwt,
        Self::Token,
        Self::Saml,
        Self::OauthCode,
        Self::Password,
        Self::Secret,
        Self::ApiKey,
        Self::PrivateKey,
        Self::ConnectionString,
        Self::Signature,
        Self::SessionId,
        Self::Hidden,
        Self::UnreadableBody,
    ];

    /// The kind's name, in camel case, as it stands in the cleaned file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Cookie => "cookie",
            Self::Jwt => "jwt",
            Self::Token => "token",
            Self::Saml => "saml",
            Self::OauthCode => "oauthCode",
            Self::Password => "password",
            Self::Secret => "secret",
            Self::ApiKey => "apiKey",
            Self::PrivateKey => "privateKey",
            Self::ConnectionString => "connectionString",
            Self::Signature => "signature",
            Self::SessionId => "sessionId",
            Self::Hidden => "hidden",
            Self::UnreadableBody => "unreadableBody",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
