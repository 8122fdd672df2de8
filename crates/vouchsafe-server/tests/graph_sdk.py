"""Reads diagnostic data with Microsoft's own Graph SDK, pointed at the base URL of one case and tenant.

Takes the first line of `vouchsafe-server demo --json` on standard input. Every check is against what the service says
elsewhere (counts, grants, the customer's read records), so nothing here knows the demo's data.
"""

import asyncio
import json
import sys
import urllib.parse
import urllib.request

from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
    DirectoryAuditsRequestBuilder,
)
from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter


class Token(AccessTokenProvider):
    """A bearer token that is simply there."""

    def __init__(self, token):
        self.token = token

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def get(url, token):
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def client(base, token):
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token(token)))
    adapter.base_url = base
    return GraphServiceClient(request_adapter=adapter)


def readable(world, category):
    """An engineer's token and a live grant that covers the category."""
    for person in world["people"]:
        if "Support Engineer" not in person["roles"]:
            continue
        for grant in get(f"{world['url']}/v1.0/support/grants", person["token"])["value"]:
            if grant["status"] == "live" and category in grant["dataCategories"]:
                return person["token"], grant
    raise SystemExit(f"nobody may read {category}")


def base_of(world, grant):
    return f"{world['url']}/diagnostics/{grant['supportRequestId']}/{grant['tenantId']}/v1.0"


def count(base, token, collection, condition):
    query = urllib.parse.urlencode({"$filter": condition, "$count": "true", "$top": "1"})
    return get(f"{base}/{collection}?{query}", token)["@odata.count"]


def asking(parameters):
    return RequestConfiguration(query_parameters=parameters)


async def all_pages(builder, configuration):
    """Follows @odata.nextLink to the end, as the SDK's users do."""
    page = await builder.get(request_configuration=configuration)
    found = list(page.value)
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found.extend(page.value)
    return found


async def sign_ins(world):
    token, grant = readable(world, "signInLogs")
    base = base_of(world, grant)
    builder = client(base, token).audit_logs.sign_ins
    parameters = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters

    first = await builder.get(request_configuration=asking(parameters(top=50)))
    assert len(first.value) == 50 and first.odata_next_link
    times = [one.created_date_time for one in first.value]
    assert times == sorted(times, reverse=True), "newest first"

    failed = "status/errorCode ne 0"
    found = await all_pages(builder, asking(parameters(filter=failed, top=250)))
    assert len(found) == len({one.id for one in found}) == count(base, token, "auditLogs/signIns", failed)
    assert found and all(one.status.error_code != 0 for one in found)

    person = next(one for one in found if one.user_id)
    same = f"userId eq '{person.user_id}' and createdDateTime ge {min(times):%Y-%m-%dT%H:%M:%SZ}"
    of_person = await all_pages(builder, asking(parameters(filter=same)))
    assert all(one.user_id == person.user_id for one in of_person), "a pseudonym finds its own person"

    one = await builder.by_sign_in_id(person.id).get()
    assert (one.id, one.created_date_time) == (person.id, person.created_date_time)
    assert one.user_principal_name == one.user_id == person.user_id, "one pseudonym for one person"
    for name, wrong in [("filter", "userPrincipalName gt 'a'"), ("orderby", ["userPrincipalName"])]:
        try:
            await builder.get(request_configuration=asking(parameters(**{name: wrong})))
            raise SystemExit(f"{name} {wrong} was answered")
        except ODataError as error:
            assert error.error.code == "maskedProperty", error


async def directory_audits(world):
    token, grant = readable(world, "auditLogs")
    base = base_of(world, grant)
    builder = client(base, token).audit_logs.directory_audits
    parameters = DirectoryAuditsRequestBuilder.DirectoryAuditsRequestBuilderGetQueryParameters
    everything = await all_pages(builder, asking(parameters(top=100)))
    assert len(everything) == len({one.id for one in everything}) > 0
    name = everything[0].activity_display_name
    condition = f"activityDisplayName eq '{name}'"
    named = await all_pages(builder, asking(parameters(filter=condition)))
    assert named and all(one.activity_display_name == name for one in named)
    assert len(named) == count(base, token, "auditLogs/directoryAudits", condition)
    one = await builder.by_directory_audit_id(everything[-1].id).get()
    assert one.id == everything[-1].id and one.activity_date_time == everything[-1].activity_date_time


async def users(world):
    token, grant = readable(world, "directoryObjects")
    base = base_of(world, grant)
    builder = client(base, token).users
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
    everyone = await all_pages(builder, asking(parameters(top=20)))
    assert len(everyone) == len({one.id for one in everyone}) >= 30
    enabled = await all_pages(builder, asking(parameters(filter="accountEnabled eq true", top=999)))
    assert len(enabled) == count(base, token, "users", "accountEnabled eq true")
    some = await builder.get(request_configuration=asking(parameters(select=["id", "accountEnabled"], top=5)))
    assert all(one.id and one.display_name is None for one in some.value)
    one = await builder.by_user_id(everyone[0].id).get()
    assert one.id == everyone[0].id and one.user_principal_name == one.id


async def main():
    world = json.loads(sys.stdin.readline())
    for check in (sign_ins, directory_audits, users):
        await check(world)
        print(f"{check.__name__}: as Graph")


asyncio.run(main())
