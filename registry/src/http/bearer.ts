import type { Context } from "hono"

/** The token that a request carries; undefined without one. */
export const bearer = (context: Context): string | undefined =>
  /^Bearer +([^\s]{1,512})$/i.exec(context.req.header("authorization") ?? "")?.[1]
