import { inspect } from "node:util";

const MASK = "***";

/** A secret text that shows itself only to `reveal`; printed, logged or put into JSON it is `***`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.defineProperty(this, inspect.custom, { value: () => MASK });
  }

  /** The text. Call it where the secret is used, never to pass it on. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }
}
