import { html } from "hono/html"
import type { BuildState } from "./build-console.ts"

/** What is shown where the console cannot be yet: it asks again by itself while it is built. */
export const buildPage = (state: Exclude<BuildState, { readonly is: "ready" }>) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${state.is === "building" ? html`<meta http-equiv="refresh" content="1" />` : ""}
        <title>Millrace</title>
      </head>
      <body>
        ${
          state.is === "building"
            ? html`<h1>The console is being built</h1>
                <p>Its sources are newer than what was built. This takes some seconds, once.</p>`
            : html`<h1>The console could not be built</h1>
                <pre>${state.text}</pre>
                <p>
                  Mend it in runtime/console; the next request builds it again. All else of the platform runs.
                </p>`
        }
        <p><code>millrace status</code> shows what runs.</p>
      </body>
    </html>`
