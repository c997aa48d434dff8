/** An error as the REST catalog API answers it. */
export class RestRefusal extends Error {
  readonly status: number;
  /** The word that clients tell errors by: `NoSuchTableException`. */
  readonly word: string;

  constructor(status: number, word: string, message: string) {
    super(message);
    this.status = status;
    this.word = word;
  }
}

/** A request that no server carries out. */
export function badRequest(reason: string): RestRefusal {
  return new RestRefusal(400, "BadRequestException", reason);
}
