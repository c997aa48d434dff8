/** Gives back what ended as it must. @throws Error with everything that was said */
export function mustEqual<
  T extends { readonly code: number | null; readonly out?: string; readonly err?: string },
>(ran: T, code: number): T {
  if (ran.code === code) return ran;
  throw new Error(`it must end with ${code}, got ${ran.code}\n${ran.out ?? ""}${ran.err ?? ""}`);
}

/** Gives back a text that must stand in another one. */
export function mustSay(said: string, text: string): string {
  if (said.includes(text)) return text;
  throw new Error(`it must say ${JSON.stringify(text)}, got ${said}`);
}
