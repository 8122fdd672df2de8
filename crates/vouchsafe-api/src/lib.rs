//! Wire types, problem codes and OData query options, shared by server and client.
