import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"
import { compressed } from "./compressed.ts"

// The console as files that the platform serves. Nothing is put inline: its Content-Security-Policy allows no inline script or style.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false
  }
})
