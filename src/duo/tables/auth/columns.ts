import type { Column } from "../../../core/columns.ts";
import type { TableColumns } from "../common/table-columns.ts";
import { UNFILLED_CLOUD, UNFILLED_HOST } from "../common/unfilled-columns.ts";
import { AUTH_ADDED } from "./added-columns.ts";

const DUO: readonly Column[] = [
  {
    name: "duo.auth.access_device.flash_version",
    type: "string",
    doc: "Version of the Flash plugin, or `uninstalled`.",
  },
  {
    name: "duo.auth.access_device.hostname",
    type: "string",
    doc: "Name of the device that asked for access.",
  },
  {
    name: "duo.auth.access_device.ip",
    type: "string",
    doc: "Address of the device that asked for access, without port; the text as it is where it is no address.",
  },
  {
    name: "duo.auth.access_device.is_encryption_enabled",
    type: "string",
    doc: "Whether the device's disk is encrypted: `true`, `false` or `unknown`.",
  },
  {
    name: "duo.auth.access_device.is_firewall_enabled",
    type: "string",
    doc: "Whether the device's firewall is on: `true`, `false` or `unknown`.",
  },
  {
    name: "duo.auth.access_device.is_password_set",
    type: "string",
    doc: "Whether the device asks for a password: `true`, `false` or `unknown`.",
  },
  {
    name: "duo.auth.access_device.java_version",
    type: "string",
    doc: "Version of the Java plugin, or `uninstalled`.",
  },
  {
    name: "duo.auth.access_device.location.city",
    type: "string",
    doc: "City of the device that asked for access, as Duo located it.",
  },
  {
    name: "duo.auth.access_device.location.country",
    type: "string",
    doc: "Country of the device that asked for access, as Duo located it.",
  },
  {
    name: "duo.auth.access_device.location.state",
    type: "string",
    doc: "State or region of the device that asked for access, as Duo located it.",
  },
  { name: "duo.auth.access_device.port", type: "long", doc: "Port of the device that asked for access." },
  {
    name: "duo.auth.access_device.security_agents",
    type: {
      type: "list",
      element: {
        type: "struct",
        fields: [
          { name: "security_agent", type: "string", doc: "Name of the program." },
          { name: "version", type: "string", doc: "Version of the program." },
        ],
      },
    },
    doc: "Security programs found on the device.",
  },
  { name: "duo.auth.alias", type: "string", doc: "Alias that the user signed in with." },
  { name: "duo.auth.application.key", type: "string", doc: "Duo's key of the application signed in to." },
  { name: "duo.auth.application.name", type: "string", doc: "Name of the application signed in to." },
  {
    name: "duo.auth.auth_device.as.number",
    type: "long",
    doc: "Number of the autonomous system of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.as.organization.name",
    type: "string",
    doc: "Owner of the autonomous system of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.geo.city_name",
    type: "string",
    doc: "City of the second device, without placeholders.",
  },
  {
    name: "duo.auth.auth_device.geo.continent_name",
    type: "string",
    doc: "Continent of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.geo.country_iso_code",
    type: "string",
    doc: "Two-letter country code of the second device, where Duo gives a code.",
  },
  {
    name: "duo.auth.auth_device.geo.country_name",
    type: "string",
    doc: "Country of the second device, where Duo gives a name.",
  },
  {
    name: "duo.auth.auth_device.geo.location.lat",
    type: "float",
    doc: "Latitude of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.geo.location.lon",
    type: "float",
    doc: "Longitude of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.geo.region_iso_code",
    type: "string",
    doc: "Region code of the second device; left empty.",
  },
  {
    name: "duo.auth.auth_device.geo.region_name",
    type: "string",
    doc: "State or region of the second device, without placeholders.",
  },
  {
    name: "duo.auth.auth_device.ip",
    type: "string",
    doc: "Address of the second device, without port; the text as it is where it is no address.",
  },
  {
    name: "duo.auth.auth_device.location.city",
    type: "string",
    doc: "City of the second device, as Duo located it.",
  },
  {
    name: "duo.auth.auth_device.location.country",
    type: "string",
    doc: "Country of the second device, as Duo located it.",
  },
  {
    name: "duo.auth.auth_device.location.state",
    type: "string",
    doc: "State or region of the second device, as Duo located it.",
  },
  {
    name: "duo.auth.auth_device.name",
    type: "string",
    doc: "Name or telephone number of the second device.",
  },
  { name: "duo.auth.auth_device.port", type: "long", doc: "Port of the second device." },
  { name: "duo.auth.email", type: "string", doc: "E-mail address of the user." },
  { name: "duo.auth.event_type", type: "string", doc: "What was tried: `authentication` or `enrollment`." },
  { name: "duo.auth.factor", type: "string", doc: "Second factor used (`duo_push`, `passcode`, …)." },
  { name: "duo.auth.ood_software", type: "string", doc: "Out-of-date software that access was denied for." },
  { name: "duo.auth.reason", type: "string", doc: "Why access was given or denied, as Duo words it." },
  {
    name: "duo.auth.result",
    type: "string",
    doc: "Result in Duo's spelling (`success`, `denied`, `fraud`).",
  },
  {
    name: "duo.auth.trusted_endpoint_status",
    type: "string",
    doc: "Whether the device is a trusted endpoint, as Duo words it.",
  },
  { name: "duo.auth.txid", type: "string", doc: "Duo's identifier of the sign-in." },
];

/** The columns of the authentication log. */
export const AUTH_COLUMNS: TableColumns = {
  inMatano: true,
  duo: DUO,
  ecs: [
    ...UNFILLED_CLOUD,
    "ecs.version",
    "event.agent_id_status",
    "event.category",
    "event.created",
    "event.dataset",
    "event.kind",
    "event.module",
    "event.original",
    "event.outcome",
    "event.reason",
    "event.type",
    ...UNFILLED_HOST,
    "related.hosts",
    "related.ip",
    "related.user",
    "source.address",
    "source.as.number",
    "source.as.organization.name",
    "source.geo.city_name",
    "source.geo.continent_name",
    "source.geo.country_iso_code",
    "source.geo.country_name",
    "source.geo.location",
    "source.geo.region_iso_code",
    "source.geo.region_name",
    "source.ip",
    "source.port",
    "source.user.email",
    "source.user.group.name",
    "source.user.id",
    "source.user.name",
    "user.email",
    "user.id",
    "user.name",
    "user_agent.name",
    "user_agent.os.name",
    "user_agent.os.version",
    "user_agent.version",
  ],
  added: { duo: AUTH_ADDED, ecs: ["event.action"] },
};
