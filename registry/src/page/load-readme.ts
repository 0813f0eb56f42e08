import * as Effect from "effect/Effect"

/** Markdown's parser and the sanitiser are loaded when somebody reads: a platform starts without them. */
export const loadReadmeHtml = Effect.promise(() => import("./readme-html.ts"))
