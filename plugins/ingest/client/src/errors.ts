/** There is no room in the buffer, and the client was told to throw then. The event was not taken. */
export class BufferFullError extends Error {
  readonly _tag = "BufferFullError"
  readonly code = "BUFFER_FULL"

  constructor(waiting: number) {
    super(
      `${waiting} events wait to be sent: await client.room(), or choose what becomes of more by buffer.whenFull`
    )
  }
}

/** The client was closed; it takes no more events. */
export class ClosedError extends Error {
  readonly _tag = "ClosedError"
  readonly code = "CLIENT_CLOSED"

  constructor() {
    super("the client was closed: make another one")
  }
}
