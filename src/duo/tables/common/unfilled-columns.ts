// Columns that Matano declares in each of its five Duo tables and never fills. They stay, so that a query or a
// view written for Matano still finds them; only `host.name` of `offline_enrollment` has a value.

export const UNFILLED_CLOUD: readonly string[] = [
  "cloud.account.id",
  "cloud.availability_zone",
  "cloud.instance.id",
  "cloud.instance.name",
  "cloud.machine.type",
  "cloud.project.id",
  "cloud.provider",
  "cloud.region",
  "container.id",
  "container.image.name",
  "container.labels",
  "container.name",
];

export const UNFILLED_HOST: readonly string[] = [
  "host.architecture",
  "host.domain",
  "host.hostname",
  "host.id",
  "host.ip",
  "host.mac",
  "host.name",
  "host.os.family",
  "host.os.kernel",
  "host.os.name",
  "host.os.platform",
  "host.os.version",
  "host.type",
];
