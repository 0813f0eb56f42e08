import { mkdirSync } from "node:fs"
import { relative, resolve } from "node:path"
import { pack } from "./pack.ts"
import { root } from "../house/floors.ts"

// `npm run pack -- [OUT] [--json]`: the tarballs that `npm publish` takes, in OUT (default: out/packages).
const [out = "out/packages"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"))
const folder = resolve(root, out)
mkdirSync(folder, { recursive: true })
const packed = await pack(folder)
if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(packed)}\n`)
else
  for (const { bytes, file, integrity, name, version } of packed)
    process.stdout.write(
      `${name}@${version}: ${relative(process.cwd(), file)}, ${Math.ceil(bytes / 1024)} KiB, ${integrity.slice(0, 19)}…\n`
    )
