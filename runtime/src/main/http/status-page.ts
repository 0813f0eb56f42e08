import { html, raw } from "hono/html"
import type { PipelineStatus, PlatformStatus } from "@millrace/sdk/api"

/**
 * The page at `/`: what runs, in plain HTML without scripts, with links to the API. Everything that is shown is escaped
 * by the template. The console takes its place later.
 */
export const statusPage = (status: PlatformStatus, now: number) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="5" />
        <title>Millrace</title>
        <link rel="stylesheet" href="/status.css" />
      </head>
      <body>
        <header>
          <h1>Millrace</h1>
          <p>
            ${status.version}, up for ${duration(now - status.startedAt)}, data in
            <code>${status.dataFolder}</code>
          </p>
        </header>
        <main>
          ${status.pipelines.length === 0 ? html`<p>No pipelines yet. Apply one: <code>millrace apply FILE</code></p>` : status.pipelines.map(pipelineSection)}
          <section>
            <h2>Sandbox processes</h2>
            ${status.sandboxes.length === 0 ? html`<p>None runs: idle domains are parked.</p>` : sandboxTable(status)}
          </section>
        </main>
        <footer>
          <a href="/api/status">status as JSON</a> <a href="/api/pipelines">pipelines</a>
          <a href="/packages">packages</a> <a href="/api/topics">topics</a>
          <a href="/api/subjects">subjects</a> <a href="/api/openapi.json">the API's description</a>
          <a href="/metrics">metrics</a>
        </footer>
      </body>
    </html>`

const pipelineSection = (pipeline: PipelineStatus) =>
  html`<section>
    <h2>${pipeline.pipeline} <span class="state ${pipeline.state}">${pipeline.state}</span></h2>
    <p>
      revision ${pipeline.revision}, owner ${pipeline.owner}, ${pipeline.tasks.length} tasks, lag
      ${lag(pipeline)} records,
      <a href="/api/status/${encodeURIComponent(pipeline.pipeline)}/dead-letters"
        >${pipeline.deadLetters} dead letters</a
      >,
      <a href="/api/status/${encodeURIComponent(pipeline.pipeline)}/logs?limit=200">log</a>
    </p>
    <div class="scroll">
      <table>
        <tr>
          <th>node</th>
          <th>kind</th>
          <th>package</th>
          <th>bundle</th>
          <th>pid</th>
          <th class="n">in</th>
          <th class="n">out</th>
          <th class="n">filtered</th>
          <th class="n">dead</th>
        </tr>
        ${pipeline.nodes.map(
          (node) =>
            html`<tr>
              <td>${node.node}</td>
              <td>${node.kind}</td>
              <td>${node.package}</td>
              <td><code title="${node.digest}">${node.digest.slice(7, 17)}</code></td>
              <td>${node.pids.join(" ") || "–"}</td>
              <td class="n">${node.totals.in}</td>
              <td class="n">${node.totals.out}</td>
              <td class="n">${node.totals.filtered}</td>
              <td class="n">${node.totals.dead}</td>
            </tr>`
        )}
      </table>
    </div>
    ${pipeline.tasks
      .filter((task) => task.error !== undefined)
      .map(
        (task) =>
          html`<p class="error">
            ${task.chain} ${task.partition}: <b>${task.error?.code}</b> ${task.error?.message}
          </p>`
      )}
  </section>`

const sandboxTable = (status: PlatformStatus) =>
  html`<div class="scroll">
    <table>
      <tr>
        <th>domain</th>
        <th>pid</th>
        <th class="n">restarts</th>
        <th class="n">memory, MiB</th>
        <th class="n">CPU, s</th>
        <th>guards</th>
        <th>missing here</th>
      </tr>
      ${status.sandboxes.map(
        (sandbox) =>
          html`<tr>
            <td>${sandbox.domain}</td>
            <td>${sandbox.pid}</td>
            <td class="n">${sandbox.restarts}</td>
            <td class="n">${Math.round(sandbox.residentBytes / 1_048_576)}</td>
            <td class="n">${(sandbox.cpuMicros / 1e6).toFixed(2)}</td>
            <td class="wrap">${sandbox.guards.join(", ")}</td>
            <td>${sandbox.missingGuards.join(", ") || "none"}</td>
          </tr>`
      )}
    </table>
  </div>`

const lag = (pipeline: PipelineStatus): number =>
  pipeline.tasks.reduce((sum, task) => sum + task.lagRecords, 0)

const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

export const statusStyle = raw(`
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 0 auto; padding: 1rem }
h1 { margin: 0 } h2 { margin: 1.5rem 0 .25rem; font-size: 1.15rem }
p { margin: .25rem 0 } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); white-space: nowrap }
td.wrap { white-space: normal }
.n { text-align: right; font-variant-numeric: tabular-nums }
.state { font-size: .8rem; padding: .1rem .5rem; border-radius: 1rem; background: color-mix(in srgb, currentColor 12%, transparent) }
.running, .completed { color: light-dark(#116329, #4ac26b) } .failed, .degraded { color: light-dark(#a40e26, #ff7b72) }
.paused, .starting, .stopped { color: light-dark(#7d4e00, #d29922) } .error { color: light-dark(#a40e26, #ff7b72) }
footer { margin-top: 2rem; display: flex; gap: 1rem; flex-wrap: wrap } a { color: light-dark(#0550ae, #79c0ff) }
`).toString()
