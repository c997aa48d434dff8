const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const COLON = 0x3a;
const PERCENT = 0x25;
const GROUP_COUNT = 8;
// 8 groups of 4, 7 colons; an IPv4 tail is longer by at most 6.
const IPV6_LENGTH_MAX = 45;
const ZONE = /^[\w.~-]{1,64}$/;

/** True for an IPv4 address: four decimal octets without leading zeros. */
export function isIpv4(text: string): boolean {
  const { length } = text;
  if (length < 7 || length > 15) return false;
  let octetCount = 0;
  let value = -1;
  for (let i = 0; i <= length; i += 1) {
    const code = i === length ? DOT : text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (value === 0) return false;
      value = (value < 0 ? 0 : value) * 10 + code - ZERO;
      if (value > 255) return false;
    } else if (code === DOT && value >= 0) {
      octetCount += 1;
      value = -1;
    } else {
      return false;
    }
  }
  return octetCount === 4;
}

/** True for an IPv6 address (RFC 4291), `::` and an IPv4 tail included, with or without a `%zone`. */
export function isIpv6(text: string): boolean {
  const percent = text.indexOf("%");
  if (percent < 0) return isIpv6Address(text);
  return isIpv6Address(text.slice(0, percent)) && ZONE.test(text.slice(percent + 1));
}

/** True for an address that stands for "no address": `0.0.0.0`, and `::` in any spelling. */
export function isUnspecified(address: string): boolean {
  const first = address.charCodeAt(0);
  if (first !== ZERO && first !== COLON) return false;
  for (let i = 0; i < address.length; i += 1) {
    const code = address.charCodeAt(i);
    if (code === PERCENT) return true;
    if (code !== ZERO && code !== DOT && code !== COLON) return false;
  }
  return true;
}

function isIpv6Address(text: string): boolean {
  if (text.length < 2 || text.length > IPV6_LENGTH_MAX || !text.includes(":")) return false;
  const gap = text.indexOf("::");
  if (gap < 0) return groupCount(text, true) === GROUP_COUNT;
  const left = text.slice(0, gap);
  const right = text.slice(gap + 2);
  const leftCount = left === "" ? 0 : groupCount(left, false);
  const rightCount = right === "" ? 0 : groupCount(right, true);
  return leftCount >= 0 && rightCount >= 0 && leftCount + rightCount < GROUP_COUNT;
}

/** Counts groups between colons, an IPv4 tail as two; negative when one is malformed. */
function groupCount(text: string, tailAllowed: boolean): number {
  const groups = text.split(":");
  let count = 0;
  for (let i = 0; i < groups.length; i += 1) {
    const group = groups[i] as string;
    if (isHexGroup(group)) count += 1;
    else if (tailAllowed && i === groups.length - 1 && isIpv4(group)) count += 2;
    else return -GROUP_COUNT;
  }
  return count;
}

function isHexGroup(group: string): boolean {
  if (group.length === 0 || group.length > 4) return false;
  for (let i = 0; i < group.length; i += 1) {
    const code = group.charCodeAt(i);
    // Lower-casing by bit 5 leaves digits as they are.
    const lower = code | 0x20;
    if ((code < ZERO || code > NINE) && (lower < 0x61 || lower > 0x66)) return false;
  }
  return true;
}
