import { errorTable } from "./definition.ts"

/** What any request may be answered with. */
export const requestErrors = errorTable({
  REQUEST_INVALID: {
    status: 400,
    message: "The request does not fit: {problem}",
    where: "`path`: the value in the parameters, the query or the body",
    why: "Everything that comes in is decoded by its schema; what the schema does not know is refused, not ignored.",
    remedy: "Correct the value at the path; /api/openapi.json describes what each operation takes.",
    fields: ["problem"]
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    message: "The body is larger than {maxBytes} bytes",
    where: "the body, by its announced length or by what came",
    why: "Bodies are bounded, and counted while they come, so that nobody fills memory or disk.",
    remedy: "Send a smaller body; for a package, look at what `millrace build` put into the archive.",
    fields: ["maxBytes"]
  },
  REQUEST_INCOMPLETE: {
    status: 400,
    message: "The body ended before all of it had come",
    where: "the body",
    why: "The connection was closed early.",
    remedy: "Send it again.",
    fields: []
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    message: "The body must be {expected}",
    where: "the Content-Type header",
    why: "Each operation takes one type of body.",
    remedy: "Set the Content-Type header to the type of the body.",
    fields: ["expected"]
  },
  ROUTE_UNKNOWN: {
    status: 404,
    message: "There is nothing at {method} {path}",
    where: "the request's method and path",
    why: "The platform has no such operation; a newer command line may ask an older platform for one.",
    remedy: "Look the operation up in /api/openapi.json, and compare the versions with `millrace status`.",
    fields: ["method", "path"]
  },
  HOST_REFUSED: {
    status: 403,
    message: "This server does not answer to the host name of the request",
    where: "the Host header",
    why: "A page could point a name of its own at this machine and read the answers (DNS rebinding).",
    remedy: "Call it as localhost, or start it with `millrace up --allow-host NAME`.",
    fields: []
  },
  ORIGIN_REFUSED: {
    status: 403,
    message: "A page of another site may not call this server",
    where: "the Origin or Sec-Fetch-Site header",
    why: "Any page can send requests to localhost.",
    remedy: "Call it from its own pages, or from a program.",
    fields: []
  },
  UNAUTHENTICATED: {
    status: 401,
    message: "The request carries no valid token",
    where: "the Authorization header",
    why: "Every write needs a token, and so does a read from another machine. This one is missing or unknown.",
    remedy: "Run `millrace login URL` with a token in force, or give it in MILLRACE_TOKEN.",
    fields: []
  },
  FORBIDDEN: {
    status: 403,
    message: "The token does not allow {scope}",
    where: "the token's scopes",
    why: "A token may do what its scopes name, and nothing else; the attempt is in the audit log.",
    remedy:
      "Use a token with that scope: an administrator makes one with `millrace token create --scope {scope}`.",
    fields: ["scope"]
  },
  TOKEN_EXPIRED: {
    status: 403,
    message: "The token {token} has expired",
    where: "the Authorization header",
    why: "Tokens end at the time that they were made with; the attempt is in the audit log.",
    remedy: "Make another one with `millrace token create`, and run `millrace login URL` with it.",
    fields: ["token"]
  },
  TOKEN_REVOKED: {
    status: 403,
    message: "The token {token} was revoked",
    where: "the Authorization header",
    why: "An administrator has ended it; the attempt is in the audit log.",
    remedy: "Make another one with `millrace token create`, and run `millrace login URL` with it.",
    fields: ["token"]
  },
  TOKEN_FOREIGN: {
    status: 403,
    message: "The token is for another installation",
    where: "the Authorization header",
    why: "Every token carries the name of the installation that issued it; the attempt is in the audit log.",
    remedy:
      "Check the address, and run `millrace login URL` with a token of this platform. Revoke the other one if it should not have come here.",
    fields: []
  },
  STORE_FAILED: {
    status: 503,
    message: "The registry could not reach its store: {reason}",
    where: "the platform's data folder, or its database",
    why: "The disk or the database failed, PostgreSQL does not answer, or the platform is shutting down.",
    remedy: "See the log of the platform for the cause; repeat the request once the store is well again.",
    fields: ["reason"]
  },
  NOT_LEADER: {
    status: 503,
    message: "This platform stands by; the one that leads is {leader}",
    where: "the address that was asked",
    why: "Platforms that share a database have one leader, which alone writes and runs pipelines; the others wait to take over, and only let the registry be read.",
    remedy:
      "Ask the platform that leads. Where none is known, one takes over within ten seconds: repeat it then.",
    fields: ["leader"]
  },
  STORE_FULL: {
    status: 507,
    message: "The registry's disk is full",
    where: "the platform's data folder",
    why: "A write was not possible; it was rolled back whole.",
    remedy: "Make room and repeat the request; nothing was changed.",
    fields: []
  },
  INTERNAL: {
    status: 500,
    message: "Something went wrong inside; the log has it under {reference}",
    where: "the platform's log",
    why: "A bug of Millrace.",
    remedy: "Report it with the reference.",
    fields: ["reference"]
  }
})
