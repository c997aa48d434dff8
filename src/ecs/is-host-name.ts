const HOST_NAME = /^[\w.-]+$/;
const DIGITS_AND_DOTS = /^[\d.]+$/;
const LENGTH_MAX = 255;

/** True for text that may name a host: letters, digits, `.`, `_` and `-`, and not only digits and dots. */
export function isHostName(text: string): boolean {
  return text.length <= LENGTH_MAX && HOST_NAME.test(text) && !DIGITS_AND_DOTS.test(text);
}
