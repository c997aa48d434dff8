/** Where the status objects of a deployment are: beside its lake; pure. @param warehouse `s3://bucket/prefix` */
export function statusFolder(warehouse: string): string {
  return warehouse.replace(/^(s3:\/\/[^/]+).*$/, "$1/status");
}
