import { request } from "node:http"
import { text } from "node:stream/consumers"

/** Bytes on the wire of the console's document and of everything that it asks for by itself. */
export const firstLoadBytes = async (url: string): Promise<number> => {
  const html = await (await fetch(url)).text()
  const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].flatMap(([, path]) =>
    path === undefined ? [] : [path]
  )
  const sizes = await Promise.all(["/", ...parts].map((path) => bytesOf(new URL(path, url))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Of a reply as it is sent: `fetch` would tell the size of what it has unpacked. */
const bytesOf = (url: URL): Promise<number> =>
  new Promise((done, fail) => {
    request(url, { headers: { "accept-encoding": "br" } }, (response) => {
      if (response.statusCode !== 200) {
        fail(new Error(`${url.pathname} answered ${response.statusCode}`))
        return
      }
      text(response.setEncoding("latin1")).then((body) => done(body.length), fail)
    })
      .once("error", fail)
      .end()
  })
