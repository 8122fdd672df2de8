//! The built-in roles, with names, template ids and the actions that matter here as in Microsoft Entra
//! (`reference/microsoft.md` d.3 and d.4, snapshot of May 2026), and the provider's own.

use super::RoleDefinition;

const TICKETS: &str = crate::permission::TICKET_UMBRELLA;
const AUDIT: &str = "microsoft.directory/auditLogs/allProperties/read";
const SIGN_INS: &str = "microsoft.directory/signInReports/allProperties/read";
const IMPORT: &str = "vouchsafe.diagnostics/records/import";
const ERASE: &str = "microsoft.directory/users/delete";
const POLICY: &str = "vouchsafe.support/policy/update";
const USERS: &str = "microsoft.directory/users/standard/read";
const INVITE: &str = "microsoft.directory/users/create";
const RENAME: &str = "microsoft.directory/users/basic/update";
const DISABLE: &str = "microsoft.directory/users/disable";
const SIGN_IN_METHODS: &str = "microsoft.directory/users/authenticationMethods/create";
const ROLES: &str = "microsoft.directory/roleAssignments/allProperties/allTasks";
const TOKENS: &str = "vouchsafe.directory/apiTokens/manage";

/// Every built-in role, customer roles by name, then those of service accounts and of the provider.
pub(super) const BUILT_IN: &[RoleDefinition] = &[
    RoleDefinition {
        display_name: "AI Administrator",
        template_id: "d2562ede-74db-457e-a7b6-544e236ebb61",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Agent ID Administrator",
        template_id: "db506228-d27e-4b7d-95e5-295956d6615f",
        actions: &[TICKETS, AUDIT],
    },
    RoleDefinition {
        display_name: "Application Administrator",
        template_id: "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        actions: &[TICKETS, AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Authentication Administrator",
        template_id: "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        actions: &[TICKETS, USERS, DISABLE, SIGN_IN_METHODS],
    },
    RoleDefinition {
        display_name: "Authentication Policy Administrator",
        template_id: "0526716b-113d-4c15-b2c8-68e3c22b9f80",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Azure Information Protection Administrator",
        template_id: "7495fdc4-34c4-4d15-a289-98788ce399fd",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Billing Administrator",
        template_id: "b0f54661-2d74-4c50-afa3-1ec803f12efe",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Cloud Application Administrator",
        template_id: "158c047a-c907-4556-b7ef-446551a6b5f7",
        actions: &[TICKETS, AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Cloud Device Administrator",
        template_id: "7698a772-787b-4ac8-901f-60d6b08affd2",
        actions: &[AUDIT],
    },
    RoleDefinition {
        display_name: "Compliance Administrator",
        template_id: "17315797-102d-40b4-93e0-432062caca18",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Compliance Data Administrator",
        template_id: "e6d1a23a-da11-4be4-9570-befc86d067a7",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Desktop Analytics Administrator",
        template_id: "38a96431-2bdf-4b4c-8b6e-5d3d8abac1a4",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Dragon Administrator",
        template_id: "e93e3737-fa85-474a-aee4-7d3fb86510f3",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Dynamics 365 Administrator",
        template_id: "44367163-eba1-44c3-98af-f5787879f96a",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Exchange Administrator",
        template_id: "29232cdf-9323-42fd-ade2-1d097af3e4de",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Exchange Backup Administrator",
        template_id: "49eb8f75-97e9-4e37-9b2b-6c3ebfcffa31",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Fabric Administrator",
        template_id: "a9ea8996-122f-4c74-9520-8edcd192826c",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Global Administrator",
        template_id: "62e90394-69f5-4237-9190-012177145e10",
        actions: &[
            TICKETS,
            AUDIT,
            SIGN_INS,
            IMPORT,
            POLICY,
            ERASE,
            USERS,
            INVITE,
            RENAME,
            DISABLE,
            SIGN_IN_METHODS,
            ROLES,
            TOKENS,
        ],
    },
    RoleDefinition {
        display_name: "Global Reader",
        template_id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        actions: &[AUDIT, SIGN_INS, USERS],
    },
    RoleDefinition {
        display_name: "Global Secure Access Administrator",
        template_id: "ac434307-12b9-4fa1-a708-88bf58caabc1",
        actions: &[TICKETS, AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Groups Administrator",
        template_id: "fdd7a751-b60b-444a-984c-02652fe8fa1c",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Helpdesk Administrator",
        template_id: "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        actions: &[TICKETS, USERS],
    },
    RoleDefinition {
        display_name: "Hybrid Identity Administrator",
        template_id: "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        actions: &[TICKETS, AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Insights Administrator",
        template_id: "eb1f4a8d-243a-41f0-9fbd-c7cdf6c5ef7c",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Intune Administrator",
        template_id: "3a2c62db-5318-420d-8d74-23affee5d9d5",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Microsoft 365 Backup Administrator",
        template_id: "1707125e-0aa2-4d4d-8655-a7c786c76a25",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Microsoft Graph Data Connect Administrator",
        template_id: "ee67aa9c-e510-4759-b906-227085a7fd4d",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Office Apps Administrator",
        template_id: "2b745bdf-0803-4d80-aa65-822c4493daac",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Organizational Data Source Administrator",
        template_id: "9d70768a-0cbc-4b4c-aea3-2e124b2477f4",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Partner Tier1 Support",
        template_id: "4ba39ca4-527c-499a-b93d-d9b492c50246",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Partner Tier2 Support",
        template_id: "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Power Platform Administrator",
        template_id: "11648597-926c-4cf3-9c36-bcebb0ba8dcc",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Privileged Authentication Administrator",
        template_id: "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        actions: &[TICKETS, USERS, DISABLE, SIGN_IN_METHODS],
    },
    RoleDefinition {
        display_name: "Privileged Role Administrator",
        template_id: "e8611ab8-c189-46e8-94e1-60213ab1f814",
        actions: &[ROLES],
    },
    RoleDefinition {
        display_name: "Reports Reader",
        template_id: "4a5d8f65-41da-4de4-8968-e035b65339cf",
        actions: &[AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Security Administrator",
        template_id: "194ae4cb-b126-40b2-bd5b-6091b380977d",
        actions: &[TICKETS, AUDIT, SIGN_INS, POLICY, USERS],
    },
    RoleDefinition {
        display_name: "Security Operator",
        template_id: "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f",
        actions: &[TICKETS, AUDIT, SIGN_INS],
    },
    RoleDefinition {
        display_name: "Security Reader",
        template_id: "5d6b6bb7-de71-4623-b4af-96380a352509",
        actions: &[AUDIT, SIGN_INS, USERS],
    },
    RoleDefinition {
        display_name: "Service Support Administrator",
        template_id: "f023fd81-a637-4b56-95fd-791ac0226033",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "SharePoint Administrator",
        template_id: "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "SharePoint Advanced Management Administrator",
        template_id: "99009c4a-3b3f-4957-82a9-9d35e12db77e",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "SharePoint Backup Administrator",
        template_id: "9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Skype for Business Administrator",
        template_id: "75941009-915a-4869-abe7-691bff18279e",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Teams Administrator",
        template_id: "69091246-20e8-4a56-aa4d-066075b2a7a8",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Teams Communications Administrator",
        template_id: "baf37b3a-610e-45da-9e62-d9d1e5e8914b",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Teams External Collaboration Administrator",
        template_id: "2fe872fb-daa8-4afc-8f6c-53c4565cfef4",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Teams Telephony Administrator",
        template_id: "aa38014f-0993-46e9-9b45-30501a20909d",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "User Administrator",
        template_id: "fe930be7-5e62-47db-91af-98c3a49a38b1",
        actions: &[TICKETS, ERASE, USERS, INVITE, RENAME, DISABLE],
    },
    RoleDefinition {
        display_name: "Viva Glint Tenant Administrator",
        template_id: "0ec3f692-38d6-4d14-9e69-0377ca7797ad",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Windows 365 Administrator",
        template_id: "11451d60-acb2-45eb-a7d6-43d0f0125c13",
        actions: &[TICKETS],
    },
    RoleDefinition {
        display_name: "Data Feed",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0001",
        actions: &[IMPORT],
    },
    RoleDefinition {
        display_name: "Log Reader",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0002",
        actions: &[AUDIT],
    },
    RoleDefinition {
        display_name: "Support Engineer",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0011",
        actions: &["vouchsafe.provider/requests/work"],
    },
    RoleDefinition {
        display_name: "Support Manager",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0012",
        actions: &["vouchsafe.provider/queue/manage", AUDIT],
    },
    RoleDefinition {
        display_name: "Provider Administrator",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0013",
        actions: &[
            "vouchsafe.provider/tenants/manage",
            AUDIT,
            POLICY,
            ERASE,
            USERS,
            INVITE,
            RENAME,
            DISABLE,
            SIGN_IN_METHODS,
            ROLES,
            TOKENS,
        ],
    },
    RoleDefinition {
        display_name: "Decision Point",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0014",
        actions: &["vouchsafe.support/decisions/evaluate"],
    },
    RoleDefinition {
        display_name: "Case Intake",
        template_id: "0d4b7a30-53f2-4d0e-9b1c-5d3b5c1a0015",
        actions: &["vouchsafe.provider/intake/create"],
    },
];
