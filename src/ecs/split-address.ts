import { isIpv4, isIpv6 } from "./is-ip.ts";

/** An address and the digits of its port, where it carries one (not checked against 65535). */
export interface AddressParts {
  readonly address: string;
  readonly port?: string;
}

/** Separators between an IPv6 address and its port, seen in Duo's logs. */
const SEPARATED_PORT = /^(.*?)(?: port |[p#.])(\d+)$/;
// The longest address with zone, brackets and a port of 20 digits stays below.
const LENGTH_MAX = 150;

/**
 * Splits a text as Duo writes it into address and port. The address text is not rewritten.
 *
 * Forms: an address alone; `[v6]`, `[v6]:port`; `v4:port`; eight IPv6 groups and `:port`; an IPv6 address with
 * IPv4 tail and `:port`; IPv6 and ` port N`, `pN`, `#N` or `.N`. A text that is a valid address as it stands is
 * never split: `2001:db8::5:443` has no port.
 *
 * @param text without blanks at its ends
 * @returns undefined when the text is not an address
 */
export function splitAddress(text: string): AddressParts | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  if (isIpv4(text) || isIpv6(text)) return { address: text };
  if (text.startsWith("[")) return splitBracketed(text);
  const colon = text.lastIndexOf(":");
  if (colon < 0) return undefined;
  const before = text.slice(0, colon);
  const after = text.slice(colon + 1);
  if (isDigits(after) && (isIpv4(before) || isWholeIpv6(before))) return { address: before, port: after };
  const match = SEPARATED_PORT.exec(text);
  if (match === null || !isIpv6(match[1] as string)) return undefined;
  return { address: match[1] as string, port: match[2] as string };
}

function splitBracketed(text: string): AddressParts | undefined {
  const end = text.indexOf("]");
  const address = text.slice(1, end);
  if (end < 0 || !isIpv6(address)) return undefined;
  if (end === text.length - 1) return { address };
  const port = text.slice(end + 2);
  return text[end + 1] === ":" && isDigits(port) ? { address, port } : undefined;
}

/** Only an address that no further group can extend is told apart from a `:port` behind it. */
function isWholeIpv6(text: string): boolean {
  return isIpv6(text) && (text.includes(".") || !text.includes("::"));
}

function isDigits(text: string): boolean {
  if (text === "") return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
