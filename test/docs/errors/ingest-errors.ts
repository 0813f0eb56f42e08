import type { Rejection } from "../../../runtime/src/worker/inbox/event-check.ts"
import type { Rows } from "./row.ts"

/** What the client says of an event by itself, beside what the platform says. */
type ClientCode = "BUFFER_FULL" | "CLIENT_CLOSED"

export const ingestErrors: Rows<Rejection["code"] | ClientCode> = {
  EVENT_NOT_JSON: {
    message: "The line is not JSON",
    where: "a line of a body of the type application/x-ndjson",
    why: "Each line is an event by itself; the others are not touched by it.",
    remedy: "Write one JSON object a line, without line breaks in it."
  },
  EVENT_INVALID: {
    message: "The event does not fit the contract",
    where: "`pointer`: the JSON pointer to what is wrong, empty for the whole event",
    why: "An event is checked before it is taken in; a field that the contract has not is refused, not ignored.",
    remedy: "Correct the value, or change the source's `schema` and apply."
  },
  EVENT_ID_INVALID: {
    message: "The event's id is no text of 1 to 200 bytes",
    where: "the field that the source's `eventId` names",
    why: "By its id an event that is sent again is known again.",
    remedy:
      "Give every event an id of its own, such as a random UUID, when it happens and not when it is sent."
  },
  EVENT_TIME_AHEAD: {
    message: "The event time is further ahead of the platform's clock than the source's `maxAhead`",
    where: "the field that the source's `eventTime` names",
    why: "One event from the future would end every window.",
    remedy: "Set the sender's clock, look whether it writes milliseconds, or give a larger `maxAhead`."
  },
  EVENT_TOO_LARGE: {
    message: "The event takes more than 1 MiB",
    where: "the event",
    why: "Memory is bounded.",
    remedy: "Send less, or a reference to what is large."
  },
  BUFFER_FULL: {
    message: "The client's buffer is full",
    where: "`track` of the client",
    why: "Events are tracked faster than the platform takes them, or it cannot be reached.",
    remedy: "Await `room()` before each event, or choose by `buffer.whenFull` what becomes of more."
  },
  CLIENT_CLOSED: {
    message: "The client was closed",
    where: "`track` after `close`, or an event that was not durable in the time that `close` had",
    why: "A closed client sends nothing more.",
    remedy: "Give `close` more time, or make another client; with its own id an event may be sent again."
  }
}
