/** A message of a FIFO queue. */
export interface QueueMessage {
  readonly body: string;
  /** Messages of one group are handed out one after the other. */
  readonly groupId: string;
  /** A second message of the same id within five minutes is dropped. */
  readonly deduplicationId: string;
}

/** Where messages for the puller are put. */
export interface Queue {
  /**
   * Sends up to ten messages in one request.
   *
   * @returns those that were not taken, and why; empty where all were
   */
  readonly send: (
    messages: readonly QueueMessage[],
  ) => Promise<readonly { readonly message: QueueMessage; readonly reason: string }[]>;
}
