import type { PackageDetail, VersionDetail } from "@millrace/sdk/api"
import type { PluginManifest } from "@millrace/sdk/manifest"
import { describePermission } from "@millrace/sdk/permission"
import { html, raw } from "hono/html"
import { type ContractLine, contractLines } from "./contract-lines.ts"

/** What a package's page shows. */
export interface PackagePage {
  readonly detail: PackageDetail
  /** The version in the middle of the page. */
  readonly shown: VersionDetail
  /** Sanitised; see `readme-html.ts`. */
  readonly readmeHtml: string
}

/** A package in plain HTML without scripts. Everything that is shown is escaped by the template, but for the README, which was sanitised. */
export const packagePage = ({ detail, readmeHtml, shown }: PackagePage) =>
  page(
    detail.name,
    html`<h1>${detail.name} <small>${shown.version}</small></h1>
      ${shown.manifest.description === undefined ? "" : html`<p>${shown.manifest.description}</p>`}
      ${marks(shown)}
      <p><code>millrace add ${detail.name}</code></p>
      ${shown.manifest.plugins.map(pluginSection)}
      <section>
        <h2>Versions</h2>
        <div class="scroll">
          <table>
            <tr>
              <th>version</th>
              <th>published</th>
              <th>by</th>
              <th class="n">bytes</th>
              <th>digest</th>
              <th></th>
            </tr>
            ${detail.versions.map((version) => versionRow(detail.name, version))}
          </table>
        </div>
      </section>
      ${readmeHtml === "" ? "" : html`<article>${raw(readmeHtml)}</article>`}`
  )

/** The packages that there are, by name. */
export const packagesPage = (packages: readonly Omit<PackageDetail, "versions">[]) =>
  page(
    "Packages",
    html`<h1>Packages</h1>
      ${packages.length === 0 ? html`<p>None yet. Publish one: <code>millrace publish</code></p>` : ""}
      <ul>
        ${packages.map(
          ({ description, latest, name }) =>
            html`<li>
              <a href="/packages/${name}">${name}</a> ${latest ?? "(no version to take)"}
              ${description === null ? "" : html`– ${description}`}
            </li>`
        )}
      </ul>`
  )

const page = (title: string, body: ReturnType<typeof html>) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Millrace</title>
        <link rel="stylesheet" href="/packages.css" />
      </head>
      <body>
        <nav><a href="/">Millrace</a> <a href="/packages">packages</a></nav>
        <main>${body}</main>
      </body>
    </html>`

const marks = ({ deprecated, yanked }: Pick<VersionDetail, "deprecated" | "yanked">) =>
  html`${yanked === null ? "" : html`<p class="warning">Yanked: ${yanked}</p>`}
  ${deprecated === null ? "" : html`<p class="warning">Deprecated: ${deprecated}</p>`}`

const versionRow = (name: string, version: PackageDetail["versions"][number]) =>
  html`<tr>
    <td><a href="/packages/${name}?version=${version.version}">${version.version}</a></td>
    <td>${new Date(version.publishedAt).toISOString().slice(0, 10)}</td>
    <td>${version.publishedBy}</td>
    <td class="n">${version.sizeBytes}</td>
    <td><code title="${version.integrity}">${version.integrity.slice(7, 17)}</code></td>
    <td>
      ${version.yanked === null ? "" : html`yanked: ${version.yanked}`}
      ${version.deprecated === null ? "" : html`deprecated: ${version.deprecated}`}
    </td>
  </tr>`

const pluginSection = (plugin: PluginManifest) =>
  html`<section>
    <h2>${plugin.name} <span class="kind">${plugin.kind}</span></h2>
    ${plugin.description === undefined ? "" : html`<p>${plugin.description}</p>`}
    ${contractLines(plugin).map(contractBlock)}
    <h3>Permissions</h3>
    ${
      plugin.permissions.length === 0
        ? html`<p>None: it sees its records and nothing else.</p>`
        : html`<ul>
            ${plugin.permissions.map(({ permission }) => html`<li>${describePermission(permission)}</li>`)}
          </ul>`
    }
  </section>`

const contractBlock = ({ fields, title }: ContractLine) =>
  html`<h3>${title}</h3>
    ${fields.length === 0 ? "" : html`<pre>${fields.join("\n")}</pre>`}`

export const packageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
h1 small, .kind { font-weight: normal; font-size: .8em; opacity: .7 }
h2 { margin: 1.5rem 0 .25rem; font-size: 1.15rem } h3 { margin: .75rem 0 0; font-size: 1rem }
pre, code { font-size: .9rem } pre, .scroll { overflow-x: auto }
table { border-collapse: collapse } th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent) }
.n { text-align: right; font-variant-numeric: tabular-nums }
.warning { color: light-dark(#a40e26, #ff7b72) } a { color: light-dark(#0550ae, #79c0ff) }
article { margin-top: 2rem; border-top: 1px solid color-mix(in srgb, currentColor 15%, transparent) }
`
