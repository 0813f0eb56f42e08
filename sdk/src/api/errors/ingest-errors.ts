import { errorTable } from "./definition.ts"

/** Events that are posted to a pipeline. */
export const ingestErrors = errorTable({
  INBOX_UNKNOWN: {
    status: 404,
    message: "{pipeline}/{node} takes in no events",
    where: "the address",
    why: "No pipeline of this name was applied here, or its node of this name is no source that listens.",
    remedy: "Check both names with `millrace pipeline list` and `millrace status {pipeline}`.",
    fields: ["pipeline", "node"]
  },
  INBOX_NOT_READY: {
    status: 503,
    message: "{pipeline}/{node} does not take in events just now",
    where: "the pipeline",
    why: "The platform or the pipeline is starting, is being changed, or could not be started.",
    remedy:
      "Send the same events again after {retryAfterSeconds} seconds; see `millrace status {pipeline}` if it lasts.",
    fields: ["pipeline", "node", "retryAfterSeconds"]
  },
  INBOX_FULL: {
    status: 503,
    message: "{pipeline}/{node} has {waiting} events that wait to be read, and takes no more for now",
    where: "the source's `backlog`",
    why: "The pipeline is slower than what is sent to it, or it is paused; the log's growth is bounded.",
    remedy:
      "Send the same events again after {retryAfterSeconds} seconds. If it lasts, look at `millrace status {pipeline}`, and give the source a larger `backlog`.",
    fields: ["pipeline", "node", "waiting", "retryAfterSeconds"]
  },
  INGEST_BUSY: {
    status: 503,
    message: "Too many events are being taken in at this moment",
    where: "the platform",
    why: "What is read of bodies and not yet durable is bounded, so that no sender fills the memory.",
    remedy: "Send the same events again after {retryAfterSeconds} seconds.",
    fields: ["retryAfterSeconds"]
  },
  INGEST_RATE: {
    status: 429,
    message: "The token {token} sends more than {limit} requests a second",
    where: "the token",
    why: "One sender shall not crowd out the others; many events fit in one request.",
    remedy: "Wait {retryAfterSeconds} seconds, then send the same events again, more of them in a request.",
    fields: ["token", "limit", "retryAfterSeconds"]
  },
  EVENTS_TOO_MANY: {
    status: 413,
    message: "The body holds more than {limit} events",
    where: "the body",
    why: "A request is answered when all of its events are durable.",
    remedy: "Send them in several requests.",
    fields: ["limit"]
  },
  EVENTS_REJECTED: {
    status: 422,
    message: "None of the {count} events fits: {first}",
    where: "`results`: for each event its code, and the JSON pointer to what is wrong",
    why: "Each event is checked by the contract of the source before it is taken in.",
    remedy: "Correct the events. To send the same ones again changes nothing.",
    fields: ["count", "first"]
  },
  EVENTS_SCHEMA_UNKNOWN: {
    status: 422,
    message: "The event at byte {place} is not written with the contract of {pipeline}/{node}, {fingerprint}",
    where: "the marker and fingerprint before the event (Avro's single-object encoding)",
    why: "Without its schema nobody can tell where the event ends; nothing of the body was taken in.",
    remedy: "Fetch the contract from the same address by GET, and write the events with it.",
    fields: ["place", "pipeline", "node", "fingerprint"]
  },
  CONTENT_ENCODING_UNSUPPORTED: {
    status: 415,
    message: "The body may be sent as it is or by gzip, not by {encoding}",
    where: "the Content-Encoding header",
    why: "One compression is enough, and each is a way to send a small body that becomes a large one.",
    remedy: "Send it by gzip, or as it is.",
    fields: ["encoding"]
  }
})
