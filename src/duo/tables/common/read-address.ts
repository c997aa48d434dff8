import { isJsonObject, type Json } from "../../../core/json.ts";
import { isHostName } from "../../../ecs/is-host-name.ts";
import { isUnspecified } from "../../../ecs/is-ip.ts";
import { isPlaceholder } from "../../../ecs/is-placeholder.ts";
import { splitAddress } from "../../../ecs/split-address.ts";
import type { Tags } from "../../../ecs/tags.ts";
import { toText } from "../../../ecs/to-text.ts";

/** What the columns take from an address as Duo wrote it; a part that is missing does not apply. */
export interface ReadAddress {
  /** A valid address that is not the unspecified one: for `source.ip` and `related.ip`. */
  readonly ip?: string;
  /** The text with everything it carries: for `source.address`. */
  readonly text?: string;
  /** For the `ip` of the table's own device columns: the address, or the text where it is none. */
  readonly duoIp?: string;
  /** A host name that stands where an address was expected: for `related.hosts`. */
  readonly host?: string;
  /** The digits of the port that the text carries, unchecked. */
  readonly portDigits?: string;
}

const NONE: ReadAddress = {};

/**
 * Reads an address in one of Duo's forms: text (`ecs/split-address.ts`), or an object with the text in `address`.
 *
 * A placeholder, or `0.0.0.0`, means that Duo knows no address; other text that is none is noted in `tags`.
 *
 * @param path of the address in the event, for `tags`
 */
export function readAddress(value: Json | undefined, path: string, tags: Tags): ReadAddress {
  const given = toText(isJsonObject(value) ? value["address"] : value);
  if (given === undefined) return NONE;
  const text = given.trim();
  const parts = splitAddress(text);
  if (parts === undefined) {
    if (isPlaceholder(text)) return { duoIp: given };
    tags.malformed(path);
    return isHostName(text) ? { text, duoIp: given, host: text } : { text, duoIp: given };
  }
  const { address, port } = parts;
  if (isUnspecified(address)) return { duoIp: given };
  return port === undefined
    ? { ip: address, text, duoIp: address }
    : { ip: address, text, duoIp: address, portDigits: port };
}
