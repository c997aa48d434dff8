/**
 * The `tags` of one row: `malformed:<source path>` for each value that did not fit its column.
 *
 * Each tag is listed once, in the order met.
 */
export class Tags {
  #list: string[] | undefined;

  /** Notes that the value at this path of the event could not be used. */
  malformed(path: string): void {
    const tag = `malformed:${path}`;
    if (this.#list === undefined) this.#list = [tag];
    else if (!this.#list.includes(tag)) this.#list.push(tag);
  }

  /** Undefined when there are none. */
  get list(): readonly string[] | undefined {
    return this.#list;
  }
}
