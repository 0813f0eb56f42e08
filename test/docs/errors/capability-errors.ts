import type { TimerFaultCode } from "../../../runtime/sandbox/src/guest/data/timer-fault.ts"
import type { HttpErrorCode } from "../../../sdk/src/capability/http-error.ts"
import type { Rows } from "./row.ts"

const http: Rows<HttpErrorCode> = {
  PERMISSION_DENIED: {
    message: "Host, port, method, secret or path were not granted to this handle",
    where: "the handle, and the request's URL or path",
    why: "A request is checked against what was granted, at every redirect again.",
    remedy: "Declare it under `uses`, and grant it: `millrace apply --grant`."
  },
  ADDRESS_REFUSED: {
    message: "The host's name stands for a private or otherwise forbidden address",
    where: "the request's URL",
    why: "Names are resolved and every address checked before it is dialled, so that no name can lead inside.",
    remedy:
      "If the plugin is meant to reach it, write the address in the place of the name (http://10.0.0.5), and grant that."
  },
  REDIRECT_REFUSED: {
    message: "A redirect led where nothing was granted, or there were too many",
    where: "the request's URL",
    why: "Each hop is checked like the first; there may be five.",
    remedy: "Ask the final URL, or declare its host too."
  },
  URL_INVALID: {
    message: "Not an absolute http or https URL, or one with a user name",
    where: "the request's URL",
    why: "A URL is parsed once and dialled as it was checked.",
    remedy: "Write an absolute URL; credentials belong in a secret."
  },
  REQUEST_INVALID: {
    message: "A method, a header or an option cannot be sent",
    where: "the request",
    why: "Headers that frame a request are the worker's, and values may not hold line breaks.",
    remedy: "Correct what the message names."
  },
  NOT_CONFIGURED: {
    message: "The config names no URL",
    where: "the handle",
    why: "The handle takes its origin from the config, and the node's config has none.",
    remedy: "Give it under the node's `with:`."
  },
  SECRET_MISSING: {
    message: "The operator has not set the secret",
    where: "the secret's name",
    why: "A secret is set on the platform, never in a file or a plugin.",
    remedy: "Set it with `millrace secret set NAME`."
  },
  NAME_NOT_RESOLVED: {
    message: "The host's name does not resolve",
    where: "the request's URL",
    why: "The name is wrong, or the resolver does not answer. Transient: another try may succeed.",
    remedy: "Check the name; let a `retry` policy try again."
  },
  CONNECTION_FAILED: {
    message: "The connection failed",
    where: "the request's URL",
    why: "The other side does not listen, or the connection broke. Transient: another try may succeed.",
    remedy: "Check the other side; let a `retry` policy try again."
  },
  TIMEOUT: {
    message: "No reply came in time",
    where: "the request's URL",
    why: "The other side is slow. Transient: another try may succeed.",
    remedy: "Raise the request's `timeoutMs`, or let a `retry` policy try again."
  },
  TLS_FAILED: {
    message: "The other side's certificate is not to be trusted",
    where: "the request's URL",
    why: "It is expired, self-signed, or of another name.",
    remedy: "Correct the certificate at the other side."
  },
  RESPONSE_INVALID: {
    message: "The other side's answer is not HTTP",
    where: "the request's URL",
    why: "Something else listens there.",
    remedy: "Check host and port."
  },
  TOO_LARGE: {
    message: "The reply has more than `maxBytes`, or the request more than 4 MiB",
    where: "the request's URL",
    why: "Bodies are bounded, and counted while they come.",
    remedy: "Raise `maxBytes`, or ask for less at a time."
  },
  BODY_INVALID: {
    message: "The reply's body is no JSON, or does not fit the schema",
    where: "the field in the body",
    why: "What comes from outside is checked before a plugin sees it.",
    remedy: "Correct the schema, or handle the failure in the body of the plugin."
  },
  UNSUPPORTED: {
    message: "The worker does not serve this",
    where: "the handle",
    why: "The worker is older than the plugin's SDK, or has no way outside.",
    remedy: "Upgrade the platform."
  },
  HOST_FAILED: {
    message: "The worker failed to do it",
    where: "the handle",
    why: "Something failed in the worker that was not expected to; its log has the cause.",
    remedy: "See `millrace logs PIPELINE`."
  }
}

const files: Rows = {
  PATH_INVALID: {
    message: "The path is not one that can be granted",
    where: "the path",
    why: "Paths are relative to the granted folder, without `..`, links that lead out, or characters that hide.",
    remedy: "Write a plain path below the granted folder."
  },
  NOT_FOUND: {
    message: "There is no such file",
    where: "the path",
    why: "It was removed, or never there.",
    remedy: "Check the path in the node's config."
  },
  FILE_TOO_SHORT: {
    message: "The file is shorter than what was committed",
    where: "the path",
    why: "Someone cut the file while the sink was writing to it.",
    remedy: "Put the file back, or start the pipeline anew with another path."
  },
  DISK_FULL: {
    message: "The disk is full",
    where: "the path",
    why: "The file's disk has no room.",
    remedy: "Make room; the batch is tried again."
  },
  IO: {
    message: "The operating system refused it",
    where: "the path",
    why: "The file's rights, or its disk.",
    remedy: "Check the rights of the file and of its folder."
  },
  LIMIT: {
    message:
      "A request goes over a limit: 4 MiB a request, 10,000 files, 64 folders deep, 65,536 random bytes",
    where: "the handle",
    why: "What a guest asks for is bounded.",
    remedy: "Ask for less at a time."
  }
}

const timers: Rows<TimerFaultCode> = {
  TIMER_TIME_INVALID: {
    message: "at(time, tag): the time is no whole number of milliseconds since 1970",
    where: "the dead letter: node, record, and the line of the call",
    why: "A timer's time is its place among the timers: text, fractions, NaN and Infinity have none.",
    remedy:
      "Give milliseconds, as `context.timestamp` and `Date.parse` do, and `Math.round` what was divided."
  },
  TIMER_TAG_INVALID: {
    message: "at(time, tag): the tag is no text",
    where: "the dead letter: node, record, and the line of the call",
    why: "A tag is kept as UTF-8; half a surrogate pair, a number or an object cannot be.",
    remedy: "Give a string, or leave the tag out."
  },
  TIMER_TAG_TOO_LONG: {
    message: "at(time, tag): the tag has N bytes, of at most 256",
    where: "the dead letter: node, record, and the line of the call",
    why: "A timer's tag is part of its key in the state.",
    remedy: "Keep what is long in a state of the key, and let the tag name it."
  }
}

export const capabilityErrors: Rows = {
  PLACE_INVALID: {
    message: "What was posted was asked for from a place that there is not",
    where: "the handle of `listen()`, and the source's position",
    why: "Places are those that an earlier `take` answered.",
    remedy: "Keep `next` as it is in the position, and give nothing at first."
  },
  UNAVAILABLE: {
    message: "The log could not be read just now",
    where: "the handle of `listen()`",
    why: "The disk failed, or the platform is stopping.",
    remedy: "Let the error pass: the source is read again after a backoff. `millrace logs` has the cause."
  },
  ...http,
  ...files,
  ...timers
}
